//! The time of the oldest or newest row of a group that has the field.

use crate::aggregates::{AggregateState, Input};
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{ReadResult, Reader, Writer};
use sepal_data::{OrderKey, Value};

/// A time for each group: 8 bytes a group.
pub struct Times {
    times: Vec<i64>,
    latest: bool,
}

impl Times {
    /// No groups.
    pub fn start(latest: bool) -> Box<dyn AggregateState> {
        Box::new(Times { times: Vec::new(), latest })
    }

    fn offer(&mut self, group: usize, time: i64) {
        let old = &mut self.times[group];
        if time == OrderKey::NO_TIME {
            return;
        }
        if *old == OrderKey::NO_TIME || (if self.latest { time > *old } else { time < *old }) {
            *old = time;
        }
    }
}

/// Seconds since the epoch, for `_time`-like results.
pub fn seconds(microseconds: i64) -> f64 {
    microseconds as f64 / 1e6
}

impl AggregateState for Times {
    fn resize(&mut self, groups: usize) {
        self.times.resize(groups, OrderKey::NO_TIME);
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        input.members(|group, row, _| self.offer(group, input.time_of(row)));
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        w.int(self.times[group as usize]);
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        let time = r.int()?;
        self.offer(group as usize, time);
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        match self.times[group as usize] {
            OrderKey::NO_TIME => Value::Null,
            time => Value::Num(seconds(time)),
        }
    }

    fn bytes(&self) -> usize {
        self.times.capacity() * 8
    }
}
