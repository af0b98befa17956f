//! The algorithm: k-means++ and Lloyd's iterations.

use crate::run_cx::{RunCx, RunError};
use foldhash::fast::FixedState;
use sepal_parser::commands::kmeans::{Distance, Kmeans};
use std::hash::BuildHasher;

/// Rows as points: `dims` numbers each, one point after another.
pub(super) struct Points {
    pub dims: usize,
    pub numbers: Vec<f64>,
}

/// Points in clusters that are numbered from 0 in the order of their first points; none is empty.
pub(super) struct Clustering {
    pub of: Vec<usize>,
    pub sizes: Vec<u64>,
    /// The means, one after another.
    pub centers: Vec<f64>,
    /// The sum of the distances of all points to the mean of their cluster.
    pub distortion: f64,
    pub converged: bool,
}

impl Points {
    fn len(&self) -> usize {
        self.numbers.len() / self.dims.max(1)
    }

    fn all(&self) -> std::slice::ChunksExact<'_, f64> {
        self.numbers.chunks_exact(self.dims.max(1))
    }

    fn point(&self, i: usize) -> &[f64] {
        self.numbers.get(i * self.dims..(i + 1) * self.dims).unwrap_or_default()
    }
}

/// The best of all repetitions, of equal ones the first.
pub(super) fn best(
    p: &Points,
    k: usize,
    plan: &Kmeans,
    cx: &RunCx,
) -> Result<Clustering, RunError> {
    let mut best: Option<Clustering> = None;
    for rep in 0..plan.reps {
        let seed = FixedState::with_seed(cx.host.seed()).hash_one((k as u64, rep));
        let starts = starts(p, k, plan.distance, &mut Random(seed), cx)?;
        let found = lloyd(p, starts, plan, cx)?;
        if best.as_ref().is_none_or(|b| found.distortion < b.distortion) {
            best = Some(found);
        }
    }
    best.ok_or_else(|| RunError::failed("SPL3306", "`kmeans` without a repetition"))
}

/// SplitMix64.
struct Random(u64);

impl Random {
    /// From 0 to below 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn distance(a: &[f64], b: &[f64], how: Distance) -> f64 {
    let pairs = || a.iter().zip(b);
    match how {
        Distance::Cityblock => pairs().map(|(a, b)| (a - b).abs()).sum(),
        Distance::Sqeuclidean => pairs().map(|(a, b)| (a - b) * (a - b)).sum(),
        Distance::Cosine => {
            let length = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
            let (la, lb) = (length(a), length(b));
            match (la > 0.0, lb > 0.0) {
                (true, true) => {
                    let dot: f64 = pairs().map(|(a, b)| (a / la) * (b / lb)).sum();
                    (1.0 - dot).max(0.0)
                }
                // a point without a direction is far from all others
                (false, false) => 0.0,
                _ => 1.0,
            }
        }
    }
}

/// k-means++: the first of the centers is any point, each further one a point that is the more
/// likely the farther it is from those before. Fewer than `k` where no point is left.
fn starts(
    p: &Points,
    k: usize,
    how: Distance,
    random: &mut Random,
    cx: &RunCx,
) -> Result<Vec<f64>, RunError> {
    let mut next = ((random.next() * p.len() as f64) as usize).min(p.len().saturating_sub(1));
    let mut far = vec![f64::INFINITY; p.len()];
    let mut centers = Vec::with_capacity(k.saturating_mul(p.dims).min(p.numbers.len()));
    for _ in 0..k {
        cx.check_stop()?;
        let center = p.point(next);
        centers.extend_from_slice(center);
        for (far, point) in far.iter_mut().zip(p.all()) {
            *far = far.min(distance(point, center, how));
        }
        let mut left = random.next() * far.iter().sum::<f64>();
        let mut chosen = None;
        for (i, far) in far.iter().enumerate().filter(|(_, far)| **far > 0.0) {
            chosen = Some(i);
            left -= far;
            if left < 0.0 {
                break;
            }
        }
        match chosen {
            Some(i) => next = i,
            None => break,
        }
    }
    Ok(centers)
}

