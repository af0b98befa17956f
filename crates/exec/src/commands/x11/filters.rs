//! The moving averages of X11.
//!
//! Source: D. Ladiray and B. Quenneville, "Seasonal Adjustment with the X-11 Method" (2001),
//! chapter 3.

use crate::run_cx::{RunCx, RunError};
use std::f64::consts::PI;

/// The mean over a period around each number, and at which number the first one is: of as many
/// numbers, or of one more where the period is even, the outer ones with half their weight.
pub(super) fn centred(series: &[f64], period: usize) -> (Vec<f64>, usize) {
    let half = period / 2;
    let mean = |window: &[f64]| {
        let sum: f64 = window.iter().sum();
        let ends = window.first().copied().unwrap_or(0.0) + window.last().copied().unwrap_or(0.0);
        let sum = if period.is_multiple_of(2) { sum - 0.5 * ends } else { sum };
        sum / period as f64
    };
    (series.windows(2 * half + 1).map(mean).collect(), half)
}

/// Which average of the same place in several periods.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Terms {
    ThreeThree,
    ThreeFive,
}

/// Weights of the periods up to the last one, which `index` periods follow; the middle one last.
const THREE_THREE: [&[f64]; 3] = [
    &[5.0 / 27.0, 11.0 / 27.0, 11.0 / 27.0],
    &[3.0 / 27.0, 7.0 / 27.0, 10.0 / 27.0, 7.0 / 27.0],
    &[1.0 / 9.0, 2.0 / 9.0, 3.0 / 9.0, 2.0 / 9.0, 1.0 / 9.0],
];
const THREE_FIVE: [&[f64]; 4] = [
    &[9.0 / 60.0, 17.0 / 60.0, 17.0 / 60.0, 17.0 / 60.0],
    &[4.0 / 60.0, 11.0 / 60.0, 15.0 / 60.0, 15.0 / 60.0, 15.0 / 60.0],
    &[4.0 / 60.0, 8.0 / 60.0, 13.0 / 60.0, 13.0 / 60.0, 13.0 / 60.0, 9.0 / 60.0],
    &[1.0 / 15.0, 2.0 / 15.0, 3.0 / 15.0, 3.0 / 15.0, 3.0 / 15.0, 2.0 / 15.0, 1.0 / 15.0],
];

impl Terms {
    /// The averages of a place over the periods. Fewer than five periods have one mean.
    fn average(self, numbers: &[f64]) -> Vec<f64> {
        let count = numbers.len();
        if count < 5 {
            return vec![numbers.iter().sum::<f64>() / count as f64; count];
        }
        let weights: &[&[f64]] = match self {
            // the middle one of five has neither the one nor the other end near
            Terms::ThreeFive if count > 5 => &THREE_FIVE,
            _ => &THREE_THREE,
        };
        let half = weights.len() - 1;
        (0..count)
            .map(|at| {
                let behind = (count - 1 - at).min(half);
                let before = at.min(half);
                let sum = |numbers: &mut dyn Iterator<Item = &f64>, weights: &[f64]| {
                    numbers.zip(weights).map(|(n, w)| n * w).sum::<f64>()
                };
                // at the beginning the same weights, the other way round
                let (list, first) = match before < half && before < behind {
                    true => (weights.get(before), at + half),
                    false => (weights.get(behind), at.saturating_sub(half)),
                };
                let list = list.copied().unwrap_or_default();
                match before < half && before < behind {
                    true => {
                        let skip = count - 1 - first.min(count - 1);
                        sum(&mut numbers.iter().rev().skip(skip), list)
                    }
                    false => sum(&mut numbers.iter().skip(first), list),
                }
            })
            .collect()
    }
}

/// The seasons of all `len` numbers from what is known of those from `from` on; before and after, as
/// in the nearest period that has one.
pub(super) fn seasonal(
    rest: &[f64],
    from: usize,
    len: usize,
    period: usize,
    terms: Terms,
) -> Vec<f64> {
    let mut out = vec![0.0; len];
    for place in 0..period.min(len) {
        // the first number of this place that is known
        let first = (place + period - from % period) % period;
        let known: Vec<f64> = rest.iter().skip(first).step_by(period).copied().collect();
        let averages = terms.average(&known);
        let last = averages.len().saturating_sub(1);
        for (t, cell) in out.iter_mut().enumerate().skip(place).step_by(period) {
            let at = t.saturating_sub(from + first) / period;
            *cell = averages.get(at.min(last)).copied().unwrap_or(f64::NAN);
        }
    }
    out
}

/// How many times larger what is irregular is than the trend, which the weights at the ends
/// suppose.
const IRREGULAR: f64 = 3.5;

/// The trend by Henderson's average over a period and one, with Musgrave's weights at the ends.
pub(super) fn henderson(series: &[f64], period: usize, cx: &RunCx) -> Result<Vec<f64>, RunError> {
    let half = period / 2;
    let weights = weights(half);
    let all = weights.len();
    let mut out = Vec::with_capacity(series.len());
    for at in 0..series.len() {
        if at.is_multiple_of(1024) {
            cx.check_stop()?;
        }
        let behind = (series.len() - 1 - at).min(half);
        let before = at.min(half);
        let known = 1 + before + behind;
        let window = series.get(at - before..=at + behind).unwrap_or_default();
        let dot = |window: &mut dyn Iterator<Item = &f64>, weights: &[f64]| {
            window.zip(weights).map(|(n, w)| n * w).sum::<f64>()
        };
        out.push(match known == all {
            true => dot(&mut window.iter(), &weights),
            // the weights of an end are those of the other one the other way round
            false if behind < before => dot(&mut window.iter(), &cut(&weights, known)),
            false => dot(&mut window.iter().rev(), &cut(&weights, known)),
        });
    }
    Ok(out)
}

/// Henderson's weights: of those that keep a cubic curve as it is, the smoothest.
fn weights(half: usize) -> Vec<f64> {
    let n = half as f64 + 2.0;
    let n2 = n * n;
    let below = 8.0 * n * (n2 - 1.0) * (4.0 * n2 - 1.0) * (4.0 * n2 - 9.0) * (4.0 * n2 - 25.0);
    let one = |j: usize| {
        let j2 = (j as f64 - half as f64).powi(2);
        let sides = ((n - 1.0).powi(2) - j2) * (n2 - j2) * ((n + 1.0).powi(2) - j2);
        315.0 * sides * (3.0 * n2 - 16.0 - 11.0 * j2) / below
    };
    (0..=2 * half).map(one).collect()
}

/// The weights of the first `known` of them, where those behind are missing: Musgrave's, which
/// change a straight line's end the least.
fn cut(weights: &[f64], known: usize) -> Vec<f64> {
    let m = known as f64;
    let middle = (m + 1.0) / 2.0;
    let d = 4.0 / (PI * IRREGULAR * IRREGULAR);
    let missing = || (1..).zip(weights).skip(known).map(|(i, w): (i32, &f64)| (f64::from(i), w));
    let sum: f64 = missing().map(|(_, w)| w).sum();
    let lever: f64 = missing().map(|(i, w)| (i - middle) * w).sum();
    let slope = d / (1.0 + m * (m - 1.0) * (m + 1.0) / 12.0 * d) * lever;
    (1..)
        .zip(weights)
        .take(known)
        .map(|(i, w)| w + sum / m + (f64::from(i) - middle) * slope)
        .collect()
}
