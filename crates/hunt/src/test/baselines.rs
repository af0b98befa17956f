//! The searches that run over a test's events before the detection, and fill what it reads.

use super::over::Over;
use super::{Subject, Tests, Trouble};
use crate::{Content, Failure, Ready};
use sepal_content::{DeclaredBaseline, DeclaredTest, Detection, LookupFolders, fs, sandbox};
use sepal_data::time::{Time, parse_modifier};
use sepal_exec::RunError;
use sepal_exec::scan::Input;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempDir;

/// Baselines by name, for each folder that was looked into.
#[derive(Default)]
pub struct Baselines(Mutex<HashMap<PathBuf, Arc<Vec<(String, PathBuf)>>>>);

impl Baselines {
    /// The files of the baselines that a test of a detection declares, in order, each once.
    ///
    /// # Errors
    /// The first that is not there.
    pub fn of(
        &self,
        detection: &Detection,
        test: &DeclaredTest,
    ) -> Result<Vec<(DeclaredBaseline, PathBuf)>, String> {
        let named = detection
            .baselines
            .iter()
            .map(|name| DeclaredBaseline { name: name.clone(), ..DeclaredBaseline::default() });
        let mut out: Vec<(DeclaredBaseline, PathBuf)> = Vec::new();
        // what a test says of one counts more than its mere name
        for one in test.baselines.iter().cloned().chain(named) {
            let file = self.file(&detection.file, &one)?;
            if !out.iter().any(|(_, other)| *other == file) {
                out.push((one, file));
            }
        }
        Ok(out)
    }

    /// The file of a baseline: as it is named, from the detection's folder or one above it; else the one
    /// of that name in a folder `baselines` beside or above the detection, or beside it.
    fn file(&self, detection: &str, baseline: &DeclaredBaseline) -> Result<PathBuf, String> {
        let above = above(Path::new(detection));
        if !baseline.file.is_empty() {
            for folder in &above {
                for path in
                    [folder.join(&baseline.file), folder.join("baselines").join(&baseline.file)]
                {
                    if path.is_file() {
                        return Ok(path);
                    }
                }
            }
        }
        if !baseline.name.is_empty() {
            let folders = above.iter().map(|f| f.join("baselines")).chain(above.first().cloned());
            for folder in folders.filter(|f| f.is_dir()) {
                let known = self.known(&folder);
                if let Some((_, path)) = known.iter().find(|(name, _)| *name == baseline.name) {
                    return Ok(path.clone());
                }
            }
        }
        let name = match (baseline.name.as_str(), baseline.file.as_str()) {
            (name, "") => name.to_owned(),
            ("", file) => file.to_owned(),
            (name, file) => format!("{name} ({file})"),
        };
        Err(format!(
            "its baseline is not here: {name}; it is looked for in the folders `baselines` beside and \
             above the detection"
        ))
    }

    fn known(&self, folder: &Path) -> Arc<Vec<(String, PathBuf)>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(folder) {
            return Arc::clone(known);
        }
        // what is no baseline has no name to be found by
        let named = |path: PathBuf| Some((fs::detection(&path).ok()?.name, path));
        let files = fs::yaml_files(folder).unwrap_or_default();
        let known: Arc<Vec<_>> = Arc::new(files.into_iter().filter_map(named).collect());
        all.insert(folder.to_owned(), Arc::clone(&known));
        known
    }
}

/// The folder of a file and those above it, up to the root of a git work tree; as the user wrote them as
/// far as that goes, so that messages show paths as short as that.
fn above(file: &Path) -> Vec<PathBuf> {
    let start = match file.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir.to_owned(),
        _ => PathBuf::from("."),
    };
    let climbs = start.components().any(|c| c == Component::ParentDir);
    let written: Vec<&Path> = if climbs { vec![&start] } else { start.ancestors().collect() };
    let absolute = std::path::absolute(&start).unwrap_or_default();
    let mut out = Vec::new();
    for folder in written.into_iter().chain(absolute.ancestors()) {
        let here = folder.as_os_str().is_empty();
        let folder = if here { Path::new(".") } else { folder };
        out.push(folder.to_owned());
        if folder.join(".git").exists() {
            break;
        }
    }
    out
}

