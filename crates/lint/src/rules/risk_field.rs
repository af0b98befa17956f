use super::{Rule, help};
use crate::{Cx, Level, Place, Raw};

pub(super) const RULE: Rule = Rule {
    code: "SPL6005",
    name: "risk_field",
    level: Level::Error,
    on: true,
    needs_whole: true,
    summary: "a risk or threat object whose field is not among the fields of the result",
    why: "Enterprise Security takes the risk object from the field of each result row. Where the \
          search does not give that field, no risk is written: the detection fires and nobody's \
          score rises. Note where the detection's type writes no risk as shipped (Hunting).",
    bad: "name: Web Errors\nid: 1\ntype: TTP\nsearch: '`web` status=500 | stats count BY src \
          | `web_errors_filter`'\nrba:\n  message: errors from $src$\n  risk_objects:\n  - field: \
          user\n    type: user\n    score: 10\n  threat_objects: []\n",
    good: "name: Web Errors\nid: 1\ntype: TTP\nsearch: '`web` status=500 | stats count BY src user \
          | `web_errors_filter`'\nrba:\n  message: errors from $src$\n  risk_objects:\n  - field: \
          user\n    type: user\n    score: 10\n  threat_objects: []\n",
    source: "Splunk Enterprise Security, \"Risk Analysis adaptive response action\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    let (Some(d), Some(root)) = (cx.detection(), cx.yaml) else { return };
    let fields = cx.flow.result();
    let risk = d.risk.risk_objects.iter().map(|o| (&o.field, "risk"));
    let threat = d.risk.threat_objects.iter().map(|o| (&o.field, "threat"));
    let level = if d.writes_risk() { Level::Error } else { Level::Note };
    for (field, kind) in risk.chain(threat) {
        if fields.may_hold(field) {
            continue;
        }
        let mut nodes = Vec::new();
        for node in help::risk_nodes(root) {
            help::scalars(node, &["field", "name"], &mut nodes);
        }
        let node = nodes.into_iter().find(|n| n.text() == Some(field));
        let place = Place::File(node.map_or(0..0, help::place));
        let message = format!("{kind} object `{field}` is not a field of the result");
        out.push(Raw::new(place, message).level(level).help(help::fields_there(&fields, field)));
    }
}
