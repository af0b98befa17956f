//! `kmeans`: rows grouped by numbers that are near each other.

use crate::Diagnostic;
use crate::ast::*;
use crate::commands::NamedOption;
use crate::commands::outlier::positive;
use crate::grammar::options::mixed;
use crate::input::{Fail, In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kmeans {
    /// `k=`: how many clusters, from and to; one number is both.
    pub k: (usize, usize),
    /// Whether `k=` is a range, which gives a summary.
    pub range: bool,
    /// `reps=`
    pub reps: u64,
    /// `maxiters=`
    pub maxiters: u64,
    /// `t=`
    pub t: f64,
    /// `cfield=`
    pub cnumfield: String,
    /// `dt=`
    pub distance: Distance,
    /// `showcentroid=`
    pub showcentroid: bool,
    /// The fields; all with numbers only where none is named.
    pub fields: Vec<Field>,
}

/// How far two rows are from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Distance {
    Cityblock,
    Sqeuclidean,
    Cosine,
}

const OPTIONS: &[&str] =
    &["cfield", "cnumfield", "dt", "k", "maxiters", "reps", "showcentroid", "t"];
/// Source: the page, "Limits".
const MAX_K: usize = 1000;
const MAX_RANGE: usize = 100;

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Kmeans> {
    let (i, (options, fields)) = mixed(i, name, OPTIONS, &[])?;
    let mut m = Kmeans {
        k: (2, 2),
        range: false,
        reps: 10,
        maxiters: 10_000,
        t: 0.0,
        cnumfield: "CLUSTERNUM".to_owned(),
        distance: Distance::Sqeuclidean,
        showcentroid: true,
        fields,
    };
    for o in &options {
        match o.name.node.as_str() {
            "k" => (m.k, m.range) = clusters(o)?,
            "reps" => m.reps = at_least_one(o)?,
            "maxiters" => m.maxiters = at_least_one(o)?,
            "t" => m.t = positive(o)?,
            "cfield" | "cnumfield" => m.cnumfield = o.as_field().node,
            "showcentroid" => m.showcentroid = o.as_bool()?,
            _ => {
                m.distance = match o.value.node.to_ascii_lowercase().as_str() {
                    "l1" | "l1norm" | "cityblock" | "cb" => Distance::Cityblock,
                    "l2" | "l2norm" | "sq" | "sqeuclidean" => Distance::Sqeuclidean,
                    "cos" | "cosine" => Distance::Cosine,
                    _ => return Err(o.wrong("cityblock, sqeuclidean or cosine")),
                }
            }
        }
    }
    if let Some(f) = m.fields.iter().find(|f| f.node.contains('*')) {
        let message = format!("`kmeans` takes exact field names, not `{}`", f.node);
        return stop(Diagnostic::error("SPL2403", f.span, message).label("a wildcard"));
    }
    Ok((i, m))
}

fn at_least_one(o: &NamedOption) -> Result<u64, nom::Err<Fail>> {
    match o.as_count()?.node {
        0 => Err(o.wrong("a whole number from 1 on")),
        n => Ok(n),
    }
}

/// `k=` and whether it is a range.
fn clusters(o: &NamedOption) -> Result<((usize, usize), bool), nom::Err<Fail>> {
    let (from, to) = match o.value.node.split_once('-') {
        Some((from, to)) => (from.trim().parse(), Some(to.trim().parse())),
        None => (o.value.node.parse::<usize>(), None),
    };
    let range = to.is_some();
    match (from.clone(), to.unwrap_or(from)) {
        (Ok(a), Ok(b)) if a > 1 && a <= b && b <= MAX_K && b - a <= MAX_RANGE => {
            Ok(((a, b), range))
        }
        _ => Err(o.wrong("a number from 2 to 1000, or a range of at most 100 such as 2-5")),
    }
}