/// The detection as it is to run after its baselines, and where they wrote.
pub(super) struct Prepared {
    pub ready: Ready,
    pub content: Arc<Content>,
    /// Gone when the test has ended.
    _folder: TempDir,
}

fn trouble(message: String) -> Trouble {
    Trouble { code: "SPL6034", message }
}

fn failed(name: &str, e: &Failure) -> Trouble {
    trouble(format!("baseline `{name}`: {} {} ({})", e.code, e.message, e.place))
}

impl Tests<'_> {
    /// Runs the baselines of a test, where it has any, into lookups of their own.
    pub(super) fn prepared(
        &self,
        subject: Subject<'_>,
        test: &DeclaredTest,
        inputs: &[Input],
        flag: &Arc<AtomicBool>,
    ) -> Result<Option<Prepared>, Trouble> {
        let all = self.baselines.of(subject.detection, test).map_err(trouble)?;
        if all.is_empty() {
            return Ok(None);
        }
        let folder = tempfile::tempdir()
            .map_err(|e| trouble(format!("no folder for what the baselines write: {e}")))?;
        let folders = sandbox(self.folders, folder.path()).map_err(|e| trouble(e.to_string()))?;
        let content = || -> Result<Arc<Content>, Trouble> {
            let (lookups, _) =
                LookupFolders::read_all(&folders).map_err(|e| trouble(e.to_string()))?;
            Ok(Arc::new(subject.content.over_lookups(Arc::new(lookups))))
        };
        for (declared, file) in &all {
            let content = content()?;
            let mut baseline = fs::detection(file).map_err(|e| trouble(e.to_string()))?;
            let name = baseline.name.clone();
            let condition = declared.pass_condition.trim();
            if !condition.is_empty() {
                let between = if condition.starts_with('|') { "" } else { "| " };
                baseline.search = format!("{}\n{between}{condition}", baseline.search.trim_end());
            }
            let made = Ready::new(baseline, &content, self.time_modifiers);
            let made = made.map_err(|e| failed(&name, &e))?;
            let mut over = Over::new(&content, inputs.to_vec(), &self.host, flag);
            if self.time_modifiers {
                let at = |text: &str| self.moment(text).map_err(trouble);
                over.range = (at(&declared.earliest_time)?, at(&declared.latest_time)?);
            }
            let mut rows = 0;
            let ran = over.plan(&made.pipeline).and_then(|plan| {
                over.run(&plan, &mut |batch| {
                    rows += batch.len;
                    Ok(true)
                })
            });
            match ran {
                Ok(_) if rows == 0 && !condition.is_empty() => {
                    return Err(trouble(format!(
                        "baseline `{name}` does not meet its pass_condition `{condition}`"
                    )));
                }
                Ok(_) => {}
                // told as the end of the test
                Err(RunError::Stopped) => return Err(trouble("stopped".to_owned())),
                Err(e) => return Err(failed(&name, &made.failure(&e))),
            }
        }
        let content = content()?;
        let again = Ready::new(subject.detection.clone(), &content, self.time_modifiers);
        let again = again.map_err(|e| Trouble { code: e.code, message: e.message })?;
        Ok(Some(Prepared { ready: again, content, _folder: folder }))
    }

    fn moment(&self, text: &str) -> Result<Option<i64>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let modifier =
            parse_modifier(text).map_err(|e| format!("the baseline's time {text}: {e}"))?;
        let now = Time::from_micros(self.host.now()).unwrap_or(Time::EPOCH);
        Ok(modifier.apply(now, self.host.time_zone()).map(|t| t.as_micros()))
    }
}
