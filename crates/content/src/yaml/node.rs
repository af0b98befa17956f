//! The tree that a YAML file is read into.

use crate::ContentError;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;
use std::fmt;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Byte offset in the file where it begins.
    pub offset: usize,
    /// Its length in bytes.
    pub len: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
}

/// The kinds of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`, and how it is written.
    Bool(bool, String),
    /// A number, and how it is written: `1.10` stays `1.10` as a version.
    Number(Number, String),
    /// Text.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the file's order; no key stands twice.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The value of a mapping's key; `None` too where it is null.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Kind::Map(entries) = &self.kind else { return None };
        let (_, node) = entries.iter().find(|(k, _)| k == key)?;
        (node.kind != Kind::Null).then_some(node)
    }

    /// The entries of a mapping; none for other kinds.
    pub fn entries(&self) -> &[(String, Node)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// A scalar's text as it is written; `None` for null, sequences and mappings.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Bool(_, text) | Kind::Number(_, text) => Some(text),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The members of a sequence; a single value counts as a sequence of one, null as none.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The same as JSON; the order of keys stays.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(b, _) => Value::Bool(*b),
            Kind::Number(n, _) => Value::Number(n.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Kind::Map(entries) => Value::Object(
                entries.iter().map(|(k, v)| (k.clone(), v.to_json())).collect::<Map<_, _>>(),
            ),
        }
    }

    /// What kind of value it is, for messages.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(..) => "a boolean",
            Kind::Number(..) => "a number",
            Kind::Text(_) => "text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        }
    }

    /// An error at this value.
    pub fn error(&self, code: &'static str, file: &str, message: String) -> ContentError {
        ContentError::new(code, file, message).at(self.line, self.column)
    }

    /// The text of `key`, or `None` where it is missing or null.
    ///
    /// # Errors
    /// SPL5107 where it is a list or a mapping.
    pub fn text_of(&self, file: &str, key: &str) -> Result<Option<String>, ContentError> {
        let Some(node) = self.get(key) else { return Ok(None) };
        match node.text() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(node.error(
                "SPL5107",
                file,
                format!("`{key}` takes text, not {}", node.kind_name()),
            )),
        }
    }

    /// The texts of `key`'s list; a single text counts as a list of one, nothing as none. A
    /// member that is a mapping with a `name` counts as its name.
    ///
    /// # Errors
    /// SPL5107 where a member is not text.
    pub fn texts_of(&self, file: &str, key: &str) -> Result<Vec<String>, ContentError> {
        let mut out = Vec::new();
        for node in self.get(key).map_or(&[][..], Node::items) {
            let named = node.get("name").and_then(Node::text);
            match (node.text().or(named), &node.kind) {
                (Some(text), _) => out.push(text.to_owned()),
                (None, Kind::Null) => {}
                (None, _) => {
                    let message = format!("`{key}` takes texts, not {}", node.kind_name());
                    return Err(node.error("SPL5107", file, message));
                }
            }
        }
        Ok(out)
    }

    /// The number of `key`, or `None` where it is missing or null. A quoted number is taken.
    ///
    /// # Errors
    /// SPL5107 where it is not a finite number.
    pub fn number_of(&self, file: &str, key: &str) -> Result<Option<f64>, ContentError> {
        let Some(node) = self.get(key) else { return Ok(None) };
        let number = match &node.kind {
            Kind::Number(n, _) => n.as_f64(),
            Kind::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number.filter(|n| n.is_finite()) {
            Some(n) => Ok(Some(n)),
            None => {
                let shown = node.text().map_or(node.kind_name().to_owned(), |t| format!("`{t}`"));
                let message = format!("`{key}` takes a number, not {shown}");
                Err(node.error("SPL5107", file, message))
            }
        }
    }

    /// Puts the file's spelling beside numbers and booleans. The tree's depth is bounded.
    pub(super) fn keep_spelling(&mut self, text: &str) {
        match &mut self.kind {
            Kind::Bool(_, raw) | Kind::Number(_, raw) => {
                let end = self.offset.saturating_add(self.len);
                if let Some(written) = text.get(self.offset..end) {
                    written.trim().clone_into(raw);
                }
            }
            Kind::List(items) => items.iter_mut().for_each(|n| n.keep_spelling(text)),
            Kind::Map(entries) => entries.iter_mut().for_each(|(_, n)| n.keep_spelling(text)),
            Kind::Null | Kind::Text(_) => {}
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let at = spanned.referenced;
        Ok(Node {
            kind: spanned.value,
            offset: number(at.span().byte_offset().unwrap_or(0)),
            len: number(at.span().byte_len().unwrap_or(0)),
            line: number(at.line()),
            column: number(at.column()),
        })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl KindVisitor {
    fn float(v: f64) -> Kind {
        match Number::from_f64(v) {
            Some(n) => Kind::Number(n, v.to_string()),
            None => Kind::Text(v.to_string()),
        }
    }
}

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(v, v.to_string()))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Kind, E> {
        Ok(Kind::Number(v.into(), v.to_string()))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Kind, E> {
        Ok(Kind::Number(v.into(), v.to_string()))
    }

    // Numbers beyond 64 bits keep their digits as text.
    fn visit_i128<E>(self, v: i128) -> Result<Kind, E> {
        Ok(Kind::Text(v.to_string()))
    }

    fn visit_u128<E>(self, v: u128) -> Result<Kind, E> {
        Ok(Kind::Text(v.to_string()))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Kind, E> {
        Ok(Self::float(v))
    }

    fn visit_str<E>(self, v: &str) -> Result<Kind, E> {
        Ok(Kind::Text(v.to_owned()))
    }

    fn visit_string<E>(self, v: String) -> Result<Kind, E> {
        Ok(Kind::Text(v))
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Kind, D::Error> {
        d.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Kind::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Kind::Map(entries))
    }
}
