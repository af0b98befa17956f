//! Paths into JSON: `a.b`, `a{}.b`, `a{0}.b`.

use crate::eval::Cell;
use sepal_data::Value;
use serde_json::{Map, Value as Json};

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member of an object.
    Key(String),
    /// Every element of an array.
    Each,
    /// One element, from 0.
    Index(usize),
}

/// Reads a path. `{}` after a key, or at the start, goes into an array. None for an unclosed or
/// unknown index.
///
/// Source: Splunk Search Reference, spath, "Location path syntax", and `json_extract`.
pub fn parse(path: &str) -> Option<Vec<Step>> {
    // deeper than any text that is read as JSON
    const MOST: usize = 128;
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (key, mut rest) = match part.find('{') {
            Some(i) => part.split_at(i),
            None => (part, ""),
        };
        if !key.is_empty() {
            steps.push(Step::Key(key.to_owned()));
        } else if rest.is_empty() {
            return None;
        }
        while let Some(inner) = rest.strip_prefix('{') {
            let (index, after) = inner.split_once('}')?;
            steps.push(match index {
                "" => Step::Each,
                n => Step::Index(n.parse().ok()?),
            });
            rest = after;
        }
        if !rest.is_empty() || steps.len() > MOST {
            return None;
        }
    }
    Some(steps)
}

/// The values that a path leads to, in document order.
pub fn extract<'j>(json: &'j Json, steps: &[Step]) -> Vec<&'j Json> {
    let mut at = vec![json];
    for step in steps {
        at = match step {
            Step::Key(k) => at.into_iter().filter_map(|j| j.get(k.as_str())).collect(),
            Step::Index(i) => at.into_iter().filter_map(|j| j.get(*i)).collect(),
            Step::Each => at.into_iter().filter_map(Json::as_array).flatten().collect(),
        };
    }
    at
}

/// Whether the path may lead to several values.
pub fn is_many(steps: &[Step]) -> bool {
    steps.contains(&Step::Each)
}

/// Runs `f` on every place that the path names. With `create`, objects on the way that do not exist
/// are made.
pub fn update(json: &mut Json, steps: &[Step], create: bool, f: &mut dyn FnMut(&mut Json)) {
    let Some((first, rest)) = steps.split_first() else { return f(json) };
    match (first, json) {
        (Step::Key(k), Json::Object(map)) => {
            if create && !map.contains_key(k) {
                let leaf_follows = rest.is_empty() || matches!(rest.first(), Some(Step::Key(_)));
                if !leaf_follows {
                    return;
                }
                let fresh = if rest.is_empty() { Json::Null } else { Json::Object(Map::new()) };
                map.insert(k.clone(), fresh);
            }
            if let Some(j) = map.get_mut(k) {
                update(j, rest, create, f);
            }
        }
        (Step::Index(i), Json::Array(items)) => {
            if let Some(j) = items.get_mut(*i) {
                update(j, rest, create, f);
            }
        }
        (Step::Each, Json::Array(items)) => {
            for j in items {
                update(j, rest, create, f);
            }
        }
        _ => {}
    }
}

/// A text read as JSON; none where it is none. Nesting is limited to 128 levels.
pub fn read(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok()
}

/// A text read as a JSON object or array.
pub fn read_document(cell: &Cell) -> Option<Json> {
    let text = cell.single_text()?;
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    read(&text)
}

/// A JSON value as `json_extract` gives it: native type for scalars, JSON text for arrays and
/// objects.
pub fn to_cell(json: &Json) -> Cell {
    match json {
        Json::Null => Cell::Null,
        Json::Bool(b) => Cell::Bool(*b),
        Json::Number(n) => Cell::Text(n.to_string().into()),
        Json::String(s) => Cell::Text(s.as_str().into()),
        other => Cell::str(other.to_string()),
    }
}

/// A value as it goes into JSON: numbers, truth values, null, multivalues as arrays, text that is
/// the JSON of an object or array as that.
pub fn from_cell(cell: &Cell) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Bool(b) => Json::Bool(*b),
        Cell::Num(n) => sepal_data::number::to_json(*n),
        Cell::Dec(n, p) => read(&p.format(*n)).unwrap_or(Json::Null),
        Cell::Mv(ms) => Json::Array(ms.iter().map(|m| from_cell(&Cell::from(m))).collect()),
        Cell::Text(s) => {
            if sepal_data::number::parse(s).is_some()
                && let Some(j @ Json::Number(_)) = read(s)
            {
                return j;
            }
            from_text(s)
        }
        Cell::Str(s) => from_text(s),
    }
}

fn from_text(s: &str) -> Json {
    if s.starts_with(['{', '['])
        && let Some(j) = read(s)
    {
        return j;
    }
    Json::String(s.to_owned())
}

/// What one member of a multivalue is with inferred types: number, true, false, null, or text.
pub fn infer(v: &Value) -> Json {
    let text = v.text();
    match read(text.trim()) {
        Some(j) => j,
        None => Json::String(text.into_owned()),
    }
}
