//! `sepal snap`: what detections find, kept in files.

mod jobs;
mod review;
mod show;

use super::{App, count, footer, reason, without_number};
use crate::args::{InputArgs, SnapArgs};
use crate::exit::Exit;
use crate::output::visible;
use crate::{local, progress, render, stop};
use jobs::{All, Job, Said, Target, Todo};
use sepal_content::parallel::in_order;
use sepal_data::wildcard::Pattern;
use sepal_exec::host::{FixedHost, Host};
use sepal_exec::plan::ScanOptions;
use sepal_exec::scan::expand_folders;
use sepal_hunt::snap::file::{Snapshot, pending, write};
use sepal_hunt::snap::{Refused, Snapper};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// Takes snapshots and compares them.
pub fn snap(app: &App<'_>, args: &SnapArgs) -> Exit {
    match load_and_run(app, args) {
        Ok(exit) | Err(exit) => exit,
    }
}

/// What became of a snapshot.
pub(super) struct Case {
    target: Target,
    new: Snapshot,
    outcome: Outcome,
}

enum Outcome {
    Same,
    New,
    Differs(Snapshot),
    /// The file is no snapshot.
    Damaged(String),
}

/// What a job gave.
enum Ran {
    Case(Box<Case>),
    Say(Said),
}

#[derive(Default)]
struct Counts {
    same: u64,
    new: u64,
    differ: u64,
    accepted: u64,
    skipped: u64,
    errors: u64,
    /// New and different ones that were not accepted.
    left: u64,
}

fn load_and_run(app: &App<'_>, args: &SnapArgs) -> Result<Exit, Exit> {
    let begin = Instant::now();
    if args.review && !app.term.stdin {
        let text = "--review asks at a terminal, and standard input is none: use --check to see what \
                    differs, --update to accept it";
        return Err(app.fail(None, text));
    }
    let host = host(app, args)?;
    let all = jobs::find(app, args, &host)?;
    let redact: Vec<Pattern> = args.redact.iter().map(|f| Pattern::case_sensitive(f)).collect();
    let stop = stop::flag();
    stop::take();
    let (total, done) = (all.todo.len(), AtomicUsize::new(0));
    let line = |_| format!("{} of {total} snapshots", done.load(Ordering::Relaxed));
    let host = Arc::new(host);
    let stopped = AtomicBool::new(false);
    let ran = progress::watch_line(app.term.stderr, &line, || {
        in_order(&all.todo, args.jobs.map(usize::from), |todo| {
            // the first run that heeds Ctrl-C takes the flag down
            if stopped.load(Ordering::SeqCst) {
                return None;
            }
            let ran = match todo {
                Todo::Say(said) => Ran::Say(said.clone()),
                Todo::Take(job) => {
                    let snapper = Snapper {
                        content: &job.content,
                        host: Arc::clone(&host) as Arc<dyn Host>,
                        stop: Arc::clone(&stop),
                        time_modifiers: args.time_modifiers,
                        redact: &redact,
                        scan: ScanOptions::default(),
                    };
                    one(app, &snapper, job)
                        .inspect_err(|()| stopped.store(true, Ordering::SeqCst))
                        .ok()?
                }
            };
            done.fetch_add(1, Ordering::Relaxed);
            Some(ran)
        })
    });
    stop::take();
    let was_stopped = ran.len() < total;
    let (mut counts, mut exit) = (Counts::default(), Exit::Done);
    tell(app, args, ran, &mut counts, &mut exit);
    if !was_stopped {
        exit = exit.worse(unreferenced(app, args, &all, &host));
    }
    summary(app, args, &counts, begin);
    if was_stopped {
        app.say("STOPPED: the other snapshots were not taken\n");
        exit = exit.worse(Exit::Interrupted);
    }
    if counts.left > 0 {
        exit = exit.worse(Exit::Found);
    }
    Ok(if counts.errors > 0 { exit.worse(Exit::Failed) } else { exit })
}

