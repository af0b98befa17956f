use super::Rule;
use crate::{Cx, Level, Place, Raw};
use sepal_parser::{TokenClass, tokens};

pub(super) const RULE: Rule = Rule {
    code: "SPL6001",
    name: "unknown_macro",
    level: Level::Error,
    on: true,
    needs_whole: false,
    summary: "a macro that is not defined, or whose definition is empty",
    why: "Splunk refuses a search that calls a macro without a definition. One that is defined as \
          nothing leaves a hole: the filter that it stands for is not there.",
    bad: "`wbe` status=500 | stats count BY host",
    good: "`web` status=500 | stats count BY host",
    source: "Splunk Knowledge Manager Manual, \"Use search macros in searches\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for d in &cx.parsed.diagnostics {
        if d.code == "SPL4001" && !has_other_counts(cx, &d.message) {
            let found = Raw::at(d.span, d.message.clone()).label(d.label.clone());
            out.push(Raw { help: d.help.clone(), ..found });
        }
    }
    let search = cx.subject.search();
    for (span, class) in tokens(search) {
        let call = search.get(span.range()).unwrap_or_default().trim_matches('`');
        let name = call.split('(').next().unwrap_or_default().trim();
        let empty =
            |m: &sepal_parser::macros::MacroDef| m.name == name && m.definition.trim().is_empty();
        if class == TokenClass::Macro && cx.macros.iter().any(empty) {
            let message = format!("macro `{name}` is defined as nothing");
            let place = Place::Written(span.range());
            out.push(Raw::new(place, message).help("write `search *` where nothing is meant"));
        }
    }
}

/// Whether the macro of ``unknown macro `name(1)` `` exists with other numbers of arguments.
pub(super) fn has_other_counts(cx: &Cx<'_>, message: &str) -> bool {
    let shown = message.split('`').nth(1).unwrap_or_default();
    let name = shown.split('(').next().unwrap_or_default();
    cx.macros.iter().any(|m| m.name == name) || KNOWN.contains(&name)
}

/// The macros that are answered without a definition.
const KNOWN: &[&str] = &["drop_dm_object_name", "security_content_ctime"];
