//! The project file and the flags together: the one place where they meet.

use crate::args::{InputArgs, InputFormat, ProjectArgs};
use crate::cmd::{App, count};
use crate::engine::{Input, Options};
use crate::exit::Exit;
use crate::render;
use crate::spl::Prepared;
use jiff::tz::TimeZone;
use sepal_content::project::{ProjectError, Set};
use sepal_content::{Access, Detection, FolderKind, LookupFolder, Note, Project, RiskIndex};
use sepal_exec::host::Host;
use sepal_exec::scan::{self, Meta};
use smol_str::SmolStr;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whether two paths lead to one place.
pub(crate) fn same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The file's paths, then those of flags; one of both stands where the flag has it.
fn joined(file: Option<&[Set<PathBuf>]>, named: &[PathBuf]) -> Vec<PathBuf> {
    let file = file.unwrap_or_default().iter().map(|s| &s.value);
    let mut out: Vec<PathBuf> =
        file.filter(|p| !named.iter().any(|n| same(n, p))).cloned().collect();
    out.extend_from_slice(named);
    out
}

impl App<'_> {
    /// The project file of `--config`, else the nearest one.
    pub fn find_project(&self, args: &ProjectArgs) -> Result<Option<Arc<Project>>, Exit> {
        let file = match &args.config {
            _ if args.no_config => None,
            Some(file) => Some(file.clone()),
            None => std::env::current_dir().ok().and_then(|dir| Project::find(&dir)),
        };
        let project = file.map(|file| Project::read(&file)).transpose();
        project.map(|p| p.map(Arc::new)).map_err(|e| self.fail_project(&e))
    }

    fn fail_project(&self, e: &ProjectError) -> Exit {
        self.say(&render::project(e, self.look()));
        Exit::Failed
    }

    /// The files and folders of macros.
    pub fn macro_paths(&self, named: &[PathBuf]) -> Vec<PathBuf> {
        let others = joined(self.project.as_ref().map(|p| &*p.macros), named);
        let apps = self.apps.iter().filter(|a| !others.iter().any(|o| same(o, a)));
        apps.cloned().chain(others.iter().cloned()).collect()
    }

    /// The files and folders of data models.
    pub fn data_model_paths(&self, named: &[PathBuf]) -> Vec<PathBuf> {
        joined(self.project.as_ref().map(|p| &*p.datamodels), named)
    }

    /// The files and folders of sourcetypes.
    pub fn knowledge_paths(&self, named: &[PathBuf]) -> Vec<PathBuf> {
        joined(self.project.as_ref().map(|p| &*p.knowledge), named)
    }

    /// The folders of lookups, saved searches and models, and what may be done to them.
    pub fn lookup_folders(&self, named: &[PathBuf], allow_write: bool) -> Vec<LookupFolder> {
        let access = if allow_write { Access::Write } else { Access::Read };
        let one =
            |path: &PathBuf| LookupFolder { path: path.clone(), kind: FolderKind::All, access };
        let others: Vec<LookupFolder> = match &self.project {
            Some(project) => project.lookup_folders(named, allow_write),
            None => named.iter().map(one).collect(),
        };
        let apps = self.apps.iter().filter(|a| !others.iter().any(|o| same(&o.path, a)));
        let app = |path: &PathBuf| LookupFolder {
            path: path.clone(),
            kind: FolderKind::App,
            access: Access::Read,
        };
        apps.map(app).chain(others.iter().cloned()).collect()
    }

    /// The detections that the user named, else the project's.
    pub fn detections(&self, named: &[PathBuf]) -> Result<Vec<PathBuf>, Exit> {
        let paths = match named.is_empty() {
            true => joined(self.project.as_ref().map(|p| &*p.detections), &[]),
            false => named.to_vec(),
        };
        if paths.is_empty() {
            let text = "no detections: name files or folders, or `detections` in sepal.toml";
            return Err(self.fail(None, text));
        }
        Ok(paths)
    }

    /// The risk index of the flag, else of the project, and whether it may be added to.
    pub fn risk_index(&self, named: Option<&PathBuf>) -> Option<(RiskIndex, bool)> {
        let project = self.project.as_ref();
        match (named, project.and_then(|p| Some((p, p.risk_index.as_ref()?)))) {
            (Some(folder), _) => Some((RiskIndex::new(folder), true)),
            (None, Some((p, set))) => {
                Some((RiskIndex::new(&set.value), p.may_add_risk(&set.value)))
            }
            (None, None) => None,
        }
    }

    /// What is said of events and time, with the file's zone, and its time range where no flag gives
    /// one.
    pub fn input(&self, given: &InputArgs) -> InputArgs {
        let mut input = given.clone();
        let Some(project) = &self.project else { return input };
        let value = |s: &Option<Set<String>>| s.as_ref().map(|s| s.value.clone());
        input.tz = given.tz.clone().or_else(|| value(&project.tz));
        if given.earliest.is_none() && given.latest.is_none() {
            (input.earliest, input.latest) = (value(&project.earliest), value(&project.latest));
        }
        input
    }

    /// The files of the project's inputs.
    pub fn project_inputs(&self) -> Result<Vec<Input>, Exit> {
        let Some(project) = &self.project else { return Ok(Vec::new()) };
        let files = project.files().map_err(|e| self.fail_project(&e))?;
        Ok(files.into_iter().map(Input::Project).collect())
    }
}

/// One thing that is said of the events of a file.
pub(crate) struct Stamp {
    pub name: &'static str,
    pub value: String,
    /// `--source`, `sepal.toml:3`, `the detection`.
    pub from: String,
}

