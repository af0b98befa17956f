//! Event types and tags of an app.
//!
//! Source: Splunk Admin Manual, eventtypes.conf and tags.conf.

use super::keys::EVENTTYPES;
use super::layers::{Conf, Value};
use super::notes::Notes;
use super::steps::disabled;
use crate::ContentError;
use sepal_exec::knowledge::EventType;
use sepal_parser::ast::SearchExpr;
use sepal_parser::macros::{MacroSet, Origin, expand};
use sepal_parser::parse_terms;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The event types of an app with their tags, in the order in which they are asked: those that are
/// about others come last.
pub(super) fn read(
    app: &Path,
    macros: &MacroSet,
    notes: &mut Notes,
) -> Result<Vec<EventType>, ContentError> {
    let conf = Conf::read(app, "eventtypes.conf")?;
    let mut tags = tags(app, notes)?;
    let mut all = Vec::new();
    for stanza in conf.stanzas.iter().filter(|s| !disabled(s)) {
        notes.keys(EVENTTYPES, stanza);
        let Some(search) = stanza.settings.get("search") else { continue };
        let own = tags.remove(&("eventtype".to_owned(), stanza.name.clone()));
        let mut own = own.unwrap_or_default();
        let old = stanza.text("tags").unwrap_or_default();
        own.extend(old.split([' ', ',']).filter(|t| !t.is_empty()).map(str::to_owned));
        match condition(search, macros) {
            Ok(condition) => all.push(EventType {
                name: stanza.name.clone(),
                condition,
                tags: own.into_iter().collect(),
            }),
            Err(why) => {
                let what = format!("the event type `{}` is not used: {why}", stanza.name);
                notes.put("SPL4154", search, &what);
            }
        }
    }
    // a tag of any other field's value
    for ((field, value), tags) in tags.into_iter().filter(|(_, tags)| !tags.is_empty()) {
        let text = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
        let named = crate::sourcetypes::steps::quoted(&field, '"');
        if let Ok(condition) = parse_terms(&format!("{named}={text}")) {
            let name = String::new();
            all.push(EventType { name, condition, tags: tags.into_iter().collect() });
        }
    }
    all.sort_by_key(|t| of_types(&t.condition));
    Ok(all)
}

fn condition(search: &Value, macros: &MacroSet) -> Result<SearchExpr, String> {
    let origin = Origin {
        file: search.file.as_ref().into(),
        text: search.text.as_str().into(),
        lines: vec![0].into(),
    };
    let expanded = expand(search.text.trim(), origin, macros, None);
    if let Some(d) = expanded.diagnostics.first() {
        return Err(format!("{} {}", d.code, d.message));
    }
    let text = expanded.text.trim();
    let text = text.strip_prefix("search ").unwrap_or(text);
    parse_terms(text).map_err(|ds| crate::sourcetypes::steps::first(&ds))
}

/// Whether a condition is about event types or tags.
fn of_types(expr: &SearchExpr) -> bool {
    match expr {
        SearchExpr::And(es) | SearchExpr::Or(es) => es.iter().any(of_types),
        SearchExpr::Not(e) => of_types(e),
        SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => {
            field.node == "eventtype" || field.node == "tag" || field.node.starts_with("tag::")
        }
        _ => false,
    }
}

/// By field and value.
type Tags = BTreeMap<(String, String), BTreeSet<String>>;

/// `[field=value]` with `tag = enabled`.
fn tags(app: &Path, notes: &mut Notes) -> Result<Tags, ContentError> {
    let mut all = Tags::new();
    for stanza in Conf::read(app, "tags.conf")?.stanzas {
        let of = stanza.name.split_once('=');
        for (tag, value) in &stanza.settings {
            let Some((field, text)) = of else {
                let what = format!("[{}] is not `[field=value]`", stanza.name);
                notes.put("SPL4151", value, &what);
                break;
            };
            match value.text.trim().to_ascii_lowercase().as_str() {
                "enabled" => {
                    let at = (field.trim().to_owned(), decoded(text.trim()));
                    all.entry(at).or_default().insert(decoded(tag));
                }
                "disabled" | "" => {}
                other => {
                    let what = format!("a tag is enabled or disabled, not `{other}`");
                    return Err(value.error(what));
                }
            }
        }
    }
    Ok(all)
}

/// `%20` as the character that it stands for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%');
        let hex = hex.and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs() {
        assert_eq!(decoded("a%20b%2Fc"), "a b/c");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%"), "%zz%");
        assert_eq!(decoded("%C3%A9"), "é");
    }
}
