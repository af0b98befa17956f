//! `makeresults`: rows out of nothing.

use super::NamedOption;
use crate::ast::*;
use crate::grammar::options::options;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Makeresults {
    /// `count=`; 1 where none is given.
    pub count: Option<Spanned<u64>>,
    /// `annotate=`: also `_raw`, `host`, `source`, `sourcetype`, `splunk_server`...
    pub annotate: Option<bool>,
    /// `format=csv|json` with `data=`.
    pub format: Option<Spanned<String>>,
    /// `data="..."`.
    pub data: Option<Spanned<String>>,
    /// Other options as typed (`splunk_server`, `splunk_server_group`).
    pub options: Vec<NamedOption>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Makeresults> {
    const KNOWN: &[&str] =
        &["count", "annotate", "format", "data", "splunk_server", "splunk_server_group"];
    let (i, given) = options(i, name, KNOWN)?;
    let mut makeresults =
        Makeresults { count: None, annotate: None, format: None, data: None, options: Vec::new() };
    for o in given {
        match o.name.node.as_str() {
            "count" => makeresults.count = Some(o.as_count()?),
            "annotate" => makeresults.annotate = Some(o.as_bool()?),
            "format" if !matches!(o.value.node.as_str(), "csv" | "json") => {
                return Err(o.wrong("csv or json"));
            }
            "format" => makeresults.format = Some(o.value),
            "data" => makeresults.data = Some(o.value),
            _ => makeresults.options.push(o),
        }
    }
    Ok((i, makeresults))
}
