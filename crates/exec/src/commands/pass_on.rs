//! Commands that change nothing: they are about Splunk's screens or servers.

use super::{Op, Operator, Streaming};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;

/// Gives the rows on as they are.
pub(crate) fn pass_on() -> Op {
    Op::Streaming(Box::new(PassOn))
}

struct PassOn;

impl Operator for PassOn {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
}

impl Streaming for PassOn {
    fn apply(&self, batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        Ok(batch)
    }
}
