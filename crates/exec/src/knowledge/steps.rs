//! What the steps of a rule do with a batch.

use super::Extraction;
use super::made::Type;
use crate::run_cx::RunCx;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use std::collections::HashMap;

/// Gives the rows the fields of a text that they do not have.
pub(super) fn extract(
    mut batch: Batch,
    from: &str,
    by: &dyn Extraction,
    wanted: &FieldSet,
    cx: &RunCx,
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
        by.fields_in(cx, &text.text(), &mut |name, value| {
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
        if by.adds() {
            add(&mut batch, &name, &col);
            continue;
        }
        fill(&mut batch, &name, Col::Values(col));
    }
    batch
}

/// Adds the values to those that the rows have.
fn add(batch: &mut Batch, name: &str, col: &[Value]) {
    for (to, new) in batch.values_mut(name).iter_mut().zip(col) {
        if !new.is_null() {
            let all = to.members().iter().chain(new.members()).cloned().collect::<Vec<_>>();
            *to = Value::from_members(all);
        }
    }
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

/// Another name for the first of some fields that has a value. With `only` what the event has of
/// that name itself goes.
pub(super) fn alias(mut batch: Batch, new: &str, old: &[String], only: bool) -> Batch {
    let mut there = old.iter().filter_map(|o| batch.col(o)).cloned();
    let Some(first) = there.next() else {
        if only {
            batch.remove(new);
        }
        return batch;
    };
    let own = batch.col(new).filter(|_| !only).cloned();
    let rest: Vec<Col> = there.chain(own).collect();
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

/// The fields that event types give.
pub(super) const TYPE_FIELDS: [&str; 3] = ["eventtype", "tag", TAG_OF_TYPE];

/// Adds the event types of the rows, and their tags: those of the fields that are needed.
pub(super) fn name_types(types: &[Type], needed: &[&str], batch: &mut Batch, cx: &RunCx) {
    let mut held: Vec<(&Type, Vec<bool>)> = Vec::new();
    for t in types {
        // it may be about types before it
        if t.of_types && !held.is_empty() {
            needed.iter().for_each(|f| give_types(&held, f, batch));
            held.clear();
        }
        let mask = t.program.mask(batch, cx);
        if mask.contains(&true) {
            held.push((t, mask));
        }
    }
    needed.iter().for_each(|f| give_types(&held, f, batch));
}

/// Rows are of few combinations of types: the values of each are made once.
fn give_types(held: &[(&Type, Vec<bool>)], field: &str, batch: &mut Batch) {
    let of = |t: &'_ Type| match field {
        "eventtype" => Vec::from_iter((!t.name.is_null()).then(|| t.name.clone())),
        TAG_OF_TYPE if t.name.is_null() && !t.of_types => Vec::new(),
        _ => t.tags.clone(),
    };
    for some in held.chunks(128) {
        let mut bits = vec![0_u128; batch.len];
        for (n, (_, mask)) in some.iter().enumerate().filter(|(_, (t, _))| !of(t).is_empty()) {
            bits.iter_mut().zip(mask).filter(|(_, m)| **m).for_each(|(b, _)| *b |= 1 << n);
        }
        if bits.iter().all(|b| *b == 0) {
            continue;
        }
        let mut made: Made = HashMap::default();
        for (cell, bits) in batch.values_mut(field).iter_mut().zip(bits) {
            if bits == 0 {
                continue;
            }
            // what is kept keeps its address
            let at = match &*cell {
                Value::Null => Some(0),
                Value::Mv(members) => Some(members.as_ptr().addr()),
                _ => None,
            };
            if let Some((_, new)) = at.and_then(|at| made.get(&(at, bits))) {
                *cell = new.clone();
                continue;
            }
            let mut all = cell.members().to_vec();
            for (_, (t, _)) in some.iter().enumerate().filter(|(n, _)| bits >> n & 1 == 1) {
                for value in of(t) {
                    if !all.contains(&value) {
                        all.push(value);
                    }
                }
            }
            let new = Value::from_members(all);
            let old = std::mem::replace(cell, new.clone());
            if let Some(at) = at.filter(|_| made.len() < 1024) {
                made.insert((at, bits), (old, new));
            }
        }
    }
}

/// Of a value's address and the types of its row: that value, and the new one.
type Made = HashMap<(usize, u128), (Value, Value), foldhash::fast::FixedState>;
