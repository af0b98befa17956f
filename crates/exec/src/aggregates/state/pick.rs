//! One value of a group, picked by order or time.

use crate::aggregates::{AggregateState, Input};
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{ReadResult, Reader, Writer};
use sepal_data::{OrderKey, Value};

/// Which value is picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first that is seen.
    First,
    /// The last that is seen.
    Last,
    /// The oldest by `_time`; of several the last that is seen, as events come newest first.
    Earliest,
    /// The newest by `_time`; of several the first that is seen.
    Latest,
}

/// The picked value of each group with its place and time: 56 bytes a group.
pub struct Picks {
    which: Which,
    orders: Vec<OrderKey>,
    times: Vec<i64>,
    values: Vec<Value>,
    held: usize,
}

impl Picks {
    /// No groups.
    pub fn new(which: Which) -> Self {
        Picks { which, orders: Vec::new(), times: Vec::new(), values: Vec::new(), held: 0 }
    }

    /// No groups, as a state.
    pub fn start(which: Which) -> Box<dyn AggregateState> {
        Box::new(Self::new(which))
    }

    /// The value picked for a group and its time; null for none.
    pub fn get(&self, group: u32) -> (&Value, i64) {
        (&self.values[group as usize], self.times[group as usize])
    }

    /// Offers one value. Values of one row are offered in their order.
    pub fn offer(&mut self, group: usize, order: OrderKey, time: i64, value: &Value) {
        if self.values[group].is_null() || self.beats(group, order, time) {
            self.orders[group] = order;
            self.times[group] = time;
            let old = std::mem::replace(&mut self.values[group], value.clone());
            self.held = (self.held + value.heap_bytes()).saturating_sub(old.heap_bytes());
        }
    }

    fn beats(&self, group: usize, order: OrderKey, time: i64) -> bool {
        let (old, old_time) = (self.orders[group], self.times[group]);
        // a time that is not known is neither early nor late
        let early = |t| if t == OrderKey::NO_TIME { i64::MAX } else { t };
        match self.which {
            Which::First => order < old,
            Which::Last => order >= old,
            Which::Latest => time > old_time || (time == old_time && order < old),
            Which::Earliest => early(time) < early(old_time) || (time == old_time && order >= old),
        }
    }
}

impl AggregateState for Picks {
    fn resize(&mut self, groups: usize) {
        self.orders.resize(groups, OrderKey::default());
        self.times.resize(groups, OrderKey::NO_TIME);
        self.values.resize(groups, Value::Null);
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        let mut before = None;
        input.members(|group, row, value| {
            // of rows with one place in the order the last is the oldest, of a row's members the first
            let same_row = before.replace((group, row)) == Some((group, row));
            if same_row && matches!(self.which, Which::Earliest) {
                return;
            }
            self.offer(group, input.order_of(row), input.time_of(row), value);
        });
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        w.order(self.orders[group as usize]);
        w.int(self.times[group as usize]);
        w.value(&self.values[group as usize]);
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        let order = r.order()?;
        let time = r.int()?;
        let value = r.value()?;
        if !value.is_null() {
            self.offer(group as usize, order, time, &value);
        }
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        self.values[group as usize].clone()
    }

    fn bytes(&self) -> usize {
        self.orders.capacity() * size_of::<OrderKey>()
            + self.times.capacity() * 8
            + self.values.capacity() * size_of::<Value>()
            + self.held
    }
}