fn lloyd(
    p: &Points,
    mut centers: Vec<f64>,
    plan: &Kmeans,
    cx: &RunCx,
) -> Result<Clustering, RunError> {
    let (how, dims) = (plan.distance, p.dims.max(1));
    let (mut of, mut far) = (vec![usize::MAX; p.len()], vec![0.0; p.len()]);
    let (mut before, mut converged) = (f64::INFINITY, false);
    for _ in 0..plan.maxiters {
        let mut changed = false;
        for (i, point) in p.all().enumerate() {
            if i % 1024 == 0 {
                cx.check_stop()?;
            }
            // of equally near centers the first
            let mut near = (0, f64::INFINITY);
            for (c, center) in centers.chunks_exact(dims).enumerate() {
                let d = distance(point, center, how);
                if d < near.1 {
                    near = (c, d);
                }
            }
            if let (Some(of), Some(far)) = (of.get_mut(i), far.get_mut(i)) {
                changed |= *of != near.0;
                (*of, *far) = near;
            }
        }
        let cost: f64 = far.iter().sum();
        // cost may rise: the mean is not the center of the least cityblock distance
        let falls = before - cost > plan.t;
        before = cost;
        let sizes = means(p, &of, &mut centers);
        if !changed || !falls {
            converged = true;
            break;
        }
        // a cluster without points takes over the point that is farthest from its center
        for (c, _) in sizes.iter().enumerate().filter(|(_, n)| **n == 0) {
            let Some((i, d)) =
                far.iter_mut().enumerate().reduce(|a, b| if *b.1 > *a.1 { b } else { a })
            else {
                continue;
            };
            if *d > 0.0 {
                *d = 0.0;
                if let Some(center) = centers.chunks_exact_mut(dims).nth(c) {
                    center.copy_from_slice(p.point(i));
                }
            }
        }
    }
    Ok(numbered(p, &of, centers.len() / dims, how, converged))
}

/// Makes the centers the means of their points; one without points stays. Gives the sizes.
fn means(p: &Points, of: &[usize], centers: &mut [f64]) -> Vec<u64> {
    let dims = p.dims.max(1);
    let mut sizes = vec![0u64; centers.len() / dims];
    let mut sums = vec![0.0; centers.len()];
    for (point, c) in p.all().zip(of) {
        let (Some(n), Some(sum)) = (sizes.get_mut(*c), sums.chunks_exact_mut(dims).nth(*c)) else {
            continue;
        };
        *n += 1;
        sum.iter_mut().zip(point).for_each(|(s, x)| *s += x);
    }
    let each = centers.chunks_exact_mut(dims).zip(sums.chunks_exact(dims)).zip(&sizes);
    for ((center, sum), n) in each.filter(|(_, n)| **n > 0) {
        center.iter_mut().zip(sum).for_each(|(c, s)| *c = s / *n as f64);
    }
    sizes
}

/// The clusters in the order of their first points, with their means and distances.
fn numbered(p: &Points, of: &[usize], k: usize, how: Distance, converged: bool) -> Clustering {
    let dims = p.dims.max(1);
    let mut numbers = vec![None; k];
    let mut used = 0;
    let mut out = Vec::with_capacity(of.len());
    for c in of {
        let number = numbers.get_mut(*c).map_or(0, |n| {
            *n.get_or_insert_with(|| {
                used += 1;
                used - 1
            })
        });
        out.push(number);
    }
    let mut centers = vec![0.0; used * dims];
    let sizes = means(p, &out, &mut centers);
    let center = |c: usize| centers.get(c * dims..(c + 1) * dims).unwrap_or_default();
    let distortion = p.all().zip(&out).map(|(x, c)| distance(x, center(*c), how)).sum();
    Clustering { of: out, sizes, centers, distortion, converged }
}
