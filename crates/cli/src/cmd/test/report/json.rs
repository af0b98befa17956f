//! The results as JSON.

use crate::cmd::test::case::{Case, Counts};
use crate::output::json_visible;
use sepal_hunt::test::{Diagnosis, Nearest};
use serde_json::{Value, json};
use std::time::Duration;

/// An object a test: the same bytes for any number of jobs.
pub(super) fn ndjson(cases: &[Case]) -> String {
    cases.iter().map(|c| json_visible(&one(c).to_string()).into_owned() + "\n").collect()
}

/// One object with all.
pub(super) fn json(cases: &[Case], elapsed: Duration) -> String {
    let all = Counts::of(cases);
    let tests: Vec<Value> = cases
        .iter()
        .map(|c| {
            let mut test = one(c);
            if let Value::Object(object) = &mut test {
                object.insert("seconds".to_owned(), json!(seconds(c.elapsed)));
            }
            test
        })
        .collect();
    let object = json!({
        "summary": {
            "passed": all.passed, "failed": all.failed, "errors": all.errors,
            "skipped": all.skipped, "not_run": all.not_run, "seconds": seconds(elapsed),
        },
        "tests": tests,
    });
    let text = serde_json::to_string_pretty(&object).unwrap_or_default() + "\n";
    json_visible(&text).into_owned()
}

fn seconds(t: Duration) -> f64 {
    (t.as_secs_f64() * 1e6).round() / 1e6
}

fn one(c: &Case) -> Value {
    let (verdict, code, reason) = c.verdict();
    let stages = c.diagnosis.as_ref().map(stages);
    let nearest = c.diagnosis.as_ref().and_then(|d| d.nearest.as_ref()).map(nearest);
    json!({
        "detection": c.about.name, "id": c.about.id, "file": c.about.file,
        "line": (c.line > 0).then_some(c.line), "test": c.test, "verdict": verdict, "code": code,
        "reason": reason, "rows": c.rows, "events": c.events, "stages": stages, "nearest": nearest,
    })
}

fn stages(d: &Diagnosis) -> Value {
    d.stages.iter().map(|s| json!({"command": s.name, "rows": s.rows})).collect()
}

fn nearest(n: &Nearest) -> Value {
    let terms = n.terms.iter().map(|t| json!({"condition": t.text, "rows": t.rows}));
    let misses = n.misses.iter().map(|m| {
        let values: serde_json::Map<String, Value> =
            m.values.iter().map(|(f, v)| (f.clone(), json!(v))).collect();
        json!({"rows": m.rows, "missed": m.missed, "values": values})
    });
    json!({
        "command": n.stage, "rows": n.rows, "conditions": terms.collect::<Vec<_>>(),
        "more_conditions": n.more_terms, "misses": misses.collect::<Vec<_>>(),
    })
}
