//! `x11`: a series of numbers without what returns in each period.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::{alias, column, field};
use crate::grammar::eval::close_paren;
use crate::input::{In, Res, stop};
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct X11 {
    /// `mult`: the seasons multiply the trend, else they are added to it.
    pub multiplies: bool,
    /// Rows of a period, 5 to 1,000; none: found in the numbers.
    pub period: Option<usize>,
    /// The field.
    pub field: Field,
    /// Where it goes: the name after AS, else the argument as typed.
    pub target: Field,
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, X11> {
    const EXPECTED: &str = "a series such as `mult7(count)`";
    let i = i.ws();
    let (rest, word) = match i.s.starts_with('(') {
        true => (i, Spanned::new(String::new(), i.span_to(i))),
        false => match field(i) {
            Ok(ok) => ok,
            Err(nom::Err::Error(_)) => return i.cut(EXPECTED),
            Err(e) => return Err(e),
        },
    };
    let lower = word.node.to_ascii_lowercase();
    let (multiplies, digits) = match (lower.strip_prefix("add"), lower.strip_prefix("mult")) {
        (Some(digits), _) => (false, digits),
        (_, Some(digits)) => (true, digits),
        _ => (true, lower.as_str()),
    };
    if !digits.chars().all(|c| c.is_ascii_digit()) {
        return i.cut(EXPECTED);
    }
    // Source: the page, "period": an integer between 5 and 1000
    let period = match (digits.is_empty(), digits.parse::<usize>()) {
        (true, _) => None,
        (_, Ok(n @ 5..=1000)) => Some(n),
        _ => {
            return stop(
                Diagnostic::error("SPL3360", word.span, "the period is a number from 5 to 1000")
                    .label("written as in mult7(count)"),
            );
        }
    };
    let open = rest.ws();
    if !open.s.starts_with('(') {
        return open.cut("`(`");
    }
    let Ok((rest, field)) = column(open.skip(1)) else {
        return open.skip(1).ws().cut("a field name");
    };
    let rest = close_paren(open, rest)?;
    let text = format!("{lower}({})", field.node);
    let span = i.span_to(rest);
    let (rest, alias) = opt(alias).parse(rest)?;
    let target = alias.unwrap_or_else(|| Spanned::new(text, span));
    Ok((rest, X11 { multiplies, period, field, target }))
}
