//! `setfields`: fixed texts as fields.

use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::value;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setfields {
    /// The fields with their texts, in order.
    pub fields: Vec<SetField>,
}

/// `name="text"`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetField {
    /// The field.
    pub field: Field,
    /// The text.
    pub text: Spanned<String>,
}

pub(crate) fn parse<'a>(mut i: In<'a>, _: &str) -> Res<'a, Setfields> {
    let mut fields = Vec::new();
    loop {
        let (rest, field) = match field(i) {
            Err(nom::Err::Error(_)) => return i.ws().cut("a field name"),
            other => other?,
        };
        let equals = rest.ws();
        if !equals.s.starts_with('=') {
            return equals.cut("`=`");
        }
        let (rest, text) = value(equals.skip(1))?;
        fields.push(SetField { field, text });
        let mut at = rest.ws();
        if at.s.starts_with(',') {
            at = at.skip(1).ws();
        }
        if at.is_empty() {
            return Ok((at, Setfields { fields }));
        }
        i = at;
    }
}
