//! `cluster`: rows grouped by how similar a text of theirs is.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::options::options;
use crate::input::{In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cluster {
    /// `t=`: how similar the rows of a cluster are at least; between 0 and 1.
    pub t: f64,
    /// `delims=`: the characters between terms, where given.
    pub delims: Option<String>,
    /// `showcount=`
    pub showcount: bool,
    /// `countfield=`
    pub countfield: String,
    /// `labelfield=`
    pub labelfield: String,
    /// `field=`: the text that is compared.
    pub field: String,
    /// `labelonly=`: whether all rows go on.
    pub labelonly: bool,
    /// `match=`
    pub by: Match,
}

/// What of the text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Match {
    Termlist,
    Termset,
    Ngramset,
}

const OPTIONS: &[&str] =
    &["countfield", "delims", "field", "labelfield", "labelonly", "match", "showcount", "t"];

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Cluster> {
    let (i, list) = options(i, name, OPTIONS)?;
    let mut c = Cluster {
        t: 0.8,
        delims: None,
        showcount: false,
        countfield: "cluster_count".to_owned(),
        labelfield: "cluster_label".to_owned(),
        field: "_raw".to_owned(),
        labelonly: false,
        by: Match::Termlist,
    };
    for o in &list {
        match o.name.node.as_str() {
            "t" => match o.value.node.parse::<f64>() {
                Ok(n) if n > 0.0 && n < 1.0 => c.t = n,
                _ => return Err(o.wrong("a number above 0 and below 1")),
            },
            "delims" => c.delims = Some(o.value.node.clone()),
            "showcount" => c.showcount = o.as_bool()?,
            "labelonly" => c.labelonly = o.as_bool()?,
            "countfield" => c.countfield = o.as_field().node,
            "labelfield" => c.labelfield = o.as_field().node,
            "field" => c.field = o.as_field().node,
            _ => {
                c.by = match o.value.node.to_ascii_lowercase().as_str() {
                    "termlist" => Match::Termlist,
                    "termset" => Match::Termset,
                    "ngramset" => Match::Ngramset,
                    _ => return Err(o.wrong("termlist, termset or ngramset")),
                }
            }
        }
    }
    if c.showcount && c.countfield == c.labelfield {
        let names = ["countfield", "labelfield"];
        let named = list.iter().rev().find(|o| names.contains(&o.name.node.as_str()));
        let span = named.map_or(Span::default(), |o| o.span);
        let message = format!("label and count of `cluster` would both be in `{}`", c.labelfield);
        return stop(Diagnostic::error("SPL2402", span, message).label("the same field"));
    }
    Ok((i, c))
}
