//! Detections from files and folders.

use crate::Ready;
use sepal_content::{ContentError, Detection, fs};
use sepal_exec::datamodel::DataModels;
use sepal_exec::knowledge::Knowledge;
use sepal_exec::lookup::Lookups;
use sepal_exec::plan::PlanCx;
use sepal_parser::macros::MacroSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What detections are planned with.
#[derive(Clone)]
pub struct Content {
    /// The macros.
    pub macros: MacroSet,
    /// The lookups, if there are any.
    pub lookups: Option<Arc<dyn Lookups>>,
    /// The data models.
    pub data_models: Arc<dyn DataModels>,
    /// What is known of events by their sourcetype.
    pub knowledge: Option<Arc<dyn Knowledge>>,
}

impl Content {
    /// What planning knows, with or without the rules of sourcetypes.
    pub(crate) fn plan_cx(&self, rules: bool) -> PlanCx {
        PlanCx::default()
            .with_lookups(self.lookups.clone())
            .with_data_models(Some(Arc::clone(&self.data_models)))
            .with_knowledge(if rules { self.knowledge.clone() } else { None })
            .with_macros(self.macros.clone())
    }
}

/// Which detections are taken, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice {
    /// Also those whose status is `deprecated` or `removed`.
    pub deprecated: bool,
    /// Also baselines, correlations and investigations, which are not about single events.
    pub all_types: bool,
    /// Whether `earliest=`, `latest=` and the like in a search count.
    pub time_modifiers: bool,
}

/// The types that are left out unless asked for.
const NOT_OF_EVENTS: [&str; 3] = ["Baseline", "Correlation", "Investigation"];

/// What was read.
#[derive(Default)]
pub struct Loaded {
    /// What can run, in the order of the paths, within a folder by file.
    pub ready: Vec<Ready>,
    /// What cannot, and why.
    pub failed: Vec<Failure>,
    /// What was not asked for.
    pub left_out: Vec<LeftOut>,
}

/// A detection that cannot run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Failure {
    /// The file as found.
    pub file: String,
    /// Its name; empty where the file cannot be read.
    pub name: String,
    /// Its id; empty likewise.
    pub id: String,
    /// The stable code.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// `file:line:column`, as far as known.
    pub place: String,
}

/// A detection that was not asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The file as found.
    pub file: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub why: Why,
}

/// Why a detection is left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Its status.
    Status(String),
    /// Its type.
    Type(String),
}

/// What became of one file.
enum One {
    Ready(Box<Ready>),
    Failed(Failure),
    LeftOut(LeftOut),
}

impl Loaded {
    /// Whether nothing was found that could be a detection.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.failed.is_empty() && self.left_out.is_empty()
    }

    /// Reads, parses and plans the detections of a file, or of a folder and those below it.
    ///
    /// # Errors
    /// Where the path itself cannot be read; a file of a folder that is no detection is a
    /// [`Failure`].
    pub fn add(
        &mut self,
        path: &Path,
        content: &Arc<Content>,
        choice: Choice,
    ) -> Result<(), ContentError> {
        let files = match path.is_dir() {
            true => fs::yaml_files(path)?,
            false => fs::text(path).map(|_| vec![path.to_owned()])?,
        };
        each(&files, content, choice).into_iter().for_each(|one| self.put(one));
        Ok(())
    }

    /// Parses and plans a detection that was read already.
    pub fn add_detection(&mut self, detection: Detection, content: &Arc<Content>, choice: Choice) {
        self.put(of_detection(detection, content, choice));
    }

    fn put(&mut self, one: One) {
        match one {
            One::Ready(ready) => self.ready.push(*ready),
            One::Failed(failure) => self.failed.push(failure),
            One::LeftOut(left) => self.left_out.push(left),
        }
    }
}

/// All files over all cores; in their order.
fn each(files: &[PathBuf], content: &Arc<Content>, choice: Choice) -> Vec<One> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(files.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(n) else { return done };
            done.push((n, one(file, content, choice)));
        }
    };
    let mut all: Vec<(usize, One)> = std::thread::scope(|scope| {
        let running: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for thread in running {
            match thread.join() {
                Ok(more) => all.extend(more),
                // a bug must not make detections vanish
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_by_key(|(n, _)| *n);
    all.into_iter().map(|(_, one)| one).collect()
}

fn one(file: &Path, content: &Arc<Content>, choice: Choice) -> One {
    let detection = match fs::detection(file) {
        Ok(detection) => detection,
        Err(e) => {
            let place = e.place();
            let message = match e.help {
                Some(help) => format!("{}: {help}", e.message),
                None => e.message,
            };
            let (name, id) = (String::new(), String::new());
            return One::Failed(Failure { file: e.file, name, id, code: e.code, message, place });
        }
    };
    of_detection(detection, content, choice)
}

fn of_detection(detection: Detection, content: &Arc<Content>, choice: Choice) -> One {
    let is = |text: &str, all: &[&str]| all.iter().any(|one| text.trim().eq_ignore_ascii_case(one));
    let why = match &detection {
        d if !choice.deprecated && is(&d.status, &["deprecated", "removed"]) => {
            Some(Why::Status(d.status.trim().to_lowercase()))
        }
        d if !choice.all_types && is(&d.detection_type, &NOT_OF_EVENTS) => {
            Some(Why::Type(d.detection_type.trim().to_owned()))
        }
        _ => None,
    };
    if let Some(why) = why {
        return One::LeftOut(LeftOut { file: detection.file, name: detection.name, why });
    }
    match Ready::new(detection, content, choice.time_modifiers) {
        Ok(ready) => One::Ready(Box::new(ready)),
        Err(failure) => One::Failed(*failure),
    }
}
