//! Which snapshots there are to be: detections, their events, and where each one is kept.

use super::super::App;
use crate::args::{InputArgs, SnapArgs};
use crate::engine;
use crate::exit::Exit;
use crate::{project, render};
use sepal_content::parallel::in_order;
use sepal_content::{Detection, Note, fs};
use sepal_exec::host::Host;
use sepal_exec::scan::Input;
use sepal_hunt::Content;
use sepal_hunt::snap::file::slug;
use sepal_hunt::snap::{named, of_test};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A snapshot to be taken.
pub(super) struct Job {
    pub detection: Arc<Detection>,
    pub content: Arc<Content>,
    pub test: Option<String>,
    pub inputs: Vec<Input>,
    pub target: Target,
}

/// Where a snapshot is kept, and what its header says.
#[derive(Clone)]
pub(super) struct Target {
    pub file: PathBuf,
    pub source: String,
    pub expression: String,
}

/// What is to be done about a detection or a test of it.
pub(super) enum Todo {
    Take(Box<Job>),
    Say(Said),
}

/// What is told where there is no snapshot.
#[derive(Clone)]
pub(super) enum Said {
    Skip {
        what: String,
        why: String,
    },
    /// A message.
    Wrong(String),
    /// A message about something that is no error.
    Note(String),
}

/// All that is to be done.
#[derive(Default)]
pub(super) struct All {
    pub todo: Vec<Todo>,
    /// The files of snapshots that may be there.
    pub wanted: HashSet<PathBuf>,
    /// `FOLDER/NAME` of each detection, where FOLDER is that of its snapshots.
    pub names: HashSet<PathBuf>,
    /// Folders that snapshots of no detection may be in, and whether all in them is ours.
    pub folders: Vec<(PathBuf, bool)>,
}

struct Cx<'a> {
    app: &'a App<'a>,
    args: &'a SnapArgs,
    host: &'a dyn Host,
    content: &'a Arc<Content>,
    /// The folder that was named.
    folder: Option<&'a Path>,
    events: &'a [PathBuf],
}

/// Reads the detections of all paths.
pub(super) fn find(app: &App<'_>, args: &SnapArgs, host: &dyn Host) -> Result<All, Exit> {
    let (paths, events) = split(app, args)?;
    if args.name.is_some() && events.is_empty() {
        let text = "--name is for a detection with its events: a test has a name of its own";
        return Err(app.fail(None, text));
    }
    let lookups = app.lookups(&args.content.lookups, false)?;
    let knowledge = app.knowledge(&args.content.knowledge, args.content.no_knowledge)?;
    let mut all = All::default();
    let mut seen = HashSet::new();
    for path in &paths {
        let is_dir = path.is_dir();
        // the folder of macros beside or above the detections, as `run` finds it
        let beside = if is_dir { path.join("_") } else { path.clone() };
        let macros = app.macros(Some(&beside), &args.content.macros, &args.content.set)?;
        let models = app.data_models(&args.content.datamodels, &macros)?;
        let content = Content::new(macros, lookups.clone(), models, knowledge.clone());
        let mut files = match is_dir {
            true => fs::yaml_files(path).map_err(|e| app.fail_content(&e))?,
            false => vec![path.clone()],
        };
        // one that is named twice is taken once
        files.retain(|f| seen.insert(f.canonicalize().unwrap_or_else(|_| f.clone())));
        let folder = is_dir.then_some(path.as_path());
        let cx = Cx { app, args, host, content: &Arc::new(content), folder, events: &events };
        for found in in_order(&files, None, |file| Some(cx.of_file(file))) {
            all.todo.extend(found.todo);
            all.wanted.extend(found.wanted);
            all.names.extend(found.names);
        }
        if let Some(folder) = folder {
            all.folders.push(match &args.dir {
                Some(dir) => (dir.clone(), true),
                None => (folder.to_owned(), false),
            });
        }
    }
    if all.todo.is_empty() {
        let paths: Vec<_> = paths.iter().map(|p| p.display().to_string()).collect();
        let text = format!("no detections (.yml) in {}", paths.join(", "));
        return Err(app.fail(Some("SPL5302"), &text));
    }
    Ok(all)
}

/// Which of the paths are detections, and which are events of the one detection.
fn split(app: &App<'_>, args: &SnapArgs) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Exit> {
    let is_yaml = |p: &Path| p.extension().is_some_and(|e| e == "yml" || e == "yaml");
    let Some((first, rest)) = args.paths.split_first() else {
        return Ok((app.detections(&[])?, Vec::new()));
    };
    let events: Vec<PathBuf> = match is_yaml(first) {
        // a folder after a detection is one of events
        true => rest.iter().filter(|p| !is_yaml(p)).cloned().collect(),
        false => args.paths.iter().filter(|p| !is_yaml(p) && !p.is_dir()).cloned().collect(),
    };
    let (detections, events): (Vec<_>, Vec<_>) =
        args.paths.iter().cloned().partition(|p| !events.contains(p));
    if let Some(odd) = events.first().filter(|_| detections.len() != 1 || !is_yaml(first)) {
        let text = if odd.exists() {
            format!(
                "{}: events go with one detection: sepal snap DETECTION.yml EVENTS",
                odd.display()
            )
        } else {
            format!("{}: there is no such file or folder", odd.display())
        };
        return Err(app.fail(None, &text));
    }
    Ok((detections, events))
}

