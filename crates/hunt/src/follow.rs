//! Hunting what is written while the hunt runs.
//!
//! New complete events are hunted in batches. A detection that judges events one by one runs over
//! the new events only; any other over the events of a window of time, which new ones join. All
//! state is bounded: the window by time and by bytes, what was told by a number of rows.

mod files;
mod risk;
mod seen;
mod window;

use crate::risk::of_rows;
use crate::run::{Hunt, Options, Progress, Report};
use crate::{Content, DataSet, Finding, Ready, RiskEvent, SetReport};
use files::{Files, New};
use risk::Kept;
use seen::Seen;
use sepal_content::{AddedRisk, RiskIndex, SearchTimes};
use sepal_exec::commands::Op;
use sepal_exec::host::Host;
use sepal_exec::plan::Source;
use sepal_exec::scan::Input;
use sepal_exec::{Notice, RunError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use window::Window;

/// So many rows of a detection are compared with what was told.
const ROWS: usize = 10_000;

/// How often the wish to stop is looked at.
const STEP: Duration = Duration::from_millis(50);

/// The clock, and the time range of all detections in microseconds.
pub struct Now {
    /// Clock, zone, files.
    pub host: Arc<dyn Host>,
    /// Events before this are left out.
    pub earliest: Option<i64>,
    /// Events at or after this are left out.
    pub latest: Option<i64>,
}

/// A hunt that follows files.
pub struct Follow<'a> {
    /// The detections, as [`arrange`] leaves them.
    pub ready: &'a [Ready],
    /// How many of them, the first, judge events one by one.
    pub single: usize,
    /// Where risk events are, and whether those of what is told are added there.
    pub risk: Option<(&'a RiskIndex, bool)>,
    /// What the rules of sourcetypes are planned with.
    pub content: &'a Content,
    /// How it runs; its time range does not count.
    pub options: Options,
    /// How long the files are left alone.
    pub every: Duration,
    /// How long events are kept for detections that need several; microseconds of their own time.
    pub window: i64,
    /// The most bytes of them.
    pub window_bytes: usize,
    /// Raised to end it.
    pub stop: Arc<AtomicBool>,
    /// Counted up on the way.
    pub progress: &'a Progress,
}

/// Puts the detections that judge events one by one before the others, and those that ask for risk
/// events behind them; says how many the first are.
pub fn arrange(ready: &mut [Ready]) -> usize {
    ready.sort_by_key(|r| (r.reads_risk, !judges_single_events(r)));
    ready.iter().take_while(|r| judges_single_events(r)).count()
}

fn judges_single_events(ready: &Ready) -> bool {
    let plan = &ready.plain;
    !ready.reads_risk
        && matches!(plan.source, Source::Scan(_))
        && plan.subsearches.is_none()
        && plan.ops.iter().all(|p| matches!(p.op, Op::Streaming(_)))
}

impl Follow<'_> {
    /// Follows until `stop` is raised or `told` says that nobody listens. `inputs` gives the files
    /// that there are now; `now` the clock of a batch; `told` gets what is new, which is never
    /// empty. Gives how many risk events were added to the index.
    ///
    /// # Errors
    /// Where the files cannot be found at the beginning, or one of them cannot be followed.
    pub fn run(
        &self,
        inputs: &dyn Fn() -> Result<Vec<Input>, RunError>,
        now: &dyn Fn() -> Now,
        told: &mut dyn FnMut(Report) -> bool,
    ) -> Result<AddedRisk, RunError> {
        let mut files = Files::new(self.window_bytes.min(self.options.limits.input) / 4);
        let mut window = Window::new(self.window, self.window_bytes);
        let mut seen = Seen::default();
        let (index, may_add) = self.risk.unzip();
        let mut risk = Kept::new(index, may_add.unwrap_or(false));
        let mut first = true;
        loop {
            let clock = now();
            let host = &*clock.host;
            let listed = match inputs() {
                Ok(listed) => listed,
                Err(e) if first => return Err(e),
                // a folder that is gone may come back
                Err(_) => Vec::new(),
            };
            if let Some(pipe) = listed.iter().find(|i| files::is_pipe(i, host)).filter(|_| first) {
                let message = "it cannot be followed: name files or folders".to_owned();
                return Err(RunError::Input { file: pipe.name.clone(), message });
            }
            first = false;
            let looked = files.look(listed, host);
            let mut report = Report::default();
            if !looked.new.is_empty() {
                self.batch(looked.new, &clock, &mut window, &mut seen, &mut report);
                self.correlate(&clock, &mut risk, &mut seen, &mut report);
            }
            let (stopped, news) = (report.stopped, !looked.errors.is_empty());
            if news {
                let errors = looked.errors;
                report.sets.push(SetReport {
                    name: "files".to_owned(),
                    errors,
                    ..SetReport::default()
                });
            }
            let any = !report.findings.is_empty() || !report.sets.is_empty();
            let heard = !any || told(report);
            if stopped || !heard {
                return Ok(risk.added());
            }
            let pause = if looked.more { Duration::ZERO } else { self.every };
            if self.waited_for_stop(pause) {
                return Ok(risk.added());
            }
        }
    }

    /// Waits, and says whether it was asked to stop.
    fn waited_for_stop(&self, pause: Duration) -> bool {
        let begin = Instant::now();
        loop {
            if self.stop.load(Ordering::SeqCst) {
                return true;
            }
            let left = pause.saturating_sub(begin.elapsed());
            if left.is_zero() {
                return false;
            }
            thread::sleep(left.min(STEP));
        }
    }

    /// Hunts new events.
    fn batch(
        &self,
        new: Vec<New>,
        now: &Now,
        window: &mut Window,
        seen: &mut Seen,
        report: &mut Report,
    ) {
        let (single, several) =
            self.of_events().split_at_checked(self.single).unwrap_or((self.of_events(), &[]));
        let inputs: Vec<Input> = new.iter().map(|n| n.input.clone()).collect();
        let name = match inputs.as_slice() {
            [one] => one.name.clone(),
            all => format!("{} files", all.len()),
        };
        let set = |inputs: Vec<Input>| vec![DataSet { name: name.clone(), inputs }];
        let found = self.hunt(single, now, None).run(set(inputs));
        report.sets.extend(found.sets);
        self.news(found.findings, 0, now, report, seen, &|_| Vec::new());
        report.stopped = found.stopped;
        if several.is_empty() || report.stopped {
            return;
        }
        let before = window.inputs();
        let notice = window.add(new, self.content, &now.host);
        let from = window.from();
        // the same events were counted already
        let quiet = Progress::default();
        let hunt = Hunt { progress: &quiet, ..self.hunt(several, now, from) };
        let found = hunt.run(set(window.inputs()));
        self.progress.found.fetch_add(quiet.found.load(Ordering::Relaxed), Ordering::Relaxed);
        // rows that the events before would give now: events that left the window changed them
        let without_new = |detection: usize| {
            let Some(one) = several.get(detection..=detection).filter(|_| !before.is_empty())
            else {
                return Vec::new();
            };
            let quiet = Progress::default();
            let hunt = Hunt { progress: &quiet, ..self.hunt(one, now, from) };
            hunt.run(set(before.clone())).findings
        };
        self.news(found.findings, self.single, now, report, seen, &without_new);
        report.stopped = found.stopped;
        if let (Some(notice), Some(set)) = (notice, report.sets.first_mut()) {
            set.notices.push((notice, 1));
        }
    }

    /// The detections that do not ask for risk events.
    fn of_events(&self) -> &[Ready] {
        let first = self.ready.iter().take_while(|r| !r.reads_risk).count();
        self.ready.get(..first).unwrap_or(self.ready)
    }

    /// Keeps the risk events of what is told, and runs the detections that ask for them where there are
    /// new ones. What these find makes risk events too, which the next ones are looked at with.
    fn correlate(&self, now: &Now, risk: &mut Kept<'_>, seen: &mut Seen, report: &mut Report) {
        if report.stopped {
            return;
        }
        let mut set =
            SetReport { name: "risk events".to_owned(), of_risk: true, ..SetReport::default() };
        let first = self.of_events().len();
        let correlations = self.ready.get(first..).unwrap_or_default();
        let news = risk.take(risk_of(report, 0), &mut set);
        let before = report.findings.len();
        if news && !correlations.is_empty() {
            let inputs = risk.inputs(&mut set);
            let quiet = Progress::default();
            let hunt = Hunt { progress: &quiet, ..self.hunt(correlations, now, None) };
            let found = hunt.run(vec![DataSet { name: set.name.clone(), inputs }]);
            self.progress.found.fetch_add(quiet.found.load(Ordering::Relaxed), Ordering::Relaxed);
            report.stopped = found.stopped;
            // its events were counted when they came
            for of in found.sets {
                set.notices.extend(of.notices);
                set.errors.extend(of.errors);
            }
            self.news(found.findings, first, now, report, seen, &|_| Vec::new());
            risk.take(risk_of(report, before), &mut set);
        }
        let number = report.sets.len();
        let of_risk = report.findings.get_mut(before..).unwrap_or_default();
        of_risk.iter_mut().for_each(|f| f.set = number);
        if !of_risk.is_empty() || !set.notices.is_empty() || !set.errors.is_empty() {
            report.sets.push(set);
        }
    }

    /// What of the findings was not told yet. `base` is the number of the first detection.
    fn news(
        &self,
        findings: Vec<Finding>,
        base: usize,
        now: &Now,
        report: &mut Report,
        seen: &mut Seen,
        without_new: &dyn Fn(usize) -> Vec<Finding>,
    ) {
        for mut f in findings {
            let number = f.detection;
            f.detection += base;
            let id = self.ready.get(f.detection).map_or("", |r| r.detection.id.as_str());
            let key = (f.detection, id);
            if let Some(error) = &f.error {
                if seen.error(key, error) {
                    report.findings.push(f);
                }
                continue;
            }
            let mut new = seen.unseen(key, &f.first);
            if new.is_empty() {
                continue;
            }
            for old in without_new(number) {
                let unseen = seen.unseen(key, &old.first);
                seen.take(key, &old.first, &unseen);
            }
            new = seen.take(key, &f.first, &new);
            if new.is_empty() {
                continue;
            }
            let risky = self.ready.get(f.detection).filter(|_| !f.is_cut());
            if let Some(ready) = risky {
                let times = SearchTimes {
                    earliest: now.earliest,
                    latest: now.latest,
                    now: now.host.now(),
                    zone: now.host.time_zone().clone(),
                };
                f.risk = of_rows(ready, &f.first.take(&new), times, ROWS).into();
            }
            if f.rows > f.first.len as u64 {
                f.notices.push((
                    Notice {
                        code: "SPL6051",
                        message: format!("only {ROWS} rows are compared with what was told"),
                        cuts_result: true,
                    },
                    1,
                ));
            }
            if let Some(ready) = self.ready.get(f.detection) {
                let most = (self.options.rows, self.options.events);
                f.keep_rows(&new, &ready.detection.risk, most);
            }
            report.findings.push(f);
        }
    }

    fn hunt<'h>(&'h self, ready: &'h [Ready], now: &Now, from: Option<i64>) -> Hunt<'h> {
        let options = Options {
            earliest: now.earliest.max(from),
            latest: now.latest,
            rows: ROWS,
            ..self.options.clone()
        };
        Hunt {
            ready,
            content: self.content,
            host: Arc::clone(&now.host),
            options,
            stop: Arc::clone(&self.stop),
            progress: self.progress,
        }
    }
}

/// The risk events of the findings from one on, which do not keep them.
fn risk_of(report: &mut Report, from: usize) -> Vec<RiskEvent> {
    let findings = report.findings.get_mut(from..).unwrap_or_default();
    findings.iter_mut().flat_map(|f| std::mem::take(&mut f.risk).to_vec()).collect()
}
