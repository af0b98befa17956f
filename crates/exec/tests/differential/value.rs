//! Values and rows of the interpreter: no code of the engine.

use indexmap::IndexMap;

/// A cell that is there.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    Text(String),
    Num(f64),
    /// Two members at least.
    Mv(Vec<Val>),
}

pub type Row = IndexMap<String, Val>;

/// Rows in their order.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub rows: Vec<Row>,
    /// The columns in order, where the pages define it.
    pub columns: Option<Vec<String>>,
}

impl Val {
    pub fn members(&self) -> Vec<Val> {
        match self {
            Val::Mv(ms) => ms.clone(),
            one => vec![one.clone()],
        }
    }

    /// Null for no member, the member for one.
    pub fn from_members(ms: Vec<Val>) -> Option<Val> {
        let mut flat: Vec<Val> = ms.iter().flat_map(Val::members).collect();
        match flat.len() {
            0 => None,
            1 => flat.pop(),
            _ => Some(Val::Mv(flat)),
        }
    }

    /// Members joined by newlines.
    pub fn text(&self) -> String {
        match self {
            Val::Text(s) => s.clone(),
            Val::Num(n) => print(*n),
            Val::Mv(ms) => ms.iter().map(Val::text).collect::<Vec<_>>().join("\n"),
        }
    }

    pub fn texts(&self) -> Vec<String> {
        self.members().iter().map(Val::text).collect()
    }

    /// Of a single value.
    pub fn number(&self) -> Option<f64> {
        match self {
            Val::Text(s) => number(s),
            Val::Num(n) => Some(*n),
            Val::Mv(_) => None,
        }
    }
}

/// The texts of all members of a cell; none for null.
pub fn texts(v: Option<&Val>) -> Vec<String> {
    v.map(Val::texts).unwrap_or_default()
}

/// The number that a text looks like: sign, digits with a point, exponent; nothing around it.
pub fn number(s: &str) -> Option<f64> {
    let digits = s.strip_prefix(['-', '+']).unwrap_or(s);
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((m, e)) => (m, Some(e)),
        None => (digits, None),
    };
    let all_digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !all_digits(whole) || !all_digits(part) || whole.len() + part.len() == 0 {
        return None;
    }
    if let Some(e) = exponent {
        let e = e.strip_prefix(['-', '+']).unwrap_or(e);
        if e.is_empty() || !all_digits(e) {
            return None;
        }
    }
    s.parse().ok()
}

/// A computed number (semantics 26 and 28).
pub fn print(n: f64) -> String {
    if n == 0.0 {
        return "0".into();
    }
    if !n.is_finite() {
        return if n.is_nan() {
            "nan"
        } else if n > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .into();
    }
    if n.abs() >= 1e17 || n.abs() < 1e-5 {
        let text = format!("{n:e}");
        let (m, e) = text.split_once('e').unwrap();
        let e: i32 = e.parse().unwrap();
        return format!("{m}e{}{:02}", if e < 0 { '-' } else { '+' }, e.abs());
    }
    format!("{n}")
}

/// A pattern of `search` and of field lists: `*` is any text.
pub fn wild(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => match text.strip_prefix(head) {
            None => false,
            Some(left) => (0..=left.len())
                .filter(|&i| left.is_char_boundary(i))
                .any(|i| wild(rest, &left[i..])),
        },
    }
}
