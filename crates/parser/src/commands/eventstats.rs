//! `eventstats`: aggregates over all rows, written into each of them.

use super::stats::{Stats, terms};
use crate::grammar::options::option;
use crate::input::{In, Res};

/// The syntax is that of `stats` with the option `allnum=` only, which may stand anywhere.
pub type Eventstats = Stats;

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Eventstats> {
    let mut options = Vec::new();
    let (i, aggregates, by) = terms(i, &mut |i| {
        let (rest, o) = option(i, name, &["allnum"])?;
        o.as_bool()?;
        options.push(o);
        Ok((rest, ()))
    })?;
    Ok((i, Stats { options, aggregates, by, dedup_splitvals: None }))
}
