use super::{Rule, help};
use crate::{Cx, Level, Place, Raw};
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    code: "SPL6006",
    name: "message_field",
    level: Level::Error,
    on: true,
    needs_whole: true,
    summary: "a `$field$` of a risk message or finding title that the result does not have",
    why: "The tokens of a message are filled from the result row. One that names no field of the \
          result stays as it is written, and the analyst reads `$user$`. Note where the detection's \
          type writes no risk as shipped (Hunting).",
    bad: "name: Web Errors\nid: 1\ntype: TTP\nsearch: '`web` status=500 | stats count BY src \
          | `web_errors_filter`'\nrba:\n  message: $user$ meets errors from $src$\n  risk_objects: \
          []\n  threat_objects: []\n",
    good: "name: Web Errors\nid: 1\ntype: TTP\nsearch: '`web` status=500 | stats count BY src user \
          | `web_errors_filter`'\nrba:\n  message: $user$ meets errors from $src$\n  \
          risk_objects: []\n  threat_objects: []\n",
    source: "contentctl, objects/risk_event.py, validate_risk_message",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    let (Some(d), Some(root)) = (cx.detection(), cx.yaml) else { return };
    let fields = cx.flow.result();
    let level = if d.writes_risk() { Level::Error } else { Level::Note };
    let mut nodes = Vec::new();
    for node in help::risk_nodes(root) {
        match node.text() {
            Some(_) => nodes.push(node),
            None => help::scalars(node, &["message", "title"], &mut nodes),
        }
    }
    for node in nodes {
        let (_, tokens) = sepal_content::fill_tokens(node.text().unwrap_or_default(), &NO_ROW);
        for token in tokens {
            let name = token.strip_prefix("result.").unwrap_or(&token);
            if fields.may_hold(name) || fields.may_hold(&token) {
                continue;
            }
            let range = help::place(node);
            let shown = format!("${token}$");
            let within = cx.subject.file_text().get(range.clone()).and_then(|t| t.find(&shown));
            let place = match within {
                Some(at) => range.start + at..range.start + at + shown.len(),
                None => range,
            };
            let message = format!("`{shown}` is not a field of the result");
            let help = help::fields_there(&fields, name);
            out.push(Raw::new(Place::File(place), message).level(level).help(help));
        }
    }
}

/// A row without values, for which every token is missing.
struct NoRow;
const NO_ROW: NoRow = NoRow;

impl sepal_content::Row for NoRow {
    fn field(&self, _: &str) -> Option<&Value> {
        None
    }
}
