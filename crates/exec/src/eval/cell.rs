use super::Precision;
use sepal_data::{Value, number};
use smol_str::{SmolStr, ToSmolStr};
use std::borrow::Cow;
use std::sync::Arc;

/// What eval sees and computes.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Missing.
    Null,
    /// A truth value; cannot be stored in a field.
    Bool(bool),
    /// A number as precise as a double is: a whole number, what a function computed.
    Num(f64),
    /// A number that is no more precise than the decimals that it came from (`8.250`, and what is
    /// computed from it).
    Dec(f64, Precision),
    /// Text of a field: a number where it looks like one, and printed as it came.
    Text(SmolStr),
    /// Text that is text: a literal in quotes, the result of a text function.
    Str(SmolStr),
    /// Several values: at least one, none of them null or a multivalue.
    Mv(Arc<[Value]>),
}

impl Cell {
    /// Text that is text.
    pub fn str(s: impl AsRef<str>) -> Cell {
        Cell::Str(SmolStr::new(s))
    }

    /// Whether it is missing.
    pub fn is_null(&self) -> bool {
        matches!(self, Cell::Null)
    }

    /// The truth of a condition; null is not true. Anything that is not a truth value is false.
    pub fn is_true(&self) -> bool {
        matches!(self, Cell::Bool(true))
    }

    /// The number that it is, or that the text of a field looks like. Quoted text is no number.
    pub fn number(&self) -> Option<f64> {
        match self {
            Cell::Num(n) | Cell::Dec(n, _) => Some(*n),
            Cell::Text(s) => number::parse(s),
            Cell::Mv(ms) if ms.len() == 1 => ms[0].number(),
            _ => None,
        }
    }

    /// The number that it is or that its text looks like, quoted or not.
    pub fn number_lenient(&self) -> Option<f64> {
        match self {
            Cell::Str(s) => number::parse(s),
            other => other.number(),
        }
    }

    /// The text that Splunk shows; none for null. The members of a multivalue are joined by
    /// newlines; functions that have no meaning for several values use [`Cell::single_text`].
    pub fn text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Cell::Null => return None,
            Cell::Bool(b) => Cow::Borrowed(if *b { "True" } else { "False" }),
            Cell::Num(n) => Cow::Owned(number::format(*n)),
            Cell::Dec(n, p) => Cow::Owned(p.format(*n)),
            Cell::Text(s) | Cell::Str(s) => Cow::Borrowed(s.as_str()),
            Cell::Mv(ms) => Cow::Owned(ms.iter().map(|m| m.text()).collect::<Vec<_>>().join("\n")),
        })
    }

    /// The text of a single value; none for null and for a multivalue of several members.
    pub fn single_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Cell::Mv(ms) if ms.len() == 1 => Some(ms[0].text()),
            Cell::Mv(_) => None,
            other => other.text(),
        }
    }

    /// The members as values: none for null, one for a single value.
    pub fn members(&self) -> Cow<'_, [Value]> {
        match self {
            Cell::Null => Cow::Borrowed(&[]),
            Cell::Mv(ms) => Cow::Borrowed(ms),
            other => Cow::Owned(vec![other.clone().into_value()]),
        }
    }

    /// The members as cells: none for null, one for a single value.
    pub fn member_cells(&self) -> impl Iterator<Item = Cell> {
        let (many, one) = match self {
            Cell::Null => (None, None),
            Cell::Mv(ms) => (Some(Arc::clone(ms)), None),
            other => (None, Some(other.clone())),
        };
        let n = many.as_ref().map_or(0, |ms| ms.len());
        (0..n).filter_map(move |i| many.as_ref().map(|ms| Cell::from(&ms[i]))).chain(one)
    }

    /// Null for no member, the member itself for one, else a multivalue. Nulls are left out and
    /// multivalues flattened.
    pub fn from_members(members: impl IntoIterator<Item = Value>) -> Cell {
        match Value::from_members(members) {
            Value::Mv(ms) => Cell::Mv(ms),
            other => Cell::from(&other),
        }
    }

    /// The value to store in a field; a truth value becomes its text.
    pub fn into_value(self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Bool(b) => Value::text_of(if b { "True" } else { "False" }),
            Cell::Num(n) => Value::Num(n),
            // as text it keeps its precision in the next command
            Cell::Dec(n, p) => Value::Text(p.format(n).into()),
            Cell::Text(s) | Cell::Str(s) => Value::Text(s),
            Cell::Mv(ms) => Value::from_members(ms.iter().cloned()),
        }
    }

    /// The same as an owned short text, "" for null.
    pub fn to_smol(&self) -> SmolStr {
        match self {
            Cell::Text(s) | Cell::Str(s) => s.clone(),
            other => other.text().unwrap_or_default().to_smolstr(),
        }
    }
}

impl From<&Value> for Cell {
    fn from(v: &Value) -> Self {
        match v {
            Value::Null => Cell::Null,
            Value::Text(s) => Cell::Text(s.clone()),
            Value::Num(n) => Cell::Num(*n),
            Value::Mv(ms) => Cell::Mv(Arc::clone(ms)),
        }
    }
}
impl From<f64> for Cell {
    fn from(n: f64) -> Self {
        Cell::Num(n)
    }
}
impl From<SmolStr> for Cell {
    fn from(s: SmolStr) -> Self {
        Cell::Str(s)
    }
}
impl From<String> for Cell {
    fn from(s: String) -> Self {
        Cell::Str(s.into())
    }
}
impl From<Option<bool>> for Cell {
    fn from(b: Option<bool>) -> Self {
        b.map_or(Cell::Null, Cell::Bool)
    }
}
impl From<bool> for Cell {
    fn from(b: bool) -> Self {
        Cell::Bool(b)
    }
}
impl From<Option<f64>> for Cell {
    fn from(n: Option<f64>) -> Self {
        n.map_or(Cell::Null, Cell::Num)
    }
}