/// A clock that stands, so that a snapshot can be repeated.
fn host(app: &App<'_>, args: &SnapArgs) -> Result<FixedHost, Exit> {
    let mut host = FixedHost::default();
    let input = app.input(&InputArgs { tz: args.tz.clone(), ..InputArgs::default() });
    let tz = Some(input.tz.unwrap_or_else(|| "UTC".to_owned()));
    let input = InputArgs { now: args.now.clone(), tz, ..InputArgs::default() };
    let (system, ..) = local::times(&input).map_err(|text| app.fail(None, &text))?;
    if args.now.is_some() {
        host.now = system.now;
    }
    host.time_zone = system.time_zone;
    Ok(host)
}

/// Takes one snapshot and reads the one that is kept; an error where it was stopped.
fn one(app: &App<'_>, snapper: &Snapper<'_>, job: &Job) -> Result<Ran, ()> {
    let detection = &job.detection;
    let body = match snapper.take(detection, job.test.as_deref(), job.inputs.clone()) {
        Ok(body) => body,
        Err(Refused::Stopped) => return Err(()),
        Err(refused) => return Ok(Ran::Say(Said::Wrong(told(app, job, &refused)))),
    };
    let target = job.target.clone();
    let (source, expression) = (target.source.clone(), target.expression.clone());
    let new = Snapshot { source, expression, body };
    let outcome = match std::fs::read(&target.file) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Outcome::New,
        Err(e) => Outcome::Damaged(format!("it cannot be read: {}", reason(&e))),
        Ok(bytes) => match Snapshot::parse(&String::from_utf8_lossy(&bytes)) {
            Ok(old) if old.is_same(&new.body) => Outcome::Same,
            Ok(old) => Outcome::Differs(old),
            Err(why) => Outcome::Damaged(why),
        },
    };
    Ok(Ran::Case(Box::new(Case { target, new, outcome })))
}

/// Why there is no snapshot.
fn told(app: &App<'_>, job: &Job, refused: &Refused) -> String {
    let look = app.look();
    let error = |code: &str, text: &str| {
        let name = &job.detection.name;
        render::error(Some(code), &format!("{name}: {}", without_number(text)), look)
    };
    match refused {
        Refused::Search(list, _) => {
            render::diagnostics(list, &|span| refused.places(&job.detection, span), look)
        }
        Refused::Run(e) => error("SPL5101", &e.to_string()),
        Refused::Cut(code, message) => error(code, message),
        Refused::Stopped => String::new(),
    }
}

fn shown(path: &Path) -> String {
    visible(&path.display().to_string(), false).into_owned()
}

/// Says what became of all, and writes what is to be written.
fn tell(app: &App<'_>, args: &SnapArgs, ran: Vec<Ran>, counts: &mut Counts, exit: &mut Exit) {
    let mut asks = args.review;
    for ran in ran {
        let case = match ran {
            Ran::Say(Said::Skip { what, why }) => {
                counts.skipped += 1;
                *exit = exit.worse(app.print(&visible(&format!("skip  {what}: {why}"), false)));
                *exit = exit.worse(app.print("\n"));
                continue;
            }
            Ran::Say(Said::Note(message)) => {
                app.say(&message);
                continue;
            }
            Ran::Say(Said::Wrong(message)) => {
                counts.errors += 1;
                app.say(&message);
                continue;
            }
            Ran::Case(case) => case,
        };
        let colour = app.term.stdout_colour;
        let file = shown(&case.target.file);
        let text = match &case.outcome {
            Outcome::Same => {
                counts.same += 1;
                forget(app, &case, exit, !args.check);
                format!("same  {file}\n")
            }
            Outcome::New => {
                counts.new += 1;
                let text = if asks { show::whole(&case.new.body, colour) } else { String::new() };
                format!("new   {file}\n{text}")
            }
            Outcome::Differs(old) => {
                counts.differ += 1;
                format!("diff  {file}\n{}", show::difference(&old.body, &case.new.body, colour))
            }
            Outcome::Damaged(why) => {
                counts.differ += 1;
                format!("diff  {file}\n  {}\n", visible(why, false))
            }
        };
        *exit = exit.worse(app.print(&text));
        if matches!(case.outcome, Outcome::Same) {
            continue;
        }
        let answer = match (args.update, asks) {
            (true, _) => review::Answer::Accept,
            (_, true) => review::ask(app),
            _ => review::Answer::Skip,
        };
        let written = match answer {
            review::Answer::Accept => {
                counts.accepted += 1;
                let done = write(&case.target.file, &case.new);
                if done.is_ok() {
                    forget(app, &case, exit, true);
                }
                done
            }
            review::Answer::Reject => {
                counts.left += 1;
                forget(app, &case, exit, true);
                Ok(())
            }
            review::Answer::Skip | review::Answer::Quit => {
                counts.left += 1;
                asks &= answer != review::Answer::Quit;
                match args.check {
                    true => Ok(()),
                    false => write(&pending(&case.target.file), &case.new),
                }
            }
        };
        if let Err(e) = written {
            let text = format!("{file} cannot be written: {}", reason(&e));
            *exit = exit.worse(app.fail(None, &text));
        }
    }
}

