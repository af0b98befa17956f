//! The stats functions: one file each, named as the user types it.
//!
//! Adding a function: its file, one line in [`AGGREGATES`], its cases.

use crate::doc::FunctionDoc;
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{ReadResult, Reader, Writer};
use sepal_data::{Col, OrderKey, Value};

/// A stats function.
pub struct AggregateSpec {
    /// The name in lower case, without a percentile's number.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Whether it stands without an argument (`count`).
    pub argument: Argument,
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
    /// The argument; none for `count` without one, and for a field that no row has.
    pub argument: Option<&'a Col>,
    /// Each row's place in the order in which rows are seen; by row number.
    pub order: &'a [OrderKey],
    /// Each row's `_time` in microseconds, [`OrderKey::NO_TIME`] where unknown; by row number.
    pub times: &'a [i64],
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

/// All stats functions, sorted by name.
pub static AGGREGATES: &[&AggregateSpec] = &[];

/// The function of that name or alias.
pub fn find(name: &str) -> Option<&'static AggregateSpec> {
    AGGREGATES.iter().copied().find(|f| f.name == name || f.aliases.contains(&name))
}
