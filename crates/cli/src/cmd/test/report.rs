//! The results of tests as text, as JSON lines and as JUnit XML.

use super::{Case, Outcome};
use crate::cmd::count;
use crate::output::{json_visible, visible};
use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};
use serde_json::json;

/// A line a test.
pub(super) fn text(cases: &[Case]) -> String {
    let mut out = String::new();
    for c in cases {
        let name = if c.detection.is_empty() { &c.file } else { &c.detection };
        let test = if c.test.is_empty() { String::new() } else { format!(": {}", c.test) };
        let (word, what) = match &c.outcome {
            Outcome::Pass => {
                ("pass ", format!(" ({} from {})", count(c.rows, "row"), count(c.events, "event")))
            }
            Outcome::Fail(why) => ("FAIL ", format!(": {why}")),
            Outcome::Error(why) => ("ERROR", format!(": {why}")),
            Outcome::Skip(why) => ("skip ", format!(": {why}")),
        };
        out.push_str(&visible(&format!("{word} {name}{test}{what}"), false));
        out.push('\n');
    }
    out
}

/// An object a test.
pub(super) fn ndjson(cases: &[Case]) -> String {
    let mut out = String::new();
    for c in cases {
        let (verdict, reason) = match &c.outcome {
            Outcome::Pass => ("pass", None),
            Outcome::Fail(why) => ("fail", Some(why)),
            Outcome::Error(why) => ("error", Some(why)),
            Outcome::Skip(why) => ("skip", Some(why)),
        };
        let object = json!({
            "detection": c.detection, "id": c.id, "file": c.file, "test": c.test,
            "verdict": verdict, "reason": reason, "rows": c.rows, "events": c.events,
        });
        out.push_str(&json_visible(&object.to_string()));
        out.push('\n');
    }
    out
}

/// One suite, a case a test.
pub(super) fn junit(cases: &[Case]) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new("sepal test");
    for c in cases {
        let mut status = match &c.outcome {
            Outcome::Pass => TestCaseStatus::success(),
            Outcome::Fail(_) => TestCaseStatus::non_success(NonSuccessKind::Failure),
            Outcome::Error(_) => TestCaseStatus::non_success(NonSuccessKind::Error),
            Outcome::Skip(_) => TestCaseStatus::skipped(),
        };
        if let Outcome::Fail(why) | Outcome::Error(why) | Outcome::Skip(why) = &c.outcome {
            status.set_message(visible(why, false).into_owned());
        }
        let name = if c.detection.is_empty() { &c.file } else { &c.detection };
        let test = if c.test.is_empty() { "test" } else { &c.test };
        let mut case = TestCase::new(visible(test, false).into_owned(), status);
        case.set_classname(visible(name, false).into_owned());
        case.set_time(c.elapsed);
        case.extra.insert("file".into(), visible(&c.file, false).into_owned().into());
        suite.add_test_case(case);
    }
    let mut report = Report::new("sepal");
    report.add_test_suite(suite);
    report.to_string()
}
