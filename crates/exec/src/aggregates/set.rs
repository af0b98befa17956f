//! Several aggregates over the same groups.

use super::allnum::{AllNum, NUMERIC};
use super::sparkline::{Sparkline, Sparklines};
use super::{AGGREGATES, AggregateSpec, AggregateState, Argument, Input, find};
use crate::group::Assigned;
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{ReadResult, Reader, Writer};
use sepal_data::{Col, OrderKey, Value, number};
use thiserror::Error;

/// Functions of Splunk's pages that are none of `stats`, to be reported as unsupported and not as
/// unknown: they belong to timechart, which knows them.
pub const UNSUPPORTED: &[&str] = &["per_day", "per_hour", "per_minute", "per_second"];

/// A name that is no aggregate. To be reported with the name's span.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ResolveError {
    /// No such function.
    #[error("there is no stats function {name}")]
    Unknown {
        /// As it was asked for.
        name: String,
        /// The name that comes closest.
        similar: Option<&'static str>,
    },
    /// A function of Splunk that is not there yet.
    #[error("the stats function {0} is not supported")]
    Unsupported(String),
    /// A percentile that is missing, no number from 0 to 100, or does not belong there.
    #[error("{0}")]
    Percentile(String),
    /// An argument that is missing.
    #[error("{0} needs a field, as in {0}(field)")]
    NoArgument(String),
}

/// One aggregate: a function, its percentile, and whether it has an argument.
#[derive(Clone, Copy, Debug)]
pub struct Aggregate {
    /// The function.
    pub spec: &'static AggregateSpec,
    /// The percentile of `perc95`, 0 to 100.
    pub percentile: Option<f64>,
    /// Whether there is an argument: `count(x)` and not `count`.
    pub argument: bool,
    /// Whether it is taken in each step of a time line.
    pub sparkline: Option<Sparkline>,
}

impl Aggregate {
    /// The aggregate of a name as typed, without or with the percentile in it (`p95`), or with it
    /// apart, as the parser gives it.
    ///
    /// Source: Splunk Search Reference, Aggregate functions, perc ("floating point numbers between
    /// 0 and 100").
    pub fn resolve(
        name: &str,
        percentile: Option<&str>,
        argument: bool,
    ) -> Result<Aggregate, ResolveError> {
        let lower = name.to_ascii_lowercase();
        if UNSUPPORTED.contains(&lower.as_str()) {
            return Err(ResolveError::Unsupported(lower));
        }
        let digits = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let (stem, percentile) = match percentile {
            None if digits < lower.len() && find(&lower).is_none() => {
                (&lower[..digits], Some(&lower[digits..]))
            }
            given => (lower.as_str(), given),
        };
        let Some(spec) = find(stem) else {
            let similar = similar(&lower);
            return Err(ResolveError::Unknown { name: name.to_owned(), similar });
        };
        let percentile = match (spec.percentile, percentile) {
            (false, None) => None,
            (false, Some(p)) => {
                return Err(ResolveError::Percentile(format!("{stem} takes no number ({p})")));
            }
            (true, None) => {
                let message = format!("{stem} needs a percentile, as in {stem}95");
                return Err(ResolveError::Percentile(message));
            }
            (true, Some(p)) => match number::parse(p).filter(|p| (0.0..=100.0).contains(p)) {
                Some(p) => Some(p),
                None => {
                    let message = format!("the percentile {p} is not between 0 and 100");
                    return Err(ResolveError::Percentile(message));
                }
            },
        };
        if !argument && spec.argument == Argument::Required {
            return Err(ResolveError::NoArgument(lower));
        }
        Ok(Aggregate { spec, percentile, argument, sparkline: None })
    }
}

/// The name that shares the longest beginning with `name`, two letters at least.
fn similar(name: &str) -> Option<&'static str> {
    let shared = |n: &str| n.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
    AGGREGATES
        .iter()
        .flat_map(|s| std::iter::once(&s.name).chain(s.aliases))
        .map(|n| (shared(n), *n))
        .filter(|(k, _)| *k >= 2)
        .max_by_key(|(k, n)| (*k, std::cmp::Reverse(n.len().abs_diff(name.len()))))
        .map(|(_, n)| n)
}

