//! `rename`: new names for fields; `*` stands for the same text on both sides.

use crate::ast::*;
use crate::grammar::args::{alias, column};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rename {
    /// `(old, new)` pairs in order.
    pub pairs: Vec<(Field, Field)>,
}

pub(crate) fn parse<'a>(mut i: In<'a>, _: &str) -> Res<'a, Rename> {
    let mut pairs = Vec::new();
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') && !pairs.is_empty() {
            at = at.skip(1).ws();
        }
        if at.is_empty() && !pairs.is_empty() {
            return Ok((at, Rename { pairs }));
        }
        let (rest, old) = match column(at) {
            Err(nom::Err::Error(_)) => return at.cut("a field name"),
            other => other?,
        };
        let (rest, new) = match alias(rest) {
            Err(nom::Err::Error(_)) => return rest.ws().cut("AS"),
            other => other?,
        };
        pairs.push((old, new));
        i = rest;
    }
}
