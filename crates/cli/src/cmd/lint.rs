//! `sepal lint`: rules over detections and searches.

use super::{App, fmt, reason};
use crate::args::{LintArgs, LintFormat};
use crate::exit::Exit;
use crate::output::{json_visible, visible};
use crate::render::{self, Look};
use sepal_content::ContentError;
use sepal_content::parallel::in_order;
use sepal_lint::{Finding, Level, Options, Subject, output};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Lints.
pub fn lint(app: &App<'_>, args: &LintArgs) -> Exit {
    if let Some(code) = &args.explain {
        return explain(app, code);
    }
    if let Some(unknown) = args.select.iter().chain(&args.ignore).find(|c| !is_rule(c)) {
        return app.fail(None, &format!("no rule `{unknown}`; docs/lint.md lists them"));
    }
    // nothing is run, so that nothing is written
    let lookups = match app.lookups(&args.lookups, true) {
        Ok(lookups) => lookups,
        Err(exit) => return exit,
    };
    let mut options = Options {
        lookups,
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        ..Options::default()
    };
    let mut all = Linted::default();
    let typed = args.spl.as_ref().map(|spl| Subject::typed(spl, "<search>"));
    if let Some(subject) = typed {
        options.macros = match app.macros(None, &args.macros, &args.set) {
            Ok(macros) => macros,
            Err(exit) => return exit,
        };
        all.files = 1;
        all.findings = sepal_lint::lint(&subject, &options);
    }
    let paths = match args.spl {
        Some(_) => Vec::new(),
        None => match app.detections(&args.paths) {
            Ok(paths) => paths,
            Err(exit) => return exit,
        },
    };
    for path in &paths {
        let stdin = path == Path::new("-");
        let beside = if path.is_dir() { path.join("_") } else { path.clone() };
        let start = (!stdin).then_some(beside.as_path());
        options.macros = match app.macros(start, &args.macros, &args.set) {
            Ok(macros) => macros,
            Err(exit) => return exit,
        };
        if stdin {
            if args.fix {
                return app.fail(None, "--fix needs files, not standard input");
            }
            match app.source(Some(path), None) {
                Ok(source) => {
                    all.files += 1;
                    let subject = Subject::typed(&source.text, "<stdin>");
                    all.findings.extend(sepal_lint::lint(&subject, &options));
                }
                Err(exit) => return exit,
            }
            continue;
        }
        match files(path) {
            Ok(files) => all.add(app, lint_all(&files, &options, args.fix)),
            Err(e) => all.exit = all.exit.worse(app.fail_content(&e)),
        }
    }
    all.once_per_macro();
    let text = shown(app, &all, args.format);
    let found = all.findings.iter().any(|f| f.level > Level::Note);
    let exit = app.print(&text).worse(all.exit);
    if args.format == LintFormat::Text {
        app.say(&summary(&all));
    }
    if found { exit.worse(Exit::Found) } else { exit }
}

/// What became of all files.
struct Linted {
    findings: Vec<Finding>,
    files: usize,
    fixed: usize,
    exit: Exit,
}

impl Default for Linted {
    fn default() -> Linted {
        Linted { findings: Vec::new(), files: 0, fixed: 0, exit: Exit::Done }
    }
}

/// What became of one file.
#[derive(Default)]
struct One {
    findings: Vec<Finding>,
    fixed: usize,
    error: Option<ContentError>,
    unwritten: Option<String>,
}

impl Linted {
    fn add(&mut self, app: &App<'_>, list: Vec<One>) {
        for one in list {
            self.files += 1;
            self.findings.extend(one.findings);
            self.fixed += one.fixed;
            if let Some(e) = one.error {
                self.exit = self.exit.worse(app.fail_content(&e));
            }
            if let Some(why) = one.unwritten {
                self.exit = self.exit.worse(app.fail(None, &why));
            }
        }
    }

