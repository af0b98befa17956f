//! The folders of `--lookups`: definitions, tables, and nothing outside of them.

use super::jobs;
use super::kinds::{Access, FolderKind, Known, LookupFolder};
use super::names::{
    ENDINGS, is_file_name, is_model, is_saved, is_table, is_transforms, model_name, table_name,
};
use super::stand_ins::stand_ins;
use super::transforms;
use super::writing::readable;
use super::{LookupDef, MatchKind, NamedExtraction, read_extractions, read_saved, read_transforms};
use crate::{ContentError, Note, conf, fs};
use sepal_exec::lookup::{
    self, Definition, Extraction, LookupError, Lookups, SavedSearch, TimeBound,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Lookups from folders: ESCU YAML, `transforms.conf`, and CSV files, which may be named directly.
///
/// Tables are found by their file name among the files of the folders; a name that a search or a
/// definition gives is never made into a path that leads out of them, nor is a link followed that
/// does.
pub struct LookupFolders {
    pub(super) folders: Vec<Known>,
    /// By name; with the folder in which the definition stands.
    definitions: BTreeMap<String, (LookupDef, PathBuf)>,
    /// What other apps bring, for names without a definition.
    stand_ins: BTreeMap<String, (LookupDef, PathBuf)>,
    /// Field extractions by name, and the file of each.
    extractions: BTreeMap<String, (Result<Arc<Extraction>, LookupError>, String)>,
    /// Tables by file name; those of a later folder come last.
    tables: BTreeMap<String, Vec<PathBuf>>,
    /// Models of the Machine Learning Toolkit by file name, likewise.
    models: BTreeMap<String, Vec<PathBuf>>,
    /// Of the files `savedsearches.conf`, by name.
    saved: BTreeMap<String, SavedSearch>,
}

impl LookupFolders {
    /// Reads the definitions of folders, sorted by path within a folder; a later one of the same
    /// name wins, with a note. `outputlookup` may write where `writable`.
    ///
    /// # Errors
    /// The first folder or definition that cannot be used.
    pub fn read(
        folders: &[PathBuf],
        writable: bool,
    ) -> Result<(LookupFolders, Vec<Note>), ContentError> {
        let one = |path: &PathBuf| LookupFolder {
            path: path.clone(),
            kind: FolderKind::All,
            access: if writable { Access::Write } else { Access::Read },
        };
        Self::read_all(&folders.iter().map(one).collect::<Vec<_>>())
    }

    /// As [`LookupFolders::read`], with what is taken of each folder, and whether it may be written to.
    ///
    /// # Errors
    /// The first folder or definition that cannot be used.
    pub fn read_all(folders: &[LookupFolder]) -> Result<(LookupFolders, Vec<Note>), ContentError> {
        let mut all = LookupFolders {
            folders: Vec::new(),
            definitions: BTreeMap::new(),
            stand_ins: BTreeMap::new(),
            extractions: BTreeMap::new(),
            tables: BTreeMap::new(),
            models: BTreeMap::new(),
            saved: BTreeMap::new(),
        };
        let mut notes = Vec::new();
        for LookupFolder { path: folder, kind, access } in folders {
            let real = folder.canonicalize().map_err(|e| fs::unreadable(folder, &e))?;
            let files = fs::files(folder, &|p| kind.takes(p))?;
            let (kind, access) = (*kind, *access);
            all.folders.push(Known { path: folder.clone(), real, kind, access });
            let whole = matches!(kind, FolderKind::All | FolderKind::App);
            let layered = whole && conf::layers::is_layered(folder);
            if layered {
                let (defs, extractions) = transforms::read_app(folder)?;
                for def in defs {
                    let file = PathBuf::from(&def.file);
                    all.add(def, &file, &mut notes);
                }
                for (file, e) in extractions {
                    all.add_extraction(e, &file, &mut notes);
                }
            }
            let own = ["default", "local"].map(|n| folder.join(n));
            let done = |p: &Path| layered && own.iter().any(|o| p.parent() == Some(o.as_path()));
            for file in files {
                if let Some(name) = table_name(&file) {
                    all.tables.entry(name).or_default().push(file);
                } else if let Some(name) = model_name(&file) {
                    all.models.entry(name).or_default().push(file);
                } else if is_saved(&file) {
                    all.saved.extend(read_saved(&file.to_string_lossy(), &fs::text(&file)?)?);
                } else if is_transforms(&file) && done(&file) {
                    // both layers are read
                } else if is_transforms(&file) {
                    let (name, text) = (file.to_string_lossy(), fs::text(&file)?);
                    for def in read_transforms(&name, &text)? {
                        all.add(def, &file, &mut notes);
                    }
                    for e in read_extractions(&name, &text)? {
                        all.add_extraction(e, &name, &mut notes);
                    }
                } else {
                    let def = fs::lookup(&file)?;
                    all.add(def, &file, &mut notes);
                }
            }
        }
        all.add_stand_ins()?;
        Ok((all, notes))
    }

    /// How many definitions there are.
    pub fn len(&self) -> usize {
        self.definitions.len()
    }

    /// Whether there is no definition.
    pub fn is_empty(&self) -> bool {
        self.definitions.is_empty()
    }

    /// What Enterprise Security brings, for names that no definition has.
    fn add_stand_ins(&mut self) -> Result<(), ContentError> {
        let first =
            self.folders.iter().find(|f| matches!(f.kind, FolderKind::All | FolderKind::App));
        let Some(folder) = first.map(|f| f.path.clone()) else { return Ok(()) };
        for def in stand_ins()? {
            self.stand_ins.insert(def.name.clone(), (def, folder.clone()));
        }
        Ok(())
    }

    fn add(&mut self, def: LookupDef, file: &Path, notes: &mut Vec<Note>) {
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let (name, new) = (def.name.clone(), def.file.clone());
        if let Some((old, _)) = self.definitions.insert(name.clone(), (def, folder)) {
            let message =
                format!("lookup `{name}` of {} is replaced by the one of {new}", old.file);
            notes.push(Note::new("SPL4121", message));
        }
    }

    fn add_extraction(&mut self, (name, read): NamedExtraction, file: &str, notes: &mut Vec<Note>) {
        let new = (read.map(Arc::new), file.to_owned());
        if let Some((_, old)) = self.extractions.insert(name.clone(), new) {
            let message = format!("extraction `{name}` of {old} is replaced by the one of {file}");
            notes.push(Note::new("SPL4121", message));
        }
    }

    /// The table of that file name: beside its definition, else of the last folder that has it.
    fn table(&self, name: &str, beside: Option<&Path>) -> Result<Option<PathBuf>, LookupError> {
        let list = if is_model(name) { &self.models } else { &self.tables };
        let known = list.get(name).map(Vec::as_slice).unwrap_or_default();
        let near = known.iter().find(|p| beside.is_some() && p.parent() == beside);
        // written since the folders were read
        let fresh = || {
            let takes = |f: &&Known| f.kind.takes(Path::new(name));
            let mut paths = self.folders.iter().rev().filter(takes).map(|f| f.path.join(name));
            paths.find(|p| is_file_name(name) && p.is_file())
        };
        let Some(path) = near.or(known.last()).cloned().or_else(fresh) else { return Ok(None) };
        self.inside(&path).map(|()| path.is_file().then_some(path))
    }

    /// Refuses a path that leads out of the folders through a link.
    pub(super) fn inside(&self, path: &Path) -> Result<(), LookupError> {
        let Ok(real) = path.canonicalize() else { return Ok(()) };
        match self.folders.iter().any(|f| real.starts_with(&f.real)) {
            true => Ok(()),
            false => Err(outside(&path.to_string_lossy())),
        }
    }

    /// A definition with its table.
    fn resolve(&self, def: &LookupDef, folder: &Path) -> Result<Definition, LookupError> {
        let name = &def.name;
        let unsupported = |what: String, help: &str| LookupError {
            unsupported: true,
            ..LookupError::new("SPL4113", what).help(help)
        };
        let model = def.filename.as_deref().is_some_and(|f| f.ends_with(".mlmodel"));
        match def.lookup_type.as_str() {
            "mlmodel" => return Err(model_only(name)),
            _ if model => return Err(model_only(name)),
            "filter" => {
                let what = format!("`filter` of lookup `{name}` is not supported");
                return Err(unsupported(what, "remove it, and filter with `| search` afterwards"));
            }
            "geo" | "geo_hex" => {
                let what = format!("lookup `{name}` is a map, which is not supported");
                return Err(unsupported(what, "only tables can be looked up"));
            }
            _ => {}
        }
        let candidates = self.file_names(def);
        let mut path = None;
        for name in &candidates {
            if path.is_none() {
                path = self.table(name, Some(folder))?;
            }
        }
        let unfilled = path.is_none().then(|| unfilled(def, folder, &candidates)).flatten();
        let Some(path) = path.or_else(|| unfilled.clone()) else {
            return Err(self.no_table(def, folder, &candidates));
        };
        let mut out = Definition::new(name, &path.to_string_lossy());
        out.unfilled = unfilled.map(|_| def.fields_list.clone());
        out.kv_store = def.is_kv_store();
        out.match_type = def.match_type.iter().map(|(f, k)| (f.clone(), kind(*k))).collect();
        out.case_sensitive = def.case_sensitive_match;
        out.min_matches = usize::try_from(def.min_matches).unwrap_or(usize::MAX);
        out.max_matches = def.max_matches.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        out.default_match = def.default_match.clone().unwrap_or_default();
        let secs = |n: Option<u64>, default: i64| {
            n.map_or(default, |n| i64::try_from(n).unwrap_or(default))
        };
        out.time = def.time_field.clone().map(|field| TimeBound {
            field,
            format: def.time_format.clone().filter(|f| f != "%s.%Q" && f != "%s"),
            max_offset_secs: secs(def.max_offset_secs, 2_000_000_000),
            min_offset_secs: secs(def.min_offset_secs, 0),
        });
        Ok(out)
    }

    /// The file names that the table of a definition may have.
    fn file_names(&self, def: &LookupDef) -> Vec<String> {
        let stands_in = def.is_kv_store() || def.is_external();
        if let Some(file) = def.filename.as_ref().filter(|_| !stands_in) {
            return vec![file.clone()];
        }
        let path = Path::new(&def.file);
        let beside = path.file_stem().and_then(|s| s.to_str()).filter(|_| !is_transforms(path));
        let mut stems: Vec<&str> = match stands_in {
            true => std::iter::once(def.name.as_str()).chain(def.collection.as_deref()).collect(),
            false => beside.into_iter().chain([def.name.as_str()]).collect(),
        };
        stems.dedup();
        stems.iter().flat_map(|s| ENDINGS.iter().map(move |e| format!("{s}{e}"))).collect()
    }

    fn no_table(&self, def: &LookupDef, folder: &Path, candidates: &[String]) -> LookupError {
        let (name, file) = (&def.name, candidates.first().map_or("", String::as_str));
        if !is_file_name(file) {
            return outside(file);
        }
        let place = folder.join(file);
        let place = place.display();
        let what = match (def.is_kv_store(), def.is_external()) {
            (true, _) => "is a KV store collection",
            (_, true) => "runs a program",
            _ => {
                let text = format!("the table of lookup `{name}` is missing");
                return LookupError::new("SPL4112", text).help(format!("it belongs at {place}"));
            }
        };
        let columns = match def.fields_list.as_slice() {
            [] => String::new(),
            fields => format!(" with the columns {}", fields.join(",")),
        };
        LookupError::new("SPL4112", format!("lookup `{name}` {what}, and no table stands for it"))
            .help(format!(
                "put a CSV file{columns} at {place}; one with only the columns has no rows"
            ))
    }
}

/// Where the table of a KV store collection would be that nobody filled: in Splunk it is empty, and a
/// search over it runs. Only where its columns are known and the name is that of a file.
///
/// Source: Splunk Admin Manual, "About the app key value store"; transforms.conf.spec,
/// `collection`, `fields_list`.
fn unfilled(def: &LookupDef, folder: &Path, candidates: &[String]) -> Option<PathBuf> {
    let file = candidates.first().filter(|f| is_file_name(f))?;
    (def.is_kv_store() && !def.fields_list.is_empty()).then(|| folder.join(file))
}

/// The first line of a table with these columns.
fn header_line(columns: &[String]) -> String {
    let cells = columns.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\"")));
    cells.collect::<Vec<_>>().join(",") + "\n"
}

