//! `lookup`: fields from a table.

use crate::ast::*;
use crate::grammar::args::{alias, column, field};
use crate::grammar::options::{missing, options};
use crate::input::{In, Res};
use crate::lex::words::keyword;
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lookup {
    /// The lookup definition, or a CSV file.
    pub table: Spanned<String>,
    /// `local=`: run on the search head.
    pub local: Option<bool>,
    /// `update=`: read the table again where a real-time search goes on.
    pub update: Option<bool>,
    /// The columns that are compared; at least one.
    pub inputs: Vec<LookupField>,
    /// `OUTPUT` or `OUTPUTNEW`; without it every other column is taken over.
    pub output: Option<LookupOutput>,
}

/// `column [AS field]`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LookupField {
    /// The table's column.
    pub column: Field,
    /// The event's field, where it has another name.
    pub field: Option<Field>,
}

/// What is taken over from a row that matches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LookupOutput {
    /// `OUTPUTNEW`: fields that have a value keep it.
    pub new: bool,
    /// The columns; at least one.
    pub fields: Vec<LookupField>,
}

const OUTPUT: &[&str] = &["output", "outputnew"];

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Lookup> {
    const KNOWN: &[&str] = &["local", "update"];
    let (i, mut given) = options(i, name, KNOWN)?;
    let Ok((i, table)) = field(i) else {
        let help = "write `lookup hosts ip AS src OUTPUT name`";
        return missing(i, "`lookup` needs the name of a lookup", help);
    };
    let (i, more) = options(i, name, KNOWN)?;
    given.extend(more);
    let (i, inputs) = pairs(i)?;
    if inputs.is_empty() {
        let help = "write `lookup hosts ip AS src OUTPUT name`";
        return missing(i, "`lookup` needs a field to compare", help);
    }
    let (i, new) = opt(output).parse(i)?;
    let (i, output) = match new {
        None => (i, None),
        Some(new) => {
            let (rest, fields) = pairs(i)?;
            if fields.is_empty() {
                return rest.ws().cut("a field name after OUTPUT");
            }
            (rest, Some(LookupOutput { new, fields }))
        }
    };
    let mut lookup = Lookup { table, local: None, update: None, inputs, output };
    for o in given {
        let value = Some(o.as_bool()?);
        match o.name.node.as_str() {
            "local" => lookup.local = value,
            _ => lookup.update = value,
        }
    }
    Ok((i, lookup))
}

fn output(i: In<'_>) -> Res<'_, bool> {
    match keyword("outputnew", "OUTPUTNEW")(i) {
        Ok((rest, _)) => Ok((rest, true)),
        Err(_) => keyword("output", "OUTPUT")(i).map(|(rest, _)| (rest, false)),
    }
}

/// `a [AS b], c ...` up to OUTPUT, OUTPUTNEW or the end.
fn pairs(mut i: In<'_>) -> Res<'_, Vec<LookupField>> {
    let mut list = Vec::new();
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') && !list.is_empty() {
            at = at.skip(1).ws();
        }
        if at.is_empty() || OUTPUT.iter().any(|&w| keyword(w, w)(at).is_ok()) {
            return Ok((at, list));
        }
        let (rest, name) = match column(at) {
            Err(nom::Err::Error(_)) => return Ok((at, list)),
            other => other?,
        };
        let (rest, to) = opt(alias).parse(rest)?;
        list.push(LookupField { column: name, field: to });
        i = rest;
    }
}
