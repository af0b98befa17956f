//! The kernel on this machine.

use crate::args::InputArgs;
use crate::engine::{Engine, Input, Job, Options, Outcome, Refusal, Results, Summary};
use crate::host::{SystemHost, named_zone};
use crate::project;
use crate::spl::Prepared;
use jiff::tz::TimeZone;
use sepal_content::Note;
use sepal_data::Batch;
use sepal_data::time::{Time, parse_modifier};
use sepal_exec::host::Host;
use sepal_exec::knowledge::{Known, known};
use sepal_exec::plan::{Plan, PlanCx, ScanOptions, plan_with};
use sepal_exec::run::{LocalSubsearches, RunOptions, run_to_batch};
use sepal_exec::scan;
use sepal_exec::{RunCx, RunError};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Runs searches in this process, over threads.
pub struct Local;

/// The clock and zone that the options ask for.
fn host(input: &InputArgs) -> Result<SystemHost, String> {
    let zone = match &input.tz {
        Some(name) => named_zone(name).ok_or_else(|| {
            format!("--tz {name}: no such time zone; write a name such as Europe/Zurich or +02:00")
        })?,
        None => TimeZone::system(),
    };
    let mut host = SystemHost::at_clock(zone);
    if let Some(text) = &input.now {
        let now = Time::from_micros(host.now).unwrap_or(Time::EPOCH);
        host.now = moment("--now", text, now, host.time_zone())?;
        host.seed = host.now.unsigned_abs();
    }
    Ok(host)
}

/// The microseconds that a time modifier stands for.
fn moment(option: &str, text: &str, now: Time, zone: &TimeZone) -> Result<i64, String> {
    let modifier = parse_modifier(text).map_err(|e| format!("{option} {text}: {e}"))?;
    let time = modifier.apply(now, zone);
    Ok(time.ok_or_else(|| format!("{option} {text}: outside the years 0 to 9999"))?.as_micros())
}

/// The clock, and the time range in microseconds.
pub(crate) fn times(input: &InputArgs) -> Result<(SystemHost, Option<i64>, Option<i64>), String> {
    let host = host(input)?;
    let now = Time::from_micros(host.now).unwrap_or(Time::EPOCH);
    let at = |option: &str, text: &Option<String>| {
        text.as_ref().map(|text| moment(option, text, now, host.time_zone())).transpose()
    };
    let (earliest, latest) = (at("--earliest", &input.earliest)?, at("--latest", &input.latest)?);
    if let (Some(from), Some(to)) = (earliest, latest)
        && from >= to
    {
        return Err("the time range is empty: earliest is not before latest".to_owned());
    }
    Ok((host, earliest, latest))
}

/// What is wrong with the clock, zone or time range of the options.
///
/// # Errors
/// One sentence.
pub fn check_times(input: &InputArgs) -> Result<(), String> {
    times(input).map(|_| ())
}

