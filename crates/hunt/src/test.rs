//! The tests that detections declare: `sepal test`.
//!
//! A test passes as in contentctl: there is at least one result; each risk object's field stands in
//! every result and is not `null`; each threat object's field stands in at least one.
//!
//! Source: github.com/splunk/contentctl, `detection_testing/infrastructures`, "run_unit_test".

mod baselines;
mod clock;
mod data;
mod diagnosis;
mod over;
mod skip;
mod terms;

pub use baselines::Baselines;
pub use clock::Clock;
pub use data::{Missing, find, is_pointer, place};
pub use diagnosis::{Diagnosis, NearMiss, Nearest, StageRows, TermRows};
pub use skip::skipped;

use crate::{Content, DataSet, Hunt, Options, Progress, Ready};
use over::Over;
use sepal_content::{AttackData, DeclaredTest, Detection, LookupFolder, RiskConfig};
use sepal_data::Batch;
use sepal_exec::RunError;
use sepal_exec::host::Host;
use sepal_exec::scan::{Input, Meta};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What became of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It passed.
    Pass,
    /// It ran, and the result is not what it should be.
    Fail(String),
    /// It could not run.
    Error(Trouble),
    /// It was stopped.
    Stopped,
}

/// Why a test could not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The stable code.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

/// How many results a test wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// At least one.
    Some,
    /// So many; 0: the detection must not fire.
    Exactly(u64),
}

impl Expected {
    /// `expected_results`, else none for a test that is called a negative one, else at least one.
    ///
    /// `test_type` is ESCU 6's; in older files the name says it, such as `False Positive Test`.
    pub fn of(test: &DeclaredTest) -> Expected {
        if let Some(n) = test.expected_results {
            return Expected::Exactly(n);
        }
        let plain = |text: &str| text.trim().to_lowercase().replace(['_', '-'], " ");
        let (kind, name) = (plain(&test.test_type), plain(&test.name));
        let negative = ["false positive", "true negative", "negative"];
        match negative.iter().any(|n| kind == *n || name.starts_with(n)) {
            true => Expected::Exactly(0),
            false => Expected::Some,
        }
    }
}

/// A run of a test.
#[derive(Clone, Debug)]
pub struct Tested {
    /// What became of it.
    pub verdict: Verdict,
    /// How many rows the detection gave.
    pub rows: u64,
    /// How many events it read.
    pub events: u64,
    /// Of one that fails: what let how much through.
    pub diagnosis: Option<Diagnosis>,
}

/// A detection that is tested.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The detection.
    pub detection: &'a Detection,
    /// Its plan; none for one that may only have a plan once its baselines have run.
    pub ready: Option<&'a Ready>,
    /// What it is planned with.
    pub content: &'a Arc<Content>,
}

impl<'a> From<&'a Ready> for Subject<'a> {
    fn from(ready: &'a Ready) -> Self {
        Subject { detection: &ready.detection, ready: Some(ready), content: &ready.content }
    }
}

/// What tests run with.
pub struct Tests<'a> {
    /// Clock, zone, files.
    pub host: Arc<dyn Host>,
    /// Folders that mirror the paths of the tests' URLs.
    pub data: &'a [PathBuf],
    /// Why data that was to be fetched is not here, by its URL.
    pub unfetched: &'a HashMap<String, String>,
    /// The folders of lookups, which baselines get a copy of.
    pub folders: &'a [LookupFolder],
    /// Where baselines are.
    pub baselines: &'a Baselines,
    /// Whether the time modifiers of baselines count.
    pub time_modifiers: bool,
    /// What ends tests.
    pub clock: &'a Clock,
}

