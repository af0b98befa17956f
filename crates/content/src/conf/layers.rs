//! The layers of an app: what `local` says wins over `default`, key by key.
//!
//! Source: Splunk Admin Manual, "Configuration file precedence".

use super::parse::{Setting, Stanza, stanzas};
use crate::{ContentError, fs};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whether a folder is a Splunk app: it has .conf files, or its `default` or `local` has.
pub fn is_app(folder: &Path) -> bool {
    layers(folder).iter().any(|f| has_conf(f))
}

/// Whether a folder has its .conf files in `default` or `local`.
pub(crate) fn is_layered(folder: &Path) -> bool {
    has_conf(&folder.join("default")) || has_conf(&folder.join("local"))
}

/// The folders with an app's .conf files, the weakest first.
fn layers(app: &Path) -> Vec<PathBuf> {
    let inner: Vec<_> =
        ["default", "local"].iter().map(|n| app.join(n)).filter(|f| has_conf(f)).collect();
    if inner.is_empty() { vec![app.to_owned()] } else { inner }
}

fn has_conf(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|e| e.path().extension().is_some_and(|e| e == "conf"))
}

/// A setting and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub text: String,
    pub file: Arc<str>,
    pub line: usize,
    /// The file's text, and where in it each line of the value is.
    pub source: Arc<str>,
    pub lines: Vec<usize>,
}

impl Value {
    /// An error about it.
    pub fn error(&self, message: impl Into<String>) -> ContentError {
        ContentError::new("SPL4152", &self.file, message).at(self.line, 0)
    }

    /// Its place, as messages show it.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// A stanza of all layers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layered {
    pub name: String,
    /// By key.
    pub settings: BTreeMap<String, Value>,
}

impl Layered {
    /// The same as if it stood in one file.
    pub fn stanza(&self) -> Stanza {
        let setting =
            |v: &Value| Setting { value: v.text.clone(), lines: v.lines.clone(), line: v.line };
        Stanza {
            name: self.name.clone(),
            line: self.settings.values().next().map_or(0, |v| v.line),
            settings: self.settings.iter().map(|(k, v)| (k.clone(), setting(v))).collect(),
        }
    }

    /// The text of a setting that says something.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(|v| v.text.trim()).filter(|t| !t.is_empty())
    }
}

/// A .conf file of all layers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conf {
    /// Of `[default]`.
    pub default: Layered,
    /// The others, in the order of their first mention.
    pub stanzas: Vec<Layered>,
    at: HashMap<String, usize>,
}

impl Conf {
    /// Reads the file of this name in all layers of an app.
    ///
    /// # Errors
    /// SPL4101 for a line that is none of a .conf file's, and what cannot be read.
    pub fn read(app: &Path, name: &str) -> Result<Conf, ContentError> {
        let mut conf = Conf::default();
        conf.default.name = "default".to_owned();
        for folder in layers(app) {
            let path = folder.join(name);
            if !path.is_file() {
                continue;
            }
            let file: Arc<str> = path.to_string_lossy().into();
            let source: Arc<str> = fs::text(&path)?.into();
            let (default, all) = stanzas(&file, &source)?;
            put(&mut conf.default, default.settings, &file, &source);
            for stanza in all {
                let at = match conf.at.get(&stanza.name) {
                    Some(at) => *at,
                    None => {
                        let name = stanza.name.clone();
                        conf.at.insert(name.clone(), conf.stanzas.len());
                        conf.stanzas.push(Layered { name, ..Layered::default() });
                        conf.stanzas.len() - 1
                    }
                };
                if let Some(to) = conf.stanzas.get_mut(at) {
                    put(to, stanza.settings, &file, &source);
                }
            }
        }
        Ok(conf)
    }

    /// The stanza of a name.
    pub fn get(&self, name: &str) -> Option<&Layered> {
        self.stanzas.get(*self.at.get(name)?)
    }
}

fn put(to: &mut Layered, settings: Vec<(String, Setting)>, file: &Arc<str>, source: &Arc<str>) {
    for (key, Setting { value, lines, line }) in settings {
        let (file, source) = (Arc::clone(file), Arc::clone(source));
        to.settings.insert(key, Value { text: value, file, line, source, lines });
    }
}
