//! The stats functions: one file each, named as the user types it.
//!
//! Adding a function: its file, one line in [`AGGREGATES`], its cases.

mod allnum;
mod set;
mod state;

pub use list::{LIST_CUT, LIST_LIMIT};
pub use set::{Aggregate, AggregateSet, ResolveError, UNSUPPORTED};
pub use sparkline::{OF as SPARKLINE_OF, Sparkline};
pub use state::series::{OF_SERIES, point};
pub use state::sketch::EXACT_BELOW;
pub use state::sums::PLAIN_TERMS;

use crate::doc::FunctionDoc;
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{ReadResult, Reader, Writer};
use sepal_data::{Col, OrderKey, Value};

/// Splunk's page on count, sum, percentiles and the like.
const AGGREGATE_PAGE: &str = "https://help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions";
/// Splunk's page on first and last.
const ORDER_PAGE: &str = "https://help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/event-order-functions";
/// Splunk's page on list and values.
const MULTIVALUE_PAGE: &str = "https://help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/multivalue-stats-and-chart-functions";
/// Splunk's page on earliest, latest and rate.
const TIME_PAGE: &str = "https://help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/time-functions";

/// A stats function.
#[derive(Debug)]
pub struct AggregateSpec {
    /// The name in lower case, without a percentile's number.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Whether it stands without an argument (`count`).
    pub argument: Argument,
    /// Whether a percentile follows the name, as in `perc95`.
    pub percentile: bool,
    /// Help.
    pub doc: FunctionDoc,
    /// A state for all groups of one aggregate. The parameter is the percentile of `perc95`.
    pub start: fn(Option<f64>) -> Box<dyn AggregateState>,
}

/// Whether an aggregate takes a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Must be given.
    Required,
    /// May be given.
    Optional,
}

/// The rows that a state takes in: row `rows[i]` of the columns belongs to group `groups[i]`.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Group numbers, dense from 0.
    pub groups: &'a [u32],
    /// Row numbers; as long as `groups`. A row stands twice where BY splits a multivalue.
    pub rows: &'a [u32],
    /// The argument; none for `count` without one. For a field that no row has, a state is not
    /// asked at all.
    pub argument: Option<&'a Col>,
    /// Each row's place in the order in which rows are seen; by row number. May be empty for rows
    /// that come in order to one state alone.
    pub order: &'a [OrderKey],
    /// Each row's `_time` in microseconds, [`OrderKey::NO_TIME`] where unknown; by row number.
    pub times: &'a [i64],
}

impl<'a> Input<'a> {
    /// The place of a row; the default where no order is given: rows then count as they come.
    pub fn order_of(&self, row: u32) -> OrderKey {
        self.order.get(row as usize).copied().unwrap_or_default()
    }

    /// The time of a row in microseconds, [`OrderKey::NO_TIME`] where unknown.
    pub fn time_of(&self, row: u32) -> i64 {
        self.times.get(row as usize).copied().unwrap_or(OrderKey::NO_TIME)
    }

    /// Calls `f` with group, row and value for every value of the argument: the members of
    /// multivalues one by one, nulls not at all.
    pub fn members(&self, mut f: impl FnMut(usize, u32, &'a Value)) {
        let Some(col) = self.argument else { return };
        for (group, row) in self.groups.iter().zip(self.rows) {
            match col.get(*row as usize) {
                Value::Null => {}
                Value::Mv(ms) => ms.iter().for_each(|m| f(*group as usize, *row, m)),
                value => f(*group as usize, *row, value),
            }
        }
    }

    /// The same for an `f` that may fail; stops at the first error.
    pub fn try_members(
        &self,
        mut f: impl FnMut(usize, u32, &'a Value) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let mut result = Ok(());
        self.members(|group, row, value| {
            if result.is_ok() {
                result = f(group, row, value);
            }
        });
        result
    }

    /// Calls `f` with group, row and number for every value of the argument that is or looks like
    /// a number.
    pub fn numbers(&self, mut f: impl FnMut(usize, u32, f64)) {
        self.members(|group, row, value| {
            if let Some(x) = value.number() {
                f(group, row, x);
            }
        });
    }
}

/// The partial state of one aggregate for all groups: typed columns indexed by group.
///
/// Taking rows in any order, split over any number of states that are then merged, gives the
/// same result, bit for bit.
pub trait AggregateState: Send {
    /// Makes room for groups `0..groups`.
    fn resize(&mut self, groups: usize);
    /// Takes rows in.
    fn update(&mut self, input: &Input<'_>, cx: &RunCx) -> Result<(), RunError>;
    /// Writes the state of one group.
    fn encode(&self, group: u32, w: &mut Writer);
    /// Takes in the state of one group that another state wrote.
    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()>;
    /// The result of one group.
    fn finish(&self, group: u32, cx: &RunCx) -> Value;
    /// An estimate of the bytes held.
    fn bytes(&self) -> usize;
}

macro_rules! aggregates {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// All stats functions, sorted by name.
        pub static AGGREGATES: &[&AggregateSpec] = &[$(&$module::SPEC),+];
    };
}

aggregates! {
    avg,
    count,
    dc,
    earliest,
    earliest_time,
    estdc,
    estdc_error,
    exactperc,
    first,
    last,
    latest,
    latest_time,
    list,
    max,
    median,
    min,
    mode,
    perc,
    range,
    rate,
    rate_avg,
    rate_sum,
    sparkline,
    stdev,
    stdevp,
    sum,
    sumsq,
    upperperc,
    values,
    var,
    varp,
}

/// The function of that name or alias.
pub fn find(name: &str) -> Option<&'static AggregateSpec> {
    AGGREGATES.iter().copied().find(|f| f.name == name || f.aliases.contains(&name))
}

#[cfg(test)]
mod tests;
