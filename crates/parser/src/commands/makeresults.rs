//! `makeresults`: rows out of nothing.

use super::NamedOption;
use crate::ast::*;
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
