//! `extract`, `kv`: fields from the pairs of a key and a value in `_raw`.

use crate::ast::*;
use crate::grammar::options::mixed;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Extract {
    /// `auto=`: whether pairs are found without delimiters.
    pub auto: Option<bool>,
    /// `pairdelim=`: the characters between two pairs.
    pub pairdelim: Option<Spanned<String>>,
    /// `kvdelim=`: the characters between key and value.
    pub kvdelim: Option<Spanned<String>>,
    /// `limit=`: how many pairs are extracted; 50 where none is given.
    pub limit: Option<Spanned<u64>>,
    /// `maxchars=`: how many characters are looked at; 10,240 where none is given.
    pub maxchars: Option<Spanned<u64>>,
    /// `mv_add=`: whether a value is added to those that the field has.
    pub mv_add: Option<bool>,
    /// `clean_keys=`: whether what is no letter or digit becomes `_`.
    pub clean_keys: Option<bool>,
    /// `reload=`.
    pub reload: Option<bool>,
    /// `segment=`.
    pub segment: Option<bool>,
    /// Stanzas of transforms.conf.
    pub stanzas: Vec<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Extract> {
    const KNOWN: &[&str] = &[
        "auto",
        "clean_keys",
        "kvdelim",
        "limit",
        "maxchars",
        "mv_add",
        "pairdelim",
        "reload",
        "segment",
    ];
    let (i, (options, stanzas)) = mixed(i, name, KNOWN, &[])?;
    let mut e = Extract { stanzas, ..Extract::default() };
    for o in options {
        match o.name.node.as_str() {
            "auto" => e.auto = Some(o.as_bool()?),
            "clean_keys" => e.clean_keys = Some(o.as_bool()?),
            "kvdelim" => e.kvdelim = Some(o.value),
            "limit" => e.limit = Some(o.as_count()?),
            "maxchars" => e.maxchars = Some(o.as_count()?),
            "mv_add" => e.mv_add = Some(o.as_bool()?),
            "pairdelim" => e.pairdelim = Some(o.value),
            "reload" => e.reload = Some(o.as_bool()?),
            _ => e.segment = Some(o.as_bool()?),
        }
    }
    Ok((i, e))
}
