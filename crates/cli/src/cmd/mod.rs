//! The subcommands: one file each.

mod completions;
mod config;
mod coverage;
mod drilldown;
mod expand;
mod fmt;
mod footer;
pub mod help;
mod hunt;
mod init;
mod lint;
mod man;
mod parse;
pub mod reference;
mod risk;
/// `sepal run`, and running a search for the prompt.
pub mod run;
mod snap;
mod test;

pub(crate) use footer::{count, footer, notices};

use crate::args::{Command, SearchArgs};
use crate::engine::Engine;
use crate::exit::Exit;
use crate::render::{self, Look};
use crate::spl::{Prepared, Source};
use crate::term::Term;
use sepal_content::{ContentError, Note, Project};
use sepal_exec::datamodel::DataModels;
use sepal_exec::knowledge::Knowledge;
use sepal_exec::lookup::Lookups;
use sepal_parser::macros::MacroSet;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// What every subcommand works with.
pub struct App<'e> {
    /// The terminals.
    pub term: Term,
    /// The kernel.
    pub engine: &'e dyn Engine,
    /// The project file, where there is one.
    pub project: Option<Arc<Project>>,
    /// Of the knowledge, the folders of Splunk apps: they have macros and lookups too.
    pub apps: Vec<std::path::PathBuf>,
}

