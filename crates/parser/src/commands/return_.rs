//! `return`: gives values of the first rows to the search around a subsearch.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::missing;
use crate::input::{In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Return {
    /// How many rows; 1 where none is given.
    pub count: Option<Spanned<u64>>,
    /// What each row gives.
    pub items: Vec<ReturnItem>,
}

/// `field`, `alias=field` or `$field`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReturnItem {
    /// The name that is given instead of the field's own.
    pub alias: Option<Field>,
    /// The field, without its `$`.
    pub field: Field,
    /// `$field`: the value alone.
    pub bare: bool,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Return> {
    let mut i = i.ws();
    let mut count = None;
    if let Some((rest, n)) = number(i) {
        let span = i.span_to(rest);
        match n.parse() {
            Ok(n) if n > 0 => count = Some(Spanned::new(n, span)),
            _ => {
                return stop(
                    Diagnostic::error("SPL2142", span, format!("`return` cannot give {n} rows"))
                        .label("expected a whole number from 1"),
                );
            }
        }
        i = rest;
    }
    let mut items = Vec::new();
    loop {
        i = i.ws();
        while i.s.starts_with(',') {
            i = i.skip(1).ws();
        }
        if i.is_empty() {
            break;
        }
        let (rest, first) = field(i)?;
        let equals = rest.ws();
        let (rest, alias, name) = match equals.s.starts_with('=') {
            true => {
                let (rest, name) = match field(equals.skip(1)) {
                    Err(nom::Err::Error(_)) => return equals.skip(1).ws().cut("a field name"),
                    other => other?,
                };
                (rest, Some(first), name)
            }
            false => (rest, None, first),
        };
        let (name, bare) = match name.node.strip_prefix('$') {
            Some(n) if !n.is_empty() => (Spanned::new(n.to_owned(), name.span), alias.is_none()),
            _ => (name, false),
        };
        items.push(ReturnItem { alias, field: name, bare });
        i = rest;
    }
    if items.is_empty() {
        return missing(i, "`return` needs a field", "write `return 10 user` or `return $user`");
    }
    Ok((i, Return { count, items }))
}

/// A number that is a word of its own.
fn number(i: In<'_>) -> Option<(In<'_>, &str)> {
    let unsigned = i.s.strip_prefix('-').unwrap_or(i.s);
    let digits = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
    let n = i.s.len() - unsigned.len() + digits;
    let ends = i.s[n..].chars().next().is_none_or(|c| c.is_whitespace() || c == ',');
    (digits > 0 && ends).then(|| (i.skip(n), &i.s[..n]))
}
