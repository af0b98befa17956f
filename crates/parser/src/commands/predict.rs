//! `predict`: what a series of numbers would be next.

use super::NamedOption;
use super::fit::any_option;
use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::{alias, column};
use crate::grammar::options::{missing, unknown_option};
use crate::input::{Fail, In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Predict {
    /// Fields with the options that stand behind them; at least one.
    pub parts: Vec<Part>,
}

/// Fields that are predicted with the same options.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Part {
    /// The fields, each with the name behind AS.
    pub fields: Vec<(Field, Option<Field>)>,
    /// `algorithm=`
    pub algorithm: Option<Spanned<Algorithm>>,
    /// `correlate=`
    pub correlate: Option<Field>,
    /// `future_timespan=`
    pub future: Option<Spanned<u64>>,
    /// `holdback=`
    pub holdback: Option<Spanned<u64>>,
    /// `period=`
    pub period: Option<Spanned<u64>>,
    /// `suppress=`
    pub suppress: Option<Field>,
    /// `upper90=high`: the percentage and the name.
    pub upper: Option<(u32, Field)>,
    /// `lower90=low`, likewise.
    pub lower: Option<(u32, Field)>,
}

/// The models of `predict`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub enum Algorithm {
    Ll,
    Llt,
    Llp,
    #[default]
    Llp5,
    Llb,
    Bill,
}

const OPTIONS: &[&str] = &[
    "algorithm",
    "correlate",
    "correlate_field",
    "future_timespan",
    "holdback",
    "lower95",
    "period",
    "suppress",
    "upper95",
];

/// Most rows that are added.
const MOST_FUTURE: u64 = 100_000;

pub(crate) fn parse<'a>(mut i: In<'a>, name: &str) -> Res<'a, Predict> {
    let mut parts = vec![Part::default()];
    // whether an option stands behind the fields of the last part
    let mut done = false;
    loop {
        while i.ws().s.starts_with(',') {
            i = i.ws().skip(1);
        }
        let Some(part) = parts.last_mut() else { break };
        if let Some((rest, o)) = any_option(i)? {
            take(&o, part, name)?;
            done |= !part.fields.is_empty();
            i = rest;
            continue;
        }
        let Ok((rest, field)) = column(i) else { break };
        if field.node.eq_ignore_ascii_case("as") {
            return i.ws().cut("a field name before AS");
        }
        if field.node.contains('*') {
            return stop(
                Diagnostic::error("SPL2101", field.span, format!("`{name}` takes no wildcards"))
                    .label("name the fields"),
            );
        }
        let (rest, new) = match alias(rest) {
            Ok((rest, new)) => (rest, Some(new)),
            Err(nom::Err::Error(_)) => (rest, None),
            Err(e) => return Err(e),
        };
        match done {
            true => parts.push(Part { fields: vec![(field, new)], ..Part::default() }),
            false => part.fields.push((field, new)),
        }
        done = false;
        i = rest;
    }
    if parts.iter().any(|p| p.fields.is_empty()) {
        return missing(i, &format!("`{name}` needs a field"), "write `predict count`");
    }
    Ok((i, Predict { parts }))
}

fn take(o: &NamedOption, part: &mut Part, command: &str) -> Result<(), nom::Err<Fail>> {
    let name = o.name.node.as_str();
    let percent = |prefix: &str| {
        let digits = name.strip_prefix(prefix)?;
        digits.parse::<u32>().ok().filter(|n| *n <= 100)
    };
    match name {
        "algorithm" => {
            let algorithm = match o.value.node.to_ascii_uppercase().as_str() {
                "LL" => Algorithm::Ll,
                "LLT" => Algorithm::Llt,
                "LLP" => Algorithm::Llp,
                "LLP5" => Algorithm::Llp5,
                "LLB" => Algorithm::Llb,
                "BILL" => Algorithm::Bill,
                _ => return Err(o.wrong("LL, LLT, LLP, LLP5, LLB or BiLL")),
            };
            part.algorithm = Some(Spanned::new(algorithm, o.span));
        }
        "correlate" | "correlate_field" => part.correlate = Some(o.as_field()),
        "future_timespan" => match o.as_count()? {
            n if n.node <= MOST_FUTURE => part.future = Some(n),
            _ => return Err(o.wrong(&format!("a whole number up to {MOST_FUTURE}"))),
        },
        "holdback" => part.holdback = Some(o.as_count()?),
        "period" => match o.as_count()? {
            // Source: the page, "period": at least 2
            n if n.node >= 2 => part.period = Some(n),
            _ => return Err(o.wrong("a whole number from 2 on")),
        },
        "suppress" => part.suppress = Some(o.as_field()),
        _ => {
            if let Some(n) = percent("upper") {
                part.upper = Some((n, o.as_field()));
            } else if let Some(n) = percent("lower") {
                part.lower = Some((n, o.as_field()));
            } else {
                let d = unknown_option(&o.name, command, OPTIONS);
                return Err(nom::Err::Failure(Fail(Some(Box::new(d)))));
            }
        }
    }
    Ok(())
}