impl Cx<'_> {
    fn of_file(&self, file: &Path) -> All {
        let mut all = All::default();
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = self.snapshots(file);
        all.names.insert(folder.join(&stem));
        let detection = match fs::detection(file) {
            Ok(detection) => Arc::new(detection),
            Err(e) => {
                all.todo.push(Todo::Say(Said::Wrong(render::content(&e, self.app.look()))));
                return all;
            }
        };
        let detection_file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let target = |name: &str, events: &[PathBuf]| {
            let name = if name.is_empty() { String::new() } else { format!("@{name}") };
            let mut expression = format!("sepal snap {detection_file}");
            for path in events {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                expression.push_str(&format!(" {name}"));
            }
            let file_name = format!("{stem}{name}.snap");
            Target { file: folder.join(file_name), source: source(file), expression }
        };
        let mut add = |target: Target, test: Option<&str>, inputs: Result<Vec<Input>, String>| {
            let what = match test {
                Some(test) => format!("{}: {test}", detection.name),
                None => detection.name.clone(),
            };
            all.wanted.insert(target.file.clone());
            all.todo.push(match inputs {
                Ok(inputs) => Todo::Take(Box::new(Job {
                    detection: Arc::clone(&detection),
                    content: Arc::clone(self.content),
                    test: test.map(str::to_owned),
                    inputs,
                    target,
                })),
                // what was taken once is not left unlooked at
                Err(why) if target.file.exists() || test.is_none() => {
                    let text = format!("{what}: {why}");
                    Todo::Say(Said::Wrong(render::error(Some("SPL5101"), &text, self.app.look())))
                }
                Err(why) => Todo::Say(Said::Skip { what, why }),
            });
        };
        let mut notes = Vec::new();
        if !self.events.is_empty() {
            let name = self.args.name.as_deref().map(slug).unwrap_or_default();
            let inputs = self.stamped(&detection, self.events, &mut notes);
            add(target(&name, self.events), None, inputs);
            all.todo.extend(self.told(&notes));
            return all;
        }
        let beside = beside(file, &stem);
        if !beside.is_empty() {
            add(target("", &[]), None, self.stamped(&detection, &beside, &mut notes));
        }
        let mut slugs = HashSet::new();
        for test in &detection.tests {
            let plain = slug(&test.name);
            let mut name = plain.clone();
            let mut n = 2;
            while !slugs.insert(name.clone()) {
                name = format!("{plain}-{n}");
                n += 1;
            }
            let inputs = of_test(file, test, &self.args.data);
            add(target(&name, &[]), Some(&test.name), inputs);
        }
        all.todo.extend(self.told(&notes));
        if beside.is_empty() && detection.tests.is_empty() {
            let why = "it declares no tests, and there are no events beside it".to_owned();
            all.todo.push(Todo::Say(Said::Skip { what: detection.name.clone(), why }));
        }
        all
    }

    fn told(&self, notes: &[Note]) -> Vec<Todo> {
        notes.iter().map(|n| Todo::Say(Said::Note(render::note(n, self.app.look())))).collect()
    }

    /// The folder of a detection's snapshots.
    fn snapshots(&self, file: &Path) -> PathBuf {
        let parent = file.parent().unwrap_or(Path::new(""));
        match (&self.args.dir, self.folder) {
            (Some(dir), Some(folder)) => {
                dir.join(parent.strip_prefix(folder).unwrap_or(Path::new("")))
            }
            (Some(dir), None) => dir.clone(),
            (None, _) => parent.join("snapshots"),
        }
    }

    /// Events that are no declared test's, with what flags, project file and detection say of them.
    fn stamped(
        &self,
        detection: &Detection,
        events: &[PathBuf],
        notes: &mut Vec<Note>,
    ) -> Result<Vec<Input>, String> {
        let args = self.args;
        let input = InputArgs { stamp: args.stamp.clone(), ..InputArgs::default() };
        let options = engine::Options {
            input,
            project: self.app.project.clone(),
            tz_given: args.tz.is_some(),
            ..engine::Options::default()
        };
        let mut all = Vec::new();
        for path in events {
            for (file, mut input) in named(path, self.host)? {
                let given = engine::Input::Path(path.clone());
                let stamps = project::stamps(&options, Some(detection), &given, &file);
                (input.format, input.meta, input.time_zone) =
                    (stamps.format, stamps.meta, stamps.time_zone);
                for note in stamps.notes {
                    if !notes.contains(&note) {
                        notes.push(note);
                    }
                }
                all.push(input);
            }
        }
        Ok(all)
    }
}

/// The events that stand beside a detection: `events/NAME`, `events/NAME.*`.
fn beside(file: &Path, stem: &str) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new("")).join("events");
    let Ok(entries) = std::fs::read_dir(&folder) else { return Vec::new() };
    let is = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let mut found: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(is).collect();
    found.sort();
    found
}

/// A detection's path from the root of its git work tree on; its file's name where there is none.
fn source(file: &Path) -> String {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let root = absolute.ancestors().skip(1).find(|dir| dir.join(".git").exists());
    let below = root.and_then(|root| absolute.strip_prefix(root).ok());
    let name = file.file_name().map(Path::new).unwrap_or(file);
    let parts = below.unwrap_or(name).components();
    parts.map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
