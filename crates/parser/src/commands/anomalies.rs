//! `anomalies`: how unexpected each row is after those before it.

use crate::ast::*;
use crate::commands::NamedOption;
use crate::grammar::args::columns1;
use crate::grammar::options::options;
use crate::input::{In, Res};
use crate::lex::words::keyword;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Anomalies {
    /// `threshold=`: rows below it are left out.
    pub threshold: f64,
    /// `labelonly=`: whether all rows go on.
    pub labelonly: bool,
    /// `normalize=`: whether all digits are alike.
    pub normalize: bool,
    /// `maxvalues=`: how many rows before are looked at; 10 to 10,000.
    pub maxvalues: usize,
    /// `field=`: the text that is looked at.
    pub field: String,
    /// `denylist=`: the table of rows that are always expected.
    pub denylist: Option<Spanned<String>>,
    /// `denylistthreshold=`: how unlike such a row an expected row may be.
    pub denylistthreshold: f64,
    /// What tells groups apart.
    pub by: Vec<Field>,
}

const OPTIONS: &[&str] = &[
    "blacklist",
    "blacklistthreshold",
    "denylist",
    "denylistthreshold",
    "field",
    "labelonly",
    "maxvalues",
    "normalize",
    "threshold",
];

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Anomalies> {
    let (mut i, mut list) = options(i, name, OPTIONS)?;
    let mut by = Vec::new();
    if let Ok((rest, _)) = keyword("by", "BY")(i) {
        let (rest, fields) = columns1(rest, &[])?;
        let (rest, more) = options(rest, name, OPTIONS)?;
        list.extend(more);
        (i, by) = (rest, fields);
    }
    let mut a = Anomalies {
        threshold: 0.01,
        labelonly: false,
        normalize: true,
        maxvalues: 100,
        field: "_raw".to_owned(),
        denylist: None,
        denylistthreshold: 0.05,
        by,
    };
    for o in &list {
        take(o, &mut a)?;
    }
    Ok((i, a))
}

fn take(o: &NamedOption, a: &mut Anomalies) -> Result<(), nom::Err<crate::input::Fail>> {
    match o.name.node.as_str() {
        "threshold" => a.threshold = o.as_number_in(0.0, f64::MAX)?,
        "labelonly" => a.labelonly = o.as_bool()?,
        "normalize" => a.normalize = o.as_bool()?,
        "maxvalues" => match o.value.node.parse() {
            // Source: the page, "maxvalues": between 10 and 10000
            Ok(n @ 10..=10_000) => a.maxvalues = n,
            _ => return Err(o.wrong("a whole number from 10 to 10000")),
        },
        "field" => a.field = o.as_field().node,
        "denylist" | "blacklist" => a.denylist = Some(o.value.clone()),
        _ => a.denylistthreshold = o.as_number_in(0.0, f64::MAX)?,
    }
    Ok(())
}