impl App<'_> {
    /// Runs a subcommand.
    pub fn dispatch(&self, command: Command) -> Exit {
        match command {
            Command::Run(args) => run::run(self, *args),
            Command::Hunt(args) => hunt::hunt(self, &args),
            Command::Drilldown(args) => drilldown::drilldown(self, *args),
            Command::Test(args) => test::test(self, &args),
            Command::Snap(args) => snap::snap(self, &args),
            Command::Init(args) => init::init(self, &args),
            Command::Repl(args) => crate::repl::repl(self, *args),
            Command::Config(args) => config::config(self, &args),
            Command::Parse(args) => parse::parse(self, &args),
            Command::Expand(args) => expand::expand(self, &args),
            Command::Fmt(args) => fmt::fmt(self, &args),
            Command::Coverage(args) => coverage::coverage(self, &args),
            Command::Lint(args) => lint::lint(self, &args),
            Command::Help(args) => help::help(self, &args),
            Command::Completions(args) => completions::completions(self, &args),
            Command::Man => man::man(self),
        }
    }

    /// How messages on standard error look.
    pub fn look(&self) -> Look {
        let width = if self.term.stderr { self.term.width } else { None };
        Look { colour: self.term.stderr_colour, width }
    }

    /// Writes to standard error; when that is closed there is nobody to tell.
    pub fn say(&self, text: &str) {
        let mut err = io::stderr().lock();
        let _ = err.write_all(text.as_bytes());
        let _ = err.flush();
    }

    /// Writes to standard output. A closed pipe ends the output quietly.
    pub fn print(&self, text: &str) -> Exit {
        let mut out = io::stdout().lock();
        self.written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
    }

    /// The exit after writing to standard output.
    pub fn written(&self, result: io::Result<()>) -> Exit {
        match result {
            Ok(()) => Exit::Done,
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Err(e) => {
                self.fail(None, &format!("standard output cannot be written: {}", reason(&e)))
            }
        }
    }

    /// Says an error without a place.
    pub fn fail(&self, code: Option<&str>, message: &str) -> Exit {
        self.say(&render::error(code, message, self.look()));
        Exit::Failed
    }

    /// Says an error about a content file.
    pub fn fail_content(&self, e: &ContentError) -> Exit {
        self.say(&render::content(e, self.look()));
        Exit::Failed
    }

    /// Reads the search that the arguments name and the macros it may call, and parses it.
    pub fn prepare(&self, args: &SearchArgs) -> Result<Prepared, Exit> {
        let source = self.source(args.file.as_deref(), args.spl.as_deref())?;
        let macros = self.macros(args.file.as_deref(), &args.macros, &args.set)?;
        Ok(Prepared::new(source, &macros))
    }

    /// The text of a search.
    pub fn source(&self, file: Option<&Path>, spl: Option<&str>) -> Result<Source, Exit> {
        if let Some(spl) = spl {
            return Ok(Source::typed(spl, "<search>"));
        }
        let Some(file) = file else {
            return Err(self.fail(None, "no search: name a detection or a file of SPL, or use -q"));
        };
        if file == Path::new("-") {
            let text = io::read_to_string(io::stdin().lock())
                .map_err(|e| self.fail(Some("SPL5101"), &format!("<stdin>: {}", reason(&e))))?;
            return Ok(Source::typed(&text, "<stdin>"));
        }
        Source::read(file).map_err(|e| self.fail_content(&e))
    }

    fn say_notes(&self, notes: &[Note]) {
        for n in notes {
            self.say(&render::note(n, self.look()));
        }
    }

    /// The macros beside the search, of the project, of `--macros` and of `--set`.
    pub fn macros(
        &self,
        file: Option<&Path>,
        folders: &[std::path::PathBuf],
        set: &[String],
    ) -> Result<MacroSet, Exit> {
        let (macros, notes) = crate::spl::macros(file, &self.macro_paths(folders), set)
            .map_err(|e| self.fail_content(&e))?;
        self.say_notes(&notes);
        Ok(macros)
    }

    /// The lookups of the project and of `--lookups`; none where no folder is named.
    pub fn lookups(
        &self,
        folders: &[std::path::PathBuf],
        writable: bool,
    ) -> Result<Option<Arc<dyn Lookups>>, Exit> {
        let folders = self.lookup_folders(folders, writable);
        if folders.is_empty() {
            return Ok(None);
        }
        let (lookups, notes) =
            sepal_content::LookupFolders::read_all(&folders).map_err(|e| self.fail_content(&e))?;
        self.say_notes(&notes);
        Ok(Some(Arc::new(lookups)))
    }

    /// The built-in data models, those of the project and those of `--datamodels`.
    pub fn data_models(
        &self,
        folders: &[std::path::PathBuf],
        macros: &MacroSet,
    ) -> Result<Arc<dyn DataModels>, Exit> {
        let (models, notes) = sepal_content::CimModels::new()
            .with_folders(&self.data_model_paths(folders), macros)
            .map_err(|e| self.fail_content(&e))?;
        self.say_notes(&notes);
        Ok(Arc::new(models))
    }

    /// What is known of sourcetypes: built in, of the project and of `--knowledge`.
    pub fn knowledge(
        &self,
        folders: &[std::path::PathBuf],
        none: bool,
    ) -> Result<Option<Arc<dyn Knowledge>>, Exit> {
        if none {
            return Ok(None);
        }
        let (rules, notes) = sepal_content::SourcetypeRules::new()
            .with_folders(&self.knowledge_paths(folders))
            .map_err(|e| self.fail_content(&e))?;
        self.say_notes(&notes);
        Ok(Some(Arc::new(rules)))
    }

    /// Says what is wrong with a search; an exit if it cannot be used.
    pub fn report(&self, search: &Prepared) -> Result<(), Exit> {
        let list = &search.parsed.diagnostics;
        if !list.is_empty() {
            self.say(&render::diagnostics(list, &|span| search.places(span), self.look()));
        }
        if search.parsed.has_errors() { Err(Exit::Failed) } else { Ok(()) }
    }
}

/// The system's words for an I/O error, without its number.
pub fn reason(e: &io::Error) -> String {
    without_number(&e.to_string())
}

/// As [`reason`], and what the path may have been meant for where it is not there.
pub(crate) fn reason_at(e: &io::Error, path: &Path) -> String {
    match (e.kind(), sepal_content::fs::near(path)) {
        (io::ErrorKind::NotFound, Some(near)) => {
            format!("{}; did you mean {}?", reason(e), near.display())
        }
        _ => reason(e),
    }
}

/// "No such file or directory (os error 2)": the number says nothing more.
pub(crate) fn without_number(text: &str) -> String {
    match text.find(" (os error ").and_then(|at| Some((at, at + text[at..].find(')')?))) {
        Some((from, to)) => format!("{}{}", &text[..from], &text[to + 1..]),
        None => text.to_owned(),
    }
}
