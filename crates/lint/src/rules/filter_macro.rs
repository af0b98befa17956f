use super::Rule;
use crate::{Cx, Level, Place, Raw};
use sepal_parser::{TokenClass, tokens};

pub(super) const RULE: Rule = Rule {
    code: "SPL6022",
    name: "filter_macro",
    level: Level::Warning,
    on: true,
    needs_whole: false,
    summary: "a detection whose search does not end with its own filter macro",
    why: "A detection of ESCU calls a macro of its own name, in which users exclude what is \
          harmless for them: contentctl makes it and refuses a search without it. One that calls \
          the filter of another detection is tuned together with that. Told of files that have a \
          type of ESCU.",
    bad: "name: Web Errors\nid: 1\ntype: TTP\nsearch: '`web` status=500 | stats count BY src'\n",
    good: "name: Web Errors\nid: 1\ntype: TTP\nsearch: '`web` status=500 | stats count BY src | \
           `web_errors_filter`'\n",
    source: "contentctl, objects/detection_abstract.py",
    check,
};

const TYPES: &[&str] = &["Anomaly", "Correlation", "Hunting", "TTP"];

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    let Some(d) = cx.detection() else { return };
    if !TYPES.contains(&d.detection_type.as_str()) {
        return;
    }
    let own = d.filter_macro_name();
    let search = cx.subject.search();
    let mut other = None;
    for (span, class) in tokens(search) {
        let call = search.get(span.range()).unwrap_or_default().trim_matches('`').trim();
        if class != TokenClass::Macro {
            continue;
        }
        if call == own {
            return;
        }
        // one that is defined is a shared macro
        if call.ends_with("_filter") && cx.macros.get(call, 0).is_none() {
            other = Some((span, call));
        }
    }
    let help = format!("end the search with | `{own}`");
    out.push(match other {
        Some((span, call)) => {
            let message = format!("`{call}` is not the filter of this detection");
            Raw::new(Place::Written(span.range()), message).help(help)
        }
        None => {
            let end = search.trim_end().len();
            let last = search.get(..end).and_then(|s| s.rfind('|')).unwrap_or(0);
            Raw::new(Place::Written(last..end), "the search does not call its filter macro")
                .help(help)
        }
    });
}
