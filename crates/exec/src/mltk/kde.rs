//! A density estimated with Gaussian kernels.
//!
//! Source: scipy, `gaussian_kde`: Scott's rule, `n**(-1/5)` times the standard deviation of a
//! sample.

use super::normal;

/// A kernel is 0 farther off than this many bandwidths.
const REACH: f64 = 9.0;
/// Points in a bandwidth at which the density is looked at.
const FINE: f64 = 8.0;

/// Most distinct points: the work grows with their square.
pub(super) const MOST_POINTS: usize = 100_000;

/// The mean of normal curves around the points.
#[derive(Clone, Debug)]
pub struct Kde {
    /// The distinct points, sorted, with how often each occurs.
    pub(super) points: Vec<(f64, f64)>,
    /// The standard deviation of each curve.
    pub(super) bandwidth: f64,
    total: f64,
}

impl Kde {
    /// The density with Scott's bandwidth for a sample with this standard deviation (n - 1).
    pub(super) fn scott(points: Vec<(f64, f64)>, std: f64) -> Kde {
        let total: f64 = points.iter().map(|(_, w)| w).sum();
        Kde::new(points, std * total.powf(-0.2))
    }

    pub(super) fn new(points: Vec<(f64, f64)>, bandwidth: f64) -> Kde {
        let total = points.iter().map(|(_, w)| w).sum();
        Kde { points, bandwidth, total }
    }

    /// The points whose curves reach `x`, and the weight of those that lie wholly below.
    fn near(&self, x: f64) -> &[(f64, f64)] {
        let from = self.points.partition_point(|(p, _)| *p < x - REACH * self.bandwidth);
        let to = self.points.partition_point(|(p, _)| *p <= x + REACH * self.bandwidth);
        self.points.get(from..to).unwrap_or_default()
    }

    pub(super) fn pdf(&self, x: f64) -> f64 {
        let h = self.bandwidth;
        let sum: f64 = self.near(x).iter().map(|(p, w)| w * normal::pdf((x - p) / h)).sum();
        sum / (self.total * h)
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        let h = self.bandwidth;
        let from = self.points.partition_point(|(p, _)| *p < x - REACH * h);
        let below: f64 = self.points.iter().take(from).map(|(_, w)| w).sum();
        let near: f64 = self.near(x).iter().map(|(p, w)| w * normal::cdf((x - p) / h)).sum();
        (below + near) / self.total
    }

    pub(super) fn ppf(&self, p: f64) -> f64 {
        let ends = self.points.first().zip(self.points.last());
        let Some(((first, _), (last, _))) = ends else { return f64::NAN };
        let mut low = first - 4.0 * REACH * self.bandwidth;
        let mut high = last + 4.0 * REACH * self.bandwidth;
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            match self.cdf(middle) < p {
                true => low = middle,
                false => high = middle,
            }
        }
        0.5 * (low + high)
    }

    /// The mean and the standard deviation of the density.
    pub(super) fn moments(&self) -> (f64, f64) {
        let mean = self.points.iter().map(|(p, w)| p * w).sum::<f64>() / self.total;
        let var = self.points.iter().map(|(p, w)| w * (p - mean) * (p - mean)).sum::<f64>();
        (mean, (var / self.total + self.bandwidth * self.bandwidth).sqrt())
    }

    /// Points at which the density tells its shape: fine where it is not 0.
    pub(super) fn grid(&self) -> Vec<f64> {
        let reach = REACH * self.bandwidth;
        let mut parts: Vec<(f64, f64)> = Vec::new();
        for (p, _) in &self.points {
            match parts.last_mut() {
                Some((_, to)) if *to >= p - reach => *to = p + reach,
                _ => parts.push((p - reach, p + reach)),
            }
        }
        let mut grid = Vec::new();
        for (from, to) in parts {
            let steps = ((to - from) / self.bandwidth * FINE).ceil().max(1.0);
            grid.extend((0..=steps as usize).map(|i| from + (to - from) * i as f64 / steps));
        }
        grid
    }

    /// The ranges in which the density is lowest and which hold `area` together: where it is below
    /// one level.
    pub(super) fn lowest(&self, area: f64) -> Vec<(f64, f64)> {
        let xs = self.grid();
        let fs: Vec<f64> = xs.iter().map(|x| self.pdf(*x)).collect();
        let cells: Vec<f64> = {
            let at: Vec<f64> = xs.iter().map(|x| self.cdf(*x)).collect();
            at.iter().zip(at.iter().skip(1)).map(|(a, b)| b - a).collect()
        };
        // the part of each cell that lies below a level, the density taken as straight in it
        let below = |level: f64| -> f64 {
            let pairs = fs.iter().zip(fs.iter().skip(1)).zip(&cells);
            pairs
                .map(|((a, b), whole)| {
                    let (low, high) = (a.min(*b), a.max(*b));
                    if high < level {
                        *whole
                    } else if low >= level {
                        0.0
                    } else {
                        whole * (level * level - low * low) / (high * high - low * low)
                    }
                })
                .sum()
        };
        let (mut low, mut high) = (0.0, fs.iter().copied().fold(0.0, f64::max));
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            match below(middle) < area {
                true => low = middle,
                false => high = middle,
            }
        }
        // that is near; the exact areas tell the rest
        let near = 0.5 * (low + high);
        (low, high) = (0.8 * near, 1.25 * near);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            let found = self.below(&xs, &fs, middle);
            match found.iter().map(|(a, b)| self.cdf(*b) - self.cdf(*a)).sum::<f64>() < area {
                true => low = middle,
                false => high = middle,
            }
        }
        self.below(&xs, &fs, 0.5 * (low + high))
    }

    /// The ranges in which the density is below a level.
    fn below(&self, xs: &[f64], fs: &[f64], level: f64) -> Vec<(f64, f64)> {
        let mut out = Vec::new();
        let mut start = Some(f64::NEG_INFINITY);
        for ((a, fa), (b, fb)) in xs.iter().zip(fs).zip(xs.iter().zip(fs).skip(1)) {
            if (*fa < level) == (*fb < level) {
                continue;
            }
            let at = self.crossing(*a, *b, level);
            match start.take() {
                Some(from) => out.push((from, at)),
                None => start = Some(at),
            }
        }
        out.extend(start.map(|from| (from, f64::INFINITY)));
        out
    }

    /// Where the density goes through a level between two points on its two sides.
    fn crossing(&self, mut a: f64, mut b: f64, level: f64) -> f64 {
        let low_first = self.pdf(a) < level;
        for _ in 0..40 {
            let middle = 0.5 * (a + b);
            match (self.pdf(middle) < level) == low_first {
                true => a = middle,
                false => b = middle,
            }
        }
        0.5 * (a + b)
    }
}
