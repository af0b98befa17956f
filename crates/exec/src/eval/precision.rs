use sepal_data::number;

/// How precise a number with decimals is.
///
/// Splunk rounds what it computes to the precision of the least precise input: `8.250*0.2` is 2,
/// `8.250*0.20` is 1.7. Products and quotients have as many significant figures as the operand
/// with the fewest, sums and differences as many decimal places as the one with the fewest. Whole
/// numbers and what functions compute are exact. The double itself is never rounded before it is
/// shown or stored, and digits before the point never are: `1.00*1111` is 1111.
///
/// Source: Splunk Search Reference, eval, "Rounding"; Mathematical functions, `sigfig`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Precision {
    /// Significant figures, [`Precision::EXACT_FIGURES`] for zero.
    pub figures: u8,
    /// Digits after the point.
    pub places: u8,
}

impl Precision {
    /// Figures of a number that does not limit a product.
    pub const EXACT_FIGURES: u8 = u8::MAX;
    /// A text with this many figures is as precise as a double.
    const DOUBLE: usize = 16;
    const MAX_PLACES: i32 = 30;

    /// The precision of a number's text; none where it is exact: no point, or as many digits as a
    /// double has.
    pub fn of_text(s: &str) -> Option<Precision> {
        let b = s.as_bytes();
        let point = memchr::memchr(b'.', b)?;
        let (mut figures, mut places, mut exponent) = (0usize, 0i32, 0i32);
        for (i, c) in b.iter().enumerate() {
            match c {
                b'0' if figures == 0 => {}
                b'0'..=b'9' => figures += 1,
                b'e' | b'E' => {
                    exponent = s.get(i + 1..)?.parse().ok()?;
                    break;
                }
                _ => continue,
            }
            places += i32::from(i > point);
        }
        if figures >= Self::DOUBLE {
            return None;
        }
        let figures = if figures == 0 { Self::EXACT_FIGURES } else { figures as u8 };
        let places = places.saturating_sub(exponent).clamp(0, Self::MAX_PLACES) as u8;
        Some(Precision { figures, places })
    }

    /// Of a product or quotient `n`.
    pub fn of_product(n: f64, a: Option<Precision>, b: Option<Precision>) -> Option<Precision> {
        let figures = match (a, b) {
            (Some(a), Some(b)) => a.figures.min(b.figures),
            (Some(p), None) | (None, Some(p)) => p.figures,
            (None, None) => return None,
        };
        Self::of_figures(n, figures)
    }

    /// Of a number with that many significant figures.
    pub fn of_figures(n: f64, figures: u8) -> Option<Precision> {
        if figures == Self::EXACT_FIGURES || n == 0.0 || !n.is_finite() {
            return None;
        }
        let places = i32::from(figures) - 1 - magnitude(n);
        Some(Precision { figures, places: places.clamp(0, Self::MAX_PLACES) as u8 })
    }

    /// Of a sum or difference `n`.
    pub fn of_sum(n: f64, a: Option<Precision>, b: Option<Precision>) -> Option<Precision> {
        let places = match (a, b) {
            (Some(a), Some(b)) => a.places.min(b.places),
            (Some(p), None) | (None, Some(p)) => p.places,
            (None, None) => return None,
        };
        Self::of_places(n, places)
    }

    /// Of a number with that many decimal places.
    pub fn of_places(n: f64, places: u8) -> Option<Precision> {
        if !n.is_finite() {
            return None;
        }
        let figures = if n == 0.0 {
            Self::EXACT_FIGURES
        } else {
            (i32::from(places) + 1 + magnitude(n)).clamp(1, 250) as u8
        };
        Some(Precision { figures, places: places.min(Self::MAX_PLACES as u8) })
    }

    /// The number's text at this precision.
    pub fn format(self, n: f64) -> String {
        if !n.is_finite() || n.abs() >= 1e17 {
            return number::format(n);
        }
        let s = format!("{n:.*}", usize::from(self.places));
        match s.strip_prefix('-') {
            Some(rest) if rest.bytes().all(|c| matches!(c, b'0' | b'.')) => rest.to_owned(),
            _ => s,
        }
    }
}

/// The power of ten of the first significant digit; 0 for zero.
pub fn magnitude(n: f64) -> i32 {
    let a = n.abs();
    if a == 0.0 || !a.is_finite() {
        return 0;
    }
    let mut m = a.log10().floor() as i32;
    if 10f64.powi(m + 1) <= a {
        m += 1;
    } else if 10f64.powi(m) > a {
        m -= 1;
    }
    m
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_figures_and_places_that_it_shows() {
        for (s, figures, places) in [
            ("8.250", 4, 3),
            ("0.2", 1, 1),
            ("0.014", 2, 3),
            ("-12.50", 4, 2),
            ("1.5e3", 2, 0),
            ("1.5e-3", 2, 4),
            ("0.00", Precision::EXACT_FIGURES, 2),
        ] {
            assert_eq!(Precision::of_text(s), Some(Precision { figures, places }), "{s}");
        }
        for s in ["1", "007", "1e3", "0.30000000000000004"] {
            assert_eq!(Precision::of_text(s), None, "{s}");
        }
    }

    #[test]
    fn magnitudes_are_exact_at_powers_of_ten() {
        for m in -20..20 {
            let n: f64 = format!("1e{m}").parse().unwrap();
            assert_eq!(magnitude(n), m);
            assert_eq!(magnitude(-n * 9.99), m);
        }
    }
}
