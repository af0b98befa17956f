//! `concurrency`: how many events go on when each begins.

use crate::ast::*;
use crate::grammar::options::{missing, options};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Concurrency {
    /// `duration=`: the field with the length of each event.
    pub duration: Field,
    /// `start=`; `_time` where none is given.
    pub start: Option<Field>,
    /// `output=`; `concurrency` where none is given.
    pub output: Option<Field>,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Concurrency> {
    let (i, given) = options(i, name, &["duration", "output", "start"])?;
    let find = |option: &str| {
        let found = given.iter().rev().find(|o| o.name.node == option);
        found.map(|o| o.as_field())
    };
    let Some(duration) = find("duration") else {
        let help = "write `concurrency duration=seconds`";
        return missing(i, "`concurrency` needs the field with the duration", help);
    };
    Ok((i, Concurrency { duration, start: find("start"), output: find("output") }))
}
