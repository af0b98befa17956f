//! `timewrap`: a column for each period of a time chart.

use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::{missing, options};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timewrap {
    /// The period, such as `1week` or `d`.
    pub span: Spanned<String>,
    /// `align=now`: periods end now, not at the end of the search.
    pub align_now: bool,
    /// `series=`: how the columns are called.
    pub series: Series,
    /// `time_format=`: what `series=exact` writes the beginnings of the periods with.
    pub time_format: Option<Spanned<String>>,
}

/// How the columns are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// `count_latest_week`, `count_1week_before`
    Relative,
    /// By the beginning of the period.
    Exact,
    /// `count_s0`, `count_s1`
    Short,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Timewrap> {
    const KNOWN: &[&str] = &["align", "series", "time_format"];
    let (i, mut given) = options(i, name, KNOWN)?;
    let Ok((i, span)) = field(i) else {
        return missing(i, "`timewrap` needs a period", "write `timewrap 1week`");
    };
    let (i, more) = options(i, name, KNOWN)?;
    given.extend(more);
    let mut t = Timewrap { span, align_now: false, series: Series::Relative, time_format: None };
    for o in given {
        let value = o.value.node.to_ascii_lowercase();
        match (o.name.node.as_str(), value.as_str()) {
            ("align", "now") => t.align_now = true,
            ("align", "end") => t.align_now = false,
            ("align", _) => return Err(o.wrong("now or end")),
            ("series", "relative") => t.series = Series::Relative,
            ("series", "exact") => t.series = Series::Exact,
            ("series", "short") => t.series = Series::Short,
            ("series", _) => return Err(o.wrong("relative, exact or short")),
            _ => t.time_format = Some(o.value),
        }
    }
    Ok((i, t))
}
