//! `erex`: values like the examples.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::options::{missing, mixed};
use crate::input::{In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Erex {
    /// The field that gets the values.
    pub field: Field,
    /// `examples=`; at least one.
    pub examples: Vec<String>,
    /// `counterexamples=`
    pub counterexamples: Vec<String>,
    /// `fromfield=`: where they stand.
    pub fromfield: String,
    /// `maxtrainers=`: how many rows are learned from; 1 to 1,000.
    pub maxtrainers: usize,
}

const OPTIONS: &[&str] = &["counterexamples", "examples", "fromfield", "maxtrainers"];

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Erex> {
    const HELP: &str = "write `erex monthday examples=\"7/01, 7/02\"`";
    let (i, (options, fields)) = mixed(i, name, OPTIONS, &[])?;
    let mut fields = fields.into_iter();
    let Some(field) = fields.next() else {
        return missing(i, &format!("`{name}` needs the name of a field"), HELP);
    };
    if let Some(extra) = fields.next() {
        let message = format!("`{name}` takes one field");
        return stop(Diagnostic::error("SPL2004", extra.span, message).label("one too many"));
    }
    let mut e = Erex {
        field,
        examples: Vec::new(),
        counterexamples: Vec::new(),
        fromfield: "_raw".to_owned(),
        maxtrainers: 100,
    };
    for o in &options {
        let list = || o.value.node.split(',').map(str::trim).filter(|s| !s.is_empty());
        match o.name.node.as_str() {
            "examples" => e.examples = list().map(str::to_owned).collect(),
            "counterexamples" => e.counterexamples = list().map(str::to_owned).collect(),
            "fromfield" => e.fromfield = o.as_field().node,
            _ => match o.value.node.parse() {
                // Source: the page, "maxtrainers": between 1 and 1000
                Ok(n @ 1..=1000) => e.maxtrainers = n,
                _ => return Err(o.wrong("a whole number from 1 to 1000")),
            },
        }
    }
    if e.examples.is_empty() {
        return missing(i, &format!("`{name}` needs examples="), HELP);
    }
    Ok((i, e))
}
