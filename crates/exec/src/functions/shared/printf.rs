//! C's `printf` over cells.

use super::group_thousands;
use crate::eval::{Cell, magnitude};
use std::iter::Peekable;
use std::str::Chars;

/// Widths and precisions stop here.
const WIDEST: usize = 10_000;

#[derive(Default)]
struct Spec {
    minus: bool,
    zero: bool,
    plus: bool,
    space: bool,
    hash: bool,
    group: bool,
    width: usize,
    precision: Option<usize>,
}

/// The format filled in; none where an argument is missing or is of the wrong kind, or where the
/// format is wrong.
pub fn format(format: &str, args: &[Cell]) -> Option<String> {
    let mut out = String::new();
    let mut args = args.iter();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        if chars.peek() == Some(&'%') {
            chars.next();
            out.push('%');
            continue;
        }
        let mut spec = Spec::default();
        while let Some(flag) = chars.peek() {
            match flag {
                '-' => spec.minus = true,
                '0' => spec.zero = true,
                '+' => spec.plus = true,
                ' ' => spec.space = true,
                '#' => spec.hash = true,
                '\'' => spec.group = true,
                _ => break,
            }
            chars.next();
        }
        if let Some(w) = count(&mut chars, &mut args)? {
            spec.minus |= w < 0;
            spec.width = usize::try_from(w.unsigned_abs()).map_or(WIDEST, |w| w.min(WIDEST));
        }
        if chars.peek() == Some(&'.') {
            chars.next();
            let p = count(&mut chars, &mut args)?.unwrap_or(0);
            spec.precision = usize::try_from(p).ok().map(|p| p.min(WIDEST));
        }
        spec.write(chars.next()?, args.next()?, &mut out)?;
    }
    Some(out)
}

/// A number, or `*` for the next argument. The outer none: the argument is no number.
fn count<'a>(
    chars: &mut Peekable<Chars<'_>>,
    args: &mut impl Iterator<Item = &'a Cell>,
) -> Option<Option<i64>> {
    if chars.peek() == Some(&'*') {
        chars.next();
        return Some(Some(args.next()?.number_lenient()? as i64));
    }
    let mut n = None;
    while let Some(d) = chars.peek().and_then(|c| c.to_digit(10)) {
        n = Some(n.unwrap_or(0i64).saturating_mul(10).saturating_add(i64::from(d)));
        chars.next();
    }
    Some(n)
}

impl Spec {
    fn write(&self, conversion: char, arg: &Cell, out: &mut String) -> Option<()> {
        let upper = conversion.is_ascii_uppercase();
        match conversion {
            's' | 'z' => {
                let text = arg.single_text()?;
                let text: String =
                    text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
                self.pad("", &text, false, out);
            }
            'c' => {
                let c = match arg.number() {
                    Some(n) => char::from_u32(n as u32)?,
                    None => arg.single_text()?.chars().next()?,
                };
                self.pad("", c.encode_utf8(&mut [0; 4]), false, out);
            }
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' | 'p' => self.whole(conversion, arg, out)?,
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'a' | 'A' => {
                let n = arg.number_lenient()?;
                let sign = self.sign(n.is_sign_negative() && !n.is_nan());
                if !n.is_finite() {
                    let text = if n.is_nan() { "nan" } else { "inf" };
                    self.pad(sign, text, false, out);
                    return Some(());
                }
                let mut digits = match conversion.to_ascii_lowercase() {
                    'e' => exponent(n.abs(), self.precision.unwrap_or(6), self.hash),
                    'f' => fixed(n.abs(), self.precision.unwrap_or(6), self.hash),
                    'g' => general(n.abs(), self.precision.unwrap_or(6).max(1), self.hash),
                    _ => hexadecimal(n.abs(), self.precision),
                };
                if self.group {
                    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
                    digits = group_thousands(digits.get(..end)?) + digits.get(end..)?;
                }
                if upper {
                    digits = digits.to_ascii_uppercase();
                }
                let (prefix, digits) = match digits.get(..2) {
                    Some(p @ ("0x" | "0X")) => (format!("{sign}{p}"), digits.get(2..)?),
                    _ => (sign.to_owned(), digits.as_str()),
                };
                self.pad(&prefix, digits, true, out);
            }
            _ => return None,
        }
        Some(())
    }

