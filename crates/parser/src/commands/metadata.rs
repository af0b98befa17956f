//! `metadata`: the hosts, sources or sourcetypes of the events.

use crate::ast::*;
use crate::grammar::options::{missing, options};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metadata {
    /// `type=`: `hosts`, `sources` or `sourcetypes`.
    pub kind: Spanned<String>,
    /// `index=`, as often as given; wildcards allowed.
    pub indexes: Vec<Spanned<String>>,
    /// `datatype=`: `event` or `metric`.
    pub datatype: Option<Spanned<String>>,
    /// `splunk_server=` and `splunk_server_group=`.
    pub servers: Vec<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Metadata> {
    const KNOWN: &[&str] = &["datatype", "index", "splunk_server", "splunk_server_group", "type"];
    let (i, options) = options(i, name, KNOWN)?;
    let (mut kind, mut indexes, mut datatype, mut servers) = (None, Vec::new(), None, Vec::new());
    for o in options {
        match o.name.node.as_str() {
            "datatype" => datatype = Some(o.value),
            "index" => indexes.push(o.value),
            "type" => {
                let lower = o.value.node.to_ascii_lowercase();
                if !["hosts", "sources", "sourcetypes"].contains(&lower.as_str()) {
                    return Err(o.wrong("hosts, sources or sourcetypes"));
                }
                kind = Some(Spanned::new(lower, o.value.span));
            }
            _ => servers.push(o.value),
        }
    }
    match kind {
        Some(kind) => Ok((i, Metadata { kind, indexes, datatype, servers })),
        None => missing(i, "`metadata` needs a type", "write `metadata type=hosts`"),
    }
}
