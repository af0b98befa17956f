//! Sums and counts, for `sum` and `avg`.

use crate::aggregates::{AggregateState, Input};
use crate::run_cx::{RunCx, RunError};
use crate::sum::ExactSum;
use sepal_data::codec::{ReadResult, Reader, Writer};
use sepal_data::{OrderKey, Value};

/// How many numbers with a fraction a group's sum adds one by one.
///
/// Splunk adds plainly, event by event, so that 100 times 3.99 has an average of
/// 3.9900000000000055 (Search Reference, Aggregate functions, avg, extended example 1). To give
/// the same digits for any number of threads, a group keeps this many of its numbers with their
/// place in event order and adds them at the end. Beyond it the sum is exact, which needs no
/// order; only the last digits differ. Whole numbers need neither: any order gives the same.
pub const PLAIN_TERMS: usize = 1_000;

/// Doubles up to here hold every whole number.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// A sum and a count for each group: 24 bytes a group, and 32 for each number with a fraction
/// up to [`PLAIN_TERMS`].
pub struct Sums {
    whole: Vec<i64>,
    counts: Vec<u64>,
    rest: Vec<Option<Box<Rest>>>,
    held: usize,
    finish: fn(f64, u64) -> f64,
}

/// What a whole number of 64 bits does not hold.
#[derive(Clone, Default)]
struct Rest {
    /// Whole numbers that ran over.
    over: i128,
    /// The others, while they are few.
    plain: Vec<(OrderKey, f64)>,
    /// The others, once they are many.
    exact: Option<ExactSum>,
}

impl Rest {
    fn push(&mut self, key: OrderKey, x: f64) {
        match &mut self.exact {
            Some(sum) => sum.add(x),
            None if self.plain.len() < PLAIN_TERMS => self.plain.push((key, x)),
            None => {
                self.exact().add(x);
            }
        }
    }

    /// Turns to the exact sum.
    fn exact(&mut self) -> &mut ExactSum {
        let plain = std::mem::take(&mut self.plain);
        let sum = self.exact.get_or_insert_default();
        plain.iter().for_each(|(_, x)| sum.add(*x));
        sum
    }

    fn sum(&self, whole: i64) -> f64 {
        let whole = self.over.saturating_add(i128::from(whole));
        if let Some(sum) = &self.exact {
            let mut sum = sum.clone();
            sum.add_whole(whole);
            return sum.round();
        }
        let add = |s: f64, (_, x): &(OrderKey, f64)| s + x;
        let sum = if self.plain.is_sorted_by_key(|(k, _)| *k) {
            self.plain.iter().fold(whole as f64, add)
        } else {
            let mut plain = self.plain.clone();
            plain.sort_by_key(|(k, _)| *k);
            plain.iter().fold(whole as f64, add)
        };
        // one bit pattern for all that is not a number
        if sum.is_nan() { f64::NAN } else { sum }
    }
}

impl Sums {
    /// No groups; `finish` makes the result of sum and count, which is not 0.
    pub fn start(finish: fn(f64, u64) -> f64) -> Box<dyn AggregateState> {
        Box::new(Sums { whole: Vec::new(), counts: Vec::new(), rest: Vec::new(), held: 0, finish })
    }

    fn add(&mut self, group: usize, key: OrderKey, x: f64) {
        if x.fract() == 0.0 && x.abs() <= WHOLE {
            self.add_whole(group, x as i64);
        } else {
            self.rest[group].get_or_insert_default().push(key, x);
            self.held += size_of::<(OrderKey, f64)>();
        }
    }

    fn add_whole(&mut self, group: usize, n: i64) {
        match self.whole[group].checked_add(n) {
            Some(sum) => self.whole[group] = sum,
            None => {
                let over = &mut self.rest[group].get_or_insert_default().over;
                *over = over.saturating_add(i128::from(self.whole[group]));
                self.whole[group] = n;
            }
        }
    }
}

impl AggregateState for Sums {
    fn resize(&mut self, groups: usize) {
        self.whole.resize(groups, 0);
        self.counts.resize(groups, 0);
        self.rest.resize(groups, None);
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        input.numbers(|group, row, x| {
            self.counts[group] += 1;
            self.add(group, input.order_of(row), x);
        });
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        let group = group as usize;
        w.uint(self.counts[group]);
        w.int(self.whole[group]);
        let Some(rest) = &self.rest[group] else {
            w.u8(0);
            return;
        };
        w.u8(if rest.exact.is_some() { 2 } else { 1 });
        w.uint(rest.over as u64);
        w.int((rest.over >> 64) as i64);
        if let Some(sum) = &rest.exact {
            sum.encode(w);
            return;
        }
        w.uint(rest.plain.len() as u64);
        for (key, x) in &rest.plain {
            w.order(*key);
            w.f64(*x);
        }
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        let group = group as usize;
        self.counts[group] = self.counts[group].saturating_add(r.uint()?);
        let whole = r.int()?;
        self.add_whole(group, whole);
        let kind = r.u8()?;
        if kind == 0 {
            return Ok(());
        }
        let low = r.uint()?;
        let high = r.int()?;
        let rest = self.rest[group].get_or_insert_default();
        rest.over = rest.over.saturating_add(i128::from(high) << 64 | i128::from(low));
        if kind == 2 {
            let sum = ExactSum::decode(r)?;
            rest.exact().add_sum(&sum);
            return Ok(());
        }
        for _ in 0..r.len()? {
            let key = r.order()?;
            rest.push(key, r.f64()?);
            self.held += size_of::<(OrderKey, f64)>();
        }
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        let group = group as usize;
        let count = self.counts[group];
        if count == 0 {
            return Value::Null;
        }
        let sum = match &self.rest[group] {
            None => self.whole[group] as f64,
            Some(rest) => rest.sum(self.whole[group]),
        };
        Value::Num((self.finish)(sum, count))
    }

    fn bytes(&self) -> usize {
        self.whole.capacity() * 8
            + self.counts.capacity() * 8
            + self.rest.capacity() * 8
            + self.held
    }
}
