//! From TOML to a project, checked against the declaration of the keys.

use super::keys::{self, Key, Kind, TABLES, Table};
use super::pattern::{self, Pattern};
use super::{Project, ProjectError, ProjectInput, Set, Wrong, line, span};
use sepal_data::time::{parse_modifier, zone};
use sepal_exec::scan::InputFormat;
use sepal_parser::ast::Span;
use sepal_parser::{Diagnostic, suggest};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A text and its place.
type Text = (String, Span);

/// What is read, and all that is wrong with it.
struct Reader<'t> {
    text: &'t str,
    /// The folder that paths are relative to.
    folder: PathBuf,
    wrong: Vec<Diagnostic>,
}

/// Reads a project from the text of its file.
pub(super) fn project(path: &Path, text: Arc<str>) -> Result<Project, ProjectError> {
    let file = path.to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
    let mut project = Project {
        file: path.to_owned(),
        text: Arc::clone(&text),
        root: here.canonicalize().ok(),
        macros: Vec::new(),
        lookups: Vec::new(),
        saved_searches: Vec::new(),
        models: Vec::new(),
        test_data: Vec::new(),
        test_cache: None,
        knowledge: Vec::new(),
        datamodels: Vec::new(),
        detections: Vec::new(),
        allow_write: None,
        earliest: None,
        latest: None,
        tz: None,
        inputs: Vec::new(),
    };
    let mut reader = Reader { text: &text, folder, wrong: Vec::new() };
    match DeTable::parse(&text) {
        Ok(root) => reader.root(root.get_ref(), &mut project),
        Err(e) => {
            let at = e.span().map_or(Span::new(0, 0), span);
            let d = Diagnostic::error("SPL5401", at, format!("no TOML: {}", e.message().trim()));
            reader.wrong.push(d.label("here"));
        }
    }
    match reader.wrong {
        list if list.is_empty() => Ok(project),
        list => Err(ProjectError::Wrong(Box::new(Wrong { file, text: Arc::clone(&text), list }))),
    }
}

