//! The conformance cases that only compute: `makeresults` or one event, then `eval`, `where` and
//! `table`. Those cases live outside the project; without them the test says so and passes.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use sepal_data::{Batch, Value};
use sepal_exec::RunCx;
use sepal_exec::eval::Program;
use sepal_exec::host::FixedHost;
use sepal_parser::commands::Command;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of the cases: `shared/conformance` beside a folder that the project lies in.
fn shared() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().map(|d| d.join("shared/conformance")).find(|d| d.is_dir())
}

fn batch(events: &Json) -> Batch {
    let none = vec![];
    let events = events.as_array().unwrap_or(&none);
    let mut batch = Batch::with_len(events.len().max(1));
    for (row, event) in events.iter().enumerate() {
        for (name, json) in event.as_object().unwrap() {
            let special = |k: &str| json.get(k).is_some();
            let value = if special("nan") {
                Value::Num(f64::NAN)
            } else if special("positive_infinity") {
                Value::Num(f64::INFINITY)
            } else {
                Value::from_json(json)
            };
            batch.values_mut(name)[row] = value;
        }
    }
    batch
}

fn compile(expr: &sepal_parser::ast::Expr) -> Program {
    Program::compile(expr).unwrap_or_else(|d| panic!("{d:?}"))
}

/// The rows, or none where the search does more than compute.
fn run(query: &str, events: &Json) -> Option<Batch> {
    let query = query.trim_start_matches("* ").trim_start_matches("| makeresults ");
    if !query.starts_with('|') {
        return None;
    }
    let parsed = sepal_parser::parse(query);
    let cx = RunCx::new(Arc::new(FixedHost::default()));
    let mut batch = batch(events);
    for stage in &parsed.pipeline.stages {
        match &stage.command {
            Command::Eval(eval) => {
                for a in &eval.assignments {
                    let col = compile(&a.expr).column(&batch, &cx);
                    batch.set(a.target.node.as_str(), col);
                }
            }
            Command::Where(w) => {
                let keep = compile(&w.expr).mask(&batch, &cx);
                batch.retain(&keep);
            }
            Command::Table(_) => {}
            _ => return None,
        }
    }
    Some(batch)
}

fn same(got: &Value, want: &Json) -> bool {
    match want {
        Json::Array(ms) => {
            got.members().len() == ms.len() && got.members().iter().zip(ms).all(|(g, w)| same(g, w))
        }
        _ => {
            let want = if want.as_str() == Some("") { Value::Null } else { Value::from_json(want) };
            match (got.number(), want.number()) {
                (Some(a), Some(b)) => a == b,
                _ => got.text() == want.text(),
            }
        }
    }
}

#[test]
fn cases_that_only_compute() {
    let Some(dir) = shared() else {
        println!("no conformance cases here");
        return;
    };
    let (mut passed, mut failed) = (0, Vec::new());
    for file in ["splunk_docs.jsonl", "splunk_10_4_captures.jsonl", "opensplunk_corpus.jsonl"] {
        for line in std::fs::read_to_string(dir.join(file)).unwrap().lines() {
            let case: Json = serde_json::from_str(line).unwrap();
            let Some(got) = run(case["query"].as_str().unwrap(), &case["events"]) else { continue };
            let want = case["expected"].as_array().unwrap();
            let ok = got.len == want.len()
                && want.iter().enumerate().all(|(r, row)| {
                    row.as_object().unwrap().iter().all(|(f, v)| same(got.get(f, r), v))
                });
            if ok {
                passed += 1;
            } else {
                failed.push(format!("{}: {}\n{:?}", case["id"], case["query"], got.cols));
            }
        }
    }
    println!("{passed} passed");
    assert!(failed.is_empty(), "{passed} passed, {} failed\n{}", failed.len(), failed.join("\n"));
    assert!(passed > 30, "{passed}");
}
