//! `associate`: which value of a field makes another field more predictable.

use crate::ast::*;
use crate::grammar::options::mixed;
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Associate {
    /// The fields; all where none is named.
    pub fields: Vec<Field>,
    /// `supcnt=`: 100 where none is given.
    pub supcnt: Option<Spanned<u64>>,
    /// `supfreq=`: 0.1 where none is given.
    pub supfreq: Option<f64>,
    /// `improv=`: bits; 0.5 where none is given.
    pub improv: Option<f64>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Associate> {
    let (i, (options, fields)) = mixed(i, name, &["supcnt", "supfreq", "improv"], &[])?;
    let mut a = Associate { fields, supcnt: None, supfreq: None, improv: None };
    for o in options {
        match o.name.node.as_str() {
            "supcnt" => a.supcnt = Some(o.as_count()?),
            "supfreq" => a.supfreq = Some(o.as_number_in(0.0, 1.0)?),
            _ => a.improv = Some(o.as_number_in(0.0, f64::MAX)?),
        }
    }
    Ok((i, a))
}