/// The states of several aggregates for all groups of one table.
pub struct AggregateSet {
    states: Vec<(bool, Box<dyn AggregateState>)>,
    groups: usize,
}

impl AggregateSet {
    /// States without groups.
    pub fn new(aggregates: &[Aggregate]) -> Self {
        let start = |a: &Aggregate| match a.sparkline {
            Some(shape) => (a.argument, Sparklines::start(a.spec, a.percentile, shape)),
            None => (a.argument, (a.spec.start)(a.percentile)),
        };
        AggregateSet { states: aggregates.iter().map(start).collect(), groups: 0 }
    }

    /// The same with the option `allnum=true`: an aggregate that computes with numbers has no
    /// result in a group where a value of its field is no number.
    pub fn all_numbers(aggregates: &[Aggregate]) -> Self {
        let mut set = AggregateSet::new(aggregates);
        for ((_, state), a) in set.states.iter_mut().zip(aggregates) {
            if NUMERIC.contains(&a.spec.name) && a.sparkline.is_none() {
                *state = Box::new(AllNum::new((a.spec.start)(a.percentile)));
            }
        }
        set
    }

    /// Makes room for groups `0..groups`; never shrinks.
    pub fn resize(&mut self, groups: usize) {
        if groups > self.groups {
            self.groups = groups;
            self.states.iter_mut().for_each(|(_, s)| s.resize(groups));
        }
    }

    /// Takes in the rows that `assigned` puts into groups, of a table that has `groups` of them.
    /// `columns[i]` is the argument of aggregate `i`, none where it has none or no row has the
    /// field. `order` and `times` are by row number; see [`Input`].
    pub fn update(
        &mut self,
        groups: usize,
        assigned: &Assigned,
        columns: &[Option<&Col>],
        order: &[OrderKey],
        times: &[i64],
        cx: &RunCx,
    ) -> Result<(), RunError> {
        self.resize(groups);
        for (i, (has_argument, state)) in self.states.iter_mut().enumerate() {
            let argument = columns.get(i).copied().flatten();
            if *has_argument && argument.is_none() {
                continue;
            }
            let argument = argument.filter(|_| *has_argument);
            let (groups, rows) = (&assigned.groups, &assigned.rows);
            state.update(&Input { groups, rows, argument, order, times }, cx)?;
        }
        Ok(())
    }

    /// Writes the states of one group.
    pub fn encode_group(&self, group: u32, w: &mut Writer) {
        self.states.iter().for_each(|(_, s)| s.encode(group, w));
    }

    /// Takes in the states of one group that a set of the same aggregates wrote. Makes room for
    /// the group.
    pub fn merge_group(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        self.resize((group as usize).saturating_add(1));
        self.states.iter_mut().try_for_each(|(_, s)| s.merge(group, r))
    }

    /// Writes the state of one aggregate for one group.
    pub fn encode_one(&self, aggregate: usize, group: u32, w: &mut Writer) {
        if let Some((_, state)) = self.states.get(aggregate) {
            state.encode(group, w);
        }
    }

    /// Takes in what [`AggregateSet::encode_one`] of a set with this aggregate, or one that keeps
    /// the same, wrote. There must be room for the group.
    pub fn merge_one(
        &mut self,
        aggregate: usize,
        group: u32,
        r: &mut Reader<'_>,
    ) -> ReadResult<()> {
        self.states.get_mut(aggregate).map_or(Ok(()), |(_, state)| state.merge(group, r))
    }

    /// The results of one group, in the order of the aggregates.
    pub fn finish_group(&self, group: u32, cx: &RunCx) -> impl Iterator<Item = Value> {
        self.states.iter().map(move |(_, s)| s.finish(group, cx))
    }

    /// An estimate of the bytes held.
    pub fn bytes(&self) -> usize {
        self.states.iter().map(|(_, s)| s.bytes()).fold(0, usize::saturating_add)
    }
}
