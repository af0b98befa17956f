//! The option `allnum=true`: no result where a value of the group is no number.

use super::{AggregateState, Input};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Value;
use sepal_data::codec::{ReadResult, Reader, Writer};

/// The functions that compute with numbers, to which `allnum` applies. The others (`min` and
/// `values` among them) have results for text.
pub(super) const NUMERIC: [&str; 13] = [
    "avg",
    "exactperc",
    "median",
    "perc",
    "range",
    "rate",
    "stdev",
    "stdevp",
    "sum",
    "sumsq",
    "upperperc",
    "var",
    "varp",
];

/// A state and, for each group, whether it saw something else than numbers.
///
/// Source: Splunk Search Reference, stats ("computes numerical statistics on each field if and
/// only if all of the values of that field are numerical").
pub(super) struct AllNum {
    inner: Box<dyn AggregateState>,
    spoiled: Vec<bool>,
}

impl AllNum {
    pub fn new(inner: Box<dyn AggregateState>) -> Self {
        AllNum { inner, spoiled: Vec::new() }
    }
}

impl AggregateState for AllNum {
    fn resize(&mut self, groups: usize) {
        self.spoiled.resize(groups, false);
        self.inner.resize(groups);
    }

    fn update(&mut self, input: &Input<'_>, cx: &RunCx) -> Result<(), RunError> {
        input.members(|group, _, value| self.spoiled[group] |= value.number().is_none());
        self.inner.update(input, cx)
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        w.uint(u64::from(self.spoiled[group as usize]));
        self.inner.encode(group, w);
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        self.spoiled[group as usize] |= r.uint()? != 0;
        self.inner.merge(group, r)
    }

    fn finish(&self, group: u32, cx: &RunCx) -> Value {
        if self.spoiled[group as usize] { Value::Null } else { self.inner.finish(group, cx) }
    }

    fn bytes(&self) -> usize {
        self.spoiled.capacity() + self.inner.bytes()
    }
}