/// Takes away what was new once and is no more.
fn forget(app: &App<'_>, case: &Case, exit: &mut Exit, wished: bool) {
    let file = pending(&case.target.file);
    if !wished {
        return;
    }
    match std::fs::remove_file(&file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            let text = format!("{} cannot be deleted: {}", file.display(), reason(&e));
            *exit = exit.worse(app.fail(None, &text));
        }
        _ => {}
    }
}

/// Snapshots that `sepal snap` has made and that no detection or test gives any more. One over events
/// that were named stays as long as its detection.
fn unreferenced(app: &App<'_>, args: &SnapArgs, all: &All, host: &FixedHost) -> Exit {
    let mut found: Vec<PathBuf> = Vec::new();
    for (folder, whole) in &all.folders {
        let files = expand_folders(vec![folder.clone()], host).unwrap_or_default();
        let ours = |f: &PathBuf| {
            let inside = f.parent().is_some_and(|p| p.ends_with("snapshots"));
            f.extension().is_some_and(|e| e == "snap") && (*whole || inside)
        };
        found.extend(files.into_iter().filter(ours).filter(|f| is_unreferenced(f, all)));
    }
    found.sort();
    found.dedup();
    let mut exit = Exit::Done;
    for file in found {
        if !args.delete_unreferenced {
            let text = format!(
                "{}: no detection or test gives this snapshot any more; --update \
                 --delete-unreferenced deletes it",
                file.display()
            );
            app.say(&render::remark(&text, app.look()));
            continue;
        }
        match std::fs::remove_file(&file) {
            Ok(()) => exit = exit.worse(app.print(&format!("gone  {}\n", shown(&file)))),
            Err(e) => {
                let text = format!("{} cannot be deleted: {}", file.display(), reason(&e));
                exit = exit.worse(app.fail(None, &text));
            }
        }
    }
    exit
}

fn is_unreferenced(file: &Path, all: &All) -> bool {
    if all.wanted.contains(file) {
        return false;
    }
    let Some(snapshot) = std::fs::read_to_string(file).ok().and_then(|t| Snapshot::parse(&t).ok())
    else {
        return false;
    };
    let Some(of) = snapshot.expression.strip_prefix("sepal snap ") else { return false };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".snap").unwrap_or(&name);
    let stem = stem.rsplit_once('@').map_or(stem, |(stem, _)| stem);
    let folder = file.parent().unwrap_or(Path::new(""));
    let named_events = of != snapshot.source.rsplit('/').next().unwrap_or_default();
    !(named_events && all.names.contains(&folder.join(stem)))
}

/// `3 same, 1 differs, 2 new, 0 skipped, 0 errors in 12 ms`, and what can be done.
fn summary(app: &App<'_>, args: &SnapArgs, counts: &Counts, begin: Instant) {
    let differ = if counts.differ == 1 { "differs" } else { "differ" };
    let mut text = format!(
        "{} same, {} {differ}, {} new, {} skipped, {} in {}\n",
        counts.same,
        counts.differ,
        counts.new,
        counts.skipped,
        count(counts.errors, "error"),
        footer::time(begin.elapsed())
    );
    if args.update || args.review {
        text = format!("{} accepted; {text}", counts.accepted);
    }
    app.say(&text);
    if counts.left == 0 || args.review {
        return;
    }
    app.say(match args.check {
        true => "`sepal snap --review` shows each and asks; --update accepts all\n",
        false => {
            "what is new or differs stands beside as .snap.new: `sepal snap --review` or `cargo insta \
             review` shows each and asks; --update accepts all\n"
        }
    });
}
