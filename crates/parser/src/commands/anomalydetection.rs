//! `anomalydetection`: rows whose values are rare together.

use crate::Diagnostic;
use crate::ast::*;
use crate::commands::outlier::{Outlier, positive};
use crate::grammar::options::mixed;
use crate::input::{In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Anomalydetection {
    /// `method=`
    pub method: Method,
    /// The fields; all where none is named.
    pub fields: Vec<Field>,
}

/// How anomalies are found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By the product of the values' frequencies.
    Histogram {
        /// `action=`
        action: Action,
        /// `pthresh=`: below which probability a row is an anomaly.
        pthresh: Option<f64>,
        /// `cutoff=`, where given.
        cutoff: Option<bool>,
    },
    /// As `outlier`.
    Iqr(Outlier),
}

/// What is done with anomalies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Action {
    Filter,
    Annotate,
    Summary,
}

const OPTIONS: &[&str] =
    &["action", "cutoff", "mark", "method", "param", "pthresh", "type", "uselower"];

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Anomalydetection> {
    let (i, (options, fields)) = mixed(i, name, OPTIONS, &[])?;
    let method = options.iter().rev().find(|o| o.name.node == "method");
    let iqr = match method.map(|o| (o, o.value.node.to_ascii_lowercase())) {
        None => false,
        Some((_, m)) if m == "histogram" => false,
        Some((_, m)) if m == "iqr" => true,
        Some((o, m)) if m == "zscore" => {
            return stop(
                Diagnostic::unsupported("SPL2400", o.span, "anomalydetection method=zscore")
                    .label("how Splunk scores the values of `anomalousvalue` is not documented"),
            );
        }
        Some((o, _)) => return Err(o.wrong("histogram, zscore or iqr")),
    };
    let (mut action, mut pthresh, mut cutoff) = (Action::Filter, None, None);
    let mut outlier = Outlier::default();
    for o in &options {
        match (o.name.node.as_str(), iqr) {
            ("method", _) => {}
            ("pthresh" | "cutoff", true) | ("mark" | "param" | "type" | "uselower", false) => {
                let other = if iqr { "histogram" } else { "iqr" };
                return stop(
                    Diagnostic::error(
                        "SPL2401",
                        o.span,
                        format!("`{}=` does not go with this method", o.name.node),
                    )
                    .label(format!("an option of method={other}")),
                );
            }
            (_, true) => outlier.take(o)?,
            ("action", _) => {
                action = match o.value.node.to_ascii_lowercase().as_str() {
                    "filter" => Action::Filter,
                    "annotate" => Action::Annotate,
                    "summary" => Action::Summary,
                    _ => return Err(o.wrong("filter, annotate or summary")),
                }
            }
            ("cutoff", _) => cutoff = Some(o.as_bool()?),
            _ => pthresh = Some(positive(o)?),
        }
    }
    let method = match iqr {
        true => Method::Iqr(Outlier { fields: fields.clone(), ..outlier }),
        false => Method::Histogram { action, pthresh, cutoff },
    };
    Ok((i, Anomalydetection { method, fields }))
}
