//! `sepal test`: the tests that detections declare.

mod affected;
mod case;
mod changed;
mod fetch;
mod report;
mod watch;

use super::hunt::load_content;
use super::run::deliver_to;
use super::{App, count, footer};
use crate::args::{InputArgs, TestArgs};
use crate::exit::Exit;
use crate::output::{Hidden, Style};
use crate::{local, progress, stop};
use affected::Affected;
use case::{About, Case, Counts, Outcome};
use sepal_content::parallel::in_order;
use sepal_content::{DeclaredTest, Detection, LookupFolder, fs};
use sepal_exec::host::Host;
use sepal_hunt::test::{Baselines, Clock, Subject, Tested, Tests, Trouble, Verdict, skipped};
use sepal_hunt::{Choice, Content, Loaded};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Tests.
pub fn test(app: &App<'_>, args: &TestArgs) -> Exit {
    let result = match args.watch {
        true => watch::watch(app, args),
        false => since(app, args),
    };
    match result {
        Ok(exit) | Err(exit) => exit,
    }
}

/// One run, of what changed where that was asked for.
fn since(app: &App<'_>, args: &TestArgs) -> Result<Exit, Exit> {
    let Some(reference) = &args.changed else {
        return Ok(once(app, args, &app.detections(&args.paths)?, None)?.exit);
    };
    let mut named = args.paths.clone();
    let changes =
        changed::changes(reference, &mut named).map_err(|text| app.fail(Some("SPL6038"), &text))?;
    let paths = app.detections(&named)?;
    Ok(once(app, args, &paths, Some((changes.files.as_slice(), Some(changes.since.as_str()))))?
        .exit)
}

/// What a run did.
struct Once {
    exit: Exit,
    stopped: bool,
}

/// Files that changed, and since when.
type Changes<'c> = (&'c [PathBuf], Option<&'c str>);

/// What a run works with.
struct Bench {
    loaded: Loaded,
    /// What is there for detections that have no plan yet.
    content: Arc<Content>,
    host: Arc<dyn Host>,
    folders: Vec<LookupFolder>,
    /// The folders that mirror the URLs, the cache last.
    data: Vec<PathBuf>,
    cache: Option<PathBuf>,
    baselines: Baselines,
}

impl Bench {
    fn new(app: &App<'_>, args: &TestArgs, paths: &[PathBuf]) -> Result<Bench, Exit> {
        let choice =
            Choice { deprecated: true, all_types: true, time_modifiers: args.time_modifiers };
        let content = &args.content;
        let folders = (&content.macros[..], &content.set[..], &content.datamodels[..]);
        let lookups = app.lookups(&content.lookups, false)?;
        let knowledge = app.knowledge(&content.knowledge, content.no_knowledge)?;
        let (loaded, first) = load_content(app, paths, folders, lookups, knowledge, choice)?;
        let input =
            InputArgs { now: args.now.clone(), tz: args.tz.clone(), ..InputArgs::default() };
        let (host, ..) = local::times(&input).map_err(|text| app.fail(None, &text))?;
        let cache = fetch::cache(app, args)?;
        let of_file = app.project.as_ref().map(|p| p.test_data.as_slice()).unwrap_or_default();
        let mut data = args.data.clone();
        data.extend(of_file.iter().map(|s| s.value.clone()));
        data.extend(cache.clone());
        let bench = Bench {
            loaded,
            content: first,
            host: Arc::new(host),
            folders: app.lookup_folders(&content.lookups, false),
            data,
            cache,
            baselines: Baselines::default(),
        };
        Ok(bench)
    }
}

