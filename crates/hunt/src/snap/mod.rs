//! Snapshots of what detections find: `sepal snap`, and `assert_detection_snapshot!` of
//! `sepal-testing`.
//!
//! [`Snapper::take`] runs one detection over events and gives a text of its rows, its risk events
//! and its run ([`text`]); [`file`] is the form in which insta keeps such a text, [`diff`] compares
//! two of them row by row. A text has no clock, no path of this machine and no duration in it.

pub mod diff;
pub mod file;
mod inputs;
mod text;

pub use inputs::{named, of_test};

use crate::Content;
use crate::timeless::without_time;
use sepal_content::Detection;
use sepal_data::wildcard::Pattern;
use sepal_exec::KernelEval;
use sepal_exec::host::Host;
use sepal_exec::knowledge::{Known, known};
use sepal_exec::plan::{Plan, ScanOptions, Source, plan_with};
use sepal_exec::run::{LocalSubsearches, RunOptions, Summary, rows_to_json, run_to_batch};
use sepal_exec::scan::Input;
use sepal_exec::{RunCx, RunError};
use sepal_parser::ast::Span;
use sepal_parser::macros::{Frame, Origin, SourceMap};
use sepal_parser::{Diagnostic, Severity};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What stands in the place of a redacted value.
pub const REDACTED: &str = "[redacted]";

/// How snapshots are taken.
pub struct Snapper<'a> {
    /// What detections are planned with.
    pub content: &'a Content,
    /// Clock, zone, files.
    pub host: Arc<dyn Host>,
    /// Raised to stop.
    pub stop: Arc<AtomicBool>,
    /// Whether `earliest=`, `latest=` and the like in a search count.
    pub time_modifiers: bool,
    /// Fields whose values are not shown, `*` for any characters.
    pub redact: &'a [Pattern],
    /// Switches and limits of scans.
    pub scan: ScanOptions,
}

/// Why there is no snapshot.
#[derive(Debug)]
pub enum Refused {
    /// The search is wrong, not supported, or failed at a place of its own.
    Search(Vec<Diagnostic>, Box<SourceMap>),
    /// The run failed.
    Run(RunError),
    /// Rows may be missing or wrong: a code and a sentence.
    Cut(&'static str, String),
    /// It was stopped.
    Stopped,
}

impl Refused {
    /// Where a span of the expanded search was written: innermost first, at last in the detection.
    pub fn places(&self, detection: &Detection, span: Span) -> Vec<Frame> {
        let Refused::Search(_, map) = self else { return Vec::new() };
        let mut frames = map.resolve(span);
        for frame in frames.iter_mut().filter(|f| f.macro_name.is_none()) {
            let of_file = detection.search_map();
            let start = of_file.locate(frame.range.start);
            frame.range = start..of_file.locate(frame.range.end).max(start);
            frame.file_text = Arc::clone(detection.text());
        }
        frames
    }