impl Reader<'_> {
    fn say(
        &mut self,
        code: &'static str,
        at: Span,
        what: String,
        label: &str,
        help: Option<String>,
    ) {
        let d = Diagnostic::error(code, at, what).label(label);
        self.wrong.push(match help {
            Some(help) => d.help(help),
            None => d,
        });
    }

    fn set<T>(&self, value: T, at: Span) -> Set<T> {
        Set { value, line: line(self.text, at.range().start) }
    }

    fn root(&mut self, root: &DeTable<'_>, project: &mut Project) {
        for (name, value) in root {
            let (at, whole) = (span(name.span()), span(value.span()));
            let Some(table) = keys::table(name.get_ref()) else {
                self.unknown_table(name.get_ref(), at);
                continue;
            };
            match (value.get_ref(), table.many) {
                (DeValue::Table(one), false) => self.table(table, one, at, project),
                (DeValue::Array(all), true) => {
                    for one in all {
                        match one.get_ref() {
                            DeValue::Table(t) => self.table(table, t, span(one.span()), project),
                            other => self.no_table(table, span(one.span()), other),
                        }
                    }
                }
                // the name, where the value would be all lines of the table
                (DeValue::Table(one), true) => {
                    self.no_table(table, at, &DeValue::Table(one.clone()))
                }
                (DeValue::Array(all), false)
                    if matches!(all.first().map(Spanned::get_ref), Some(DeValue::Table(_))) =>
                {
                    self.no_table(table, at, value.get_ref());
                }
                (other, _) => self.no_table(table, whole, other),
            }
        }
    }

    fn no_table(&mut self, table: &Table, at: Span, found: &DeValue<'_>) {
        let what = match table.many {
            true => format!("`{}` is a list of tables", table.name),
            false => format!("`{}` is one table", table.name),
        };
        let help = format!("write {} on a line, and its keys below", table.written());
        self.say("SPL5403", at, what, kind_of(found), Some(help));
    }

    fn unknown_table(&mut self, name: &str, at: Span) {
        let help = match TABLES.iter().find(|t| t.key(name).is_some()) {
            Some(home) => format!("`{name}` is a key of {}", home.written()),
            None => match suggest(name, TABLES.iter().map(|t| t.name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let all: Vec<_> = TABLES.iter().map(Table::written).collect();
                    format!("the tables are {}", all.join(", "))
                }
            },
        };
        self.say("SPL5402", at, format!("no table `{name}`"), "unknown", Some(help));
    }

    fn unknown_key(&mut self, table: &Table, name: &str, at: Span) {
        let elsewhere = || TABLES.iter().find(|t| t.key(name).is_some());
        let help = match suggest(name, table.keys.iter().map(|k| k.name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => match elsewhere() {
                Some(home) => format!("`{name}` is a key of {}", home.written()),
                None => {
                    let all: Vec<_> = table.keys.iter().map(|k| k.name).collect();
                    format!("the keys are {}", all.join(", "))
                }
            },
        };
        let what = format!("no key `{name}` in {}", table.written());
        self.say("SPL5402", at, what, "unknown", Some(help));
    }

    /// One table: `[content]`, or one of the `[[inputs]]`.
    fn table(
        &mut self,
        table: &'static Table,
        given: &DeTable<'_>,
        at: Span,
        project: &mut Project,
    ) {
        let mut input = ProjectInput {
            line: line(self.text, at.range().start),
            files: Vec::new(),
            source: None,
            sourcetype: None,
            index: None,
            host: None,
            tz: None,
            format: None,
        };
        for key in table.keys.iter().filter(|k| k.required && !given.contains_key(k.name)) {
            let what = format!("this one of {} has no `{}`", table.written(), key.name);
            let help = format!("`{}` takes {}", key.name, key.kind.takes());
            self.say("SPL5408", at, what, "begins here", Some(help));
        }
        for (name, value) in given {
            let Some(key) = table.key(name.get_ref()) else {
                self.unknown_key(table, name.get_ref(), span(name.span()));
                continue;
            };
            if key.kind == Kind::Truth {
                if let Some(b) = value.get_ref().as_bool() {
                    project.allow_write = Some(self.set(b, span(value.span())));
                } else {
                    self.other_kind(key, value);
                }
                continue;
            }
            let Some(texts) = self.texts(key, value) else { continue };
            match table.many {
                true => self.input_key(key, texts, &mut input),
                false => self.key(key, texts, project),
            }
        }
        if table.many {
            project.inputs.push(input);
        }
    }

    fn other_kind(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) {
        let what = format!("`{}` takes {}", key.name, key.kind.takes());
        self.say("SPL5403", span(value.span()), what, kind_of(value.get_ref()), None);
    }

    /// A text, or texts where the key takes several.
    fn texts(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<Vec<Text>> {
        let mut out = Vec::new();
        match value.get_ref() {
            DeValue::String(s) => out.push((s.to_string(), span(value.span()))),
            DeValue::Array(list) if key.kind.many() => {
                for one in list {
                    match one.get_ref() {
                        DeValue::String(s) => out.push((s.to_string(), span(one.span()))),
                        _ => self.other_kind(key, one),
                    }
                }
            }
            _ => {
                self.other_kind(key, value);
                return None;
            }
        }
        Some(out)
    }

    fn key(&mut self, key: &Key, texts: Vec<Text>, project: &mut Project) {
        match key.kind {
            Kind::Folders | Kind::Paths => {
                let list = match key.name {
                    "macros" => &mut project.macros,
                    "lookups" => &mut project.lookups,
                    "saved-searches" => &mut project.saved_searches,
                    "models" => &mut project.models,
                    "knowledge" => &mut project.knowledge,
                    "datamodels" => &mut project.datamodels,
                    "data" => &mut project.test_data,
                    _ => &mut project.detections,
                };
                for text in texts {
                    list.extend(self.path(key, text));
                }
            }
            Kind::NewFolder => {
                for (text, at) in texts {
                    if text.is_empty() {
                        self.no_value(key, at, "an empty path".to_owned(), key.kind.takes());
                        continue;
                    }
                    let path = pattern::joined(&self.folder, Path::new(&text));
                    project.test_cache = Some(self.set(path, at));
                }
            }
            _ => {
                for (text, at) in texts {
                    let wrong = match key.kind {
                        Kind::Zone => zone(&text).err().map(|e| (e.message, e.expected)),
                        _ => parse_modifier(&text).err().map(|e| (e.message, e.expected)),
                    };
                    if let Some((message, expected)) = wrong {
                        self.no_value(key, at, message, expected);
                        continue;
                    }
                    let place = match key.name {
                        "earliest" => &mut project.earliest,
                        "latest" => &mut project.latest,
                        _ => &mut project.tz,
                    };
                    *place = Some(self.set(text, at));
                }
            }
        }
    }

    fn no_value(&mut self, key: &Key, at: Span, message: String, expected: &str) {
        let what = format!("`{}`: {message}", key.name);
        self.say("SPL5407", at, what, "not this", Some(format!("it takes {expected}")));
    }

    /// A file or folder that is there.
    fn path(&mut self, key: &Key, (text, at): Text) -> Option<Set<PathBuf>> {
        if text.is_empty() {
            self.no_value(key, at, "an empty path".to_owned(), key.kind.takes());
            return None;
        }
        let path = match pattern::joined(&self.folder, Path::new(&text)) {
            path if path.as_os_str().is_empty() => PathBuf::from("."),
            path => path,
        };
        let there = path.metadata();
        let what = match (&there, key.kind) {
            (Ok(meta), Kind::Folders) if !meta.is_dir() => "is no folder",
            (Ok(meta), _) if meta.is_dir() || meta.is_file() => return Some(self.set(path, at)),
            (Ok(_), _) => "is no plain file",
            (Err(e), _) if e.kind() == std::io::ErrorKind::NotFound => "is not there",
            (Err(_), _) => "cannot be read",
        };
        let what = format!("`{}`: {} {what}", key.name, path.display());
        let help = "paths are relative to the folder of this file".to_owned();
        self.say("SPL5404", at, what, "not found", Some(help));
        None
    }

    fn input_key(&mut self, key: &Key, texts: Vec<Text>, input: &mut ProjectInput) {
        for (text, at) in texts {
            match key.kind {
                Kind::Patterns => match Pattern::new(&text, &self.folder, at) {
                    Ok(pattern) => input.files.push(pattern),
                    Err(d) => self.wrong.push(*d),
                },
                Kind::Zone => match zone(&text) {
                    Ok(zone) => input.tz = Some((self.set(text, at), zone)),
                    Err(e) => self.no_value(key, at, e.message, e.expected),
                },
                Kind::Format => match format(&text) {
                    Some(format) => input.format = format.map(|f| self.set(f, at)),
                    None => {
                        let message = format!("no format `{text}`");
                        self.no_value(key, at, message, key.kind.takes());
                    }
                },
                _ if text.is_empty() => {
                    self.no_value(key, at, "an empty text".to_owned(), "a text, or leave it out");
                }
                _ => {
                    let place = match key.name {
                        "source" => &mut input.source,
                        "sourcetype" => &mut input.sourcetype,
                        "index" => &mut input.index,
                        _ => &mut input.host,
                    };
                    *place = Some(self.set(text, at));
                }
            }
        }
    }
}

/// What stands in the file, for messages.
fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date: a time is written in quotes",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The format of a name; none inside for `auto`.
fn format(name: &str) -> Option<Option<InputFormat>> {
    Some(match name {
        "auto" => None,
        "lines" => Some(InputFormat::Lines),
        "values" => Some(InputFormat::Concatenated),
        "array" => Some(InputFormat::Array),
        "rows" => Some(InputFormat::Rows),
        "text" => Some(InputFormat::Text),
        _ => return None,
    })
}
