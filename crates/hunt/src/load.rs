//! Detections from files and folders.

use crate::Ready;
use sepal_content::parallel::in_order;
use sepal_content::{ContentError, Detection, fs};
use sepal_exec::datamodel::DataModels;
use sepal_exec::knowledge::Knowledge;
use sepal_exec::lookup::Lookups;
use sepal_exec::plan::PlanCx;
use sepal_parser::macros::MacroSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// What detections are planned with.
pub struct Content {
    /// The macros.
    pub macros: MacroSet,
    /// What is known of events by their sourcetype.
    pub knowledge: Option<Arc<dyn Knowledge>>,
    /// What plans for events of no known sourcetype are made with.
    pub(crate) cx: PlanCx,
    /// What others are made with, by their rules.
    sets: Mutex<Vec<Arc<RuleSet>>>,
}

/// The rules of some sourcetypes, which are planned once for all detections.
pub(crate) struct RuleSet {
    /// Its number among those of the same [`Content`].
    pub number: usize,
    pub cx: PlanCx,
    names: Vec<String>,
}

impl Content {
    /// From its parts.
    pub fn new(
        macros: MacroSet,
        lookups: Option<Arc<dyn Lookups>>,
        data_models: Arc<dyn DataModels>,
        knowledge: Option<Arc<dyn Knowledge>>,
    ) -> Content {
        let cx = PlanCx::default()
            .with_lookups(lookups)
            .with_data_models(Some(data_models))
            .with_macros(macros.clone());
        Content { macros, knowledge, cx, sets: Mutex::default() }
    }

    /// The same with other lookups.
    pub(crate) fn over_lookups(&self, lookups: Arc<dyn Lookups>) -> Content {
        // rules that look up are planned with the lookups of before
        let cx = self.cx.clone().with_lookups(Some(lookups)).with_knowledge(None);
        let (macros, knowledge) = (self.macros.clone(), self.knowledge.clone());
        Content { macros, knowledge, cx, sets: Mutex::default() }
    }

    /// The set of these rules: the same for the same rules.
    pub(crate) fn rule_set(&self, rules: &Arc<dyn Knowledge>) -> Arc<RuleSet> {
        let names: Vec<String> = rules.rules().iter().map(|r| r.name.clone()).collect();
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(set) = sets.iter().find(|s| s.names == names) {
            return Arc::clone(set);
        }
        let cx = self.cx.clone().with_knowledge(Some(Arc::clone(rules)));
        let set = Arc::new(RuleSet { number: sets.len(), cx, names });
        sets.push(Arc::clone(&set));
        set
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
        let all = in_order(&files, None, |file| Some(one(file, content, choice)));
        all.into_iter().for_each(|one| self.put(one));
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
