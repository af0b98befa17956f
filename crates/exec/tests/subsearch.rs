//! Subsearches: how often they run, over how many threads, and what they refuse.

#![allow(clippy::unwrap_used)]

mod support;

use sepal_data::Batch;
use sepal_exec::host::FixedHost;
use sepal_exec::plan::{Plan, plan};
use sepal_exec::run::{Kernel, LocalSubsearches, RunOptions, rows_to_json, run_to_batch};
use sepal_exec::scan::Input;
use sepal_exec::{MAX_SUBSEARCH_ROWS, RunCx, RunError, Subsearches};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn planned(search: &str) -> Plan {
    let parsed = sepal_parser::parse(search);
    assert!(!parsed.has_errors(), "{:?}", parsed.diagnostics);
    plan(&parsed.pipeline).unwrap_or_else(|ds| panic!("{ds:?}"))
}

/// Counts the subsearches that it runs.
struct Counting(LocalSubsearches, AtomicUsize);

impl Subsearches for Counting {
    fn run_first(
        &self,
        plan: &Plan,
        most: usize,
        cx: &RunCx,
    ) -> Result<(Vec<Batch>, bool), RunError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.run_first(plan, most, cx)
    }
}

struct Done {
    rows: Vec<serde_json::Map<String, serde_json::Value>>,
    codes: Vec<&'static str>,
    cut: bool,
    runs: usize,
}

fn run_over(search: &str, inputs: Vec<Input>, threads: usize) -> Result<Done, RunError> {
    let plan = planned(search);
    let inputs: Arc<[Input]> = inputs.into();
    let options = RunOptions { threads, ..RunOptions::default() };
    let local = LocalSubsearches { inputs: Arc::clone(&inputs), options: options.clone() };
    let runner = Arc::new(Counting(local, AtomicUsize::new(0)));
    let cx = RunCx::new(Arc::new(FixedHost::default())).with_subsearches(runner.clone());
    let (batch, summary) = run_to_batch(&plan, &inputs, &options, &cx)?;
    Ok(Done {
        rows: rows_to_json(&batch),
        codes: summary.notices.iter().map(|(n, _)| n.code).collect(),
        cut: summary.is_cut(),
        runs: runner.1.load(Ordering::SeqCst),
    })
}

fn events(n: usize) -> Vec<Input> {
    (0..3)
        .map(|part| {
            let lines: Vec<String> = (0..n)
                .map(|i| format!("{{\"id\":\"p{part}n{i}\",\"even\":{}}}", i % 2 == 0))
                .collect();
            Input::bytes(format!("part{part}"), lines.join("\n").into_bytes())
        })
        .collect()
}

fn code(e: &RunError) -> &'static str {
    match e {
        RunError::Failed { code, .. } => code,
        other => panic!("{other}"),
    }
}

#[test]
fn each_subsearch_runs_once_whatever_the_threads_and_events() {
    let search = "search even=true [search even=true id=p1* | fields id] \
                  | search [search even=true | fields id] | eval n=1+[|makeresults | eval v=2 | return $v] \
                  | stats count BY n";
    for threads in [1, 2, 5] {
        let done = run_over(search, events(2_000), threads).unwrap();
        assert_eq!(done.runs, 3);
        assert_eq!(done.rows.len(), 1);
        assert_eq!(done.rows[0]["n"], "3");
        assert_eq!(done.rows[0]["count"], 1_000);
        assert!(!done.cut, "{:?}", done.codes);
    }
}

#[test]
fn rows_beyond_the_limit_are_left_out_and_told() {
    // 3 * 4000 rows against limits.conf's 10,000
    let search = "search id=* [search id=* | fields id] | stats count";
    let done = run_over(search, events(4_000), 2).unwrap();
    assert_eq!(done.rows[0]["count"], MAX_SUBSEARCH_ROWS as u64);
    assert!(done.cut);
    assert_eq!(done.codes, ["SPL3121"]);
    // one row fewer than the limit is told nothing
    let search = "search id=* [search id=* | head 10000 | fields id] | stats count";
    let done = run_over(search, events(4_000), 2).unwrap();
    assert_eq!(done.rows[0]["count"], 10_000);
    assert!(!done.cut);
}

#[test]
fn standard_input_cannot_be_read_twice() {
    let stdin = || vec![Input::path("-")];
    let e = run_over("search a=1 [search b=1 | fields c]", stdin(), 1).err().unwrap();
    assert_eq!(code(&e), "SPL3120");
    let e = run_over("| makeresults | search [search b=1 | fields c]", stdin(), 1).err().unwrap();
    assert_eq!(code(&e), "SPL3120");
}

#[test]
fn a_subsearch_without_events_is_an_error() {
    let search = "| makeresults | search [search b=1 | fields c]";
    let e = run_over(search, Vec::new(), 1).err().unwrap();
    assert_eq!(code(&e), "SPL3125");
    // one that makes its rows itself needs none
    let search = "| makeresults | eval c=1 | search [| makeresults | eval c=1 | fields c]";
    assert_eq!(run_over(search, Vec::new(), 1).unwrap().rows.len(), 1);
}

#[test]
fn a_plan_with_subsearches_is_not_run_as_it_is() {
    let plan = planned("search [search a=1 | fields b] | table c");
    assert_eq!(plan.subsearches.as_ref().unwrap().plans().len(), 1);
    let (options, cx) = (RunOptions::default(), RunCx::new(Arc::new(FixedHost::default())));
    assert_eq!(code(&Kernel::new(&plan, &options, &cx).err().unwrap()), "SPL3122");
}

#[test]
fn the_condition_decides_what_is_fetched_and_what_is_sought() {
    let inputs: Arc<[Input]> = vec![Input::bytes(
        "events",
        &b"{\"type\":\"pick\",\"user\":\"pelican\"}\n{\"user\":\"pelican\",\"id\":1}"[..],
    )]
    .into();
    let options = RunOptions::default();
    let local = LocalSubsearches { inputs: Arc::clone(&inputs), options };
    let cx = RunCx::new(Arc::new(FixedHost::default())).with_subsearches(Arc::new(local));
    let plan = planned("search [search type=pick | fields user] | table id");
    assert!(plan.needed.is_all() || plan.needed.contains("id"));
    let resolved = plan.resolve(&cx).unwrap().unwrap();
    assert!(resolved.subsearches.is_none());
    let sepal_exec::plan::Source::Scan(program) = &resolved.source else { panic!() };
    assert!(program.needed().contains("user") && !program.needed().is_all());
    let probe = sepal_exec::search::probe(&program.exact.pred, &|_| true);
    assert!(probe.pieces().flatten().any(|p| p == "pelican"));
    assert!(plan.resolve(&cx).unwrap().is_some(), "a plan may be run again");
}

#[test]
fn subsearches_are_nested_only_so_deep() {
    let mut search = "search a=1 | fields a".to_owned();
    for _ in 0..6 {
        search = format!("search [{search}] | fields a");
    }
    let done = run_over(&search, vec![Input::bytes("e", &b"{\"a\":1}\n{\"a\":2}"[..])], 2).unwrap();
    assert_eq!(done.rows.len(), 1);
    assert_eq!(done.runs, 6);
    // the parser stops first where there are more brackets than anybody writes
    let deep = format!("{}x{}", "search [".repeat(500), "]".repeat(500));
    assert!(sepal_parser::parse(&deep).has_errors());
}
