//! `convert`: conversion functions such as `ctime` over fields.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::{alias, field};
use crate::grammar::options::options;
use crate::input::{In, Res, stop};
use crate::lex::words::sym;
use crate::names;
use crate::suggest::did_you_mean;
use nom::Parser;
use nom::combinator::opt;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Convert {
    /// `timeformat=`.
    pub timeformat: Option<Spanned<String>>,
    /// The conversions in order.
    pub conversions: Vec<Conversion>,
}

/// `ctime(field) AS name`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conversion {
    /// The function in lower case.
    pub function: Spanned<String>,
    /// The field or pattern.
    pub field: Field,
    /// AS; may hold a wildcard.
    pub alias: Option<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Convert> {
    let (mut i, options) = options(i, name, &["timeformat"])?;
    let timeformat = options.into_iter().next_back().map(|o| o.value);
    let mut conversions = Vec::new();
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') && !conversions.is_empty() {
            at = at.skip(1).ws();
        }
        if at.is_empty() && !conversions.is_empty() {
            return Ok((at, Convert { timeformat, conversions }));
        }
        let (rest, conversion) = conversion(at)?;
        conversions.push(conversion);
        i = rest;
    }
}

fn conversion(i: In<'_>) -> Res<'_, Conversion> {
    let (rest, mut function) = match field(i) {
        Ok(ok) => ok,
        Err(_) => return i.cut("a conversion such as `ctime(field)`"),
    };
    function.node.make_ascii_lowercase();
    if names::CONVERT_FUNCTIONS.binary_search(&function.node.as_str()).is_err() {
        let mut d = Diagnostic::error(
            "SPL1004",
            function.span,
            format!("unknown conversion `{}`", function.node),
        )
        .label("not a function of `convert`");
        d.help = did_you_mean(&function.node, names::CONVERT_FUNCTIONS.iter().copied())
            .or_else(|| Some(format!("functions: {}", names::CONVERT_FUNCTIONS.join(", "))));
        return stop(d);
    }
    let rest = match sym("(", "`(`")(rest) {
        Ok((rest, _)) => rest,
        Err(_) => return rest.ws().cut("`(`"),
    };
    let (rest, field) = match field(rest) {
        Err(nom::Err::Error(_)) => return rest.ws().cut("a field name"),
        other => other?,
    };
    let rest = match sym(")", "`)`")(rest) {
        Ok((rest, _)) => rest,
        Err(_) => return rest.ws().cut("`)`"),
    };
    let (rest, alias) = opt(alias).parse(rest)?;
    Ok((rest, Conversion { function, field, alias }))
}
