//! `multikv`: a row for each line of a table in a text.

use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::option;
use crate::input::{In, Res};
use crate::lex::words::keyword;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Multikv {
    /// `conf=`: a stanza of multikv.conf.
    pub conf: Option<Spanned<String>>,
    /// `copyattrs=`: whether the fields of the event are copied.
    pub copyattrs: Option<bool>,
    /// `fields`: the columns that are extracted; all where none is named.
    pub fields: Vec<Field>,
    /// `filter`: lines without one of these texts are left out.
    pub filter: Vec<Spanned<String>>,
    /// `forceheader=`: the number of the header's line.
    pub forceheader: Option<Spanned<u64>>,
    /// `multitable=`: whether there may be several tables.
    pub multitable: Option<bool>,
    /// `noheader=`: whether the table has no header.
    pub noheader: Option<bool>,
    /// `rmorig=`: whether the event itself is left out.
    pub rmorig: Option<bool>,
}

/// What a bare word belongs to.
enum List {
    None,
    Fields,
    Filter,
}

pub(crate) fn parse<'a>(mut i: In<'a>, name: &str) -> Res<'a, Multikv> {
    const KNOWN: &[&str] =
        &["conf", "copyattrs", "forceheader", "multitable", "noheader", "rmorig"];
    let mut m = Multikv::default();
    let mut list = List::None;
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') {
            at = at.skip(1).ws();
        }
        if at.is_empty() {
            return Ok((at, m));
        }
        match option(at, name, KNOWN) {
            Ok((rest, o)) => {
                match o.name.node.as_str() {
                    "conf" => m.conf = Some(o.value),
                    "copyattrs" => m.copyattrs = Some(o.as_bool()?),
                    "forceheader" => m.forceheader = Some(o.as_count()?),
                    "multitable" => m.multitable = Some(o.as_bool()?),
                    "noheader" => m.noheader = Some(o.as_bool()?),
                    _ => m.rmorig = Some(o.as_bool()?),
                }
                (list, i) = (List::None, rest);
                continue;
            }
            Err(nom::Err::Error(_)) => {}
            Err(e) => return Err(e),
        }
        if let Ok((rest, _)) = keyword("fields", "fields")(at) {
            (list, i) = (List::Fields, rest);
            continue;
        }
        if let Ok((rest, _)) = keyword("filter", "filter")(at) {
            (list, i) = (List::Filter, rest);
            continue;
        }
        let (rest, word) = field(at)?;
        match list {
            List::Fields => m.fields.push(word),
            List::Filter => m.filter.push(word),
            List::None => return at.cut("`fields`, `filter` or an option"),
        }
        i = rest;
    }
}
