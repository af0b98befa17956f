//! The runner.

mod evidence;
mod feed;
mod report;
mod workers;

pub use evidence::{Event, Times};
pub(crate) use report::{Done, Nothing};
pub use report::{Entity, Finding, Report, RiskEvent, SetReport};

use crate::events::{Held, hold};
use crate::route::{Events, Routed, Router, stamps};
use crate::{Content, DataSet, Limits, Ready};
use sepal_data::Batch;
use sepal_exec::host::Host;
use sepal_exec::knowledge::{Knowledge, for_stamps};
use sepal_exec::plan::{Plan, ScanOptions, Source};
use sepal_exec::run::{LocalSubsearches, RunOptions, Summary, run_to_batch};
use sepal_exec::scan::Input;
use sepal_exec::{Notice, RunCx, RunError, Subsearches};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use workers::{Stops, over};

/// How a hunt runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Switches and limits of scans.
    pub scan: ScanOptions,
    /// About how many bytes of rows are kept in memory, all threads together.
    pub memory: usize,
    /// Events before this are left out; microseconds.
    pub earliest: Option<i64>,
    /// Events at or after this are left out.
    pub latest: Option<i64>,
    /// How many detections run at the same time; 1 at least.
    pub threads: usize,
    /// Whether a detection that no event can meet is not run.
    pub rule_out: bool,
    /// How many rows of a finding are kept.
    pub rows: usize,
    /// About how many of the events behind a finding are kept; none are looked for where it is 0.
    pub events: usize,
    /// The most rows of a finding that risk events are made of; 0 makes none.
    pub risk_rows: usize,
    /// How much of the inputs is kept in memory.
    pub limits: Limits,
}

impl Default for Options {
    /// All processors, five rows of a finding.
    fn default() -> Self {
        let run = RunOptions::default();
        Options {
            scan: run.scan,
            memory: run.memory,
            earliest: None,
            latest: None,
            threads: run.threads,
            rule_out: true,
            rows: 5,
            events: 0,
            risk_rows: 0,
            limits: Limits::default(),
        }
    }
}

/// As many detections are named in one notice.
const NAMED: usize = 5;

/// How far a hunt has come.
#[derive(Debug, Default)]
pub struct Progress {
    /// How many times a detection is to be run over a data set.
    pub total: AtomicU64,
    /// How many of them are done.
    pub done: AtomicU64,
    /// How many found something.
    pub found: AtomicU64,
    /// Events read.
    pub events: AtomicU64,
}

/// Detections to be run over data sets.
pub struct Hunt<'a> {
    /// The detections.
    pub ready: &'a [Ready],
    /// What the rules of sourcetypes are planned with.
    pub content: &'a Content,
    /// Clock, zone, files.
    pub host: Arc<dyn Host>,
    /// How it runs.
    pub options: Options,
    /// Raised to stop: what was found so far is reported.
    pub stop: Arc<AtomicBool>,
    /// Counted up on the way.
    pub progress: &'a Progress,
}

/// A data set that was looked through.
struct Known<'h> {
    held: &'h Held,
    /// The rules of sourcetypes that may hold for one of its events.
    knowledge: Option<Arc<dyn Knowledge>>,
    /// The number of their set; 0 without rules.
    rules: usize,
    routed: Option<Routed>,
    /// By detection: what it gave where it was fed.
    fed: feed::AllFed,
}