impl Tests<'_> {
    /// Runs one test of a detection, under [`Clock::watch`].
    pub fn run(&self, subject: Subject<'_>, test: &DeclaredTest) -> Tested {
        let (mut tested, running) = self.clock.time(|running| {
            let caught =
                catch_unwind(AssertUnwindSafe(|| self.attempt(subject, test, &running.flag)));
            caught.unwrap_or_else(|_| error("SPL5301", "the run stopped with a bug".to_owned()))
        });
        // what it came to before it was stopped holds
        let ended = matches!(tested.verdict, Verdict::Pass | Verdict::Fail(_));
        if !ended && self.clock.halted() && !running.over() {
            tested.verdict = Verdict::Stopped;
        } else if !ended && running.over() {
            let limit = self.clock.limit().unwrap_or_default().as_secs_f64();
            tested = error("SPL6033", format!("over the time limit of {limit} s"));
        }
        tested
    }

    fn attempt(&self, subject: Subject<'_>, test: &DeclaredTest, flag: &Arc<AtomicBool>) -> Tested {
        let inputs = match self.inputs(subject.detection, test) {
            Ok(inputs) => inputs,
            Err(trouble) => return error(trouble.code, trouble.message),
        };
        let prepared = match self.prepared(subject, test, &inputs, flag) {
            Ok(prepared) => prepared,
            Err(trouble) => return error(trouble.code, trouble.message),
        };
        let (ready, content) = match (&prepared, subject.ready) {
            (Some(p), _) => (&p.ready, &p.content),
            (None, Some(ready)) => (ready, subject.content),
            (None, None) => return error("SPL3015", "the search has no plan".to_owned()),
        };
        let progress = Progress::default();
        let hunt = Hunt {
            ready: std::slice::from_ref(ready),
            content,
            host: Arc::clone(&self.host),
            // a single detection: to look for what it need not read costs a reading
            options: Options {
                rule_out: false,
                threads: 1,
                rows: usize::MAX,
                ..Options::default()
            },
            stop: Arc::clone(flag),
            progress: &progress,
        };
        let report = hunt.run(vec![DataSet { name: test.name.clone(), inputs: inputs.clone() }]);
        let tested = |verdict, rows, events| Tested { verdict, rows, events, diagnosis: None };
        if report.stopped {
            return tested(Verdict::Stopped, 0, 0);
        }
        let set = report.sets.first();
        let events = set.map_or(0, |s| s.events);
        if let Some(e) = set.and_then(|s| s.errors.first()) {
            return error("SPL6031", e.to_string());
        }
        let finding = report.findings.first();
        if let Some(e) = finding.and_then(|f| f.error.as_ref()) {
            return match e {
                RunError::Failed { code, message, .. } => error(code, message.clone()),
                other => error("SPL6031", other.to_string()),
            };
        }
        let none = Batch::default();
        let (batch, rows) = finding.map_or((&none, 0), |f| (&f.first, f.rows));
        let cut = finding.and_then(|f| f.notices.iter().find(|(n, _)| n.cuts_result));
        if let Some((notice, _)) = cut {
            return error(notice.code, notice.message.clone());
        }
        match judge(&ready.detection.risk, Expected::of(test), batch, events) {
            Ok(()) => tested(Verdict::Pass, rows, events),
            Err(why) => {
                let over = Over::new(content, inputs, &self.host, flag);
                // a bug in the explanation is none of the verdict
                let seen = catch_unwind(AssertUnwindSafe(|| diagnosis::diagnose(ready, &over)));
                let diagnosis = seen.ok().flatten();
                Tested { diagnosis, ..tested(Verdict::Fail(why), rows, events) }
            }
        }
    }

    /// Where the events of a test are.
    fn inputs(&self, detection: &Detection, test: &DeclaredTest) -> Result<Vec<Input>, Trouble> {
        if test.attack_data.is_empty() {
            let message = "the test names no attack_data".to_owned();
            return Err(Trouble { code: "SPL6032", message });
        }
        let mut inputs = Vec::with_capacity(test.attack_data.len());
        for data in &test.attack_data {
            match find(Path::new(&detection.file), &data.data, self.data) {
                Ok(path) => inputs.push(stamped(&path, data)),
                Err(missing) => {
                    let (code, message) = match self.unfetched.get(&data.data) {
                        Some(why) => ("SPL6037", why.clone()),
                        None => missing.said(&data.data),
                    };
                    return Err(Trouble { code, message });
                }
            }
        }
        Ok(inputs)
    }
}

fn error(code: &'static str, message: String) -> Tested {
    let verdict = Verdict::Error(Trouble { code, message });
    Tested { verdict, rows: 0, events: 0, diagnosis: None }
}

/// A file with what the test says of its events.
/// The events of a file, with what a test declares of them.
pub(crate) fn stamped(path: &Path, data: &AttackData) -> Input {
    let text = |t: &Option<String>| t.as_deref().map(Into::into);
    Input::path(path).with_meta(Meta {
        source: text(&data.source),
        sourcetype: text(&data.sourcetype),
        index: text(&data.index),
        host: text(&data.host),
    })
}

