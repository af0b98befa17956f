//! Which distribution fits values best.
//!
//! Source: MLTK, "DensityFunction", `dist` and `metric`.

use super::density::{Dist, Group};
use super::kde::Kde;

/// The distributions of `dist=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `norm`
    Norm,
    /// `expon`
    Expon,
    /// `gaussian_kde`
    Kde,
}

/// How far a distribution is from the values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
    /// The area between the two cumulative curves.
    #[default]
    Wasserstein,
    /// The greatest distance of the two cumulative curves.
    KolmogorovSmirnov,
}

/// The distribution of the values; none where fewer than two of them differ. Of several kinds the
/// nearest one.
pub(super) fn fit(
    by: Vec<String>,
    mut values: Vec<f64>,
    kinds: &[Kind],
    auto: bool,
    metric: Metric,
) -> Option<Group> {
    values.sort_unstable_by(f64::total_cmp);
    let (first, last) = (*values.first()?, *values.last()?);
    let n = values.len() as f64;
    let mean = values.iter().map(|x| x / n).sum::<f64>();
    let squares = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
    if first == last || squares.is_nan() || !squares.is_normal() || !mean.is_finite() {
        return None;
    }
    let mut points: Vec<(f64, f64)> = Vec::new();
    for x in &values {
        match points.last_mut() {
            Some((p, w)) if p == x => *w += 1.0,
            _ => points.push((*x, 1.0)),
        }
    }
    let one = |kind: &Kind| match kind {
        Kind::Norm => Dist::Norm(mean, (squares / n).sqrt()),
        Kind::Expon => Dist::Expon(first, mean - first),
        Kind::Kde => Dist::Kde(Kde::scott(points.clone(), (squares / (n - 1.0)).sqrt())),
    };
    let mut dists: Vec<Dist> = kinds.iter().map(one).collect();
    let dist = match dists.len() {
        0 | 1 => dists.pop()?,
        _ => {
            let grid = grid(&dists, &points);
            let far = |d: &Dist| distance(d, &grid, &points, n, metric);
            let mut far: Vec<(f64, Dist)> = dists.into_iter().map(|d| (far(&d), d)).collect();
            far.sort_by(|a, b| a.0.total_cmp(&b.0));
            far.into_iter().next()?.1
        }
    };
    Some(Group { by, dist, auto, count: values.len() as u64, ends: (first, last) })
}

/// Most values that are looked at one by one.
const MOST: usize = 4096;

/// Points at which curves are compared: the values themselves, and others between and beyond them.
fn grid(dists: &[Dist], points: &[(f64, f64)]) -> Vec<f64> {
    let mut grid: Vec<f64> = Vec::new();
    if points.len() <= MOST {
        grid.extend(points.iter().map(|(p, _)| *p));
    }
    for dist in dists {
        let (mean, std) = dist.moments();
        match dist {
            Dist::Norm(..) => grid.extend((-500..=500).map(|i| mean + std * f64::from(i) / 50.0)),
            Dist::Expon(loc, scale) => {
                grid.extend((0..=2000).map(|i| loc + scale * f64::from(i) / 50.0));
            }
            Dist::Kde(kde) => grid.extend(kde.grid()),
        }
    }
    grid.sort_unstable_by(f64::total_cmp);
    grid.dedup();
    grid
}

fn distance(dist: &Dist, grid: &[f64], points: &[(f64, f64)], n: f64, metric: Metric) -> f64 {
    let curve: Vec<f64> = grid.iter().map(|x| dist.cdf(*x)).collect();
    let (mut at, mut seen) = (0, 0.0);
    let (mut area, mut greatest) = (0.0, 0.0_f64);
    let pairs = grid.iter().zip(&curve).zip(grid.iter().zip(&curve).skip(1));
    for ((x, f), (next, g)) in pairs {
        while let Some((_, w)) = points.get(at).filter(|(p, _)| p <= x) {
            seen += w;
            at += 1;
        }
        let (a, b) = (f - seen / n, g - seen / n);
        greatest = greatest.max(a.abs()).max(b.abs());
        let (width, sum) = (next - x, a.abs() + b.abs());
        // between two points the curve is taken as straight
        area += match a * b < 0.0 {
            true => width * (a * a + b * b) / (2.0 * sum),
            false => width * sum / 2.0,
        };
    }
    match metric {
        Metric::Wasserstein => area,
        Metric::KolmogorovSmirnov => greatest,
    }
}
