//! The standard normal distribution.

use std::f64::consts::{PI, SQRT_2};

/// The density at `z`.
pub(super) fn pdf(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// The part below `z`; exact to the last digits in the lower tail.
pub(super) fn cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// The point below which `p` lies, 0 < p < 1.
pub(crate) fn ppf(p: f64) -> f64 {
    if p > 0.5 {
        return -ppf(1.0 - p);
    }
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    // halving finds the place, Newton's method the digits
    let (mut low, mut high) = (-40.0_f64, 0.0_f64);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        match cdf(middle) < p {
            true => low = middle,
            false => high = middle,
        }
    }
    let mut z = 0.5 * (low + high);
    for _ in 0..3 {
        let slope = pdf(z);
        if slope > 0.0 {
            z -= (cdf(z) - p) / slope;
        }
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    // scipy.stats.norm.ppf and cdf
    #[test]
    fn as_scipy() {
        for (p, z) in [
            (0.5, 0.0),
            (0.005, -2.575829303548901),
            (0.9995, 3.290526731491926),
            (5e-10, -6.109410204869),
        ] {
            assert!((ppf(p) - z).abs() < 1e-9, "{p}: {}", ppf(p));
        }
        assert!((cdf(1.0) - 0.8413447460685429).abs() < 1e-15);
        assert!((cdf(-8.0) / 6.220960574271784e-16 - 1.0).abs() < 1e-12);
    }
}