    fn failed(e: RunError, map: &SourceMap) -> Refused {
        match e {
            RunError::Stopped => Refused::Stopped,
            RunError::Failed { code, message, span: Some(span) } => {
                let d = Diagnostic::error(code, span, message);
                Refused::Search(vec![d], Box::new(map.clone()))
            }
            other => Refused::Run(other),
        }
    }
}

/// What a command took and gave.
struct Stage {
    text: String,
    rows_in: u64,
    rows_out: u64,
}

/// What a run gave, before it is text.
struct Run {
    rows: Vec<serde_json::Map<String, serde_json::Value>>,
    summary: Summary,
    /// The commands as they were written, macros expanded: that of the source first.
    stages: Vec<Stage>,
    reads_events: bool,
    warnings: Vec<Diagnostic>,
}

impl Snapper<'_> {
    /// The snapshot's text of one detection over events; `test` is the declared test that they are
    /// of.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn take(
        &self,
        detection: &Detection,
        test: Option<&str>,
        inputs: Vec<Input>,
    ) -> Result<String, Refused> {
        let shown = text::inputs(&inputs);
        let run = self.run(detection, inputs)?;
        Ok(text::text(self, detection, test, &shown, &run))
    }

    fn run(&self, detection: &Detection, inputs: Vec<Input>) -> Result<Run, Refused> {
        // as if the search were the whole file: `places` finds the way to the file
        let file = detection.file.as_str().into();
        let origin = Origin { file, text: detection.search.as_str().into(), lines: Arc::default() };
        let parsed = sepal_parser::parse_search(
            &detection.search,
            origin,
            &self.content.macros,
            Some(&KernelEval),
        );
        let map = parsed.expanded.map;
        let wrong = |list: Vec<Diagnostic>| Refused::Search(list, Box::new(map.clone()));
        if parsed.diagnostics.iter().any(|d| d.severity == Severity::Error) {
            return Err(wrong(parsed.diagnostics));
        }
        let mut pipeline = parsed.pipeline;
        if !self.time_modifiers {
            without_time(&mut pipeline);
        }
        let Known { inputs, knowledge, .. } = match &self.content.knowledge {
            Some(k) => known(k, inputs, true, &*self.host),
            None => Known { inputs, knowledge: None, own_stamps: false },
        };
        let rules = knowledge.as_ref().map(|k| self.content.rule_set(k));
        let planning = rules.as_ref().map_or(&self.content.cx, |r| &r.cx);
        let plan = plan_with(&pipeline, &mut planning.clone()).map_err(wrong)?;
        // one thread: how much is read before a search has enough is the same every time
        let options = RunOptions { scan: self.scan.clone(), threads: 1, ..RunOptions::default() };
        let inputs: Arc<[Input]> = inputs.into();
        let subsearches =
            LocalSubsearches { inputs: Arc::clone(&inputs), options: options.clone() };
        let cx = RunCx::with_stop(Arc::clone(&self.host), Arc::clone(&self.stop))
            .with_subsearches(Arc::new(subsearches));
        let (batch, summary) =
            run_to_batch(&plan, &inputs, &options, &cx).map_err(|e| Refused::failed(e, &map))?;
        if cx.was_cut_short() {
            return Err(Refused::Stopped);
        }
        if let Some(e) = summary.input_errors.first() {
            return Err(Refused::Run(e.clone()));
        }
        if let Some((notice, _)) = summary.notices.iter().find(|(n, _)| n.cuts_result) {
            return Err(Refused::Cut(notice.code, notice.message.clone()));
        }
        let stages = stages(&plan, &summary, &parsed.expanded.text);
        let mut warnings = parsed.diagnostics;
        warnings.extend(plan.warnings);
        let reads_events = matches!(plan.source, Source::Scan(_));
        Ok(Run { rows: rows_to_json(&batch), summary, stages, reads_events, warnings })
    }
}

/// Each command on one line. What stands before the first one to make its condition faster, or gives
/// events the fields of their sourcetype, is a part of it: none of that is the detection's.
fn stages(plan: &Plan, summary: &Summary, text: &str) -> Vec<Stage> {
    let flat = |span: Span, name: &str| {
        let words = text.get(span.range()).unwrap_or_default().split_whitespace();
        let flat = words.collect::<Vec<_>>().join(" ");
        if flat.is_empty() { name.to_owned() } else { flat }
    };
    let first = match &plan.source {
        Source::Scan(_) => flat(plan.first, "search"),
        Source::Generate(planned) => flat(planned.span, &planned.name),
    };
    let (rows_in, rows_out) = (summary.scan.events, summary.scan.matched);
    let mut all = vec![Stage { text: first, rows_in, rows_out }];
    for stage in &summary.profile {
        let of_first = all.len() == 1 && stage.span.range() == plan.first.range();
        if let Some(first) = all.first_mut().filter(|_| of_first) {
            first.rows_out = stage.rows_out;
            continue;
        }
        let (rows_in, rows_out) = (stage.rows_in, stage.rows_out);
        all.push(Stage { text: flat(stage.span, &stage.name), rows_in, rows_out });
    }
    all
}
