//! What several functions use.

pub mod json_edit;
pub mod json_path;
pub mod pages;
pub mod printf;
pub mod regex_node;

use crate::doc::FunctionExample;
use crate::eval::{Cell, Precision, numeric};
use sepal_parser::ast::{Expr, ExprKind};
use std::borrow::Cow;

/// An example of an eval function: the expression and its value as JSON.
pub const fn ex(expr: &'static str, result: &'static str) -> FunctionExample {
    FunctionExample { expr, input: "", result }
}

/// The text of argument `i`; none for null, a multivalue, or where it was not given.
pub fn text(args: &[Cell], i: usize) -> Option<Cow<'_, str>> {
    args.get(i)?.single_text()
}

/// The number of argument `i`, quoted or not; none for what is no number.
pub fn num(args: &[Cell], i: usize) -> Option<f64> {
    Some(numeric(args.get(i)?)?.0)
}

/// The whole number of argument `i`, cut towards zero.
pub fn int(args: &[Cell], i: usize) -> Option<i64> {
    let n = num(args, i)?;
    n.is_finite().then_some(n as i64)
}

/// A function of one number.
pub fn of_num(args: &[Cell], f: impl Fn(f64) -> f64) -> Cell {
    num(args, 0).map(f).into()
}

/// A function of the text of each value: of a single value, or of every member.
pub fn map_text(cell: &Cell, f: impl Fn(&str) -> String) -> Cell {
    match cell {
        Cell::Null => Cell::Null,
        Cell::Mv(ms) => Cell::Mv(ms.iter().map(|m| f(&m.text()).into()).collect()),
        one => one.text().map_or(Cell::Null, |s| f(&s).into()),
    }
}

/// `n` rounded half away from zero at `places` decimals, as its shortest decimal text reads:
/// 2.555 becomes 2.56 although the double is a little less.
pub fn round(n: f64, places: u8) -> Cell {
    if !n.is_finite() || n.abs() >= 1e17 {
        return Cell::Num(n);
    }
    let rounded = round_text(n, usize::from(places));
    if places == 0 {
        return Cell::Num(rounded);
    }
    Precision::of_places(rounded, places).map_or(Cell::Num(rounded), |p| Cell::Dec(rounded, p))
}

fn round_text(n: f64, places: usize) -> f64 {
    let s = format!("{}", n.abs());
    let Some((whole, fraction)) = s.split_once('.') else { return n };
    if fraction.len() <= places {
        return n;
    }
    let up = fraction.as_bytes().get(places).is_some_and(|d| *d >= b'5');
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(places)).collect();
    if up {
        let mut carry = true;
        for d in digits.iter_mut().rev() {
            if *d == b'9' {
                *d = b'0';
            } else {
                *d += 1;
                carry = false;
                break;
            }
        }
        if carry {
            digits.insert(0, b'1');
        }
    }
    let point = digits.len().saturating_sub(places);
    let mut text = String::from_utf8_lossy(&digits).into_owned();
    if places > 0 {
        text.insert(point, '.');
    }
    let a: f64 = text.parse().unwrap_or(n.abs());
    if n < 0.0 { -a } else { a }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .map(char::from)
        .collect()
}

/// Digits with commas between the thousands.
pub fn group_thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// The only field that an expression names, if it names one.
///
/// # Errors
/// The second field, where there are two.
pub fn one_field(expr: &Expr) -> Result<Option<String>, String> {
    fn walk<'e>(e: &'e Expr, found: &mut Vec<&'e str>) {
        match &e.kind {
            ExprKind::Field(f) if !found.contains(&f.as_str()) => found.push(f),
            ExprKind::Unary { expr, .. } => walk(expr, found),
            ExprKind::Binary { lhs, rhs, .. } => {
                walk(lhs, found);
                walk(rhs, found);
            }
            ExprKind::In { expr, list } => {
                walk(expr, found);
                list.iter().for_each(|e| walk(e, found));
            }
            ExprKind::Call { args, .. } => args.iter().for_each(|e| walk(e, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(expr, &mut found);
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((*one).to_owned())),
        [_, second, ..] => Err((*second).to_owned()),
    }
}
