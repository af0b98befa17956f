//! `rangemap`: the names of the ranges that hold a number.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::{missing, value};
use crate::input::{In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rangemap {
    /// `field=`.
    pub field: Field,
    /// `name=from-to`, in order.
    pub ranges: Vec<Range>,
    /// `default=`; `None` where none is given.
    pub default: Option<Spanned<String>>,
}

/// A named range of numbers, both ends included.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Range {
    /// Its name.
    pub name: Spanned<String>,
    /// The smallest number.
    pub from: f64,
    /// The largest number.
    pub to: f64,
}

pub(crate) fn parse<'a>(mut i: In<'a>, _: &str) -> Res<'a, Rangemap> {
    let (mut of, mut ranges, mut default) = (None, Vec::new(), None);
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') {
            at = at.skip(1).ws();
        }
        if at.is_empty() {
            i = at;
            break;
        }
        let (rest, name) = match field(at) {
            Err(nom::Err::Error(_)) => return at.cut("a range such as low=0-10"),
            other => other?,
        };
        let eq = rest.ws();
        if !eq.s.starts_with('=') {
            return eq.cut("`=`");
        }
        let (rest, given) = value(eq.skip(1))?;
        match name.node.as_str() {
            "field" => of = Some(given),
            "default" => default = Some(given),
            _ => {
                let Some((from, to)) = range(&given.node) else {
                    return stop(
                        Diagnostic::error(
                            "SPL2202",
                            given.span,
                            format!("`{}` is not a range of numbers", given.node),
                        )
                        .label("expected two numbers such as 0-10")
                        .help("both ends belong to the range; the first is not the larger one"),
                    );
                };
                ranges.push(Range { name, from, to });
            }
        }
        i = rest;
    }
    match of {
        Some(field) => Ok((i, Rangemap { field, ranges, default })),
        None => missing(i, "`rangemap` needs field=", "write `rangemap field=count low=0-10`"),
    }
}

/// `0-10`, `-5--1`, `.5-1.5`
fn range(text: &str) -> Option<(f64, f64)> {
    let number = |s: &str| {
        let digits = s.strip_prefix(['-', '+']).unwrap_or(s);
        let plain = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        s.parse::<f64>().ok().filter(|n| plain && n.is_finite())
    };
    let dashes = text.match_indices('-').map(|(at, _)| at).filter(|at| *at > 0);
    for at in dashes {
        if let (Some(from), Some(to)) = (number(&text[..at]), number(&text[at + 1..])) {
            return (from <= to).then_some((from, to));
        }
    }
    None
}
