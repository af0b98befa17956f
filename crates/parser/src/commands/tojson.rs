//! `tojson`: rows as JSON objects.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::option;
use crate::input::{In, Res, stop};
use crate::lex::words::sym;
use crate::suggest::did_you_mean;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize, Default)]
pub struct Tojson {
    /// The fields with their datatypes, in order; all fields where there are none.
    pub fields: Vec<Typed>,
    /// `default_type=`.
    pub default_type: Option<Datatype>,
    /// `fill_null=`.
    pub fill_null: Option<bool>,
    /// `include_internal=`.
    pub include_internal: Option<bool>,
    /// `output_field=`.
    pub output_field: Option<Field>,
}

/// `num(age)`, or a field alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Typed {
    /// The function; the default type where there is none.
    pub datatype: Option<Datatype>,
    /// The field or pattern.
    pub field: Field,
}

/// What the values of a field become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Datatype {
    /// What the value looks like.
    Auto,
    /// true or false.
    Bool,
    /// JSON as it stands.
    Json,
    /// What the value is.
    None,
    /// A number.
    Num,
    /// Text.
    Str,
}

const TYPES: [&str; 6] = ["auto", "bool", "json", "none", "num", "str"];

impl Datatype {
    fn of(name: &str) -> Option<Datatype> {
        Some(match name.to_ascii_lowercase().as_str() {
            "auto" => Datatype::Auto,
            "bool" => Datatype::Bool,
            "json" => Datatype::Json,
            "none" => Datatype::None,
            "num" => Datatype::Num,
            "str" => Datatype::Str,
            _ => return None,
        })
    }
}

pub(crate) fn parse<'a>(mut i: In<'a>, name: &str) -> Res<'a, Tojson> {
    const KNOWN: &[&str] = &["default_type", "fill_null", "include_internal", "output_field"];
    let mut t = Tojson::default();
    loop {
        let mut at = i.ws();
        if at.s.starts_with(',') {
            at = at.skip(1).ws();
        }
        if at.is_empty() {
            return Ok((at, t));
        }
        match option(at, name, KNOWN) {
            Ok((rest, o)) => {
                match o.name.node.as_str() {
                    "default_type" => match Datatype::of(&o.value.node) {
                        Some(d) => t.default_type = Some(d),
                        None => return Err(o.wrong("auto, bool, json, none, num or str")),
                    },
                    "fill_null" => t.fill_null = Some(o.as_bool()?),
                    "include_internal" => t.include_internal = Some(o.as_bool()?),
                    _ => t.output_field = Some(o.value),
                }
                i = rest;
                continue;
            }
            Err(nom::Err::Error(_)) => {}
            Err(e) => return Err(e),
        }
        let (rest, word) = match field(at) {
            Err(nom::Err::Error(_)) => {
                return at.cut("a field, or a function such as `num(field)`");
            }
            other => other?,
        };
        let Ok((mut inside, _)) = sym("(", "`(`")(rest) else {
            t.fields.push(Typed { datatype: None, field: word });
            i = rest;
            continue;
        };
        let Some(datatype) = Datatype::of(&word.node) else {
            let message = format!("`tojson` has no function `{}`", word.node);
            let mut d = Diagnostic::error("SPL1020", word.span, message).label("no datatype");
            d.help = did_you_mean(&word.node, TYPES.iter().copied())
                .or_else(|| Some(format!("datatypes: {}", TYPES.join(", "))));
            return stop(d);
        };
        loop {
            if let Ok((rest, _)) = sym(")", "`)`")(inside) {
                i = rest;
                break;
            }
            let comma = inside.ws();
            if comma.s.starts_with(',') {
                inside = comma.skip(1);
            }
            let (rest, field) = match field(inside) {
                Err(nom::Err::Error(_)) => return inside.ws().cut("a field name or `)`"),
                other => other?,
            };
            t.fields.push(Typed { datatype: Some(datatype), field });
            inside = rest;
        }
    }
}
