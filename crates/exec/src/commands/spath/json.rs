//! Values at a path of a JSON text, and all its fields.

use super::path::Step;
use sepal_data::json::Flattener;
use sepal_data::json::flatten::DEFAULT_MAX_FIELDS;
use sepal_data::{FieldName, Value};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// All fields of JSON texts.
pub struct Reader {
    names: Flattener,
    leaves: Vec<sepal_data::json::Leaf>,
}

impl Reader {
    pub fn new() -> Reader {
        Reader { names: Flattener::new(DEFAULT_MAX_FIELDS), leaves: Vec::new() }
    }

    /// Puts the fields of a text into `out`, in document order. Of a text that is no JSON, or that
    /// ends too early, what stands before the fault.
    pub fn flatten(&mut self, text: &str, out: &mut Vec<(FieldName, Value)>) {
        // the leaves before a fault are kept
        let _ = self.names.flatten(text.as_bytes(), &mut self.leaves);
        for leaf in &self.leaves {
            let value = Value::from(&*leaf.span.text(text.as_bytes()));
            out.push((FieldName::new(self.names.name(leaf.field)), value));
        }
    }

    /// How many fields were left out because there were too many names.
    pub fn dropped(&self) -> u64 {
        self.names.dropped_values()
    }
}

/// The values at a path, in document order; objects and arrays as they are written.
pub fn extract(text: &str, steps: &[Step]) -> Vec<Value> {
    let Ok(root) = serde_json::from_str::<&RawValue>(text) else { return Vec::new() };
    let mut at = vec![root];
    for step in steps {
        at = at.into_iter().flat_map(|raw| take(raw, step)).collect();
    }
    at.into_iter().filter_map(value).collect()
}

fn take<'t>(raw: &'t RawValue, step: &Step) -> Vec<&'t RawValue> {
    let text = raw.get();
    let array = || serde_json::from_str::<Vec<&RawValue>>(text).unwrap_or_default();
    match step {
        Step::Name(name) if text.starts_with('{') => {
            let pairs = serde_json::from_str::<Pairs<'_>>(text).map(|p| p.0).unwrap_or_default();
            pairs.into_iter().filter(|(k, _)| k == name).map(|(_, v)| v).collect()
        }
        Step::Each if text.starts_with('[') => array(),
        Step::Index(i) if text.starts_with('[') => array().into_iter().skip(*i).take(1).collect(),
        _ => Vec::new(),
    }
}

fn value(raw: &RawValue) -> Option<Value> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' => serde_json::from_str::<Cow<'_, str>>(text).ok().map(|s| Value::from(&*s)),
        _ => Some(Value::from(text)),
    }
}

/// The members of an object in order, a repeated key too.
struct Pairs<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'t> Deserialize<'t> for Pairs<'t> {
    fn deserialize<D: Deserializer<'t>>(d: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'t> Visitor<'t> for Object {
            type Value = Pairs<'t>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Pairs<'t>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        d.deserialize_map(Object)
    }
}