/// Only MLTK reads a model.
fn model_only(name: &str) -> LookupError {
    let what = format!("lookup `{name}` is a machine-learning model, no table");
    LookupError {
        unsupported: true,
        ..LookupError::new("SPL4113", what).help("only `apply` can use it")
    }
}

impl LookupDef {
    fn is_external(&self) -> bool {
        !matches!(self.lookup_type.as_str(), "" | "csv" | "kvstore")
    }

    fn is_kv_store(&self) -> bool {
        self.lookup_type == "kvstore" || (self.filename.is_none() && self.collection.is_some())
    }
}

impl Lookups for LookupFolders {
    fn saved_search(&self, name: &str) -> Option<SavedSearch> {
        self.saved.get(name).cloned()
    }

    fn saved_searches(&self) -> Vec<String> {
        self.saved.keys().cloned().collect()
    }

    fn find(&self, name: &str) -> Result<Arc<Definition>, LookupError> {
        let known = self.definitions.get(name).or_else(|| self.stand_ins.get(name));
        if let Some((def, folder)) = known {
            return self.resolve(def, folder).map(Arc::new);
        }
        if is_table(name) {
            if let Some(path) = self.table(name, None)? {
                return Ok(Arc::new(Definition::new(name, &path.to_string_lossy())));
            }
            if !is_file_name(name) {
                return Err(outside(name));
            }
        }
        let names = self.names();
        Err(LookupError::unknown(name, names.iter().map(String::as_str)))
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.definitions.keys().chain(self.tables.keys()).cloned().collect();
        names.sort();
        names.dedup();
        names
    }

