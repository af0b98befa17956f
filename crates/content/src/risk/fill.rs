//! `$field$` in risk messages and drilldowns.

use indexmap::IndexMap;
use serde_json::{Map, Value};

/// A result row: a multivalue is an array.
pub trait Row {
    /// The value of a field, as the row names it: `objectRef.name` is one name.
    fn field(&self, name: &str) -> Option<&Value>;

    /// Calls `see` with each field; by default with none.
    fn each<'r>(&'r self, _see: &mut dyn FnMut(&'r str, &'r Value)) {}
}

impl Row for Map<String, Value> {
    fn field(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }

    fn each<'r>(&'r self, see: &mut dyn FnMut(&'r str, &'r Value)) {
        self.iter().for_each(|(name, value)| see(name, value));
    }
}

impl Row for IndexMap<String, Value> {
    fn field(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }

    fn each<'r>(&'r self, see: &mut dyn FnMut(&'r str, &'r Value)) {
        self.iter().for_each(|(name, value)| see(name, value));
    }
}

impl Row for Value {
    fn field(&self, name: &str) -> Option<&Value> {
        self.as_object()?.get(name)
    }

    fn each<'r>(&'r self, see: &mut dyn FnMut(&'r str, &'r Value)) {
        self.as_object().into_iter().flatten().for_each(|(name, value)| see(name, value));
    }
}

/// A field's values as text, in order; none where it is missing, null or empty.
pub(crate) fn values(row: &(impl Row + ?Sized), name: &str) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let all = match row.field(name) {
        None => Vec::new(),
        Some(Value::Array(members)) => members.iter().filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
    };
    all.into_iter().filter(|text: &String| !text.is_empty()).collect()
}

/// The parts of a text with tokens: `Err` is a token's name, `Ok` is text as it is.
pub(crate) fn split_tokens(text: &str) -> Vec<Result<&str, &str>> {
    let mut out = Vec::new();
    let (mut plain, mut from) = (0, 0);
    while let Some(open) = text[from..].find('$').map(|i| from + i) {
        let Some(close) = text[open + 1..].find('$').map(|i| open + 1 + i) else { break };
        let name = &text[open + 1..close];
        // "$5 and $user$": a token has no blanks
        if name.is_empty() || name.contains(char::is_whitespace) {
            from = close;
            continue;
        }
        out.push(Ok(&text[plain..open]));
        out.push(Err(name));
        plain = close + 1;
        from = plain;
    }
    out.push(Ok(&text[plain..]));
    out
}

/// Fills each `$field$` (also `$result.field$`) with the row's values; gives the names that have
/// none. A multivalue is joined by `, `, which Splunk does not document. A token without a value
/// stays as it is, as ES leaves it: contentctl's integration test fails on risk messages in which
/// one is left (`objects/risk_event.py`, `validate_risk_message`).
pub fn fill_tokens(text: &str, row: &(impl Row + ?Sized)) -> (String, Vec<String>) {
    let (mut out, mut missing) = (String::with_capacity(text.len()), Vec::new());
    for part in split_tokens(text) {
        let name = match part {
            Ok(plain) => {
                out.push_str(plain);
                continue;
            }
            Err(name) => name,
        };
        let mut found = values(row, name);
        if let (true, Some(field)) = (found.is_empty(), name.strip_prefix("result.")) {
            found = values(row, field);
        }
        if found.is_empty() {
            out.push_str(&format!("${name}$"));
            missing.push(name.to_owned());
        } else {
            out.push_str(&found.join(", "));
        }
    }
    (out, missing)
}
