//! The smallest or largest value of a group.

use crate::aggregates::{AggregateState, Input};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Value;
use sepal_data::codec::{ReadResult, Reader, Writer};
use std::cmp::Ordering;

/// The best value of each group and the number that it is: 32 bytes a group.
pub struct Extremes {
    best: Vec<Value>,
    /// Nan for text that is no number.
    numbers: Vec<f64>,
    held: usize,
    want: Ordering,
}

impl Extremes {
    /// No groups; `want` is how the result compares to the others.
    pub fn start(want: Ordering) -> Box<dyn AggregateState> {
        Box::new(Extremes { best: Vec::new(), numbers: Vec::new(), held: 0, want })
    }

    fn offer(&mut self, group: usize, value: &Value) {
        let x = value.number().unwrap_or(f64::NAN);
        let (best, number) = (&mut self.best[group], &mut self.numbers[group]);
        let better = if best.is_null() {
            true
        } else {
            match compare(x, value, *number, best) {
                // among equals (1, 1.0, 01) the same one whatever came first
                Ordering::Equal => tie(value).cmp(&tie(best)) == Ordering::Less,
                order => order == self.want,
            }
        };
        if better {
            self.held = (self.held + value.heap_bytes()).saturating_sub(best.heap_bytes());
            *best = value.clone();
            *number = x;
        }
    }
}

/// All numbers before all other text; numbers by size, text by its bytes.
fn compare(x: f64, a: &Value, y: f64, b: &Value) -> Ordering {
    match (x.is_nan(), y.is_nan()) {
        (false, false) => x.partial_cmp(&y).unwrap_or(Ordering::Equal),
        (false, true) => Ordering::Less,
        (true, false) => Ordering::Greater,
        (true, true) => a.text().cmp(&b.text()),
    }
}

fn tie(v: &Value) -> (std::borrow::Cow<'_, str>, bool) {
    (v.text(), matches!(v, Value::Num(_)))
}

impl AggregateState for Extremes {
    fn resize(&mut self, groups: usize) {
        self.best.resize(groups, Value::Null);
        self.numbers.resize(groups, f64::NAN);
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        input.members(|group, _, value| self.offer(group, value));
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        w.value(&self.best[group as usize]);
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        for m in r.value()?.members() {
            self.offer(group as usize, m);
        }
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        self.best[group as usize].clone()
    }

    fn bytes(&self) -> usize {
        self.best.capacity() * size_of::<Value>() + self.numbers.capacity() * 8 + self.held
    }
}
