//! Where a likelihood is largest: a grid, then a search around its best point.

use crate::run_cx::RunError;

/// A likelihood at ratios of variances.
pub(super) type Likelihood<'a, const N: usize> = dyn FnMut([f64; N]) -> Result<f64, RunError> + 'a;

/// The largest and smallest logarithm of a ratio of variances; beyond, one of them is as good as
/// nothing.
const REACH: i32 = 16;

/// The ratio at which the likelihood is largest; 0 where no other is better.
pub(super) fn one(f: &mut Likelihood<'_, 1>) -> Result<f64, RunError> {
    let (mut best, mut at) = (f([0.0])?, None);
    if best == f64::INFINITY {
        return Ok(0.0);
    }
    for x in -REACH..=REACH {
        let found = f([f64::from(x).exp()])?;
        if found > best {
            (best, at) = (found, Some(f64::from(x)));
        }
    }
    let Some(x) = at else { return Ok(0.0) };
    // the golden section of the two neighbouring steps
    let part = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (x - 1.0, x + 1.0);
    let (mut a, mut b) = (high - part * (high - low), low + part * (high - low));
    let (mut at_a, mut at_b) = (f([a.exp()])?, f([b.exp()])?);
    for _ in 0..40 {
        if at_a >= at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - part * (high - low);
            at_a = f([a.exp()])?;
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + part * (high - low);
            at_b = f([b.exp()])?;
        }
    }
    Ok((0.5 * (low + high)).exp())
}

/// The same for two ratios.
pub(super) fn two(f: &mut Likelihood<'_, 2>) -> Result<[f64; 2], RunError> {
    let ratio = |x: Option<f64>| x.map_or(0.0, f64::exp);
    let steps =
        || std::iter::once(None).chain((-REACH..=REACH).step_by(2).map(f64::from).map(Some));
    let mut at: [Option<f64>; 2] = [None; 2];
    let mut best = f64::NEG_INFINITY;
    for a in steps() {
        for b in steps() {
            let found = f([ratio(a), ratio(b)])?;
            if found > best {
                (best, at) = (found, [a, b]);
            }
            if best == f64::INFINITY {
                return Ok(at.map(ratio));
            }
        }
    }
    // steps along each axis and both diagonals, halved where none is better
    const WAYS: [(f64, f64); 8] = [
        (1.0, 0.0),
        (-1.0, 0.0),
        (0.0, 1.0),
        (0.0, -1.0),
        (1.0, 1.0),
        (-1.0, -1.0),
        (1.0, -1.0),
        (-1.0, 1.0),
    ];
    let mut step = 1.0;
    for _ in 0..60 {
        let mut better = None;
        for (da, db) in WAYS {
            let [a, b] = at;
            let next = [a.map(|a| a + da * step), b.map(|b| b + db * step)];
            if next == at {
                continue;
            }
            let found = f(next.map(ratio))?;
            if found > best {
                (best, better) = (found, Some(next));
            }
        }
        match better {
            Some(next) => at = next,
            None => step *= 0.5,
        }
        if step < 1e-4 {
            break;
        }
    }
    Ok(at.map(ratio))
}