/// Whether results are what a test wants, and if not, why.
///
/// # Errors
/// One sentence.
pub fn judge(
    risk: &RiskConfig,
    expected: Expected,
    rows: &Batch,
    events: u64,
) -> Result<(), String> {
    match expected {
        Expected::Some if rows.len == 0 => return Err(format!("no result from {events} events")),
        Expected::Exactly(n) if rows.len as u64 != n => {
            return Err(format!("{} where {n} must be", results(rows.len)));
        }
        _ => {}
    }
    let there = |field: &str, row: usize| {
        let value = rows.get(field, row);
        !value.is_null() && value.text() != "null"
    };
    for object in &risk.risk_objects {
        let field = &object.field;
        let missing = (0..rows.len).filter(|row| !there(field, *row)).count();
        if missing > 0 {
            return Err(format!(
                "risk object `{field}` has no value in {missing} of {}",
                results(rows.len)
            ));
        }
    }
    for object in &risk.threat_objects {
        let field = &object.field;
        if rows.len > 0 && !(0..rows.len).any(|row| there(field, row)) {
            return Err(format!("threat object `{field}` has no value in any result"));
        }
    }
    Ok(())
}

fn results(n: usize) -> String {
    format!("{n} result{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sepal_content::{Generation, RiskObject, ThreatObject};
    use sepal_data::{Col, Value};

    fn risk() -> RiskConfig {
        let object = RiskObject {
            field: "user".into(),
            kind: "user".into(),
            score: 1.0,
            message: None,
            finding: false,
        };
        RiskConfig {
            generation: Generation::V5,
            message: String::new(),
            risk_objects: vec![object],
            threat_objects: vec![ThreatObject { field: "file".into(), kind: "file_name".into() }],
        }
    }

    fn rows(users: &[Option<&str>], files: &[Option<&str>]) -> Batch {
        let col = |all: &[Option<&str>]| {
            Col::Values(all.iter().map(|v| v.map_or(Value::Null, Value::text_of)).collect())
        };
        let mut batch = Batch::with_len(users.len());
        batch.set("user", col(users));
        batch.set("file", col(files));
        batch
    }

    #[test]
    fn as_contentctl_judges() {
        let judged = |rows: &Batch| judge(&risk(), Expected::Some, rows, 9);
        assert_eq!(judged(&rows(&[Some("a"), Some("b")], &[None, Some("x")])), Ok(()));
        assert_eq!(judged(&Batch::default()), Err("no result from 9 events".into()));
        let err = "risk object `user` has no value in 1 of 2 results".to_owned();
        assert_eq!(judged(&rows(&[Some("a"), Some("null")], &[Some("x"), None])), Err(err.clone()));
        assert_eq!(judged(&rows(&[None, Some("a")], &[Some("x"), None])), Err(err));
        let err = "threat object `file` has no value in any result".to_owned();
        assert_eq!(judged(&rows(&[Some("a")], &[Some("null")])), Err(err));
    }

    #[test]
    fn numbers_of_results() {
        let one = rows(&[Some("a")], &[Some("x")]);
        assert_eq!(judge(&risk(), Expected::Exactly(1), &one, 1), Ok(()));
        assert_eq!(judge(&risk(), Expected::Exactly(0), &Batch::default(), 1), Ok(()));
        assert!(judge(&risk(), Expected::Exactly(0), &one, 1).is_err());
        assert!(judge(&risk(), Expected::Exactly(2), &one, 1).is_err());
    }

    #[test]
    fn negative_tests_by_number_type_or_name() {
        let of = |name: &str, kind: &str, n: Option<u64>| {
            Expected::of(&DeclaredTest {
                name: name.into(),
                test_type: kind.into(),
                expected_results: n,
                ..DeclaredTest::default()
            })
        };
        assert_eq!(of("True Positive Test", "", None), Expected::Some);
        assert_eq!(of("True Positive Test", "unit", None), Expected::Some);
        assert_eq!(of("True Positive Test", "unit", Some(3)), Expected::Exactly(3));
        assert_eq!(of("", "", Some(0)), Expected::Exactly(0));
        assert_eq!(of("False Positive Test", "", None), Expected::Exactly(0));
        assert_eq!(of("t", "false_positive", None), Expected::Exactly(0));
        assert_eq!(of("t", "negative", None), Expected::Exactly(0));
        // what is declared counts more than a name
        assert_eq!(of("False Positive Test", "", Some(1)), Expected::Exactly(1));
    }
}
