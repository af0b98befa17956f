//! `fit`: trains a model.

use super::NamedOption;
use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::{columns, field};
use crate::grammar::options::{missing, value};
use crate::input::{Fail, In, Res, stop};
use crate::lex::words::keyword;
use nom::Err;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fit {
    /// The algorithm.
    pub algorithm: Spanned<String>,
    /// The field before `from`: what is predicted.
    pub target: Option<Field>,
    /// The fields that are learned from.
    pub fields: Vec<Field>,
    /// `by`: a model for each group.
    pub by: Vec<Field>,
    /// `into`: the name that the model is kept under.
    pub model: Option<Spanned<String>>,
    /// `as`: the name of the field that is added.
    pub alias: Option<Field>,
    /// Parameters of the algorithm, as typed.
    pub options: Vec<NamedOption>,
}

const WORDS: &[&str] = &["from", "by", "into", "as"];

/// `name=value` with any name: which there are depends on the algorithm.
pub(super) fn any_option(i: In<'_>) -> Result<Option<(In<'_>, NamedOption)>, Err<Fail>> {
    let i = i.ws();
    if i.s.starts_with(['"', '\'']) {
        return Ok(None);
    }
    let Ok((rest, name)) = field(i) else { return Ok(None) };
    let after = rest.ws();
    if !after.s.starts_with('=') || after.s.starts_with("==") {
        return Ok(None);
    }
    let (rest, value) = value(after.skip(1))?;
    let name = Spanned::new(name.node.to_ascii_lowercase(), name.span);
    Ok(Some((rest, NamedOption { name, value, span: i.span_to(rest) })))
}

/// The name after a word.
pub(super) fn name_after<'a>(
    i: In<'a>,
    word: &'static str,
    example: &str,
) -> Result<Option<(In<'a>, Field)>, Err<Fail>> {
    let Ok((rest, _)) = keyword(word, word)(i) else { return Ok(None) };
    match field(rest) {
        Ok(found) => Ok(Some(found)),
        Err(Err::Error(_)) => {
            let message = format!("a name is missing after `{word}`");
            missing(rest, &message, &format!("write `{example}`")).map(Some)
        }
        Err(e) => Err(e),
    }
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, Fit> {
    let Ok((mut i, algorithm)) = field(i) else {
        let help = "write `fit DensityFunction bytes by host into model`";
        return missing(i, "`fit` needs an algorithm", help);
    };
    let mut fit = Fit {
        algorithm,
        target: None,
        fields: Vec::new(),
        by: Vec::new(),
        model: None,
        alias: None,
        options: Vec::new(),
    };
    loop {
        if let Some((rest, option)) = any_option(i)? {
            fit.options.push(option);
            i = rest;
        } else if let Some((rest, name)) = name_after(i, "into", "into model")? {
            fit.model = Some(name);
            i = rest;
        } else if let Some((rest, name)) = name_after(i, "as", "as score")? {
            fit.alias = Some(name);
            i = rest;
        } else if let Ok((rest, span)) = keyword("from", "from")(i) {
            let mut before = std::mem::take(&mut fit.fields).into_iter();
            match (before.next(), before.next(), &fit.target) {
                (Some(target), None, None) => fit.target = Some(target),
                // `from` may stand before fields that predict nothing
                (None, ..) if fit.target.is_none() => {}
                _ => {
                    let d = Diagnostic::error("SPL2440", span, "`fit` takes one target")
                        .label("one field before `from`")
                        .help("write `fit LinearRegression y from a b`");
                    return stop(d);
                }
            }
            i = rest;
        } else if let Ok((rest, _)) = keyword("by", "by")(i) {
            let (rest, by) = columns(rest, WORDS)?;
            if by.is_empty() {
                return missing(rest, "a field is missing after `by`", "write `by host`");
            }
            // all of them may stand in one pair of quotes
            for one in &by {
                let names = one.node.split([',', ' ']).filter(|n| !n.is_empty());
                fit.by.extend(names.map(|n| Spanned::new(n.to_owned(), one.span)));
            }
            i = rest;
        } else {
            let (rest, fields) = columns(i, WORDS)?;
            if fields.is_empty() {
                return Ok((i, fit));
            }
            fit.fields.extend(fields);
            i = rest;
        }
    }
}
