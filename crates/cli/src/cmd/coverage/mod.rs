//! `sepal coverage`: which detections of a folder parse and plan, and what keeps the others from it.

mod census;
mod report;

use super::App;
use crate::args::{CoverageArgs, CoverageFormat};
use crate::exit::Exit;
use crate::output::visible;
use crate::render;
use crate::spl::{Prepared, Source};
use census::{State, Use, census};
use report::Report;
use sepal_content::ContentError;
use sepal_exec::datamodel::DataModels;
use sepal_exec::lookup::Lookups;
use sepal_exec::plan::{PlanCx, plan_with};
use sepal_parser::elsewhere;
use sepal_parser::macros::MacroSet;
use sepal_parser::{Diagnostic, Severity};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What became of one detection.
#[derive(Debug, Default)]
pub(crate) struct Entry {
    /// The file as found.
    pub file: String,
    /// The folder below the one that was named; empty for a file that stands in that itself.
    pub folder: String,
    /// The detection's name; empty where the file cannot be read.
    pub name: String,
    /// Whether its search parses.
    pub parsed: bool,
    /// Whether it can run.
    pub planned: bool,
    /// What it uses that Sepal does not do, each once: `command tstats`.
    pub unsupported: Vec<String>,
    /// The first thing that is wrong and not merely unsupported, with its code and place.
    pub error: Option<String>,
    /// What it uses that another app brings, each once: `lookup ut_shannon_lookup, of the app URL
    /// Toolbox`.
    pub elsewhere: Vec<String>,
    /// Whether nothing is wrong but what `elsewhere` says.
    pub lacks_only: bool,
    /// All commands and functions of its search, macros included.
    pub uses: BTreeSet<Use>,
}

/// What searches are planned with.
struct Content {
    macros: MacroSet,
    lookups: Option<Arc<dyn Lookups>>,
    data_models: Arc<dyn DataModels>,
}

/// Says what of a folder of detections runs.
pub fn coverage(app: &App<'_>, args: &CoverageArgs) -> Exit {
    // nothing runs, so that nothing is written
    let lookups = match app.lookups(&args.lookups, true) {
        Ok(lookups) => lookups,
        Err(exit) => return exit,
    };
    let mut entries = Vec::new();
    let paths = match app.detections(&args.detections) {
        Ok(paths) => paths,
        Err(exit) => return exit,
    };
    for path in &paths {
        // the folder of macros beside or above the detections, as `run` finds it
        let beside = if path.is_dir() { path.join("_") } else { path.clone() };
        let macros = match app.macros(Some(&beside), &args.macros, &args.set) {
            Ok(macros) => macros,
            Err(exit) => return exit,
        };
        let content = match app.data_models(&args.datamodels, &macros) {
            Ok(data_models) => Content { macros, lookups: lookups.clone(), data_models },
            Err(exit) => return exit,
        };
        match detections(path) {
            Ok(files) => entries.extend(judge_all(path, &files, &content)),
            Err(e) => return app.fail_content(&e),
        }
    }
    let text = match args.format {
        CoverageFormat::Json => entries.iter().map(json).collect(),
        CoverageFormat::Text => visible(&Report::new(&entries).text(), true).into_owned(),
        CoverageFormat::Markdown => Report::new(&entries).markdown(),
    };
    app.print(&text)
}

fn detections(path: &Path) -> Result<Vec<PathBuf>, ContentError> {
    if path.is_dir() {
        return sepal_content::fs::yaml_files(path);
    }
    // a named file must be there; one that is no detection is an entry with an error
    sepal_content::fs::text(path).map(|_| vec![path.to_owned()])
}

/// Judges files over all cores; in the order of the files.
fn judge_all(root: &Path, files: &[PathBuf], content: &Content) -> Vec<Entry> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(files.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(judge(root, file, content));
        }
        done
    };
    let mut entries: Vec<Entry> = std::thread::scope(|scope| {
        let running: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        all.extend(running.into_iter().filter_map(|t| t.join().ok()).flatten());
        all
    });
    entries.sort_by(|a, b| a.file.cmp(&b.file));
    entries
}

