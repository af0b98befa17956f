//! Sums of numbers and of their squares, for variances.

use crate::aggregates::{AggregateState, Input};
use crate::run_cx::{RunCx, RunError};
use crate::sum::ExactSum;
use sepal_data::Value;
use sepal_data::codec::{ReadResult, Reader, Writer};

/// Whole numbers up to here have squares that 128 bits add up.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Two exact sums of numbers of like size.
const REST_BYTES: usize = size_of::<(ExactSum, ExactSum)>() + 96;

/// The sums of one group, exact, so that neither order nor large means cost digits.
#[derive(Clone, Default)]
pub struct Moment {
    /// How many numbers.
    pub count: u64,
    sum: i128,
    squares: i128,
    /// What whole numbers of 128 bits do not hold: numbers with a fraction, too large ones.
    rest: Option<Box<(ExactSum, ExactSum)>>,
}

impl Moment {
    fn add(&mut self, x: f64) {
        self.count += 1;
        if x.fract() == 0.0 && x.abs() <= WHOLE {
            let n = x as i128;
            self.sum += n;
            self.add_squares(n * n);
        } else {
            let (sum, squares) = &mut **self.rest.get_or_insert_default();
            sum.add(x);
            squares.add_product(x, x);
        }
    }

    fn add_squares(&mut self, n: i128) {
        match self.squares.checked_add(n) {
            Some(sum) => self.squares = sum,
            None => self.rest.get_or_insert_default().1.add_whole(n),
        }
    }

    fn exact(&self) -> (ExactSum, ExactSum) {
        let (mut sum, mut squares) = self.rest.as_deref().cloned().unwrap_or_default();
        sum.add_whole(self.sum);
        squares.add_whole(self.squares);
        (sum, squares)
    }

    /// The sum of the squares.
    pub fn sum_of_squares(&self) -> f64 {
        self.exact().1.round()
    }

    /// The sum of the squared distances from the mean; 0 at least.
    pub fn deviations(&self) -> f64 {
        let n = self.count as f64;
        let (sum, squares) = self.exact();
        // distances from the mean as a double, taken exactly, then set right for its rounding
        let mean = sum.round() / n;
        if !mean.is_finite() || !squares.round().is_finite() {
            return f64::NAN;
        }
        let mut around = squares;
        for t in sum.terms() {
            around.add_product(-2.0 * mean, t);
        }
        let square = mean * mean;
        around.add_product(square, n);
        around.add_product(mean.mul_add(mean, -square), n);
        let mut shift = sum;
        shift.add_product(-mean, n);
        let shift = shift.round();
        (around.round() - shift * shift / n).max(0.0)
    }
}

/// The sums of all groups: 64 bytes a group.
pub struct Moments {
    groups: Vec<Moment>,
    /// How many groups have numbers with a fraction.
    rests: usize,
    finish: fn(&Moment) -> f64,
}

impl Moments {
    /// No groups; `finish` makes the result of sums of at least one number.
    pub fn start(finish: fn(&Moment) -> f64) -> Box<dyn AggregateState> {
        Box::new(Moments { groups: Vec::new(), rests: 0, finish })
    }
}

/// The variance of a sample; 0 for a single value, as the page's earthquake table shows.
pub fn sample_variance(m: &Moment) -> f64 {
    if m.count < 2 { 0.0 } else { m.deviations() / (m.count - 1) as f64 }
}

/// The variance of a population.
pub fn population_variance(m: &Moment) -> f64 {
    m.deviations() / m.count as f64
}

impl AggregateState for Moments {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Moment::default());
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        input.numbers(|group, _, x| {
            let m = &mut self.groups[group];
            let had = m.rest.is_some();
            m.add(x);
            self.rests += usize::from(m.rest.is_some() != had);
        });
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        let m = &self.groups[group as usize];
        w.uint(m.count);
        for n in [m.sum, m.squares] {
            w.uint(n as u64);
            w.int((n >> 64) as i64);
        }
        w.u8(u8::from(m.rest.is_some()));
        if let Some(rest) = &m.rest {
            rest.0.encode(w);
            rest.1.encode(w);
        }
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        let m = &mut self.groups[group as usize];
        m.count = m.count.saturating_add(r.uint()?);
        let mut whole = [0i128; 2];
        for n in &mut whole {
            let low = r.uint()?;
            *n = i128::from(r.int()?) << 64 | i128::from(low);
        }
        m.sum = m.sum.saturating_add(whole[0]);
        m.add_squares(whole[1]);
        if r.u8()? == 1 {
            self.rests += usize::from(m.rest.is_none());
            let rest = m.rest.get_or_insert_default();
            rest.0.add_sum(&ExactSum::decode(r)?);
            rest.1.add_sum(&ExactSum::decode(r)?);
        }
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        let m = &self.groups[group as usize];
        if m.count == 0 {
            return Value::Null;
        }
        let result = (self.finish)(m);
        Value::Num(if result.is_nan() { f64::NAN } else { result })
    }

    fn bytes(&self) -> usize {
        self.groups.capacity() * size_of::<Moment>() + self.rests * REST_BYTES
    }
}
