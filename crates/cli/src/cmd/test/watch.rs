//! Running again what a change affects, until Ctrl-C.

use super::affected::real;
use super::{once, stop};
use crate::args::TestArgs;
use crate::cmd::{App, count};
use crate::exit::Exit;
use notify::{EventKind, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How long files must be quiet: an editor writes several times, git many files.
const QUIET: Duration = Duration::from_millis(150);

/// The longest that a file that keeps changing is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often it is looked for Ctrl-C.
const STEP: Duration = Duration::from_millis(50);

/// Runs all tests, then those that a change affects.
pub(super) fn watch(app: &App<'_>, args: &TestArgs) -> Result<Exit, Exit> {
    let paths = app.detections(&args.paths)?;
    let places = places(app, args, &paths);
    let (send, changes) = mpsc::channel();
    let failed = |e: &notify::Error| app.fail(Some("SPL6039"), &e.to_string());
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        // our own reading is no change
        if !matches!(event.kind, EventKind::Access(_)) {
            // nobody listens any more: the end is near
            let _ = send.send(event.paths);
        }
    })
    .map_err(|e| failed(&e))?;
    for (place, mode) in &places {
        watcher.watch(place, *mode).map_err(|e| failed(&e))?;
    }
    // what is written by us is no change either
    let own: BTreeSet<PathBuf> =
        args.output.iter().chain(args.report.iter().map(|r| &r.file)).map(|f| real(f)).collect();
    let stop = stop::flag();
    // what is wrong was said; the next change may mend it
    if once(app, args, &paths, None).is_ok_and(|done| done.stopped) {
        return Ok(Exit::Interrupted);
    }
    app.say(&format!("watching {}; Ctrl-C ends\n", count(places.len() as u64, "place")));
    loop {
        let mut changed: BTreeSet<PathBuf> = BTreeSet::new();
        let (mut first, mut last) = (None, Instant::now());
        loop {
            if stop.load(Ordering::SeqCst) {
                return Ok(Exit::Interrupted);
            }
            match changes.recv_timeout(STEP) {
                Ok(paths) => {
                    let new = paths.iter().map(|p| real(p)).filter(|p| !own.contains(p));
                    let before = changed.len();
                    changed.extend(new);
                    if changed.len() > before || first.is_some() {
                        first.get_or_insert_with(Instant::now);
                        last = Instant::now();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(
                        app.fail(Some("SPL6039"), "the system does not tell changes any more")
                    );
                }
            }
            let waited = first.is_some_and(|f: Instant| f.elapsed() > PATIENCE);
            if first.is_some() && (waited || last.elapsed() > QUIET) {
                break;
            }
        }
        let files: Vec<PathBuf> = changed.into_iter().collect();
        if app.term.stdout {
            // the screen, from its beginning
            let _ = app.print("\x1b[2J\x1b[H");
        }
        if once(app, args, &paths, Some((files.as_slice(), None))).is_ok_and(|done| done.stopped) {
            return Ok(Exit::Interrupted);
        }
    }
}

/// The files and folders that tests depend on, as far as they are there.
fn places(app: &App<'_>, args: &TestArgs, paths: &[PathBuf]) -> Vec<(PathBuf, RecursiveMode)> {
    let content = &args.content;
    let mut all: Vec<PathBuf> = paths.to_vec();
    all.extend(app.macro_paths(&content.macros));
    all.extend(app.knowledge_paths(&content.knowledge));
    all.extend(app.data_model_paths(&content.datamodels));
    all.extend(app.lookup_folders(&content.lookups, false).into_iter().map(|f| f.path));
    all.extend(args.data.iter().cloned());
    let project = app.project.as_ref();
    all.extend(project.iter().flat_map(|p| &p.test_data).map(|s| s.value.clone()));
    all.extend(project.map(|p| p.file.clone()));
    for path in paths {
        let beside = if path.is_dir() { path.join("_") } else { path.clone() };
        all.extend(crate::spl::project_macros(Some(&beside)));
        let above = real(path);
        let found = above.ancestors().map(|a| a.join("baselines")).find(|b| b.is_dir());
        all.extend(found);
    }
    let mut out: Vec<(PathBuf, RecursiveMode)> = Vec::new();
    for path in all {
        let path = real(&path);
        // a file is often replaced by another of its name: its folder stays
        let place = match path.is_dir() {
            true => (path, RecursiveMode::Recursive),
            false => match path.parent().filter(|p| p.is_dir()) {
                Some(folder) => (Path::to_owned(folder), RecursiveMode::NonRecursive),
                None => continue,
            },
        };
        let covered = |(known, mode): &(PathBuf, RecursiveMode)| {
            *known == place.0 && *mode == place.1
                || *mode == RecursiveMode::Recursive && place.0.starts_with(known)
        };
        if !out.iter().any(covered) {
            out.push(place);
        }
    }
    out
}
