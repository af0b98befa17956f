//! Numbers as Splunk reads and prints them.

/// The number that `s` is: an optional sign, digits with an optional point, an optional exponent.
/// Nothing around it, no hexadecimal, no `inf` or `nan`.
pub fn parse(s: &str) -> Option<f64> {
    let b = s.as_bytes();
    let (neg, digits) = match b.first()? {
        b'-' => (true, &b[1..]),
        b'+' => (false, &b[1..]),
        _ => (false, b),
    };
    if digits.len() <= 15 {
        let mut n = 0u64;
        let mut whole = !digits.is_empty();
        for &d in digits {
            if !d.is_ascii_digit() {
                whole = false;
                break;
            }
            n = n * 10 + u64::from(d - b'0');
        }
        if whole {
            return Some(if neg { -(n as f64) } else { n as f64 });
        }
    }
    let first = *digits.first()?;
    let second_ok =
        first.is_ascii_digit() || (first == b'.' && digits.get(1).is_some_and(u8::is_ascii_digit));
    if !second_ok
        || !digits.iter().all(|c| matches!(c, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
    {
        return None;
    }
    s.parse::<f64>().ok()
}

/// The text of a computed number: the shortest that reads back as the same double, at most 17
/// significant digits, `nan`, `inf` and `-inf` for what is not finite, `0` for minus zero.
///
/// Source: Splunk Search Reference, eval ("Splunk software calculates ... double-precision
/// floating point numbers", 17 significant digits).
pub fn format(n: f64) -> String {
    if n == 0.0 {
        return "0".to_owned();
    }
    if n.is_nan() {
        return "nan".to_owned();
    }
    if n.is_infinite() {
        return if n > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let a = n.abs();
    if (1e-5..1e17).contains(&a) {
        return format!("{n}");
    }
    // Rust writes `1e20`, C's %g `1e+20` and `1e-07`
    let e = format!("{n:e}");
    match e.split_once('e') {
        Some((m, x)) => match x.strip_prefix('-') {
            Some(x) => format!("{m}e-{x:0>2}"),
            None => format!("{m}e+{x:0>2}"),
        },
        None => e,
    }
}

/// The number in a JSON result: whole numbers without a fraction, text where JSON has no such
/// number (`nan`, `inf`).
pub fn to_json(n: f64) -> serde_json::Value {
    if n.fract() == 0.0 && n.abs() < 9.007_199_254_740_992e15 {
        return serde_json::Value::from(n as i64);
    }
    match serde_json::Number::from_f64(n) {
        Some(n) => serde_json::Value::Number(n),
        None => serde_json::Value::String(format(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_numbers() {
        for (s, n) in [
            ("0", 0.0),
            ("-12", -12.0),
            ("+3", 3.0),
            (".25", 0.25),
            ("1.", 1.0),
            ("1e3", 1000.0),
            ("007", 7.0),
        ] {
            assert_eq!(parse(s), Some(n), "{s}");
        }
        for s in [
            "", "-", "+", ".", "e5", " 1", "1 ", "0x10", "inf", "nan", "1.2.3", "1-2", "infinity",
            "--1", "1e",
        ] {
            assert_eq!(parse(s), None, "{s}");
        }
        assert_eq!(parse("10000000000000000000"), Some(1e19));
    }

    #[test]
    fn numbers_print_as_splunk_prints_them() {
        for (n, s) in [
            (3.0, "3"),
            (-0.0, "0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1.0 / 3.0, "0.3333333333333333"),
            (1e20, "1e+20"),
            (1e-7, "1e-07"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
            (1234567890.5, "1234567890.5"),
        ] {
            assert_eq!(format(n), s);
        }
    }
}