fn once(
    app: &App<'_>,
    args: &TestArgs,
    paths: &[PathBuf],
    changes: Option<Changes<'_>>,
) -> Result<Once, Exit> {
    let begin = Instant::now();
    let bench = Bench::new(app, args, paths)?;
    let affected = match changes {
        Some((files, _)) => Some(Affected::new(app, args, paths, files)?),
        None => None,
    };
    let filter = args.filter.as_ref().map(|f| f.to_lowercase());
    let named =
        |name: &str| filter.as_ref().is_none_or(|f| name.to_lowercase().contains(f.as_str()));

    let (mut cases, mut todo, mut detections) = (Vec::new(), Vec::new(), 0u64);
    // their own baselines may make what they lack
    let late: Vec<Option<Detection>> =
        bench.loaded.failed.iter().map(|f| fs::detection(Path::new(&f.file)).ok()).collect();
    let has_baselines =
        |d: &Detection| !d.baselines.is_empty() || d.tests.iter().any(|t| !t.baselines.is_empty());
    let failed = bench.loaded.failed.iter().zip(&late);
    for (f, detection) in failed.filter(|(f, _)| f.name.is_empty() || named(&f.name)) {
        if affected.as_ref().is_some_and(|a| !a.file(Path::new(&f.file))) {
            continue;
        }
        detections += 1;
        let about = Arc::new(match detection {
            Some(d) => About::of(d),
            None => About { file: f.file.clone(), ..About::default() },
        });
        // what is not tested need not run, but a mistake is told where there are no tests either
        let tested = detection.as_ref().filter(|d| !d.tests.is_empty());
        let outcome = match (tested.and_then(|d| skipped(d, args.all)), tested) {
            (Some(why), _) => Outcome::Skip(why),
            (None, Some(d)) if has_baselines(d) => {
                let subject = Subject { detection: d, ready: None, content: &bench.content };
                let all = d.tests.iter();
                todo.extend(all.map(|test| Todo { subject, test, about: Arc::clone(&about) }));
                continue;
            }
            _ => {
                let message = format!("{} ({})", f.message, f.place);
                Outcome::Error(Trouble { code: f.code, message })
            }
        };
        let mut case = Case::new(&about, outcome);
        case.line = line_of(&f.place, &f.file);
        cases.push(case);
    }
    for ready in bench.loaded.ready.iter().filter(|r| named(&r.detection.name)) {
        if affected.as_ref().is_some_and(|a| !a.detection(&ready.detection, &bench)) {
            continue;
        }
        detections += 1;
        let about = Arc::new(About::of(&ready.detection));
        match skipped(&ready.detection, args.all) {
            Some(why) => cases.push(Case::new(&about, Outcome::Skip(why))),
            None => todo.extend(ready.detection.tests.iter().map(|t| Todo {
                subject: ready.into(),
                test: t,
                about: Arc::clone(&about),
            })),
        }
    }
    if let Some((_, since)) = changes {
        let all = (bench.loaded.ready.len() + bench.loaded.failed.len()) as u64;
        let since = since.map(|s| format!(" since {s}")).unwrap_or_default();
        app.say(&format!("{detections} of {} affected{since}\n", count(all, "detection")));
        if args.watch && detections == 0 {
            return Ok(Once { exit: Exit::Done, stopped: false });
        }
    }
    let (ran, stopped) = run(app, args, &bench, &todo);
    cases.extend(ran);
    cases.sort_by(|a, b| a.about.file.cmp(&b.about.file));
    let exit = tell(app, args, &cases, begin, stopped);
    Ok(Once { exit, stopped })
}

/// The line in `file:line:column`.
fn line_of(place: &str, file: &str) -> usize {
    let rest = place.strip_prefix(file).and_then(|r| r.strip_prefix(':')).unwrap_or_default();
    rest.split(':').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// A test to run.
struct Todo<'r> {
    subject: Subject<'r>,
    test: &'r DeclaredTest,
    about: Arc<About>,
}

/// How far the tests have come.
#[derive(Default)]
struct Done {
    tests: AtomicU64,
    failed: AtomicU64,
    errors: AtomicU64,
}

impl Done {
    /// `12 of 40 tests, 1 failed, 0 errors, about 25 s left`.
    fn line(&self, total: usize, elapsed: Duration) -> String {
        let [tests, failed, errors] =
            [&self.tests, &self.failed, &self.errors].map(|n| n.load(Ordering::Relaxed));
        let mut text = format!(
            "{tests} of {}, {failed} failed, {}",
            count(total as u64, "test"),
            count(errors, "error")
        );
        let left = (total as u64).saturating_sub(tests);
        if tests > 0 && left > 0 {
            let secs = elapsed.as_secs_f64() / tests as f64 * left as f64;
            let left = match secs.ceil() as u64 {
                secs if secs < 90 => format!("{secs} s"),
                secs => format!("{} min", secs.div_ceil(60)),
            };
            text.push_str(&format!(", about {left} left"));
        }
        text
    }
}

