//! How inputs of a sourcetype become events: `break` and `time`.

use super::{known_keys, map, wrong};
use crate::ContentError;
use crate::yaml::Node;
use regex::bytes::Regex;
use sepal_data::text::Breaker;
use sepal_exec::knowledge::Indexing;
use sepal_exec::scan::TimeRule;
use std::sync::Arc;

pub(super) fn read(file: &str, root: &Node) -> Result<Indexing, ContentError> {
    let mut breaker = None;
    for (how, node) in map(file, root, "break")? {
        let text = node.text().ok_or_else(|| wrong(file, node, "a text is expected".into()))?;
        let made = match how.as_str() {
            "before" => Breaker::before(text),
            "after" => Breaker::after(text),
            "between" => Breaker::line_breaker(text),
            "xml" => Breaker::xml(text),
            _ => {
                let message = format!("`break` takes before, after, between or xml, not `{how}`");
                return Err(wrong(file, node, message));
            }
        };
        breaker = Some(made.map_err(|e| wrong(file, node, e.to_string()))?);
    }
    Ok(Indexing { breaker, time: time(file, root)? })
}

fn time(file: &str, root: &Node) -> Result<Option<Arc<TimeRule>>, ContentError> {
    let Some(node) = root.get("time") else { return Ok(None) };
    known_keys(file, node, &["prefix", "format", "lookahead", "zone", "field"])?;
    let mut rule = TimeRule::default();
    if let Some(prefix) = node.text_of(file, "prefix")? {
        rule.prefix = Some(Regex::new(&prefix).map_err(|e| wrong(file, node, e.to_string()))?);
    }
    rule.format = node.text_of(file, "format")?;
    rule.zone = node.text_of(file, "zone")?;
    rule.field = node.text_of(file, "field")?;
    if let Some(text) = node.text_of(file, "lookahead")? {
        let number = text.parse();
        rule.lookahead = number.map_err(|_| {
            wrong(file, node, format!("`lookahead` takes a number of bytes, not `{text}`"))
        })?;
    }
    Ok(Some(Arc::new(rule)))
}