/// What is said of the events of a file.
#[derive(Default)]
pub(crate) struct Stamps {
    pub meta: Meta,
    pub format: Option<scan::InputFormat>,
    pub time_zone: Option<TimeZone>,
    /// The same, with where each comes from; what comes by itself is not among them.
    pub list: Vec<Stamp>,
    pub notes: Vec<Note>,
}

/// What is said of a file: by the flags, else by the first input of the project file that matches it,
/// else, of events that the user named, by the detection's declared test data.
pub(crate) fn stamps(
    options: &Options,
    detection: Option<&Detection>,
    input: &Input,
    file: &Path,
) -> Stamps {
    let args = &options.input;
    let project = options.project.as_deref().filter(|_| *input != Input::Stdin);
    let rule = project.and_then(|p| p.input_of(file));
    let declared = detection.filter(|_| !matches!(input, Input::Project(_)));
    let name = if *input == Input::Stdin { "<stdin>".into() } else { file.display().to_string() };
    let declared = declared.map(|d| sepal_content::stamp(d, &name)).unwrap_or_default();
    let mut out = Stamps { notes: declared.notes, ..Stamps::default() };
    let place = |line| project.map(|p| p.place(line)).unwrap_or_default();
    let mut pick = |name: &'static str,
                    given: &Option<String>,
                    set: Option<&Set<String>>,
                    declared: Option<String>| {
        let (value, from) = match (given, set, declared) {
            (Some(value), ..) => (value.clone(), format!("--{name}")),
            (None, Some(set), _) => (set.value.clone(), place(set.line)),
            (None, None, Some(value)) => (value, "the detection".to_owned()),
            (None, None, None) => return None,
        };
        out.list.push(Stamp { name, value: value.clone(), from });
        Some(SmolStr::from(value))
    };
    out.meta = Meta {
        source: pick(
            "source",
            &args.stamp.source,
            rule.and_then(|r| r.source.as_ref()),
            declared.source,
        ),
        sourcetype: pick(
            "sourcetype",
            &args.stamp.sourcetype,
            rule.and_then(|r| r.sourcetype.as_ref()),
            declared.sourcetype,
        ),
        index: pick(
            "index",
            &args.stamp.index,
            rule.and_then(|r| r.index.as_ref()),
            declared.index,
        ),
        host: pick("host", &args.stamp.host, rule.and_then(|r| r.host.as_ref()), declared.host),
    };
    if let Some((tz, zone)) = rule.and_then(|r| r.tz.as_ref()).filter(|_| !options.tz_given) {
        out.time_zone = Some(zone.clone());
        let (value, from) = (tz.value.clone(), place(tz.line));
        out.list.push(Stamp { name: "tz", value, from });
    }
    out.format = format(args.input_format);
    let from = match (&out.format, rule.and_then(|r| r.format.as_ref())) {
        (Some(_), _) => "--input-format".to_owned(),
        (None, Some(set)) => {
            out.format = Some(set.value.clone());
            place(set.line)
        }
        (None, None) => String::new(),
    };
    if let Some(format) = &out.format {
        out.list.push(Stamp { name: "format", value: format.name(), from });
    }
    // what is not used need not agree
    if out.list.iter().all(|s| s.from != "the detection") {
        out.notes.clear();
    }
    out
}

fn format(format: InputFormat) -> Option<scan::InputFormat> {
    match format {
        InputFormat::Auto => None,
        InputFormat::Lines => Some(scan::InputFormat::Lines),
        InputFormat::Values => Some(scan::InputFormat::Concatenated),
        InputFormat::Array => Some(scan::InputFormat::Array),
        InputFormat::Rows => Some(scan::InputFormat::Rows),
        InputFormat::Text => Some(scan::InputFormat::Text),
        InputFormat::Csv => Some(scan::InputFormat::Csv),
        InputFormat::Tsv => Some(scan::InputFormat::Tsv),
        InputFormat::ZeekTsv => Some(scan::InputFormat::Zeek),
        InputFormat::W3c => Some(scan::InputFormat::W3c),
        InputFormat::Evtx => Some(scan::InputFormat::Evtx),
    }
}

/// `sourcetype=a (sepal.toml:3), index=b (--index)`.
pub(crate) fn shown(list: &[Stamp]) -> String {
    let one = |s: &Stamp| format!("{}={} ({})", s.name, s.value, s.from);
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Files that are named one by one.
const NAMED: usize = 20;

/// What `--explain` says of the project file and of the inputs.
pub(crate) fn explain(
    project: &Project,
    search: &Prepared,
    inputs: &[Input],
    options: &Options,
    host: &dyn Host,
) -> String {
    let mut out = format!("project {}\n", project.file.display());
    out.push_str(&stamped(search.source.detection.as_deref(), inputs, options, host));
    out
}

/// The files, and what each is stamped with.
pub(crate) fn stamped(
    detection: Option<&Detection>,
    inputs: &[Input],
    options: &Options,
    host: &dyn Host,
) -> String {
    let mut files = Vec::new();
    for input in inputs {
        match input {
            Input::Stdin => files.push((input, PathBuf::from("<stdin>"))),
            Input::Project(path) | Input::Path(path) => {
                // one that cannot be opened is told when it is read
                let found = scan::expand_folders(vec![path.clone()], host).unwrap_or_default();
                files.extend(found.into_iter().map(|file| (input, file)));
            }
        }
    }
    let mut out = String::new();
    for (input, file) in files.iter().take(NAMED) {
        let _ = writeln!(out, "input   {}", file.display());
        let list = stamps(options, detection, input, file).list;
        if !list.is_empty() {
            let _ = writeln!(out, "        stamp     {}", shown(&list));
        }
    }
    if let Some(more) = files.len().checked_sub(NAMED).filter(|n| *n > 0) {
        let more = count(u64::try_from(more).unwrap_or(u64::MAX), "more file");
        let _ = writeln!(out, "input   {more}");
    }
    out
}
