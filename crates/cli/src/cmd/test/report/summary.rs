//! `summary.yml`, as contentctl writes it into `test_results`.
//!
//! Source: contentctl, `DetectionTestingView.getSummaryObject`, `Detection_Abstract.get_summary`,
//! `BaseTestResult.get_summary_dict`. There `exception` is Python's; here it is what kept the test from
//! running.

use crate::cmd::test::case::{About, Case, Counts, Outcome};
use crate::output::json_visible;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

pub(super) fn summary(cases: &[Case]) -> String {
    let mut detections: Vec<(&Arc<About>, Vec<&Case>)> = Vec::new();
    for case in cases {
        match detections.iter_mut().find(|(about, _)| Arc::ptr_eq(about, &case.about)) {
            Some((_, list)) => list.push(case),
            None => detections.push((&case.about, vec![case])),
        }
    }
    let (mut tested, mut skipped, mut untested) = (Vec::new(), Vec::new(), Vec::new());
    let (mut pass, mut fail) = (0usize, 0usize);
    for (about, list) in &detections {
        let all = Counts::of(list.iter().copied());
        let (status, to) = match all {
            Counts { not_run: 1.., failed: 0, errors: 0, .. } => (None, &mut untested),
            Counts { failed: 0, errors: 0, passed: 0, .. } => (Some("skip"), &mut skipped),
            Counts { failed: 0, errors: 0, .. } => {
                pass += 1;
                (Some("pass"), &mut tested)
            }
            _ => {
                fail += 1;
                (Some("fail"), &mut tested)
            }
        };
        to.push((status == Some("fail"), about.name.clone(), detection(about, list, status)));
    }
    // those that fail first, then by name
    tested.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    skipped.sort_by(|a, b| a.1.cmp(&b.1));
    untested.sort_by(|a, b| a.1.cmp(&b.1));
    let of = |status: &str| {
        detections.iter().filter(|(a, _)| a.status.trim().eq_ignore_ascii_case(status)).count()
    };
    let by_hand = detections.iter().filter(|(a, _)| a.manual_test.is_some()).count();
    let list = |all: &[(bool, String, Value)]| -> Value {
        all.iter().map(|(.., value)| value.clone()).collect()
    };
    let object = json!({
        "summary": {
            "mode": "All",
            "enable_integration_testing": false,
            "success": fail + untested.len() == 0,
            "total_detections": detections.len(),
            "total_tested_detections": fail + pass,
            "total_pass": pass,
            "total_fail": fail,
            "total_skipped": skipped.len(),
            "total_untested": untested.len(),
            "total_production": of("production"),
            "total_experimental": of("experimental"),
            "total_deprecated": of("deprecated"),
            "total_manual": by_hand,
            "success_rate": percent(pass, fail + pass),
        },
        "tested_detections": list(&tested),
        "skipped_detections": list(&skipped),
        "untested_detections": list(&untested),
        "percent_complete": percent(tested.len(), untested.len()),
    });
    let mut out = String::new();
    yaml(&object, 0, &mut out);
    out
}

/// As contentctl shows it, misspelling included: whoever reads the file may look for it.
fn percent(part: usize, whole: usize) -> String {
    match whole {
        0 => "UKNOWN".to_owned(),
        whole => format!("{:.1}%", part as f64 * 100.0 / whole as f64),
    }
}

fn detection(about: &About, cases: &[&Case], status: Option<&str>) -> Value {
    let folder = Path::new(&about.file).parent().and_then(Path::file_name);
    let mut tests: Vec<Value> = Vec::new();
    for case in cases {
        // of a detection that is skipped, or cannot run, there is one case for all
        let all = [(case.test.clone(), case.test_type.clone())];
        let names = if case.test.is_empty() { &about.tests[..] } else { &all[..] };
        tests.extend(names.iter().map(|(name, kind)| test(case, name, kind)));
    }
    json!({
        "name": about.name,
        "type": about.kind,
        "production_status": about.status,
        "status": status,
        "source_category": folder.map(|f| f.to_string_lossy()),
        "data_source": about.data_source,
        "search": about.search,
        "file_path": about.file,
        "manual_test": about.manual_test,
        "success": matches!(status, Some("pass" | "skip")),
        "tests": tests,
    })
}

fn test(case: &Case, name: &str, kind: &str) -> Value {
    let kind = if kind.is_empty() { "unit" } else { kind };
    let (message, exception) = match &case.outcome {
        Outcome::Pass => ("TEST PASSED".to_owned(), None),
        Outcome::Fail(why) => (format!("TEST FAILED: {why}"), None),
        Outcome::Error(t) => ("TEST ERROR".to_owned(), Some(format!("{} {}", t.code, t.message))),
        Outcome::Skip(why) => (format!("TEST SKIPPED: {why}"), None),
        Outcome::NotRun => {
            let message = "NO RESULT - Test not run";
            return json!({"name": name, "test_type": kind, "success": false, "message": message});
        }
    };
    let ran = matches!(case.outcome, Outcome::Pass | Outcome::Fail(_));
    let seconds = case.elapsed.as_secs_f64();
    json!({
        "name": name,
        "test_type": kind,
        "success": !case.is_bad(),
        "message": message,
        "exception": exception,
        "status": case.verdict().0,
        "duration": (seconds * 100.0).round() / 100.0,
        "wait_duration": null,
        "resultCount": ran.then(|| case.rows.to_string()),
        "runDuration": ran.then(|| format!("{seconds:.3}")),
    })
}

/// A value in YAML's block form. Texts are in double quotes as in JSON, which is YAML too.
fn yaml(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (n, (key, value)) in map.iter().enumerate() {
                // the first stands behind the dash of a list
                if n > 0 || !out.ends_with("- ") {
                    out.push_str(&pad);
                }
                out.push_str(key);
                out.push(':');
                nested(value, indent + 2, indent, out);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for value in list {
                out.push_str(&pad);
                out.push_str("- ");
                match value {
                    Value::Object(map) if !map.is_empty() => yaml(value, indent + 2, out),
                    scalar => {
                        out.push_str(&json_visible(&scalar.to_string()));
                        out.push('\n');
                    }
                }
            }
        }
        scalar => {
            out.push_str(&json_visible(&scalar.to_string()));
            out.push('\n');
        }
    }
}

/// What stands behind `key:`.
fn nested(value: &Value, below: usize, list: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            yaml(value, below, out);
        }
        Value::Array(all) if !all.is_empty() => {
            out.push('\n');
            yaml(value, list, out);
        }
        scalar => {
            out.push(' ');
            yaml(scalar, 0, out);
        }
    }
}
