//! `sepal test`: the tests that detections declare.

mod report;

use super::hunt::load_content;
use super::run::deliver_to;
use super::{App, count, footer};
use crate::args::{InputArgs, TestArgs, TestFormat};
use crate::exit::Exit;
use crate::output::{Hidden, Style};
use crate::{local, progress, stop};
use sepal_content::DeclaredTest;
use sepal_content::parallel::in_order;
use sepal_exec::host::Host;
use sepal_hunt::test::{Tested, Tests, Verdict};
use sepal_hunt::{Choice, Ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A line of the report.
pub(super) struct Case {
    pub detection: String,
    pub id: String,
    pub file: String,
    /// Empty where the detection declares none.
    pub test: String,
    pub outcome: Outcome,
    pub rows: u64,
    pub events: u64,
    pub elapsed: Duration,
}

/// What became of it.
pub(super) enum Outcome {
    Pass,
    Fail(String),
    Error(String),
    Skip(String),
}

/// Tests.
pub fn test(app: &App<'_>, args: &TestArgs) -> Exit {
    match load_and_run(app, args) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn load_and_run(app: &App<'_>, args: &TestArgs) -> Result<Exit, Exit> {
    let begin = Instant::now();
    let choice = Choice { deprecated: true, all_types: true, time_modifiers: args.time_modifiers };
    let folders = (&args.content.macros[..], &args.content.set[..], &args.content.datamodels[..]);
    let lookups = app.lookups(&args.content.lookups, false)?;
    let knowledge = app.knowledge(&args.content.knowledge, args.content.no_knowledge)?;
    let (loaded, content) = load_content(app, &args.paths, folders, lookups, knowledge, choice)?;
    let input = InputArgs { now: args.now.clone(), tz: args.tz.clone(), ..InputArgs::default() };
    let (host, ..) = local::times(&input).map_err(|text| app.fail(None, &text))?;
    let filter = args.filter.as_ref().map(|f| f.to_lowercase());
    let wanted =
        |name: &str| filter.as_ref().is_none_or(|f| name.to_lowercase().contains(f.as_str()));

    let (mut cases, mut todo) = (Vec::new(), Vec::new());
    for f in loaded.failed.iter().filter(|f| f.name.is_empty() || wanted(&f.name)) {
        let reason = format!("{} {} ({})", f.code, f.message, f.place);
        cases.push(Case {
            detection: f.name.clone(),
            id: f.id.clone(),
            file: f.file.clone(),
            test: String::new(),
            outcome: Outcome::Error(reason),
            rows: 0,
            events: 0,
            elapsed: Duration::ZERO,
        });
    }
    for ready in loaded.ready.iter().filter(|r| wanted(&r.detection.name)) {
        match skipped(ready) {
            Some(why) => cases.push(case(ready, "", Outcome::Skip(why))),
            None => todo.extend(ready.detection.tests.iter().map(|t| (ready, t))),
        }
    }
    let stop = stop::flag();
    stop::take();
    let tests = Tests {
        content: &content,
        host: Arc::new(host) as Arc<dyn Host>,
        data: &args.data,
        stop: Arc::clone(&stop),
    };
    let done = AtomicUsize::new(0);
    let line = |_| format!("{} of {} tests", done.load(Ordering::Relaxed), todo.len());
    let ran = progress::watch_line(app.term.stderr, &line, || run(&tests, &todo, args, &done));
    stop::take();
    let stopped = ran.len() < todo.len();
    cases.extend(ran);
    cases.sort_by(|a, b| a.file.cmp(&b.file));

    let (written, _) = deliver_to(app, args.output.as_deref(), Style::default(), |out, _| {
        let text = match args.format {
            TestFormat::Text => report::text(&cases),
            TestFormat::Ndjson => report::ndjson(&cases),
            TestFormat::Junit => report::junit(&cases).map_err(std::io::Error::other)?,
        };
        out.write_all(text.as_bytes()).map(|()| Hidden::default())
    });
    let of = |is: fn(&Outcome) -> bool| cases.iter().filter(|c| is(&c.outcome)).count();
    let failed = of(|o| matches!(o, Outcome::Fail(_)));
    let errors = of(|o| matches!(o, Outcome::Error(_)));
    app.say(&format!(
        "{} passed, {failed} failed, {}, {} skipped in {}\n",
        of(|o| matches!(o, Outcome::Pass)),
        count(errors as u64, "error"),
        of(|o| matches!(o, Outcome::Skip(_))),
        footer::time(begin.elapsed())
    ));
    let mut exit = written;
    if stopped {
        app.say("STOPPED: the other tests did not run\n");
        exit = exit.worse(Exit::Interrupted);
    }
    if failed > 0 {
        exit = exit.worse(Exit::Found);
    }
    Ok(if errors > 0 { exit.worse(Exit::Failed) } else { exit })
}

/// Why a detection is not tested.
fn skipped(ready: &Ready) -> Option<String> {
    let d = &ready.detection;
    match &d.manual_test {
        Some(why) if !why.trim().is_empty() => Some(format!("manual test: {}", why.trim())),
        _ => d.tests.is_empty().then(|| "it declares no tests".to_owned()),
    }
}

fn case(ready: &Ready, test: &str, outcome: Outcome) -> Case {
    let d = &ready.detection;
    let (detection, id, file) = (d.name.clone(), d.id.clone(), d.file.clone());
    let (rows, events, elapsed) = (0, 0, Duration::ZERO);
    Case { detection, id, file, test: test.to_owned(), outcome, rows, events, elapsed }
}

/// Runs tests over threads; in their order, without those that were stopped.
fn run(
    tests: &Tests<'_>,
    todo: &[(&Ready, &DeclaredTest)],
    args: &TestArgs,
    done: &AtomicUsize,
) -> Vec<Case> {
    // the first test that heeds Ctrl-C takes the flag down
    let stopped = std::sync::atomic::AtomicBool::new(false);
    in_order(todo, args.jobs.map(usize::from), |(ready, test)| {
        if stopped.load(Ordering::SeqCst) {
            return None;
        }
        let begin = Instant::now();
        let Tested { verdict, rows, events } = tests.run(ready, test);
        let outcome = match verdict {
            Verdict::Pass => Outcome::Pass,
            Verdict::Fail(why) => Outcome::Fail(why),
            Verdict::Error(why) => Outcome::Error(why),
            Verdict::Stopped => {
                stopped.store(true, Ordering::SeqCst);
                return None;
            }
        };
        let mut case = case(ready, &test.name, outcome);
        (case.rows, case.events, case.elapsed) = (rows, events, begin.elapsed());
        done.fetch_add(1, Ordering::Relaxed);
        Some(case)
    })
}
