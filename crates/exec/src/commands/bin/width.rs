//! How wide bins are, and which bin a number is in.

use super::time;
use sepal_data::number;
use sepal_data::time::{Span, Time, TimeZone, Unit, floor_to_span, next_bin, parse_span};

/// The width of bins.
#[derive(Clone, Debug, PartialEq)]
pub enum Width {
    /// A number, and the decimals that its bins are written with.
    Number(f64, usize),
    /// Bins from `coefficient * base^k` to the next power.
    Log {
        /// At least 1, less than the base.
        coefficient: f64,
        /// More than 1.
        base: f64,
    },
    /// A time; values are seconds since the epoch.
    Time(Span),
}

/// A bin: from its beginning to before its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub start: f64,
    pub end: f64,
    decimals: Option<usize>,
}

impl Range {
    pub fn new(start: f64, end: f64) -> Range {
        Range { start, end, decimals: None }
    }

    /// Where it begins, with no more decimals than its width has.
    pub fn rounded_start(&self) -> f64 {
        let rounded = self.decimals.and_then(|d| format!("{:.d$}", self.start).parse().ok());
        rounded.unwrap_or(self.start)
    }

    /// `0-10`: the text that a field gets.
    pub fn text(&self) -> String {
        let show = |n: f64| match self.decimals {
            Some(d) => format!("{:.d$}", n + 0.0),
            None => number::format(n),
        };
        format!("{}-{}", show(self.start), show(self.end))
    }
}

/// The widths that are chosen for `_time`. Source: the page "timechart", "Default time spans".
const TIMES: [(i64, Unit); 12] = [
    (1, Unit::Second),
    (5, Unit::Second),
    (10, Unit::Second),
    (30, Unit::Second),
    (1, Unit::Minute),
    (5, Unit::Minute),
    (10, Unit::Minute),
    (30, Unit::Minute),
    (1, Unit::Hour),
    (1, Unit::Day),
    (1, Unit::Month),
    (1, Unit::Year),
];

/// The most decimals of a bin's text.
const MAX_DECIMALS: usize = 20;

impl Width {
    /// Reads `10`, `0.5`, `5m`, `1w@w1`, `2log5`. A number alone is seconds for `_time`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, is_time: bool) -> Result<Width, String> {
        let text = text.trim();
        if !is_time && let Some(n) = number::parse(text) {
            if n <= 0.0 || !n.is_finite() {
                return Err("the width of a bin is more than 0".to_owned());
            }
            let decimals = text.split_once('.').map_or(0, |(_, d)| d.len());
            let exact =
                text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && decimals <= MAX_DECIMALS;
            return Ok(if exact { Width::Number(n, decimals) } else { Width::number(n) });
        }
        if !is_time && let Some((coefficient, base)) = text.split_once("log") {
            return log(coefficient, base);
        }
        parse_span(text).map(Width::Time).map_err(|e| e.to_string())
    }

    fn number(n: f64) -> Width {
        let decimals = (0..MAX_DECIMALS).find(|d| format!("{n:.d$}").parse() == Ok(n));
        Width::Number(n, decimals.unwrap_or(MAX_DECIMALS))
    }

    /// The bin of a number; none where it has none.
    pub fn bin(&self, n: f64, tz: &TimeZone, align: Option<Time>) -> Option<Range> {
        match self {
            Width::Number(width, decimals) => {
                let k = steps(n, *width)?;
                let decimals = Some(*decimals);
                Some(Range { start: k * width, end: (k + 1.0) * width, decimals })
            }
            Width::Log { coefficient, base } => {
                let k = (n / coefficient).log(*base);
                if !k.is_finite() {
                    return None;
                }
                let k = if near(k) { k.round() } else { k.floor() };
                let start = coefficient * base.powi(k as i32);
                Some(Range::new(start, coefficient * base.powi((k + 1.0) as i32)))
            }
            Width::Time(span) => {
                let start = floor_to_span(time(n)?, span, tz, align);
                let end = next_bin(start, span, tz).unwrap_or(Time::MAX);
                Some(Range::new(start.as_secs_f64(), end.as_secs_f64()))
            }
        }
    }

    /// The smallest power of ten that gives at most `bins` bins, at least `least`.
    pub fn for_numbers(range: Range, bins: u32, least: Option<&Width>) -> Width {
        let least = match least {
            Some(Width::Number(n, _)) => *n,
            Some(Width::Time(span)) => span.micros().map_or(86_400.0, |m| m as f64 / 1e6),
            _ => 0.0,
        };
        let size = range.end - range.start;
        // a single value says nothing of how finely values differ
        let mut exponent = if size > 0.0 {
            (size / f64::from(bins)).log10().floor().clamp(-15.0, 308.0) as i32
        } else {
            0
        };
        loop {
            // read, not multiplied: the double nearest to the power
            let width: f64 = format!("1e{exponent}").parse().unwrap_or(f64::MAX);
            let count = match (steps(range.start, width), steps(range.end, width)) {
                (Some(a), Some(b)) => b - a + 1.0,
                _ => f64::INFINITY,
            };
            if exponent >= 308 || (width >= least && count <= f64::from(bins)) {
                let decimals = usize::try_from(-exponent).unwrap_or(0);
                return Width::Number(width, decimals);
            }
            exponent += 1;
        }
    }

    /// The smallest usual width that gives at most `bins` bins, at least `least`.
    pub fn for_times(range: Range, bins: u32, least: Option<&Width>, tz: &TimeZone) -> Width {
        let mut last = None;
        for span in TIMES.into_iter().filter_map(|(n, unit)| Span::new(n, unit)) {
            last = Some(span);
            if let Some(Width::Time(least)) = least
                && seconds(&span) < seconds(least)
            {
                continue;
            }
            let (Some(start), Some(end)) = (time(range.start), time(range.end)) else { break };
            let mut at = floor_to_span(start, &span, tz, None);
            let mut count = 0u32;
            while at <= end && count <= bins {
                count += 1;
                match next_bin(at, &span, tz) {
                    Some(next) if next > at => at = next,
                    _ => break,
                }
            }
            if count <= bins {
                break;
            }
        }
        last.map_or(Width::Number(1.0, 0), Width::Time)
    }
}

