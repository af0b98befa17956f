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
    /// A computed number or a number literal.
    Num(f64),
    /// Text of a field: a number where it looks like one, and printed as it came.
    Text(SmolStr),
    /// Text that is text: a literal in quotes, the result of a text function.
    Str(SmolStr),
    /// Several values, at least two... or one that was asked to be a multivalue.
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
            Cell::Num(n) => Some(*n),
            Cell::Text(s) => number::parse(s),
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

    /// The text that Splunk shows. Null gives none. A multivalue is joined by newlines... where a
    /// function has no meaning for it, use [`Cell::single_text`].
    pub fn text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Cell::Null => return None,
            Cell::Bool(b) => Cow::Borrowed(if *b { "True" } else { "False" }),
            Cell::Num(n) => Cow::Owned(number::format(*n)),
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

    /// The value to store in a field; a truth value becomes its text.
    pub fn into_value(self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Bool(b) => Value::text_of(if b { "True" } else { "False" }),
            Cell::Num(n) => Value::Num(n),
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
