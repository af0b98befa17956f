//! `replace`: other texts in place of whole values.

use crate::ast::*;
use crate::grammar::args::{columns1, field};
use crate::input::{In, Res};
use crate::lex::words::keyword;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replace {
    /// `<wc-string> WITH <wc-string>`, in order.
    pub pairs: Vec<Pair>,
    /// IN: the fields; all where none is named.
    pub fields: Vec<Field>,
}

/// `<wc-string> WITH <wc-string>`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// What a whole value must match.
    pub from: Spanned<String>,
    /// What it becomes.
    pub to: Spanned<String>,
}

fn text(i: In<'_>) -> Res<'_, Spanned<String>> {
    match field(i) {
        Err(nom::Err::Error(_)) => i.ws().cut("a text"),
        other => other,
    }
}

pub(crate) fn parse<'a>(mut i: In<'a>, _: &str) -> Res<'a, Replace> {
    let mut pairs = Vec::new();
    loop {
        let (rest, from) = text(i)?;
        let rest = match keyword("with", "WITH")(rest) {
            Ok((rest, _)) => rest,
            Err(_) => return rest.ws().cut("WITH"),
        };
        let (rest, to) = text(rest)?;
        pairs.push(Pair { from, to });
        if let Ok((rest, _)) = keyword("in", "IN")(rest) {
            let (rest, fields) = columns1(rest, &[])?;
            return Ok((rest, Replace { pairs, fields }));
        }
        let mut at = rest.ws();
        if at.s.starts_with(',') {
            at = at.skip(1).ws();
        }
        if at.is_empty() {
            return Ok((at, Replace { pairs, fields: Vec::new() }));
        }
        i = at;
    }
}
