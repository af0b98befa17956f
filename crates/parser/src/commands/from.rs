//! `from`: the rows of a dataset: a data model's, a lookup's, or a saved search's.

use super::tstats::{DatasetName, dataset_name};
use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::missing;
use crate::input::{In, Res, stop};
use crate::lex::words::string;
use serde::Serialize;

/// A dataset.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// `datamodel:Endpoint.Processes`
    Datamodel(DatasetName),
    /// `lookup:hosts.csv`
    Lookup(Spanned<String>),
    /// `savedsearch:name`
    Savedsearch(Spanned<String>),
}

pub(crate) fn parse<'a>(i: In<'a>, _: &str) -> Res<'a, From> {
    const HELP: &str = "write `from datamodel:Endpoint.Processes` or `from lookup:hosts.csv`";
    let i = i.ws();
    let whole = i.s.starts_with('"');
    let Ok((rest, word)) = field(i) else { return missing(i, "`from` needs a dataset", HELP) };
    let (kind, name) = match word.node.split_once(':') {
        Some((kind, name)) => (kind.to_owned(), name.to_owned()),
        None => (word.node.clone(), String::new()),
    };
    let (rest, name) = match name.is_empty() {
        false => (rest, Spanned::new(name, word.span)),
        true if whole => return missing(rest, "`from` needs a dataset", HELP),
        true => {
            let at = rest.ws();
            let at = if at.s.starts_with(':') { at.skip(1).ws() } else { at };
            match string(at).or_else(|e| if at.s.starts_with('"') { Err(e) } else { field(at) }) {
                Ok(found) => found,
                Err(nom::Err::Error(_)) => {
                    return missing(rest, "`from` needs the name of a dataset", HELP);
                }
                Err(e) => return Err(e),
            }
        }
    };
    let from = match kind.to_ascii_lowercase().as_str() {
        "datamodel" => From::Datamodel(dataset_name(name)),
        "lookup" | "inputlookup" => From::Lookup(name),
        "savedsearch" => From::Savedsearch(name),
        _ => {
            let d = Diagnostic::error("SPL2003", word.span, format!("`from` has no kind `{kind}`"))
                .label("expected datamodel, lookup or savedsearch");
            return stop(d.help(HELP));
        }
    };
    Ok((rest, from))
}
