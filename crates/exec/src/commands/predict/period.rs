//! After how many rows a series repeats itself.

/// Longest period that is looked for.
const LONGEST: usize = 2_000;

/// The period of a series, from `least` to `most` rows; none where it has none. It is the smallest
/// distance at which the numbers, without their straight line, are nearly as alike as at any.
pub(in crate::commands) fn period(
    series: &[Option<f64>],
    least: usize,
    most: usize,
) -> Option<usize> {
    let most = most.min(series.len() / 2).min(LONGEST);
    let least = least.max(2);
    if most < least {
        return None;
    }
    let rest = without_line(series);
    let count = rest.iter().flatten().count() as f64;
    let all: f64 = rest.iter().flatten().map(|n| n * n).sum();
    let scale = series.iter().flatten().fold(0.0_f64, |m, n| m.max(n.abs()));
    if all <= count * (1e-12 * scale) * (1e-12 * scale) {
        return None;
    }
    // one more on either side, to see what is a peak
    let alike: Vec<f64> =
        (least - 1..=most + 1).map(|lag| alike(&rest, lag, all / count)).collect();
    let peaks: Vec<(usize, f64)> = alike
        .windows(3)
        .enumerate()
        .filter_map(|(i, w)| match w {
            [before, at, after] if at >= before && at >= after => Some((least + i, *at)),
            _ => None,
        })
        .collect();
    let highest = peaks.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    // numbers that follow no pattern are alike by up to about this
    let chance = (3.0 / count.sqrt()).max(0.3);
    peaks.iter().find(|p| p.1 >= 0.9 * highest && p.1 > chance).map(|p| p.0)
}

/// The numbers less the straight line through them.
fn without_line(series: &[Option<f64>]) -> Vec<Option<f64>> {
    let points = || series.iter().enumerate().filter_map(|(t, n)| n.map(|n| (t as f64, n)));
    let count = points().count() as f64;
    let (t, n) = points().fold((0.0, 0.0), |(a, b), (t, n)| (a + t, b + n));
    let (t, n) = (t / count, n / count);
    let (across, along) =
        points().fold((0.0, 0.0), |(a, b), (x, y)| (a + (x - t) * (y - n), b + (x - t) * (x - t)));
    let slope = if along > 0.0 { across / along } else { 0.0 };
    let one = |(x, y): (usize, &Option<f64>)| y.map(|y| y - n - slope * (x as f64 - t));
    series.iter().enumerate().map(one).collect()
}

/// How alike the numbers are `lag` rows apart: their correlation.
fn alike(rest: &[Option<f64>], lag: usize, variance: f64) -> f64 {
    let pairs = rest.iter().zip(rest.iter().skip(lag));
    let (sum, count) = pairs
        .filter_map(|(a, b)| a.zip(*b))
        .fold((0.0, 0.0), |(sum, count), (a, b)| (sum + a * b, count + 1.0));
    if count == 0.0 { 0.0 } else { sum / count / variance }
}
