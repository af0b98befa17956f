//! Rows a second of the group table: `cargo bench -p sepal-exec --bench group_table`.

use divan::Bencher;
use divan::counter::ItemsCount;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_exec::RunCx;
use sepal_exec::aggregates::{Aggregate, AggregateSet};
use sepal_exec::group::{Assigned, GroupOptions, GroupTable};
use sepal_exec::host::FixedHost;
use std::sync::Arc;

const ROWS: usize = 4096;

fn main() {
    divan::main();
}

/// Two columns as `verb` and `user.username` are: `a * b` pairs.
fn batches(a: usize, b: usize, batches: usize) -> Vec<Batch> {
    let verbs = ["get", "list", "watch", "patch", "create", "update", "delete", "deletecollection"];
    let mut state = 1u64;
    let mut next = move |n: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    (0..batches)
        .map(|_| {
            let mut batch = Batch::with_len(ROWS);
            let verb = (0..ROWS).map(|_| Value::from(verbs[next(a)])).collect();
            let user = (0..ROWS).map(|_| Value::from(format!("user-{}", next(b)))).collect();
            batch.set("verb", Col::Values(verb));
            batch.set("user", Col::Values(user));
            batch
        })
        .collect()
}

fn cx() -> RunCx {
    RunCx::new(Arc::new(FixedHost::default()))
}

fn assign(bencher: Bencher, batches: Vec<Batch>, by: &[&str]) {
    let by: Vec<FieldName> = by.iter().map(FieldName::new).collect();
    let cx = cx();
    bencher.counter(ItemsCount::new(ROWS * batches.len())).bench_local(|| {
        let mut table = GroupTable::new();
        let mut out = Assigned::default();
        for batch in &batches {
            let _ = table.assign(batch, &by, GroupOptions::default(), &cx, &mut out);
        }
        table.len()
    });
}

#[divan::bench(args = [1, 20, 1000])]
fn two_short_columns(bencher: Bencher, users: usize) {
    assign(bencher, batches(8, users, 50), &["verb", "user"]);
}

#[divan::bench]
fn one_short_column(bencher: Bencher) {
    assign(bencher, batches(8, 20, 50), &["verb"]);
}

#[divan::bench]
fn no_by(bencher: Bencher) {
    assign(bencher, batches(8, 20, 50), &[]);
}

#[divan::bench]
fn a_million_groups(bencher: Bencher) {
    assign(bencher, batches(8, 10_000_000, 250), &["verb", "user"]);
}

#[divan::bench]
fn stats_count_min_max_by_two(bencher: Bencher) {
    let batches = batches(8, 20, 50);
    let by: [FieldName; 2] = ["verb".into(), "user".into()];
    let cx = cx();
    let aggregates: Vec<Aggregate> = ["count", "min", "values"]
        .iter()
        .filter_map(|n| Aggregate::resolve(n, None, *n != "count").ok())
        .collect();
    bencher.counter(ItemsCount::new(ROWS * batches.len())).bench_local(|| {
        let mut table = GroupTable::new();
        let mut set = AggregateSet::new(&aggregates);
        let mut out = Assigned::default();
        for batch in &batches {
            let _ = table.assign(batch, &by, GroupOptions::default(), &cx, &mut out);
            let user = batch.col("user");
            let _ = set.update(table.len(), &out, &[None, user, user], &[], &[], &cx);
        }
        set.bytes()
    });
}
