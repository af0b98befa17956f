//! `strcat`: joins fields and texts into a field.

use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::{missing, options};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Strcat {
    /// `allrequired=`: only where every source field exists.
    pub allrequired: Option<bool>,
    /// What is joined, in order; at least two.
    pub sources: Vec<StrcatSource>,
    /// The field that gets the text.
    pub destination: Field,
}

/// One of the texts that `strcat` joins.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StrcatSource {
    /// The value of a field.
    Field(Field),
    /// A text in quotes.
    Text(Spanned<String>),
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Strcat> {
    const KNOWN: &[&str] = &["allrequired"];
    let (mut i, mut given) = options(i, name, KNOWN)?;
    let mut words = Vec::new();
    loop {
        let at = i.ws();
        if at.is_empty() {
            break;
        }
        let (rest, more) = options(at, name, KNOWN)?;
        if !more.is_empty() {
            given.extend(more);
            i = rest;
            continue;
        }
        let quoted = at.s.starts_with('"');
        let (rest, word) = field(at)?;
        words.push(if quoted { StrcatSource::Text(word) } else { StrcatSource::Field(word) });
        i = rest;
    }
    let help = "write `strcat host \":\" port address`: the last name gets the text";
    let destination = match words.pop() {
        Some(StrcatSource::Field(f) | StrcatSource::Text(f)) if words.len() > 1 => f,
        _ => return missing(i, "`strcat` needs two sources and a field for the text", help),
    };
    let allrequired = given.last().map(|o| o.as_bool()).transpose()?;
    Ok((i, Strcat { allrequired, sources: words, destination }))
}
