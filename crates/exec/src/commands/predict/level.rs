//! LL and LLP: a level that moves by chance, one for each place of the period.

use super::best;
use super::{Guess, Sums};
use crate::run_cx::{RunCx, RunError};

/// What is known of a level.
#[derive(Clone, Copy)]
struct Level {
    mean: f64,
    /// How uncertain it is, in units of the variance of the noise.
    variance: f64,
}

/// Goes through the series with one ratio of the level's variance to that of the noise; `see` is
/// given each number's prediction with its variance, and the number. There is no prediction before
/// the first number of a place.
///
/// Source: the page, "How it works": each state is the one before with Gaussian noise, and is
/// estimated by the Kalman filter.
pub(super) fn filter(
    series: &[Option<f64>],
    total: usize,
    period: usize,
    ratio: f64,
    mut see: impl FnMut(Option<Guess>, Option<f64>),
) {
    let mut levels: Vec<Option<Level>> = vec![None; period.max(1)];
    let mut place = 0;
    for t in 0..total {
        let number = series.get(t).copied().flatten();
        let Some(level) = levels.get_mut(place) else { return };
        place = if place + 1 == period.max(1) { 0 } else { place + 1 };
        match level {
            None => {
                see(None, number);
                // nothing is known before the first number but what it says
                *level = number.map(|mean| Level { mean, variance: 1.0 + ratio });
            }
            Some(level) => {
                let variance = level.variance + 1.0;
                see(Some(Guess { mean: level.mean, variance }), number);
                if let Some(n) = number {
                    level.mean += level.variance / variance * (n - level.mean);
                    level.variance /= variance;
                }
                level.variance += ratio;
            }
        }
    }
}

/// The predictions of the first `total` places, from `series`.
pub(super) fn predict(
    series: &[Option<f64>],
    total: usize,
    period: usize,
    cx: &RunCx,
) -> Result<Vec<Option<Guess>>, RunError> {
    let sums = |ratio: f64| {
        let mut sums = Sums::new(series);
        filter(series, series.len(), period, ratio, |guess, number| sums.add(guess, number));
        sums
    };
    let ratio = best::one(&mut |[ratio]| {
        cx.check_stop()?;
        Ok(sums(ratio).likelihood())
    })?;
    let noise = sums(ratio).noise();
    let mut out = Vec::with_capacity(total);
    filter(series, total, period, ratio, |guess, _| out.push(guess.map(|g| g.times(noise))));
    Ok(out)
}
