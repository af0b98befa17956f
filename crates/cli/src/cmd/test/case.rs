//! What the reports show.

use sepal_content::Detection;
use sepal_hunt::test::{Diagnosis, Trouble};
use std::sync::Arc;
use std::time::Duration;

/// A line of the report.
pub(super) struct Case {
    pub about: Arc<About>,
    /// Empty where the detection declares none, or none was come to.
    pub test: String,
    /// v6: its type.
    pub test_type: String,
    /// Where it stands in the file; 0 where that is not known.
    pub line: usize,
    pub outcome: Outcome,
    pub rows: u64,
    pub events: u64,
    pub elapsed: Duration,
    pub diagnosis: Option<Diagnosis>,
}

/// The detection of a test.
#[derive(Default)]
pub(super) struct About {
    pub name: String,
    pub id: String,
    pub file: String,
    pub kind: String,
    pub status: String,
    pub data_source: Vec<String>,
    pub search: String,
    pub manual_test: Option<String>,
    /// The names and types of its tests.
    pub tests: Vec<(String, String)>,
}

/// What became of it.
pub(super) enum Outcome {
    Pass,
    Fail(String),
    Error(Trouble),
    Skip(String),
    /// Stopped before, or while it ran.
    NotRun,
}

impl About {
    pub fn of(d: &Detection) -> About {
        About {
            name: d.name.clone(),
            id: d.id.clone(),
            file: d.file.clone(),
            kind: d.detection_type.clone(),
            status: d.status.clone(),
            data_source: d.data_source.clone(),
            search: d.search.clone(),
            manual_test: d.manual_test.clone(),
            tests: d.tests.iter().map(|t| (t.name.clone(), t.test_type.clone())).collect(),
        }
    }

    /// Its name, or the file that has none.
    pub fn title(&self) -> &str {
        if self.name.is_empty() { &self.file } else { &self.name }
    }
}

impl Case {
    pub fn new(about: &Arc<About>, outcome: Outcome) -> Case {
        Case {
            about: Arc::clone(about),
            test: String::new(),
            test_type: String::new(),
            line: 0,
            outcome,
            rows: 0,
            events: 0,
            elapsed: Duration::ZERO,
            diagnosis: None,
        }
    }

    /// The verdict's word, the code and the reason.
    pub fn verdict(&self) -> (&'static str, Option<&'static str>, Option<&str>) {
        match &self.outcome {
            Outcome::Pass => ("pass", None, None),
            Outcome::Fail(why) => ("fail", Some("SPL6030"), Some(why)),
            Outcome::Error(t) => ("error", Some(t.code), Some(&t.message)),
            Outcome::Skip(why) => ("skip", None, Some(why)),
            Outcome::NotRun => ("not run", None, None),
        }
    }

    pub fn is_bad(&self) -> bool {
        matches!(self.outcome, Outcome::Fail(_) | Outcome::Error(_))
    }
}

/// How many of each there are.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub errors: u64,
    pub skipped: u64,
    pub not_run: u64,
}

impl Counts {
    pub fn of<'c>(cases: impl IntoIterator<Item = &'c Case>) -> Counts {
        let mut all = Counts::default();
        for case in cases {
            let one = match &case.outcome {
                Outcome::Pass => &mut all.passed,
                Outcome::Fail(_) => &mut all.failed,
                Outcome::Error(_) => &mut all.errors,
                Outcome::Skip(_) => &mut all.skipped,
                Outcome::NotRun => &mut all.not_run,
            };
            *one += 1;
        }
        all
    }
}
