//! What the steps of a rule do with a batch.

use super::Extraction;
use super::made::Type;
use crate::run_cx::RunCx;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};

/// Gives the rows the fields of a text that they do not have.
pub(super) fn extract(
    mut batch: Batch,
    from: &str,
    by: &dyn Extraction,
    wanted: &FieldSet,
) -> Batch {
    let Some(texts) = batch.col(from).cloned() else { return batch };
    let len = batch.len;
    let all = by.multivalue();
    let mut made: indexmap::IndexMap<FieldName, Vec<Value>, foldhash::fast::FixedState> =
        indexmap::IndexMap::default();
    for row in 0..len {
        let text = texts.get(row);
        if text.is_null() {
            continue;
        }
        by.fields(&text.text(), &mut |name, value| {
            if !wanted.contains(name) {
                return;
            }
            if !made.contains_key(name) {
                made.insert(FieldName::new(name), vec![Value::Null; len]);
            }
            let Some(cell) = made.get_mut(name).and_then(|col| col.get_mut(row)) else { return };
            if cell.is_null() {
                *cell = Value::text_of(&*value);
            } else if all {
                let mut members = cell.members().to_vec();
                members.push(Value::text_of(&*value));
                *cell = Value::from_members(members);
            }
        });
    }
    for (name, col) in made {
        fill(&mut batch, &name, Col::Values(col));
    }
    batch
}

/// Gives the rows the values of a column where they have none of that name.
fn fill(batch: &mut Batch, name: &str, col: Col) {
    match batch.col(name) {
        None => batch.set(FieldName::new(name), col),
        Some(_) => {
            for (row, to) in batch.values_mut(name).iter_mut().enumerate() {
                if to.is_null() {
                    *to = col.get(row).clone();
                }
            }
        }
    }
}

/// What an event has of itself, or rules give it by what they know.
const OWN: [&str; 9] =
    ["_raw", "_time", "source", "sourcetype", "index", "host", "tag", "eventtype", TAG_OF_TYPE];

/// `prefix` + NAME as NAME.
pub(super) fn strip(mut batch: Batch, prefixes: &[String], wanted: &FieldSet) -> Batch {
    for prefix in prefixes {
        let found: Vec<(FieldName, Col)> = batch
            .cols
            .iter()
            .filter_map(|(name, col)| {
                let short = name.strip_prefix(prefix.as_str())?;
                (!short.is_empty() && !OWN.contains(&short) && wanted.contains(short))
                    .then(|| (FieldName::new(short), col.clone()))
            })
            .collect();
        for (name, col) in found {
            fill(&mut batch, &name, col);
        }
    }
    batch
}

/// Adds to the fields those whose names have a prefix.
pub(super) fn under(prefixes: &[String], set: &mut FieldSet) {
    if set.is_all() {
        return;
    }
    let own = |n: &&String| !OWN.contains(&n.as_str());
    let exact: Vec<String> = set.exact().iter().filter(own).cloned().collect();
    let wild: Vec<String> = set.wildcards().iter().map(|p| p.text().to_owned()).collect();
    for prefix in prefixes {
        exact.iter().chain(&wild).for_each(|n| set.insert(&format!("{prefix}{n}")));
    }
}

/// Another name for the first of some fields that has a value.
pub(super) fn alias(mut batch: Batch, new: &str, old: &[String]) -> Batch {
    let mut there = old.iter().filter_map(|o| batch.col(o)).cloned();
    let Some(first) = there.next() else { return batch };
    let rest: Vec<Col> = there.chain(batch.col(new).cloned()).collect();
    let whole = match &first {
        Col::Const(v) => !v.is_null(),
        Col::Values(vs) => !vs.iter().any(Value::is_null),
    };
    batch.set(FieldName::new(new), first);
    if !whole {
        for col in rest {
            fill(&mut batch, new, col);
        }
    }
    batch
}

/// The tags that come of event types: all that rules give.
pub(super) const TAG_OF_TYPE: &str = "tag::eventtype";

/// Adds the event types of the rows, and their tags.
pub(super) fn name_types(types: &[Type], batch: &mut Batch, cx: &RunCx) {
    for t in types {
        let mask = t.program.mask(batch, cx);
        if !mask.contains(&true) {
            continue;
        }
        let mut add = |field: &str, values: &[Value]| {
            for (cell, _) in batch.values_mut(field).iter_mut().zip(&mask).filter(|(_, m)| **m) {
                let mut all = cell.members().to_vec();
                let new = values.iter().filter(|v| !cell.members().contains(v));
                all.extend(new.cloned());
                *cell = Value::from_members(all);
            }
        };
        add("eventtype", std::slice::from_ref(&t.name));
        if !t.tags.is_empty() {
            add("tag", &t.tags);
            add(TAG_OF_TYPE, &t.tags);
        }
    }
}
