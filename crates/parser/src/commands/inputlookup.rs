//! `inputlookup`: the rows of a lookup table.

use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::{missing, options};
use crate::grammar::search::terms;
use crate::input::{In, Res};
use crate::lex::words::keyword;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inputlookup {
    /// The lookup definition, or a CSV file.
    pub table: Spanned<String>,
    /// `append=`: after the rows so far instead of as the first command.
    pub append: Option<bool>,
    /// `strict=`: whether an error ends the search.
    pub strict: Option<bool>,
    /// `start=`: the first row to read, from 0.
    pub start: Option<Spanned<u64>>,
    /// `max=`: how many rows to read.
    pub max: Option<Spanned<u64>>,
    /// `where ...`: which rows to keep.
    pub filter: Option<SearchExpr>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Inputlookup> {
    const KNOWN: &[&str] = &["append", "strict", "start", "max"];
    let (i, mut given) = options(i, name, KNOWN)?;
    let Ok((i, table)) = field(i) else {
        let help = "write `inputlookup hosts.csv`";
        return missing(i, "`inputlookup` needs the name of a lookup", help);
    };
    let (i, more) = options(i, name, KNOWN)?;
    given.extend(more);
    let (i, filter) = match keyword("where", "WHERE")(i) {
        Err(_) => (i, None),
        Ok((rest, _)) if rest.ws().is_empty() => return rest.ws().cut("a condition after WHERE"),
        Ok((rest, _)) => {
            let (rest, expr) = terms(rest)?;
            (rest, Some(expr))
        }
    };
    let mut input =
        Inputlookup { table, append: None, strict: None, start: None, max: None, filter };
    for o in given {
        match o.name.node.as_str() {
            "append" => input.append = Some(o.as_bool()?),
            "strict" => input.strict = Some(o.as_bool()?),
            "start" => input.start = Some(o.as_count()?),
            _ => input.max = Some(o.as_count()?),
        }
    }
    Ok((i, input))
}
