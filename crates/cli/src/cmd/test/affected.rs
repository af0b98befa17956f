//! Which detections a change of files affects: those that changed, and those that use a macro, lookup,
//! baseline or test data that did.
//!
//! What a search uses is read off its text, so that it holds for one that cannot run too. A name that stands
//! there as something else counts as used: a test too many costs little.

use super::Bench;
use crate::args::TestArgs;
use crate::cmd::App;
use crate::exit::Exit;
use sepal_content::{Detection, FolderKind, fs, read_transforms};
use sepal_hunt::test::find;
use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What a change affects.
pub(super) struct Affected {
    /// The files that changed.
    files: HashSet<PathBuf>,
    macros: BTreeSet<String>,
    lookups: BTreeSet<String>,
    /// Tables without their ending: of a lookup of that name they may be the table.
    tables: BTreeSet<String>,
    /// Something that all searches are planned with.
    all: bool,
}

/// A path as others would write it too; of a file that is gone its folder's.
pub(super) fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (whole.parent().and_then(|p| p.canonicalize().ok()), whole.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => whole,
    }
}

impl Affected {
    /// What the change of these files affects, of the detections of `paths`.
    pub fn new(
        app: &App<'_>,
        args: &TestArgs,
        paths: &[PathBuf],
        files: &[PathBuf],
    ) -> Result<Affected, Exit> {
        let files: HashSet<PathBuf> = files.iter().map(|f| real(f)).collect();
        let content = &args.content;
        let mut out = Affected {
            macros: BTreeSet::new(),
            lookups: BTreeSet::new(),
            tables: BTreeSet::new(),
            all: false,
            files,
        };
        let project = app.project.as_ref().map(|p| p.file.clone());
        let planned = app.data_model_paths(&content.datamodels).into_iter();
        let planned = planned.chain(app.knowledge_paths(&content.knowledge)).chain(project);
        out.all = planned.map(|p| real(&p)).any(|p| out.files.iter().any(|f| f.starts_with(&p)));
        out.gone();
        for folder in app.lookup_folders(&content.lookups, false) {
            if folder.kind == FolderKind::All {
                out.add_lookups(&folder.path);
            }
        }
        for path in paths {
            let beside = if path.is_dir() { path.join("_") } else { path.clone() };
            let folders = app.macro_paths(&content.macros);
            let (macros, _) = crate::spl::macros(Some(&beside), &folders, &content.set)
                .map_err(|e| app.fail_content(&e))?;
            let defs: Vec<_> = macros.iter().collect();
            for def in &defs {
                if out.files.contains(&real(Path::new(&*def.origin.file))) {
                    out.macros.insert(def.name.clone());
                }
            }
            // what uses one that is affected is
            loop {
                let before = out.macros.len();
                for def in &defs {
                    if !out.macros.contains(&def.name) && out.uses(&def.definition) {
                        out.macros.insert(def.name.clone());
                    }
                }
                if out.macros.len() == before {
                    break;
                }
            }
        }
        Ok(out)
    }

    /// A file that is gone, or that is none of a known kind: what it defined is named as the file.
    fn gone(&mut self) {
        for file in &self.files {
            let stem = |p: &Path| p.file_stem().and_then(OsStr::to_str).map(str::to_owned);
            let Some(name) = file.file_name().and_then(OsStr::to_str) else { continue };
            let yaml = [".yml", ".yaml"].iter().any(|e| name.ends_with(e));
            if yaml && !file.exists() {
                self.macros.extend(stem(file));
                self.lookups.extend(stem(file));
            }
            if let Some(stem) = [".csv", ".csv.gz"].iter().find_map(|e| name.strip_suffix(e)) {
                self.lookups.insert(name.to_owned());
                self.tables.insert(stem.to_owned());
            }
            if let Some(stem) = name.strip_suffix(".mlmodel") {
                self.lookups.insert(stem.trim_start_matches("__mlspl_").to_owned());
            }
        }
    }

    /// The lookups of a folder that changed, or whose table did.
    fn add_lookups(&mut self, folder: &Path) {
        let root = real(folder);
        for file in self.files.iter().filter(|f| f.starts_with(&root)) {
            if file.file_name().is_some_and(|n| n == "transforms.conf")
                && let Ok(text) = fs::text(file)
                && let Ok(all) = read_transforms(&file.to_string_lossy(), &text)
            {
                self.lookups.extend(all.into_iter().map(|d| d.name));
            }
        }
        for file in fs::yaml_files(folder).unwrap_or_default() {
            let Ok(def) = fs::lookup(&file) else { continue };
            let stem = file.file_stem().and_then(OsStr::to_str).unwrap_or_default();
            let of_table = match &def.filename {
                Some(name) => self.lookups.contains(name),
                None => {
                    let collection = def.collection.as_deref().unwrap_or_default();
                    [stem, def.name.as_str(), collection].iter().any(|n| self.tables.contains(*n))
                }
            };
            if of_table || self.files.contains(&real(&file)) {
                self.lookups.insert(def.name);
            }
        }
    }

    /// Whether a text uses an affected macro or lookup.
    fn uses(&self, text: &str) -> bool {
        self.macros.iter().any(|name| calls(text, name))
            || self.lookups.iter().any(|name| mentions(text, name))
    }

    /// Whether a detection that cannot be planned is affected.
    pub fn file(&self, file: &Path) -> bool {
        self.all
            || self.files.contains(&real(file))
            || fs::text(file).is_ok_and(|text| self.uses(&text))
    }

    /// Whether a detection is affected.
    pub fn detection(&self, d: &Detection, bench: &Bench) -> bool {
        let file = Path::new(&d.file);
        if self.all || self.files.contains(&real(file)) || self.uses(&d.search) {
            return true;
        }
        d.tests.iter().any(|test| {
            let data = test.attack_data.iter().any(|data| {
                let found = find(file, &data.data, &bench.data);
                found.is_ok_and(|path| self.files.contains(&real(&path)))
            });
            let baselines = bench.baselines.of(d, test).unwrap_or_default();
            data || baselines.iter().any(|(_, path)| {
                self.files.contains(&real(path))
                    || fs::detection(path).is_ok_and(|b| self.uses(&b.search))
            })
        })
    }
}

/// Whether a text calls a macro of that name, with any arguments.
fn calls(text: &str, name: &str) -> bool {
    text.match_indices('`').any(|(at, _)| {
        let rest = text.get(at + 1..).unwrap_or_default().trim_start();
        let rest = rest.strip_prefix(name).map(str::trim_start);
        !name.is_empty() && rest.is_some_and(|r| r.starts_with(['`', '(']))
    })
}

/// Whether a name stands in a text as a word.
fn mentions(text: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            let after = text.get(at + name.len()..).unwrap_or_default();
            !before.ends_with(word) && !after.starts_with(word)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_uses() {
        assert!(calls("`a` | where `b(1)`", "a"));
        assert!(calls("`a` | where `b(1)`", "b"));
        assert!(!calls("`ab` `b(a)`", "a"));
        assert!(!calls("a `b`", "a"));
        assert!(mentions("| lookup seen user OUTPUT x", "seen"));
        assert!(mentions("| inputlookup seen.csv", "seen"));
        assert!(!mentions("| lookup seen_users user", "seen"));
        assert!(!mentions("| lookup unseen user", "seen"));
    }
}