/// Fetches what is missing, and runs tests over threads; whether the user stopped them.
fn run(app: &App<'_>, args: &TestArgs, bench: &Bench, todo: &[Todo<'_>]) -> (Vec<Case>, bool) {
    let stop = stop::flag();
    stop::take();
    let unfetched: HashMap<String, String> = match (&bench.cache, args.fetch) {
        (Some(cache), true) => fetch::missing(app, cache, bench, todo, &stop),
        _ => HashMap::new(),
    };
    let clock = Clock::new(Arc::clone(&stop), args.timeout);
    let tests = Tests {
        host: Arc::clone(&bench.host),
        data: &bench.data,
        unfetched: &unfetched,
        folders: &bench.folders,
        baselines: &bench.baselines,
        time_modifiers: args.time_modifiers,
        clock: &clock,
    };
    let done = Done::default();
    let line = |elapsed| done.line(todo.len(), elapsed);
    let one = |t: &Todo<'_>| Some(one(&tests, t, args, &done));
    let jobs = args.jobs.map(usize::from);
    let cases =
        progress::watch_line(app.term.stderr, &line, || clock.watch(|| in_order(todo, jobs, one)));
    stop::take();
    (cases, clock.stopped())
}

fn one(tests: &Tests<'_>, t: &Todo<'_>, args: &TestArgs, done: &Done) -> Case {
    let mut case = Case::new(&t.about, Outcome::NotRun);
    case.test.clone_from(&t.test.name);
    case.test_type.clone_from(&t.test.test_type);
    case.line = t.test.line;
    if tests.clock.halted() {
        return case;
    }
    let begin = Instant::now();
    let Tested { verdict, rows, events, diagnosis } = tests.run(t.subject, t.test);
    case.outcome = match verdict {
        Verdict::Pass => Outcome::Pass,
        Verdict::Fail(why) => Outcome::Fail(why),
        Verdict::Error(trouble) => Outcome::Error(trouble),
        Verdict::Stopped => return case,
    };
    (case.rows, case.events, case.elapsed) = (rows, events, begin.elapsed());
    case.diagnosis = diagnosis;
    done.tests.fetch_add(1, Ordering::Relaxed);
    let count = match case.outcome {
        Outcome::Fail(_) => Some(&done.failed),
        Outcome::Error(_) => Some(&done.errors),
        _ => None,
    };
    if let Some(count) = count {
        count.fetch_add(1, Ordering::Relaxed);
        if args.fail_fast {
            tests.clock.halt();
        }
    }
    case
}

/// Writes the reports, and says how it went.
fn tell(app: &App<'_>, args: &TestArgs, cases: &[Case], begin: Instant, stopped: bool) -> Exit {
    let elapsed = begin.elapsed();
    let write = |format, file: Option<&Path>| {
        let (exit, _) = deliver_to(app, file, Style::default(), |out, _| {
            let text = report::write(format, cases, elapsed)?;
            out.write_all(text.as_bytes()).map(|()| Hidden::default())
        });
        exit
    };
    let mut exit = write(args.format, args.output.as_deref());
    for report in &args.report {
        exit = exit.worse(write(report.format, Some(&report.file)));
    }
    let all = Counts::of(cases);
    app.say(&format!("{} in {}\n", report::counted(&all), footer::time(elapsed)));
    if stopped {
        app.say("STOPPED: the other tests did not run\n");
        exit = exit.worse(Exit::Interrupted);
    }
    if all.failed > 0 {
        exit = exit.worse(Exit::Found);
    }
    if all.errors > 0 { exit.worse(Exit::Failed) } else { exit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_many_and_how_long() {
        let done = Done::default();
        let secs = Duration::from_secs;
        assert_eq!(done.line(40, secs(1)), "0 of 40 tests, 0 failed, 0 errors");
        done.tests.store(10, Ordering::Relaxed);
        done.errors.store(1, Ordering::Relaxed);
        let line = "10 of 40 tests, 0 failed, 1 error, about 15 s left";
        assert_eq!(done.line(40, secs(5)), line);
        let line = "10 of 40 tests, 0 failed, 1 error, about 3 min left";
        assert_eq!(done.line(40, secs(50)), line);
        done.tests.store(40, Ordering::Relaxed);
        assert_eq!(done.line(40, secs(50)), "40 of 40 tests, 0 failed, 1 error");
    }

    #[test]
    fn the_line_of_a_place() {
        assert_eq!(line_of("a:b.yml:7:32", "a:b.yml"), 7);
        assert_eq!(line_of("other.yml:7:32", "a.yml"), 0);
        assert_eq!(line_of("a.yml", "a.yml"), 0);
    }
}