/// Parses and plans one detection.
fn judge(root: &Path, file: &Path, content: &Content) -> Entry {
    let mut entry = Entry { file: file.to_string_lossy().into_owned(), ..Entry::default() };
    let below = file.strip_prefix(root).ok().and_then(Path::parent);
    entry.folder = below.map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    let source = match Source::read(file) {
        Ok(source) => source,
        Err(e) => {
            entry.error = Some(format!("{} {} ({})", e.code, e.message, e.place()));
            return entry;
        }
    };
    entry.name = source.detection.as_ref().map(|d| d.name.clone()).unwrap_or_default();
    let search = Prepared::new(source, &content.macros);
    census(search.text(), &mut entry.uses);
    entry.parsed = !search.parsed.has_errors();
    if !entry.parsed {
        // there is nothing to plan: the tokens tell what else is in the way
        let missing = entry.uses.iter().filter(|u| u.state() != State::Supported);
        entry.unsupported = missing.map(Use::label).collect();
        entry.error = wrong(&search, &search.parsed.diagnostics);
        entry.lack(&search.parsed.diagnostics);
        return entry;
    }
    let mut cx = PlanCx::default()
        .with_lookups(content.lookups.clone())
        .with_data_models(Some(Arc::clone(&content.data_models)))
        .with_macros(content.macros.clone());
    match plan_with(search.pipeline(), &mut cx) {
        Ok(_) => entry.planned = true,
        Err(list) => {
            for what in list.iter().filter_map(|d| d.unsupported.as_ref()) {
                if !entry.unsupported.contains(what) {
                    entry.unsupported.push(what.clone());
                }
            }
            entry.error = wrong(&search, &list);
            entry.lack(&list);
        }
    }
    entry
}

impl Entry {
    /// Takes over what is missing and known to come from another app.
    fn lack(&mut self, list: &[Diagnostic]) {
        for (kind, name, app) in list.iter().filter_map(elsewhere::missing) {
            let what = format!("{} {name}, of {app}", kind.word());
            if !self.elsewhere.contains(&what) {
                self.elsewhere.push(what);
            }
        }
        let wrong = |d: &&Diagnostic| d.severity == Severity::Error && d.unsupported.is_none();
        let mut wrong = list.iter().filter(wrong);
        self.lacks_only =
            !self.elsewhere.is_empty() && wrong.all(|d| elsewhere::missing(d).is_some());
    }
}

/// The first error that is not merely "unsupported", with its place.
fn wrong(search: &Prepared, list: &[Diagnostic]) -> Option<String> {
    let errors = list.iter().filter(|d| d.severity == Severity::Error && d.unsupported.is_none());
    let d = errors.min_by_key(|d| (elsewhere::missing(d).is_some(), d.span.start))?;
    let place = search.places(d.span).pop().map(|frame| {
        let (line, column) = render::line_column(&frame.file_text, frame.range.start);
        format!(" ({}:{line}:{column})", frame.file)
    });
    Some(format!("{} {}{}", d.code, d.message, place.unwrap_or_default()))
}

/// One line of JSON, its keys in a fixed order.
fn json(entry: &Entry) -> String {
    let text = |t: &str| serde_json::Value::from(t).to_string();
    let list = |all: &[String]| all.iter().map(|t| text(t)).collect::<Vec<_>>().join(",");
    let line = format!(
        "{{\"file\":{},\"name\":{},\"parsed\":{},\"planned\":{},\"unsupported\":[{}],\
         \"elsewhere\":[{}],\"error\":{}}}\n",
        text(&entry.file),
        text(&entry.name),
        entry.parsed,
        entry.planned,
        list(&entry.unsupported),
        list(&entry.elsewhere),
        entry.error.as_deref().map_or("null".to_owned(), text),
    );
    crate::output::json_visible(&line).into_owned()
}
