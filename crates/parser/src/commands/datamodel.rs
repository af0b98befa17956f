//! `datamodel`: a data model as JSON, or the events of one of its datasets.

use super::NamedOption;
use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::options;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Datamodel {
    /// The data model; none: a list of all.
    pub model: Option<Spanned<String>>,
    /// The dataset.
    pub dataset: Option<Spanned<String>>,
    /// What to do: `search`, `flat` or `acceleration_search`, in lower case.
    pub mode: Option<Spanned<String>>,
    /// `strict_fields=`, `allow_old_summaries=`, `summariesonly=` as typed.
    pub options: Vec<NamedOption>,
}

const KNOWN: &[&str] =
    &["strict_fields", "allow_old_summaries", "summariesonly", "include_reduced_buckets"];

pub(crate) fn parse<'a>(mut i: In<'a>, name: &str) -> Res<'a, Datamodel> {
    let mut all = Vec::new();
    let mut words = Vec::new();
    loop {
        let (rest, more) = options(i, name, KNOWN)?;
        all.extend(more);
        i = rest;
        match field(i) {
            Ok((rest, word)) if words.len() < 3 => {
                words.push(word);
                i = rest;
            }
            _ => break,
        }
    }
    let mut words = words.into_iter();
    let (model, dataset, mode) = (words.next(), words.next(), words.next());
    let mode = mode.map(|m| Spanned::new(m.node.to_ascii_lowercase(), m.span));
    let modes = ["search", "flat", "acceleration_search"];
    if let Some(m) = &mode
        && !modes.contains(&m.node.as_str())
    {
        let d =
            Diagnostic::error("SPL2004", m.span, format!("`datamodel` has no mode `{}`", m.node))
                .label("expected search, flat or acceleration_search");
        return crate::input::stop(d);
    }
    Ok((i, Datamodel { model, dataset, mode, options: all }))
}
