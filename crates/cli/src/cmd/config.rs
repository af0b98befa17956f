//! `sepal config`: what is in force, and where each value comes from.

use super::App;
use crate::args::{InputArgs, ReplArgs};
use crate::engine::{Input, Options};
use crate::exit::Exit;
use crate::host::SystemHost;
use crate::output::visible;
use crate::project::{same, stamped};
use jiff::tz::TimeZone;
use sepal_content::project::Set;
use sepal_content::{Access, Project};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Shows the settings.
pub fn config(app: &App<'_>, args: &ReplArgs) -> Exit {
    if let Err(text) = crate::local::check_times(&app.input(&args.input)) {
        return app.fail(None, &text);
    }
    let mut inputs = Vec::new();
    for path in &args.events {
        match path == Path::new("-") {
            true => inputs.push(Input::Stdin),
            false => inputs.push(Input::Path(path.clone())),
        }
    }
    let mut exit = Exit::Done;
    if inputs.is_empty() {
        match app.project_inputs() {
            Ok(all) => inputs = all,
            Err(e) => exit = e,
        }
    }
    let options = Options {
        input: app.input(&args.input),
        project: app.project.clone(),
        tz_given: args.input.tz.is_some(),
        ..Options::default()
    };
    let file = app.project.as_ref().map(|p| p.file.display().to_string());
    let mut out = format!("project {}\n", file.as_deref().unwrap_or("none"));
    let list = rows(app, args);
    let width =
        |of: fn(&Row) -> &str| list.iter().map(|r| of(r).chars().count()).max().unwrap_or(0);
    let (names, values) = (width(|r| r.name), width(|r| &r.value));
    for row in &list {
        let _ = writeln!(out, "{:names$}  {:values$}  {}", row.name, row.value, row.from);
    }
    out.push_str(&stamped(None, &inputs, &options, &SystemHost::at_clock(TimeZone::UTC)));
    app.print(&visible(&out, true)).worse(exit)
}

/// One value.
struct Row {
    name: &'static str,
    value: String,
    from: String,
}

fn rows(app: &App<'_>, args: &ReplArgs) -> Vec<Row> {
    let project = app.project.as_deref();
    let mut out = Vec::new();
    let beside = sepal_content::fs::macros_near(None);
    let mut macros = app.macro_paths(&args.macros);
    // of an app it is said under `knowledge`
    macros.retain(|p| args.macros.contains(p) || !app.apps.contains(p));
    if let Some(path) = beside.filter(|b| !macros.iter().any(|p| same(p, b))) {
        let (value, from) = (path.display().to_string(), "found by its name".to_owned());
        out.push(Row { name: "macros", value, from });
    }
    let files = |list: fn(&Project) -> &[Set<PathBuf>]| project.map(list).unwrap_or_default();
    let mut paths =
        |name, list: Vec<PathBuf>, file: &[Set<PathBuf>], flag: &str, named: &[PathBuf]| {
            for path in list {
                let by_flag = named.contains(&path);
                let set = file.iter().find(|s| !by_flag && s.value == path);
                let from =
                    set.and_then(|s| Some(project?.place(s.line))).unwrap_or(flag.to_owned());
                out.push(Row { name, value: path.display().to_string(), from });
            }
        };
    paths("macros", macros, files(|p| &p.macros), "--macros", &args.macros);
    if !args.no_knowledge {
        let list = app.knowledge_paths(&args.knowledge);
        paths("knowledge", list, files(|p| &p.knowledge), "--knowledge", &args.knowledge);
    }
    let list = app.data_model_paths(&args.datamodels);
    paths("datamodels", list, files(|p| &p.datamodels), "--datamodels", &args.datamodels);
    let detections = files(|p| &p.detections);
    let list = detections.iter().map(|s| s.value.clone()).collect();
    paths("detections", list, detections, "", &[]);
    let data = files(|p| &p.test_data);
    paths("data", data.iter().map(|s| s.value.clone()).collect(), data, "", &[]);
    let cache = files(|p| p.test_cache.as_slice());
    paths("cache", cache.iter().map(|s| s.value.clone()).collect(), cache, "", &[]);
    for folder in app.lookup_folders(&args.lookups, args.allow_write) {
        use sepal_content::FolderKind::{All, App, Models, SavedSearches};
        let (name, file) = match folder.kind {
            App => continue,
            All => ("lookups", files(|p| &p.lookups)),
            SavedSearches => ("saved-searches", files(|p| &p.saved_searches)),
            Models => ("models", files(|p| &p.models)),
        };
        let set =
            file.iter().find(|s| !args.lookups.contains(&folder.path) && s.value == folder.path);
        let from = set.and_then(|s| Some(project?.place(s.line))).unwrap_or("--lookups".to_owned());
        let access = match folder.access {
            Access::Read => "",
            Access::Elsewhere => ", read only: outside of the project",
            Access::Write => ", may be written to",
        };
        let value = folder.path.display().to_string();
        out.push(Row { name, value, from: from + access });
    }
    if let Some(folder) = &args.risk_index {
        let (name, value) = ("risk-index", folder.display().to_string());
        out.push(Row { name, value, from: "--risk-index".to_owned() });
    } else if let Some((set, p)) = project.and_then(|p| Some((p.risk_index.as_ref()?, p))) {
        let access = if p.may_add_risk(&set.value) { ", may be added to" } else { ", read only" };
        let value = set.value.display().to_string();
        out.push(Row { name: "risk-index", value, from: p.place(set.line) + access });
    }
    values(&args.input, args.allow_write, project, &mut out);
    out
}

/// What is one value, not a list.
fn values(given: &InputArgs, allow_write: bool, project: Option<&Project>, out: &mut Vec<Row>) {
    let set = project.and_then(|p| p.allow_write.as_ref());
    let (value, from) = match (allow_write, set) {
        (true, _) => (true, "--allow-write".to_owned()),
        (false, Some(s)) => (s.value, project.map(|p| p.place(s.line)).unwrap_or_default()),
        (false, None) => (false, "default".to_owned()),
    };
    out.push(Row { name: "allow-write", value: value.to_string(), from });
    let range = given.earliest.is_some() || given.latest.is_some();
    let mut one = |name, flag: &Option<String>, set: Option<&Set<String>>, default: &str| {
        let (value, from) = match (flag, set, project) {
            (Some(value), ..) => (value.clone(), format!("--{name}")),
            (None, Some(s), Some(p)) => (s.value.clone(), p.place(s.line)),
            _ => (default.to_owned(), "default".to_owned()),
        };
        out.push(Row { name, value, from });
    };
    let time = project.filter(|_| !range);
    one("earliest", &given.earliest, time.and_then(|p| p.earliest.as_ref()), "the beginning");
    one("latest", &given.latest, time.and_then(|p| p.latest.as_ref()), "the end");
    one("tz", &given.tz, project.and_then(|p| p.tz.as_ref()), "the system's");
}
