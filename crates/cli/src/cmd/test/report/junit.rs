//! JUnit XML.

use super::explained;
use crate::cmd::test::case::{Case, Outcome};
use crate::output::visible;
use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

/// One suite, a case a test.
pub(super) fn junit(cases: &[Case]) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new("sepal test");
    for c in cases {
        let mut status = match &c.outcome {
            Outcome::Pass => TestCaseStatus::success(),
            Outcome::Fail(_) => TestCaseStatus::non_success(NonSuccessKind::Failure),
            Outcome::Error(_) => TestCaseStatus::non_success(NonSuccessKind::Error),
            Outcome::Skip(_) | Outcome::NotRun => TestCaseStatus::skipped(),
        };
        match c.verdict() {
            ("not run", ..) => {
                status.set_message("not run");
            }
            ("error", Some(code), Some(why)) => {
                status.set_message(visible(why, false).into_owned()).set_type(code);
            }
            (_, _, Some(why)) => {
                status.set_message(visible(why, false).into_owned());
            }
            _ => {}
        }
        if let Some(d) = &c.diagnosis {
            status.set_description(visible(&explained(d).join("\n"), true).into_owned());
        }
        let test = if c.test.is_empty() { "test" } else { &c.test };
        let mut case = TestCase::new(visible(test, false).into_owned(), status);
        case.set_classname(visible(c.about.title(), false).into_owned());
        case.set_time(c.elapsed);
        case.extra.insert("file".into(), visible(&c.about.file, false).into_owned().into());
        if c.line > 0 {
            case.extra.insert("line".into(), c.line.to_string().into());
        }
        suite.add_test_case(case);
    }
    let mut report = Report::new("sepal");
    report.add_test_suite(suite);
    report.to_string()
}
