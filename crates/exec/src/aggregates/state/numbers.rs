//! All numbers of a group, for percentiles.

use crate::aggregates::{AggregateState, Input};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Value;
use sepal_data::codec::{ReadResult, Reader, Writer};

/// Which of the sorted numbers is the result.
#[derive(Clone, Copy, Debug)]
pub enum Rank {
    /// The percentile, 0 to 100; between two numbers where it falls between them.
    Percentile(f64),
    /// The middle one, the higher of two.
    Middle,
}

/// The numbers of each group: 24 bytes a group, 8 a number.
///
/// Splunk approximates above 1,000 distinct values, by a digest whose result varies from run to
/// run; all numbers are kept here, so that the result is exact and always the same.
pub struct Numbers {
    groups: Vec<Vec<f64>>,
    held: usize,
    rank: Rank,
}

impl Numbers {
    /// No groups.
    pub fn start(rank: Rank) -> Box<dyn AggregateState> {
        Box::new(Numbers { groups: Vec::new(), held: 0, rank })
    }
}

/// The number at that rank of numbers that are sorted and not empty.
fn at(sorted: &[f64], rank: Rank) -> f64 {
    let last = sorted.len() - 1;
    match rank {
        Rank::Middle => sorted[sorted.len() / 2],
        Rank::Percentile(p) => {
            // hundredths of a place, so that perc95 of ten numbers is 9.55 and not 9.549999
            let place = p * last as f64;
            let low = ((place / 100.0).floor() as usize).min(last);
            let part = place - 100.0 * low as f64;
            let (a, b) = (sorted[low], sorted[(low + 1).min(last)]);
            if part <= 0.0 || a == b {
                return a;
            }
            let between = a + (b - a) * part / 100.0;
            if between.is_finite() {
                between
            } else {
                a * (1.0 - part / 100.0) + b * (part / 100.0)
            }
        }
    }
}

impl AggregateState for Numbers {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Vec::new());
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        input.numbers(|group, _, x| {
            if !x.is_nan() {
                self.groups[group].push(x);
                self.held += 8;
            }
        });
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        let numbers = &self.groups[group as usize];
        w.uint(numbers.len() as u64);
        numbers.iter().for_each(|x| w.f64(*x));
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        for _ in 0..r.len()? {
            let x = r.f64()?;
            if !x.is_nan() {
                self.groups[group as usize].push(x);
                self.held += 8;
            }
        }
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        let mut numbers = self.groups[group as usize].clone();
        if numbers.is_empty() {
            return Value::Null;
        }
        numbers.sort_unstable_by(f64::total_cmp);
        let result = at(&numbers, self.rank);
        Value::Num(if result.is_nan() { f64::NAN } else { result })
    }

    fn bytes(&self) -> usize {
        self.groups.capacity() * size_of::<Vec<f64>>() + self.held
    }
}