    /// What is wrong inside a macro's definition is told at its first call.
    fn once_per_macro(&mut self) {
        let mut told = BTreeSet::new();
        self.findings.retain(|f| match f.frames.first() {
            Some(frame) if frame.macro_name.is_some() => told.insert((
                f.code,
                f.message.clone(),
                frame.file.clone(),
                frame.macro_name.clone(),
                frame.range.start,
            )),
            _ => true,
        });
    }
}

/// Lints files over all cores; in the order of the files.
fn lint_all(files: &[PathBuf], options: &Options, fix: bool) -> Vec<One> {
    in_order(files, None, |file| Some(one(file, options, fix)))
}

fn one(file: &Path, options: &Options, fix: bool) -> One {
    let subject = match Subject::read(file) {
        Ok(subject) => subject,
        Err(e) => return One { error: Some(e), ..One::default() },
    };
    let findings = sepal_lint::lint(&subject, options);
    if fix && let Some(fixed) = sepal_lint::fix::fix(&subject, &findings) {
        if let Err(e) = fmt::write(file, &fixed.text) {
            let why = format!("{} cannot be written: {}", file.display(), reason(&e));
            return One { findings, unwritten: Some(why), ..One::default() };
        }
        let left = match Subject::read(file) {
            Ok(subject) => sepal_lint::lint(&subject, options),
            Err(e) => return One { error: Some(e), fixed: fixed.count, ..One::default() },
        };
        return One { findings: left, fixed: fixed.count, ..One::default() };
    }
    One { findings, ..One::default() }
}

fn files(path: &Path) -> Result<Vec<PathBuf>, ContentError> {
    if path.is_dir() { sepal_content::fs::yaml_files(path) } else { Ok(vec![path.to_owned()]) }
}

fn shown(app: &App<'_>, all: &Linted, format: LintFormat) -> String {
    let list = &all.findings;
    match format {
        LintFormat::Text => {
            let width = if app.term.stdout { app.term.width } else { None };
            let look = Look { colour: app.term.stdout_colour, width };
            list.iter().map(|f| render::finding(f, look) + "\n").collect()
        }
        LintFormat::Json => {
            list.iter().map(|f| json_visible(&output::json(f)).into_owned()).collect()
        }
        LintFormat::Sarif => json_visible(&output::sarif(list)).into_owned(),
        LintFormat::Github => {
            list.iter().map(|f| visible(&output::github(f), true).into_owned()).collect()
        }
        LintFormat::Markdown => visible(&output::markdown(list, all.files), true).into_owned(),
    }
}

fn summary(all: &Linted) -> String {
    let count = |n: usize, noun| super::count(u64::try_from(n).unwrap_or(u64::MAX), noun);
    let of = |level| all.findings.iter().filter(|f| f.level == level).count();
    let mut text = format!(
        "{}, {}, {} in {}",
        count(of(Level::Error), "error"),
        count(of(Level::Warning), "warning"),
        count(of(Level::Note), "note"),
        count(all.files, "file"),
    );
    if all.fixed > 0 {
        text.push_str(&format!("; {} repaired", count(all.fixed, "finding")));
    }
    text + "\n"
}

/// Whether a code, the beginning of one or a name is a rule's or one of the parser's.
fn is_rule(wanted: &str) -> bool {
    let upper = wanted.to_ascii_uppercase();
    let codes = || sepal_parser::codes::CODES.iter().map(|(c, _)| *c);
    !wanted.is_empty()
        && (sepal_lint::rule(wanted).is_some() || codes().any(|c| c.starts_with(&upper)))
}

fn explain(app: &App<'_>, code: &str) -> Exit {
    if let Some(rule) = sepal_lint::rule(code) {
        return app.print(&sepal_lint::docs::explain(rule));
    }
    let upper = code.to_ascii_uppercase();
    match sepal_parser::codes::meaning(&upper) {
        Some(meaning) => app.print(&format!("{upper}: {meaning}\n")),
        None => {
            let names = sepal_lint::RULES.iter().map(|r| r.name);
            let near = sepal_parser::suggest(code, names)
                .map(|n| format!("; did you mean `{n}`?"))
                .unwrap_or_default();
            app.fail(None, &format!("no rule `{code}`{near}"))
        }
    }
}
