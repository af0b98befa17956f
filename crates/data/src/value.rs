//! The value of a field.

use crate::number;
use serde_json::Value as Json;
use smol_str::{SmolStr, ToSmolStr};
use std::borrow::Cow;
use std::sync::Arc;

/// The value of a field in a row.
///
/// Splunk's fields are text; what looks like a number is one where arithmetic asks for it. Text
/// from an event therefore stays text (`1.0`, `007` print as they came) and only computed numbers
/// are [`Value::Num`]. Booleans cannot be stored in a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// The field does not exist in this row.
    #[default]
    Null,
    /// Text, whatever it looks like.
    Text(SmolStr),
    /// A computed number.
    Num(f64),
    /// Several values in order; never holds `Null` or `Mv`, and has at least one member.
    Mv(Arc<[Value]>),
}

/// What a reference to a missing cell points to.
pub static NULL: Value = Value::Null;

impl Value {
    /// Text.
    pub fn text_of(s: impl AsRef<str>) -> Value {
        Value::Text(SmolStr::new(s))
    }

    /// The values as one: null for none, the value itself for one, else a multivalue. Nulls are
    /// left out and multivalues flattened.
    pub fn from_members(members: impl IntoIterator<Item = Value>) -> Value {
        let mut out: Vec<Value> = Vec::new();
        for m in members {
            match m {
                Value::Null => {}
                Value::Mv(ms) => out.extend(ms.iter().cloned()),
                one => out.push(one),
            }
        }
        match out.len() {
            0 => Value::Null,
            1 => out.swap_remove(0),
            _ => Value::Mv(out.into()),
        }
    }

    /// Whether the field does not exist.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The members: none for null, one for a single value.
    pub fn members(&self) -> &[Value] {
        match self {
            Value::Null => &[],
            Value::Mv(ms) => ms,
            one => std::slice::from_ref(one),
        }
    }

    /// The text that Splunk shows; members of a multivalue joined by newlines, null as "".
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Value::Null => Cow::Borrowed(""),
            Value::Text(s) => Cow::Borrowed(s),
            Value::Num(n) => Cow::Owned(number::format(*n)),
            Value::Mv(ms) => Cow::Owned(ms.iter().map(|m| m.text()).collect::<Vec<_>>().join("\n")),
        }
    }

    /// The same as an owned short string.
    pub fn to_smol(&self) -> SmolStr {
        match self {
            Value::Text(s) => s.clone(),
            other => other.text().to_smolstr(),
        }
    }

    /// The number that a single value is or looks like.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Num(n) => Some(*n),
            Value::Text(s) => number::parse(s),
            _ => None,
        }
    }

    /// The value in a JSON result: null, text, a number for computed numbers that JSON can hold,
    /// an array for a multivalue.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Text(s) => Json::String(s.to_string()),
            Value::Num(n) => number::to_json(*n),
            Value::Mv(ms) => Json::Array(ms.iter().map(Value::to_json).collect()),
        }
    }

    /// A value from JSON as Splunk reads it: numbers keep their text, true and false are text,
    /// arrays of scalars are multivalues, objects are their JSON text.
    pub fn from_json(json: &Json) -> Value {
        match json {
            Json::Null => Value::Null,
            Json::Bool(b) => Value::text_of(if *b { "true" } else { "false" }),
            Json::Number(n) => Value::Text(n.to_smolstr()),
            Json::String(s) => Value::text_of(s),
            Json::Array(items) => Value::from_members(items.iter().map(Value::from_json)),
            Json::Object(_) => Value::Text(json.to_smolstr()),
        }
    }

    /// Bytes that the value holds outside its own 24.
    pub fn heap_bytes(&self) -> usize {
        match self {
            Value::Text(s) if s.is_heap_allocated() => s.len(),
            Value::Mv(ms) => ms
                .iter()
                .map(|m| size_of::<Value>() + m.heap_bytes())
                .fold(16, usize::saturating_add),
            _ => 0,
        }
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Value::text_of(s)
    }
}
impl From<SmolStr> for Value {
    fn from(s: SmolStr) -> Self {
        Value::Text(s)
    }
}
impl From<String> for Value {
    fn from(s: String) -> Self {
        Value::Text(s.into())
    }
}
impl From<f64> for Value {
    fn from(n: f64) -> Self {
        Value::Num(n)
    }
}
impl From<u64> for Value {
    /// Whole numbers beyond 2^53 keep every digit as text.
    fn from(n: u64) -> Self {
        if n <= 1 << 53 { Value::Num(n as f64) } else { Value::Text(n.to_smolstr()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_24_bytes() {
        assert_eq!(size_of::<Value>(), 24);
    }

    #[test]
    fn members_flatten_and_leave_nulls_out() {
        let v = Value::from_members([
            Value::Null,
            "a".into(),
            Value::Mv([Value::from("b"), 1.0.into()].into()),
        ]);
        assert_eq!(v.members().len(), 3);
        assert_eq!(v.text(), "a\nb\n1");
        assert_eq!(Value::from_members([Value::Null]), Value::Null);
    }
}
