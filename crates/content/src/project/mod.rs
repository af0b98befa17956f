//! `sepal.toml`: what a project of detections has, so that it need not be said on every command line.
//!
//! [`keys::TABLES`] declares the keys, [`Project::read`] reads a file, [`Project::files`] finds the
//! files of its inputs and [`Project::input_of`] says which input a file belongs to.
//!
//! A file may be a stranger's: all that it can do is to name what is read. Writing, where the file
//! allows it, stays within the file's folder ([`Project::lookup_folders`]).

pub mod docs;
pub mod keys;
mod pattern;
mod read;
mod write;

pub use pattern::Pattern;

use crate::{ContentError, fs};
use sepal_data::time::TimeZone;
use sepal_exec::scan::InputFormat;
use sepal_parser::Diagnostic;
use sepal_parser::ast::Span;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name that is looked for.
pub const FILE: &str = "sepal.toml";

/// A value of the file, and the line that it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// The line, from 1.
    pub line: usize,
}

/// A project file as it was read.
#[derive(Clone, Debug)]
pub struct Project {
    /// The file, as messages name it.
    pub file: PathBuf,
    text: Arc<str>,
    /// The folder of the file without links: what it may allow writing in.
    root: Option<PathBuf>,
    /// Files and folders of macros.
    pub macros: Vec<Set<PathBuf>>,
    /// Folders of lookups.
    pub lookups: Vec<Set<PathBuf>>,
    /// Folders of saved searches alone.
    pub saved_searches: Vec<Set<PathBuf>>,
    /// Folders of models alone.
    pub models: Vec<Set<PathBuf>>,
    /// Files and folders of sourcetypes.
    pub knowledge: Vec<Set<PathBuf>>,
    /// Files and folders of data models.
    pub datamodels: Vec<Set<PathBuf>>,
    /// Files and folders of detections.
    pub detections: Vec<Set<PathBuf>>,
    /// Folders with the data of tests.
    pub test_data: Vec<Set<PathBuf>>,
    /// Where data of tests is kept that was fetched.
    pub test_cache: Option<Set<PathBuf>>,
    /// Whether searches may write.
    pub allow_write: Option<Set<bool>>,
    /// The beginning of the time range.
    pub earliest: Option<Set<String>>,
    /// The end of the time range.
    pub latest: Option<Set<String>>,
    /// The time zone.
    pub tz: Option<Set<String>>,
    /// The inputs, in order.
    pub inputs: Vec<ProjectInput>,
}

/// One `[[inputs]]`.
#[derive(Clone, Debug)]
pub struct ProjectInput {
    /// The line of its table.
    pub line: usize,
    /// Which files.
    pub files: Vec<Pattern>,
    /// Their `source`.
    pub source: Option<Set<String>>,
    /// Their `sourcetype`.
    pub sourcetype: Option<Set<String>>,
    /// Their `index`.
    pub index: Option<Set<String>>,
    /// Their `host`.
    pub host: Option<Set<String>>,
    /// The name of the zone of times that name none, and the zone.
    pub tz: Option<(Set<String>, TimeZone)>,
    /// How events stand in them; none where it is seen from their beginning.
    pub format: Option<Set<InputFormat>>,
}

/// Why a project file cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProjectError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ContentError),
    /// What is wrong in it.
    #[error("{}: {}", .0.file, .0.first())]
    Wrong(Box<Wrong>),
}

/// What is wrong in a project file. Spans count in its text.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// The file, as messages name it.
    pub file: String,
    /// Its text.
    pub text: Arc<str>,
    /// What is wrong, at least one thing.
    pub list: Vec<Diagnostic>,
}

impl Wrong {
    fn first(&self) -> String {
        self.list.first().map(|d| format!("{} [{}]", d.message, d.code)).unwrap_or_default()
    }
}

impl Project {
    /// The nearest `sepal.toml`: in a folder, else in one above it, up to the root of the file
    /// system. `folder` is absolute.
    pub fn find(folder: &Path) -> Option<PathBuf> {
        let found = folder.ancestors().map(|dir| dir.join(FILE)).find(|path| path.is_file())?;
        // in the folder itself it is named as the user would
        Some(if found.parent() == Some(folder) { FILE.into() } else { found })
    }

    /// Reads a project file.
    ///
    /// # Errors
    /// SPL5101 where it cannot be read, SPL5105 where it is too large; else what is wrong in it:
    /// SPL5401 for what is no TOML, SPL5402 for an unknown key, SPL5403 for a value of another kind,
    /// SPL5404 for a file or folder that is not there, SPL5405 for a pattern that is none, SPL5407
    /// for a value that the key does not take, SPL5408 for an input without files.
    pub fn read(path: &Path) -> Result<Project, ProjectError> {
        let text = fs::text(path)?;
        read::project(path, text.into())
    }

    /// The error that one thing in the file is wrong.
    fn wrong(&self, d: Diagnostic) -> ProjectError {
        let (file, text) = (self.file.to_string_lossy().into_owned(), Arc::clone(&self.text));
        ProjectError::Wrong(Box::new(Wrong { file, text, list: vec![d] }))
    }

    /// The files of all inputs, in the order of the inputs and sorted within a pattern; each
    /// once, also where links give it several names.
    ///
    /// # Errors
    /// SPL5406 for a pattern that matches no file, SPL5409 where one looks through too many files
    /// and folders, SPL5101 for a folder that cannot be read.
    pub fn files(&self) -> Result<Vec<PathBuf>, ProjectError> {
        let (mut seen, mut out) = (BTreeSet::new(), Vec::new());
        for pattern in self.inputs.iter().flat_map(|i| &i.files) {
            let found = pattern.find().map_err(|d| self.wrong(*d))?;
            for path in found {
                let real = path.canonicalize().unwrap_or_else(|_| pattern::absolute(&path));
                if seen.insert(real) {
                    out.push(path);
                }
            }
        }
        Ok(out)
    }

    /// The first input that a file belongs to.
    pub fn input_of(&self, file: &Path) -> Option<&ProjectInput> {
        if self.inputs.is_empty() {
            return None;
        }
        let (written, real) = (pattern::absolute(file), file.canonicalize().ok());
        let real = real.filter(|r| *r != written);
        self.inputs.iter().find(|i| i.files.iter().any(|p| p.is_match(&written, real.as_deref())))
    }

    /// `sepal.toml:12`.
    pub fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.file.display())
    }
}

/// The line of an offset, from 1.
fn line(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|&&b| b == b'\n').count() + 1
}

/// A span of a range.
fn span(range: std::ops::Range<usize>) -> Span {
    Span::new(range.start, range.end)
}