/// How long a span is, roughly from the day on.
fn seconds(span: &Span) -> f64 {
    let days = match span.unit() {
        Unit::Week => 7.0,
        Unit::Month => 28.0,
        Unit::Quarter => 90.0,
        Unit::Year => 365.0,
        _ => 1.0,
    };
    span.micros().map_or(days * 86_400.0 * span.count() as f64, |m| m as f64 / 1e6)
}

/// How many whole widths are below `n`. What is a boundary but for the noise of doubles is one.
fn steps(n: f64, width: f64) -> Option<f64> {
    let q = n / width;
    if !q.is_finite() {
        return None;
    }
    Some(if near(q) { q.round() } else { q.floor() })
}

fn near(q: f64) -> bool {
    (q - q.round()).abs() <= 1e-12 * q.abs().max(1.0)
}

/// Source: the page, "log-span": the coefficient is at least 1 and less than the base, the base
/// is more than 1; 1 and 10 by default.
fn log(coefficient: &str, base: &str) -> Result<Width, String> {
    let read = |s: &str, default: f64| {
        if s.is_empty() { Some(default) } else { number::parse(s).filter(|n| n.is_finite()) }
    };
    match (read(coefficient, 1.0), read(base, 10.0)) {
        (_, Some(base)) if base <= 1.0 => Err("the base of a logarithm is more than 1".to_owned()),
        (Some(c), Some(base)) if c < 1.0 || c >= base => {
            Err("the coefficient is at least 1 and less than the base".to_owned())
        }
        (Some(coefficient), Some(base)) => Ok(Width::Log { coefficient, base }),
        _ => Err("a logarithm is written such as 2log5".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(width: &str, n: f64) -> String {
        let width = Width::parse(width, false).unwrap();
        width.bin(n, &TimeZone::UTC, None).map_or("none".to_owned(), |r| r.text())
    }

    #[test]
    fn a_value_on_a_boundary_is_in_the_upper_bin() {
        assert_eq!(text("10", 10.0), "10-20");
        assert_eq!(text("0.1", 0.3), "0.3-0.4");
        assert_eq!(text("0.1", 0.7), "0.7-0.8");
        assert_eq!(text("10", -1.0), "-10-0");
        assert_eq!(text("log2", 8.0), "8-16");
        assert_eq!(text("2log5", 9.0), "2-10");
        assert_eq!(text("log10", 1000.0), "1000-10000");
        assert_eq!(text("log10", 0.0), "none");
        assert_eq!(text("10", f64::NAN), "none");
    }

    #[test]
    fn the_width_fits_the_number_of_bins() {
        let width = |a, b, bins| Width::for_numbers(Range::new(a, b), bins, None);
        assert_eq!(width(0.0, 99.0, 10), Width::Number(10.0, 0));
        assert_eq!(width(0.0, 100.0, 10), Width::Number(100.0, 0));
        assert_eq!(width(0.0, 0.5, 100), Width::Number(0.01, 2));
        assert_eq!(width(5.0, 5.0, 100), Width::Number(1.0, 0));
        assert_eq!(width(-f64::MAX, f64::MAX, 2), Width::Number(1e308, 0));
    }

    proptest::proptest! {
        #[test]
        fn no_number_panics_and_every_bin_holds_its_number(n: f64, w in 1e-3f64..1e6) {
            let width = Width::number(w);
            if let Some(r) = width.bin(n, &TimeZone::UTC, None)
                && n.abs() < 1e9
            {
                let slack = 1e-9 * n.abs().max(w);
                proptest::prop_assert!(r.start <= n + slack && n < r.end + slack);
            }
            let _ = Width::for_numbers(Range::new(n.min(w), n.max(w)), 10, None);
        }
    }
}
