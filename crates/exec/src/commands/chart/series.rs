//! Which columns of a chart are shown.

use super::judge;
use crate::aggregates::{Aggregate, AggregateSet};
use crate::group::Assigned;
use crate::run_cx::{RunCx, RunError};
use sepal_data::{Col, FieldName, OrderKey, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::NamedOption;
use sepal_parser::commands::chart::{Chart as Syntax, Keep};
use std::collections::HashSet;

/// A column of each aggregate. Sorted: values, the rest, rows without a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Series {
    /// The only one.
    All,
    /// A value of the column field, or the beginning of its bin.
    Value(FieldName),
    Other,
    Null,
}

/// The rule by which columns are chosen.
pub(super) struct Choice {
    /// What a column is judged by; the sum where it is not said.
    judge: Option<Aggregate>,
    keep: Keep,
}

/// Columns shown where no number is given. Source: the page of timechart, "limit".
const DEFAULT_LIMIT: u64 = 10;

impl Choice {
    pub fn new(c: &Syntax, diagnostics: &mut Vec<Diagnostic>) -> Choice {
        let mut keep = Keep::Rank { not: false, bottom: false, count: DEFAULT_LIMIT };
        for o in c.options.iter().filter(|o| o.name.node == "limit") {
            match limit(o) {
                Some(found) => keep = found,
                None => diagnostics.push(
                    Diagnostic::error(
                        "SPL2242",
                        o.value.span,
                        format!("`limit=` needs a number of columns, not `{}`", o.value.node),
                    )
                    .label("such as 5, top5 or bottom5"),
                ),
            }
        }
        let mut by = c.agg.as_ref().and_then(|a| judge(a, diagnostics));
        if let Some(filter) = &c.filter {
            keep = filter.keep.clone();
            by = judge(&filter.aggregate, diagnostics);
        }
        Choice { judge: by, keep }
    }

    /// Whether all columns stay.
    pub fn keeps_all(&self, columns: usize) -> bool {
        match self.keep {
            Keep::Rank { not: false, count: 0, .. } => true,
            Keep::Rank { not: false, count, .. } => columns as u64 <= count,
            _ => false,
        }
    }

    /// Whether the function is said, so that it judges the first aggregate.
    pub fn is_said(&self) -> bool {
        self.judge.is_some()
    }

    /// The columns that stay. `cells` are the values of a column each: number of the column, value.
    pub fn choose(
        &self,
        columns: &[FieldName],
        cells: Vec<(u32, Value)>,
        cx: &RunCx,
    ) -> Result<HashSet<FieldName>, RunError> {
        let judge = self.judge.or_else(|| Aggregate::resolve("sum", None, true).ok());
        let Some(judge) = judge else { return Ok(columns.iter().cloned().collect()) };
        let mut set = AggregateSet::new(&[judge]);
        let assigned = Assigned {
            groups: cells.iter().map(|(column, _)| *column).collect(),
            rows: (0..cells.len() as u32).collect(),
        };
        let order = OrderKey::following(0, cells.len());
        let times = vec![OrderKey::NO_TIME; cells.len()];
        let values = Col::Values(cells.into_iter().map(|(_, v)| v).collect());
        set.update(columns.len(), &assigned, &[Some(&values)], &order, &times, cx)?;
        let score = |i: usize| {
            let number = set.finish_group(i as u32, cx).next().and_then(|v| v.number());
            number.filter(|n| !n.is_nan())
        };
        let mut scores: Vec<(Option<f64>, &FieldName)> =
            columns.iter().enumerate().map(|(i, c)| (score(i), c)).collect();
        let kept: Vec<&FieldName> = match self.keep {
            Keep::Above(n) => pick(&scores, |s| s > n),
            Keep::Below(n) => pick(&scores, |s| s < n),
            Keep::Rank { not, bottom, count } => {
                // ties by name; what has no number comes last
                scores.sort_by(|(a, x), (b, y)| {
                    let sign = if bottom { 1.0 } else { -1.0 };
                    let key = |s: &Option<f64>| s.map_or(f64::INFINITY, |n| n * sign);
                    key(a).total_cmp(&key(b)).then_with(|| x.cmp(y))
                });
                let count = usize::try_from(count).unwrap_or(usize::MAX).min(scores.len());
                let part = if not { &scores[count..] } else { &scores[..count] };
                part.iter().map(|(_, c)| *c).collect()
            }
        };
        Ok(kept.into_iter().cloned().collect())
    }
}

fn pick<'a>(
    scores: &[(Option<f64>, &'a FieldName)],
    keep: impl Fn(f64) -> bool,
) -> Vec<&'a FieldName> {
    scores.iter().filter(|(s, _)| s.is_some_and(&keep)).map(|(_, c)| *c).collect()
}

/// `limit=5`, `limit=top5`, `limit=bottom5`.
fn limit(o: &NamedOption) -> Option<Keep> {
    let text = o.value.node.to_ascii_lowercase();
    let (bottom, digits) = match text.strip_prefix("bottom") {
        Some(n) => (true, n),
        None => (false, text.strip_prefix("top").unwrap_or(&text)),
    };
    Some(Keep::Rank { not: false, bottom, count: digits.trim().parse().ok()? })
}
