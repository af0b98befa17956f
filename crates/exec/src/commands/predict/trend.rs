//! LLT: a level that moves by a slope, both by chance.

use super::best;
use super::{Guess, Sums};
use crate::run_cx::{RunCx, RunError};

/// A symmetric matrix over level and slope.
#[derive(Clone, Copy, Default)]
struct Matrix {
    level: f64,
    both: f64,
    slope: f64,
}

impl Matrix {
    /// After one step, in which the level moves by the slope.
    fn step(self) -> Matrix {
        Matrix {
            level: self.level + 2.0 * self.both + self.slope,
            both: self.both + self.slope,
            slope: self.slope,
        }
    }
}

/// Goes through the series with the variances of level and slope in units of that of the noise; see
/// [`super::level::filter`]. There is no prediction before two numbers are known.
///
/// Source: the exact initial Kalman filter of Koopman (1997): what is unknown at first is carried
/// in a matrix of its own until numbers have told it.
fn filter(
    series: &[Option<f64>],
    total: usize,
    [level, slope]: [f64; 2],
    mut see: impl FnMut(Option<Guess>, Option<f64>),
) {
    let (mut mean, mut rise) = (0.0, 0.0);
    let mut known = Matrix::default();
    let mut unknown = Matrix { level: 1.0, both: 0.0, slope: 1.0 };
    let mut seen = 0;
    for t in 0..total {
        let number = series.get(t).copied().flatten();
        let variance = known.level + 1.0;
        see((seen >= 2).then_some(Guess { mean, variance }), number);
        if let Some(n) = number {
            let error = n - mean;
            if seen < 2 {
                let part = unknown.both / unknown.level;
                mean += error;
                rise += part * error;
                let slope = known.slope + part * part * variance - 2.0 * part * known.both;
                known = Matrix { level: 1.0, both: part, slope };
                let left = if seen == 0 { unknown.slope } else { 0.0 };
                unknown = Matrix { level: 0.0, both: 0.0, slope: left };
            } else {
                mean += known.level / variance * error;
                rise += known.both / variance * error;
                known = Matrix {
                    level: known.level / variance,
                    both: known.both / variance,
                    slope: known.slope - known.both * known.both / variance,
                };
            }
            seen += 1;
        }
        // before the first number there is nothing that could move
        if seen > 0 {
            mean += rise;
            known = known.step();
            known.level += level;
            known.slope += slope;
            unknown = unknown.step();
        }
    }
}

/// The predictions of the first `total` places, from `series`.
pub(super) fn predict(
    series: &[Option<f64>],
    total: usize,
    cx: &RunCx,
) -> Result<Vec<Option<Guess>>, RunError> {
    let sums = |ratios| {
        let mut sums = Sums::new(series);
        filter(series, series.len(), ratios, |guess, number| sums.add(guess, number));
        sums
    };
    let ratios = best::two(&mut |ratios| {
        cx.check_stop()?;
        Ok(sums(ratios).likelihood())
    })?;
    let noise = sums(ratios).noise();
    let mut out = Vec::with_capacity(total);
    filter(series, total, ratios, |guess, _| out.push(guess.map(|g| g.times(noise))));
    Ok(out)
}
