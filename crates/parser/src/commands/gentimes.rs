//! `gentimes`: time ranges one after another.

use crate::ast::*;
use crate::grammar::options::{missing, options};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gentimes {
    /// `start=`: a date, a date with a time, or a number of days from today.
    pub start: Spanned<String>,
    /// `end=`; the last midnight where none is given.
    pub end: Option<Spanned<String>>,
    /// `increment=`; a day where none is given.
    pub increment: Option<Spanned<String>>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Gentimes> {
    let (i, given) = options(i, name, &["end", "increment", "start"])?;
    let find = |option: &str| {
        let found = given.iter().rev().find(|o| o.name.node == option);
        found.map(|o| o.value.clone())
    };
    let Some(start) = find("start") else {
        let help = "write `gentimes start=10/1/2025`, or `start=-7` for seven days ago";
        return missing(i, "`gentimes` needs a start", help);
    };
    Ok((i, Gentimes { start, end: find("end"), increment: find("increment") }))
}