impl Hunt<'_> {
    /// Runs all detections over each data set.
    pub fn run(&self, sets: Vec<DataSet>) -> Report {
        let all = self.ready.len() as u64;
        self.progress.total.store(all.saturating_mul(sets.len() as u64), Ordering::Relaxed);
        let mut report = Report {
            sets: sets.iter().map(|s| SetReport::new(&s.name)).collect(),
            ..Report::default()
        };
        let router = Router::new(self.ready);
        let stops = Stops::new(self.options.threads.max(1));
        stops.watch(&self.stop, || self.groups(sets, &router, &stops, &mut report));
        report.stopped = stops.stopped();
        report.done = self.progress.done.load(Ordering::Relaxed);
        report.total = self.progress.total.load(Ordering::Relaxed);
        let score = |f: &Finding| self.ready.get(f.detection).and_then(Ready::score).unwrap_or(0.0);
        report.findings.sort_by(|a, b| {
            let by_score = || score(b).total_cmp(&score(a));
            a.set.cmp(&b.set).then_with(by_score).then_with(|| a.detection.cmp(&b.detection))
        });
        report
    }

    /// Data sets are taken in groups that fit into memory, each input is read once.
    fn groups(&self, sets: Vec<DataSet>, router: &Router, stops: &Stops, report: &mut Report) {
        let limits = self.options.limits;
        let (mut group, mut bytes) = (Vec::new(), 0usize);
        for (number, set) in sets.into_iter().enumerate() {
            if stops.stopped() {
                return;
            }
            let left = limits.all.saturating_sub(bytes);
            match hold(
                number,
                set,
                limits,
                left,
                self.content.knowledge.as_ref(),
                &*self.host,
                &|| stops.stopped(),
            ) {
                Ok(held) => {
                    bytes = bytes.saturating_add(held.bytes);
                    group.push(held);
                }
                Err(RunError::Stopped) => return,
                Err(e) => report.unread(number, e),
            }
            if bytes >= limits.all / 4 {
                self.group(&group, router, stops, report);
                (group, bytes) = (Vec::new(), 0);
            }
        }
        self.group(&group, router, stops, report);
    }

    fn group(&self, group: &[Held], router: &Router, stops: &Stops, report: &mut Report) {
        let looked = over(group.len(), stops, |n, flag| {
            // a single one is read by all threads
            let threads = if group.len() == 1 { self.options.threads } else { 1 };
            group.get(n).map(|held| self.look(held, router, threads, flag))
        });
        let mut known: Vec<Known<'_>> = Vec::with_capacity(group.len());
        for (held, looked) in group.iter().zip(looked) {
            match looked.flatten() {
                Some(Ok((set, summary))) => {
                    self.progress.events.fetch_add(summary.scan.events, Ordering::Relaxed);
                    report.read(held.number, summary, &held.inputs);
                    known.push(set);
                }
                Some(Err(RunError::Stopped)) | None => {}
                Some(Err(e)) => report.unread(held.number, e),
            }
        }
        // those with the same rules follow one another, so that a detection is planned once for them
        known.sort_by_key(|set| set.rules);
        self.feed(&mut known, router, stops);
        for set in &known {
            report.notice(set.held.number, self.reads_again(set));
        }
        // a detection's runs follow one another, so that what its plan keeps from run to run is
        // the same for any number of threads
        let found = over(self.ready.len(), stops, |n, flag| {
            let Some(ready) = self.ready.get(n) else { return Vec::new() };
            let mut found = Vec::new();
            for set in &known {
                if stops.stopped() {
                    break;
                }
                let caught = catch_unwind(AssertUnwindSafe(|| self.one(n, ready, set, flag)));
                let done = caught.unwrap_or_else(|_| {
                    Err(RunError::failed("SPL5301", "the run stopped with a bug"))
                });
                if matches!(done, Err(RunError::Stopped)) {
                    break;
                }
                self.progress.done.fetch_add(1, Ordering::Relaxed);
                let finding = Finding::of(n, set.held.number, done, || self.always(ready));
                if let Some(finding) = finding {
                    self.progress.found.fetch_add(u64::from(finding.rows > 0), Ordering::Relaxed);
                    found.push(finding);
                }
            }
            ready.forget();
            found
        });
        report.findings.extend(found.into_iter().flatten().flatten());
    }

    /// Reads a data set for the values of its fields.
    fn look<'h>(
        &self,
        held: &'h Held,
        router: &Router,
        threads: usize,
        flag: &Arc<AtomicBool>,
    ) -> Result<(Known<'h>, Summary), RunError> {
        let cx = RunCx::with_stop(Arc::clone(&self.host), Arc::clone(flag));
        let memory = self.options.rule_out.then_some(self.options.limits.all / 4);
        let options = RunOptions { threads, ..self.run_options() };
        let mut knowledge = held.knowledge.clone();
        if let Some(all) = held.knowledge.as_ref().filter(|_| held.own_stamps) {
            knowledge = for_stamps(all, &stamps(&held.inputs, &options, &cx)?);
        }
        let rules = knowledge.as_ref().map(|k| self.content.rule_set(k));
        let planning = rules.as_ref().map_or(&self.content.cx, |r| &r.cx);
        let number = rules.as_ref().map_or(0, |r| r.number + 1);
        let (routed, summary) = router.take(&held.inputs, planning, memory, &options, &cx)?;
        match cx.was_cut_short() {
            true => Err(RunError::Stopped),
            false => {
                Ok((Known { held, knowledge, rules: number, routed, fed: Vec::new() }, summary))
            }
        }
    }

    /// What is told of detections that read all events again; none where there are none.
    fn reads_again(&self, set: &Known<'_>) -> Option<Notice> {
        let routed = set.routed.as_ref()?;
        let was_fed = |n: usize| set.fed.get(n).is_some_and(Option::is_some);
        let which = self.ready.iter().enumerate();
        let which = which.filter(|(n, _)| routed.reads_again(*n) && !was_fed(*n));
        let mut names: Vec<&str> = which.map(|(_, r)| r.detection.name.as_str()).collect();
        let all = names.len();
        names.truncate(NAMED);
        let more = match all - names.len() {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let read = match all {
            0 => return None,
            1 => "1 detection reads".to_owned(),
            n => format!("{n} detections read"),
        };
        let message = format!(
            "{read} all events again, which takes longer: more events than are kept ({} MiB) may meet \
             the conditions of: {}{more}",
            (self.options.limits.all / 4) >> 20,
            names.join(", ")
        );
        Some(Notice { code: "SPL5490", message, cuts_result: false })
    }

    fn run_options(&self) -> RunOptions {
        RunOptions {
            scan: self.options.scan.clone(),
            threads: 1,
            memory: self.options.memory / self.options.threads.max(1),
            earliest: self.options.earliest,
            latest: self.options.latest,
            profile: false,
            // most searches find nothing, and nobody is told why
            explain_empty: false,
        }
    }

    /// One detection over one data set.
    fn one(
        &self,
        number: usize,
        ready: &Ready,
        set: &Known<'_>,
        flag: &Arc<AtomicBool>,
    ) -> Result<Arc<Done>, RunError> {
        let events = match (&ready.plain.source, &set.routed) {
            (Source::Scan(_), Some(routed)) => routed.alone(number),
            (Source::Generate(_), _) if self.options.rule_out => Events::None,
            _ => Events::All,
        };
        if matches!(events, Events::None)
            && let Some(nothing) = self.nothing(ready)
        {
            return nothing.clone();
        }
        if let Some(Some(done)) = set.fed.get(number) {
            return done.clone();
        }
        let ruled = set.knowledge.as_ref().map(|k| ready.ruled(k)).transpose()?;
        let plan = ruled.as_deref().unwrap_or(&ready.plain);
        let kept;
        let events: &[Input] = match (&events, &set.routed) {
            (Events::None, _) => &[],
            (Events::Some(events), Some(routed)) => {
                kept = routed.inputs(&set.held.inputs, events);
                &kept
            }
            _ => &set.held.inputs,
        };
        let subsearches =
            LocalSubsearches { inputs: Arc::clone(&set.held.inputs), options: self.run_options() };
        let subsearches: Arc<dyn Subsearches> = Arc::new(subsearches);
        let mut done = self.execute(ready, plan, events, Arc::clone(&subsearches), flag)?;
        if done.rows > 0 && self.options.events > 0 && done.events.is_empty() {
            let knowledge = set.knowledge.as_ref();
            done.events = self.evidence(ready, knowledge, events, subsearches, flag, &done.first);
        }
        Ok(Arc::new(done))
    }

    /// What a detection gives where no event meets its first condition; none where that depends on
    /// what its subsearches find.
    fn nothing<'r>(&self, ready: &'r Ready) -> Option<&'r Nothing> {
        let made = ready.nothing.get_or_init(|| {
            let asked = Arc::new(Asked::default());
            let flag = Arc::default();
            let done = self.execute(ready, &ready.plain, &[], asked.clone(), &flag);
            (!asked.0.load(Ordering::Relaxed)).then(|| done.map(Arc::new))
        });
        made.as_ref()
    }

    /// Whether a detection gives rows without any event.
    fn always(&self, ready: &Ready) -> bool {
        matches!(self.nothing(ready), Some(Ok(done)) if done.rows > 0)
    }

    fn execute(
        &self,
        ready: &Ready,
        plan: &Plan,
        events: &[Input],
        subsearches: Arc<dyn Subsearches>,
        flag: &Arc<AtomicBool>,
    ) -> Result<Done, RunError> {
        let cx = RunCx::with_stop(Arc::clone(&self.host), Arc::clone(flag));
        let cx = cx.with_subsearches(subsearches);
        let (batch, summary) = run_to_batch(plan, events, &self.run_options(), &cx)?;
        if cx.was_cut_short() {
            // rows of a part of the events can be wrong
            return Err(RunError::Stopped);
        }
        Ok(self.done(ready, &batch, summary))
    }

    fn done(&self, ready: &Ready, rows: &Batch, summary: Summary) -> Done {
        let mut done = Done::of(&ready.detection.risk, rows, summary, &self.options, &*self.host);
        self.add_risk(ready, rows, &mut done);
        done
    }
}

/// Says whether a subsearch is asked for, and runs none.
#[derive(Default)]
struct Asked(AtomicBool);

impl Subsearches for Asked {
    fn run_first(
        &self,
        _: &Plan,
        _: usize,
        _: &RunCx,
    ) -> Result<(Vec<sepal_data::Batch>, bool), RunError> {
        self.0.store(true, Ordering::Relaxed);
        Err(RunError::Stopped)
    }
}
