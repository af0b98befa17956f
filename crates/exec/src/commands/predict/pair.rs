//! LLB and BiLL: two levels that move together.
//!
//! Both series have the same ratio of the level's variance to that of the noise, and what the
//! series have in common is the same in either: then one filter serves both, and the variances
//! follow from its errors.

use super::{Guess, best, level};
use crate::run_cx::{RunCx, RunError};

/// Two series; a place counts where both have a number.
pub(super) struct Pair {
    first: Vec<Option<f64>>,
    second: Vec<Option<f64>>,
}

/// What the errors of both series say.
#[derive(Default)]
struct Common {
    count: f64,
    logs: f64,
    first: f64,
    second: f64,
    both: f64,
}

impl Common {
    fn likelihood(&self, scale: f64) -> f64 {
        let per = |sum: f64| sum / self.count;
        let (first, second, both) = (per(self.first), per(self.second), per(self.both));
        let determinant = first * second - both * both;
        // of series that say the same, or that have no noise, one tells all
        if determinant <= 1e-12 * first * second {
            let most = first.max(second);
            return match most <= 1e-24 * scale * scale {
                true => f64::INFINITY,
                false => -0.5 * (self.count * most.ln() + self.logs),
            };
        }
        -0.5 * (self.count * determinant.ln() + 2.0 * self.logs)
    }
}

impl Pair {
    /// The places at which both series have a number.
    pub(super) fn new(first: &[Option<f64>], second: &[Option<f64>]) -> Pair {
        let both: Vec<_> = first.iter().zip(second).map(|(a, b)| a.zip(*b)).collect();
        Pair {
            first: both.iter().map(|p| p.map(|p| p.0)).collect(),
            second: both.iter().map(|p| p.map(|p| p.1)).collect(),
        }
    }

    /// How many places count.
    pub(super) fn len(&self) -> usize {
        self.first.iter().flatten().count()
    }

    fn common(&self, ratio: f64) -> Common {
        let mut errors = Vec::with_capacity(self.first.len());
        level::filter(&self.first, self.first.len(), 1, ratio, |guess, number| {
            errors.push(guess.zip(number).map(|(g, n)| (n - g.mean, g.variance)));
        });
        let (mut common, mut errors) = (Common::default(), errors.into_iter());
        level::filter(&self.second, self.second.len(), 1, ratio, |guess, number| {
            let Some((Some((a, variance)), guess)) = errors.next().zip(guess.zip(number)) else {
                return;
            };
            let b = guess.1 - guess.0.mean;
            common.count += 1.0;
            common.logs += variance.ln();
            common.first += a * a / variance;
            common.second += b * b / variance;
            common.both += a * b / variance;
        });
        common
    }

    /// The ratio of variances, and what both series have in common with it.
    fn fit(&self, cx: &RunCx) -> Result<(f64, Common), RunError> {
        let numbers = self.first.iter().chain(&self.second).flatten();
        let scale = numbers.fold(0.0_f64, |most, n| most.max(n.abs()));
        let ratio = best::one(&mut |[ratio]| {
            cx.check_stop()?;
            Ok(self.common(ratio).likelihood(scale))
        })?;
        Ok((ratio, self.common(ratio)))
    }

    /// The predictions of both series from both.
    pub(super) fn both(
        &self,
        total: usize,
        cx: &RunCx,
    ) -> Result<[Vec<Option<Guess>>; 2], RunError> {
        let (ratio, common) = self.fit(cx)?;
        let guesses = |series: &[Option<f64>], sum: f64| {
            let mut out = Vec::with_capacity(total);
            let noise = sum / common.count;
            level::filter(series, total, 1, ratio, |g, _| out.push(g.map(|g| g.times(noise))));
            out
        };
        Ok([guesses(&self.first, common.first), guesses(&self.second, common.second)])
    }

    /// The predictions of the first series from both so far and from what the second one, of which
    /// `all` is known, is at each place.
    pub(super) fn first(
        &self,
        all: &[Option<f64>],
        total: usize,
        cx: &RunCx,
    ) -> Result<Vec<Option<Guess>>, RunError> {
        let (ratio, common) = self.fit(cx)?;
        let weight = if common.second > 0.0 { common.both / common.second } else { 0.0 };
        let left = (common.first - weight * common.both).max(0.0) / common.count;
        let alone = common.first / common.count;
        let mut errors = Vec::with_capacity(total);
        level::filter(&self.second, total, 1, ratio, |guess, _| {
            let number = all.get(errors.len()).copied().flatten();
            errors.push(guess.zip(number).map(|(g, n)| n - g.mean));
        });
        let (mut out, mut errors) = (Vec::with_capacity(total), errors.into_iter());
        level::filter(&self.first, total, 1, ratio, |guess, _| {
            let error = errors.next().flatten();
            out.push(guess.map(|g| match error {
                Some(error) => Guess { mean: g.mean + weight * error, variance: g.variance * left },
                None => g.times(alone),
            }));
        });
        Ok(out)
    }
}
