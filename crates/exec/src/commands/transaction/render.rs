//! The row that a transaction becomes.

use super::Done;
use super::open::{Row, Txn};
use indexmap::IndexSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::transaction::{Lists, Transaction as Options};

/// One row.
pub(super) fn row(txn: &Txn, options: &Options) -> Done {
    // in the order of time
    let rows: Vec<&Row> = txn.rows.iter().rev().collect();
    let mut names: IndexSet<&FieldName> = IndexSet::new();
    for r in &txn.rows {
        names.extend(r.batch.cols.keys().filter(|n| !r.get(n).is_null()));
    }
    let times = || rows.iter().filter_map(|r| r.time());
    let earliest = times().min_by(f64::total_cmp);
    let latest = times().max_by(f64::total_cmp);
    let first = rows.iter().find(|r| r.time() == earliest).or(rows.first());
    let mut out = Batch::with_len(1);
    for name in names {
        let value = match name.as_str() {
            "_time" => first.map_or(Value::Null, |r| r.get(name).clone()),
            "_raw" => raw(&rows, options),
            // the parts of the time
            n if n.starts_with("date_") => first.map_or(Value::Null, |r| r.get(name).clone()),
            n if is_list(options, n) => list(&rows, name, &options.nullstr),
            _ => distinct(&rows, name),
        };
        out.set(name.clone(), Col::Const(value));
    }
    let duration = match (earliest, latest) {
        // times are whole microseconds
        (Some(a), Some(b)) => ((b - a) * 1e6).round() / 1e6,
        _ => 0.0,
    };
    let lines = |r: &&Row| r.get("_raw").text().lines().count().max(1) as u64;
    let made: [(&str, Value); 5] = [
        ("closed_txn", Value::from(u64::from(txn.closed))),
        ("duration", Value::Num(duration)),
        ("eventcount", Value::from(rows.len() as u64)),
        ("field_match_sum", Value::from(txn.matches)),
        ("linecount", Value::from(rows.iter().map(lines).fold(0, u64::saturating_add))),
    ];
    for (name, value) in made {
        out.set(name, Col::Const(value));
    }
    Done { time: earliest, rows: out }
}

/// A row that belongs to no transaction.
pub(super) fn orphan(row: &Row) -> Done {
    let mut out = row.batch.take(&[row.row]);
    out.order.clear();
    out.set("_txn_orphan", Col::Const(Value::Num(1.0)));
    Done { time: row.time(), rows: out }
}

fn is_list(options: &Options, name: &str) -> bool {
    match &options.mvlist {
        Lists::No => false,
        Lists::All => true,
        Lists::Only(names) => names.iter().any(|n| n == name),
    }
}

/// All values in the order of time.
fn list(rows: &[&Row], name: &str, null: &str) -> Value {
    Value::from_members(rows.iter().map(|r| match r.get(name) {
        Value::Null => Value::from(null),
        v => v.clone(),
    }))
}

/// Each distinct value, in the order of text.
fn distinct(rows: &[&Row], name: &str) -> Value {
    let mut all: Vec<(String, &Value)> = rows
        .iter()
        .flat_map(|r| r.get(name).members())
        .map(|v| (v.text().into_owned(), v))
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.dedup_by(|a, b| a.0 == b.0);
    Value::from_members(all.into_iter().map(|(_, v)| v.clone()))
}

fn raw(rows: &[&Row], options: &Options) -> Value {
    let texts = rows.iter().map(|r| r.get("_raw")).filter(|v| !v.is_null());
    match (options.mvraw, &options.delim) {
        (true, None) => Value::from_members(texts.cloned()),
        (mvraw, delim) => {
            let between = delim.as_ref().filter(|_| mvraw).map_or("\n", |d| d.node.as_str());
            let texts: Vec<_> = texts.map(Value::text).collect();
            Value::from(texts.join(between))
        }
    }
}
