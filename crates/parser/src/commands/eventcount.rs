//! `eventcount`: how many events there are.

use crate::ast::*;
use crate::grammar::options::options;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Eventcount {
    /// `index=`, as often as given; wildcards allowed.
    pub indexes: Vec<Spanned<String>>,
    /// `summarize=`; true where none is given.
    pub summarize: Option<bool>,
    /// `report_size=`.
    pub report_size: Option<Spanned<bool>>,
    /// `list_vix=`.
    pub list_vix: Option<bool>,
    /// `list_federated_remote=`.
    pub list_federated_remote: Option<bool>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Eventcount> {
    const KNOWN: &[&str] =
        &["index", "list_federated_remote", "list_vix", "report_size", "summarize"];
    let (i, options) = options(i, name, KNOWN)?;
    let mut e = Eventcount::default();
    for o in options {
        match o.name.node.as_str() {
            "index" => e.indexes.push(o.value),
            "list_federated_remote" => e.list_federated_remote = Some(o.as_bool()?),
            "list_vix" => e.list_vix = Some(o.as_bool()?),
            "report_size" => e.report_size = Some(Spanned::new(o.as_bool()?, o.span)),
            _ => e.summarize = Some(o.as_bool()?),
        }
    }
    Ok((i, e))
}
