//! `arules`: rules by which values of fields occur together.

use crate::ast::*;
use crate::grammar::options::{missing, mixed};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arules {
    /// The fields; at least two.
    pub fields: Vec<Field>,
    /// `sup=`: 3 where none is given.
    pub sup: Option<Spanned<u64>>,
    /// `conf=`: 0.5 where none is given.
    pub conf: Option<f64>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Arules> {
    let (i, (options, fields)) = mixed(i, name, &["sup", "conf"], &[])?;
    if fields.len() < 2 {
        return missing(i, "`arules` needs two fields or more", "write `arules user host action`");
    }
    let mut a = Arules { fields, sup: None, conf: None };
    for o in options {
        match o.name.node.as_str() {
            "sup" => match o.as_count()? {
                n if n.node > 0 => a.sup = Some(n),
                _ => return Err(o.wrong("a whole number from 1 on")),
            },
            _ => a.conf = Some(o.as_number_in(0.0, 1.0)?),
        }
    }
    Ok((i, a))
}