    fn extraction(&self, name: &str) -> Result<Arc<Extraction>, LookupError> {
        let known = || self.extractions.keys().map(String::as_str);
        match self.extractions.get(name) {
            Some((read, _)) => read.clone(),
            None => Err(Extraction::unknown(name, known())),
        }
    }

    fn locations(&self) -> io::Result<Option<(String, Vec<u8>)>> {
        let mut found = Vec::new();
        for folder in
            self.folders.iter().filter(|f| matches!(f.kind, FolderKind::All | FolderKind::App))
        {
            for entry in std::fs::read_dir(&folder.real)? {
                let path = entry?.path();
                if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("mmdb")) {
                    found.push(path);
                }
            }
        }
        found.sort();
        found.dedup();
        match found.as_slice() {
            [] => Ok(None),
            [path] => {
                self.inside(path).map_err(|e| io::Error::other(e.message))?;
                Ok(Some((path.display().to_string(), std::fs::read(path)?)))
            }
            [a, b, ..] => {
                let (a, b) = (a.display(), b.display());
                Err(io::Error::other(format!("which one is meant, {a} or {b}?")))
            }
        }
    }

    fn open(&self, lookup: &Definition) -> io::Result<Box<dyn Read + Send>> {
        let path = Path::new(&lookup.file);
        self.inside(path).map_err(|e| io::Error::other(e.message))?;
        match &lookup.unfilled {
            Some(columns) if !path.exists() => {
                Ok(Box::new(io::Cursor::new(header_line(columns).into_bytes())))
            }
            _ => Ok(Box::new(File::open(path)?)),
        }
    }

    fn target(&self, name: &str) -> Result<Arc<Definition>, LookupError> {
        let first = self.first_writable(FolderKind::All)?;
        let found = match self.find(name) {
            // a new table, and one that a definition already names
            Err(e) if e.code == "SPL4112" => {
                let Some((def, folder)) = self.definitions.get(name) else { return Err(e) };
                let files = self.file_names(def);
                let file = files.first().filter(|f| is_file_name(f) && is_table(f)).ok_or(e)?;
                let mut out = Definition::new(name, &folder.join(file).to_string_lossy());
                out.kv_store = def.is_kv_store();
                Arc::new(out)
            }
            Err(e) if e.code == "SPL4110" => match is_table(name) {
                true => Arc::new(Definition::new(name, &first.path.join(name).to_string_lossy())),
                false if e.message.contains(name) => {
                    return Err(LookupError::new("SPL4110", format!("no lookup `{name}`"))
                        .help(format!("a new table is written as {name}.csv")));
                }
                false => return Err(e),
            },
            other => other?,
        };
        self.may_write(Path::new(&found.file)).map(|()| found)
    }

    fn model(&self, file: &str) -> Result<Option<Arc<Definition>>, LookupError> {
        let found = self.table(file, None)?;
        Ok(found.map(|path| Arc::new(Definition::new(file, &path.to_string_lossy()))))
    }

    fn model_target(&self, file: &str) -> Result<Arc<Definition>, LookupError> {
        let first = self.first_writable(FolderKind::Models)?;
        let found = match self.model(file)? {
            Some(old) => old,
            None if is_model(file) && is_file_name(file) => {
                Arc::new(Definition::new(file, &first.path.join(file).to_string_lossy()))
            }
            None => return Err(LookupError::unknown(file, [])),
        };
        self.may_write(Path::new(&found.file)).map(|()| found)
    }

    fn job(&self, sid: &str) -> Result<Option<Arc<Definition>>, LookupError> {
        if !is_file_name(sid) {
            return Err(outside(sid));
        }
        let Some(path) = jobs::find(self.places(), sid) else { return Ok(None) };
        self.inside(&path)?;
        Ok(Some(Arc::new(Definition::new(sid, &path.to_string_lossy()))))
    }

    fn jobs(&self) -> Vec<String> {
        jobs::all(self.places())
    }

    fn exists(&self, lookup: &Definition) -> bool {
        Path::new(&lookup.file).is_file()
    }

    fn replace(
        &self,
        lookup: &Definition,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let path = self.writable_path(lookup)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".lookup").tempfile_in(folder)?;
        {
            let mut out = BufWriter::with_capacity(1 << 16, file.as_file_mut());
            write(&mut out)?;
            out.flush()?;
        }
        // a temporary file is for its owner only; the table keeps what it had
        let mode = std::fs::metadata(path).map(|m| m.permissions());
        file.as_file().set_permissions(match mode {
            Ok(permissions) => permissions,
            Err(_) => readable(file.as_file())?,
        })?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    }

    fn remove(&self, lookup: &Definition) -> io::Result<()> {
        std::fs::remove_file(self.writable_path(lookup)?)
    }
}

impl LookupFolders {
    /// The folders, as named.
    fn places(&self) -> impl DoubleEndedIterator<Item = &Path> {
        self.folders.iter().map(|f| f.path.as_path())
    }
}

fn outside(name: &str) -> LookupError {
    LookupError::new("SPL4115", format!("`{name}` leads out of the folders of --lookups"))
        .help("name a file in one of the folders, without a path")
}

fn kind(kind: MatchKind) -> lookup::MatchKind {
    match kind {
        MatchKind::Exact => lookup::MatchKind::Exact,
        MatchKind::Wildcard => lookup::MatchKind::Wildcard,
        MatchKind::Cidr => lookup::MatchKind::Cidr,
    }
}