    fn whole(&self, conversion: char, arg: &Cell, out: &mut String) -> Option<()> {
        let n = arg.number_lenient()?;
        if n.is_nan() {
            return None;
        }
        let a = n.trunc().abs() as u64;
        let signed = matches!(conversion, 'd' | 'i');
        // unsigned conversions of negative numbers wrap, as in C
        let bits = if !signed && n <= -1.0 { (n as i64).cast_unsigned() } else { a };
        let mut digits = match conversion {
            'o' => format!("{bits:o}"),
            'x' => format!("{bits:x}"),
            'X' | 'p' => format!("{bits:X}"),
            _ => bits.to_string(),
        };
        if let Some(p) = self.precision {
            if p == 0 && bits == 0 {
                digits.clear();
            }
            digits = "0".repeat(p.saturating_sub(digits.len())) + &digits;
        }
        if self.group {
            digits = group_thousands(&digits);
        }
        let prefix = match conversion {
            'd' | 'i' => self.sign(n <= -1.0),
            'x' if self.hash && bits != 0 => "0x",
            'X' | 'p' if self.hash && bits != 0 => "0X",
            'o' if self.hash && !digits.starts_with('0') => "0",
            _ => "",
        };
        self.pad(prefix, &digits, self.precision.is_none(), out);
        Some(())
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        }
    }

    fn pad(&self, prefix: &str, body: &str, zeros: bool, out: &mut String) {
        let len = prefix.len() + body.chars().count();
        let fill = self.width.saturating_sub(len);
        if self.minus {
            out.push_str(prefix);
            out.push_str(body);
            out.extend(std::iter::repeat_n(' ', fill));
        } else if self.zero && zeros {
            out.push_str(prefix);
            out.extend(std::iter::repeat_n('0', fill));
            out.push_str(body);
        } else {
            out.extend(std::iter::repeat_n(' ', fill));
            out.push_str(prefix);
            out.push_str(body);
        }
    }
}

fn fixed(n: f64, precision: usize, point: bool) -> String {
    let s = format!("{n:.precision$}");
    if point && precision == 0 { s + "." } else { s }
}

fn exponent(n: f64, precision: usize, point: bool) -> String {
    let s = format!("{n:.precision$e}");
    let (mantissa, e) = s.split_once('e').unwrap_or((&s, "0"));
    let (sign, digits) = match e.strip_prefix('-') {
        Some(d) => ('-', d),
        None => ('+', e),
    };
    let point = if point && precision == 0 { "." } else { "" };
    format!("{mantissa}{point}e{sign}{digits:0>2}")
}

fn general(n: f64, precision: usize, hash: bool) -> String {
    // the exponent after rounding to the precision decides
    let rounded = format!("{n:.*e}", precision - 1);
    let e: i32 = rounded.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(magnitude(n));
    let scientific = e < -4 || i64::from(e) >= precision as i64;
    let s = if scientific {
        exponent(n, precision - 1, hash)
    } else {
        let places = (precision as i64 - 1 - i64::from(e)).max(0);
        fixed(n, places as usize, hash)
    };
    if hash {
        return s;
    }
    let (body, tail) = match s.find('e') {
        Some(i) => s.split_at(i),
        None => (s.as_str(), ""),
    };
    if !body.contains('.') {
        return s;
    }
    format!("{}{tail}", body.trim_end_matches('0').trim_end_matches('.'))
}

/// `0x1.922p+1`.
fn hexadecimal(n: f64, precision: Option<usize>) -> String {
    let bits = n.to_bits();
    let (mut lead, mut exponent) = (1u64, ((bits >> 52) & 0x7ff) as i64 - 1023);
    let mut fraction = bits & ((1 << 52) - 1);
    if exponent == -1023 {
        lead = 0;
        exponent = if fraction == 0 { 0 } else { -1022 };
    }
    let mut digits = 13;
    if let Some(p) = precision.filter(|p| *p < 13) {
        let cut = 4 * (13 - p) as u32;
        let full = (lead << 52) | fraction;
        let (kept, rest, half) = (full >> cut, full & ((1 << cut) - 1), 1u64 << (cut - 1));
        let up = rest > half || (rest == half && kept & 1 == 1);
        let full = (kept + u64::from(up)) << cut;
        lead = full >> 52;
        fraction = full & ((1 << 52) - 1);
        digits = p;
    }
    let mut hex = format!("{fraction:013x}");
    hex.truncate(digits);
    match precision {
        None => hex.truncate(hex.trim_end_matches('0').len()),
        Some(p) => hex.extend(std::iter::repeat_n('0', p.saturating_sub(13))),
    }
    let point = if hex.is_empty() { "" } else { "." };
    format!("0x{lead}{point}{hex}p{exponent:+}")
}