/// The files behind the inputs, and all their bytes where that is known and says how far a run is.
/// Without a search events carry what the user says, whatever a detection declares.
fn open(
    search: Option<&Prepared>,
    given: &[Input],
    options: &Options,
    host: &dyn Host,
    notes: &mut Vec<Note>,
) -> Result<(Vec<scan::Input>, u64), RunError> {
    let detection = search.and_then(|s| s.source.detection.as_deref());
    let detection = options.declared.as_deref().or(detection);
    let mut total = Some(0u64);
    let mut inputs = Vec::new();
    for one in given {
        let path = match one {
            Input::Stdin => PathBuf::from("-"),
            Input::Path(path) | Input::Project(path) => path.clone(),
        };
        for path in scan::expand_folders(vec![path], host)? {
            let packed = path.extension().is_some_and(|e| e == "gz" || e == "zst");
            let size = host.size(&path).ok().flatten().filter(|_| !packed);
            total = total.zip(size).map(|(a, b)| a.saturating_add(b));
            let mut input = scan::Input::path(&path);
            if input.name == "-" {
                input.name = "<stdin>".to_owned();
            }
            let stamps = project::stamps(options, detection, one, &path);
            for note in stamps.notes {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
            (input.format, input.meta, input.time_zone) =
                (stamps.format, stamps.meta, stamps.time_zone);
            inputs.push(input);
        }
    }
    inputs.extend(options.risk.iter().cloned());
    Ok((inputs, total.unwrap_or(0)))
}

/// The same for many searches.
pub(crate) fn inputs(
    given: &[Input],
    options: &Options,
    host: &dyn Host,
) -> Result<Vec<scan::Input>, RunError> {
    open(None, given, options, host, &mut Vec::new()).map(|(all, _)| all)
}

fn plan(search: &Prepared, options: &Options) -> Result<Plan, Refusal> {
    let mut cx = PlanCx::default()
        .with_lookups(options.lookups.clone())
        .with_data_models(options.data_models.clone())
        .with_knowledge(options.knowledge.clone())
        .with_macros(search.macros.clone());
    let mut timeless;
    let mut pipeline = search.pipeline();
    if options.timeless {
        timeless = pipeline.clone();
        sepal_hunt::without_time(&mut timeless);
        pipeline = &timeless;
    }
    plan_with(pipeline, &mut cx).map_err(Refusal::Search)
}

/// The inputs with what they were recognized as, and the plan for them: rules of sourcetypes are
/// left out where none can hold.
fn plan_over(
    search: &Prepared,
    inputs: Vec<scan::Input>,
    options: &Options,
    host: &dyn Host,
) -> Result<(Vec<scan::Input>, Plan), Refusal> {
    let Some(k) = &options.knowledge else { return Ok((inputs, plan(search, options)?)) };
    let Known { inputs, knowledge, .. } = known(k, inputs, !search.generates(), host);
    let plan = plan(search, &Options { knowledge, ..options.clone() })?;
    Ok((inputs, plan))
}

fn scan_options(options: &Options) -> ScanOptions {
    scan_switches(&options.input, options.no_prefilter)
}

/// How events are read.
pub(crate) fn scan_switches(input: &InputArgs, no_prefilter: bool) -> ScanOptions {
    ScanOptions {
        prefilter: !no_prefilter,
        time_field: input.time_field.clone(),
        ..ScanOptions::default()
    }
}

impl Engine for Local {
    fn run(&self, job: &Job<'_>) -> Result<Outcome, Refusal> {
        let begin = Instant::now();
        let (host, earliest, latest) = times(&job.options.input).map_err(Refusal::Option)?;
        let mut notes = Vec::new();
        let (inputs, total) = open(Some(job.search), job.inputs, job.options, &host, &mut notes)
            .map_err(Refusal::Run)?;
        let (inputs, plan) = plan_over(job.search, inputs, job.options, &host)?;
        let mut options = RunOptions {
            scan: scan_options(job.options),
            earliest,
            latest,
            profile: job.options.profile,
            ..RunOptions::default()
        };
        if let Some(threads) = job.options.threads {
            options.threads = usize::from(threads);
        }
        let inputs: Arc<[scan::Input]> = inputs.into();
        let subsearches =
            LocalSubsearches { inputs: Arc::clone(&inputs), options: options.clone() };
        let cx = RunCx::with_stop(Arc::new(host), Arc::clone(&job.stop));
        let cx = Arc::new(cx.with_subsearches(Arc::new(subsearches)));
        job.progress.total.store(total, Ordering::Relaxed);
        // nobody else sets it
        let _ = job.progress.run.set(Arc::clone(&cx));
        let (batch, done) = run_to_batch(&plan, &inputs, &options, &cx).map_err(Refusal::Run)?;
        let shown = plan.shown(&batch, &cx).map(|batch| rows(&batch));
        let damaged_at = done.scan.first_damaged.iter().map(|d| {
            let name = inputs.get(d.unit as usize).map_or("?", |i| &i.name);
            match d.line {
                Some(line) => format!("{name}:{line} ({})", d.reason),
                None => format!("{name}, byte {} ({})", d.offset, d.reason),
            }
        });
        let summary = Summary {
            events: done.scan.events,
            matched: done.passed_first(&plan),
            damaged: done.scan.damaged,
            damaged_at: damaged_at.collect(),
            input_errors: done.input_errors,
            warnings: plan.warnings,
            notes,
            files: if matches!(plan.source, sepal_exec::plan::Source::Scan(_)) {
                inputs.len() as u64
            } else {
                0
            },
            bytes: done.scan.bytes,
            elapsed: begin.elapsed(),
            notices: done.notices,
            profile: done.profile,
            partial: cx.was_cut_short(),
        };
        Ok(Outcome { results: rows(&batch), shown, summary })
    }

    fn explain(
        &self,
        search: &Prepared,
        inputs: &[Input],
        options: &Options,
    ) -> Result<String, Refusal> {
        let (host, ..) = times(&options.input).map_err(Refusal::Option)?;
        let opened = open(Some(search), inputs, options, &host, &mut Vec::new());
        let files = opened.map(|(all, _)| all).unwrap_or_default();
        let plan = match files.is_empty() {
            // which sourcetypes there are is not known yet
            true => plan(search, &Options { knowledge: None, ..options.clone() })?,
            false => plan_over(search, files, options, &host)?.1,
        };
        let said = match &options.project {
            Some(p) => project::explain(p, search, inputs, options, &host),
            None => String::new(),
        };
        Ok(said + &crate::explain::text(&plan, search, &scan_options(options)))
    }
}

/// The rows of a batch, as they are written.
pub(crate) fn rows(batch: &Batch) -> Results {
    let columns: Vec<_> = batch.cols.keys().cloned().collect();
    let rows =
        (0..batch.len).map(|r| batch.cols.values().map(|c| c.get(r).clone()).collect()).collect();
    Results { columns, rows }
}
