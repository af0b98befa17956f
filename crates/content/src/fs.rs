//! Reading content from files and folders. The only module that touches the file system.

use crate::conf::layers;
use crate::yaml::MAX_BYTES;
use crate::{ContentError, Detection, LookupDef, Note, macros};
use sepal_parser::macros::{MacroDef, MacroSet};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Folders deeper than this are not entered: a link may point upwards.
const MAX_FOLDER_DEPTH: usize = 32;

/// A folder with more files and folders below it is not one of content.
const MAX_LOOKED_AT: usize = 500_000;

/// Reads a detection file.
///
/// # Errors
/// SPL5101 where it cannot be read, else as [`Detection::load`].
pub fn detection(path: &Path) -> Result<Detection, ContentError> {
    Detection::load(&name(path), &text(path)?)
}

/// Reads a lookup definition.
///
/// # Errors
/// SPL5101 where it cannot be read, else as [`LookupDef::load`].
pub fn lookup(path: &Path) -> Result<LookupDef, ContentError> {
    LookupDef::load(&name(path), &text(path)?)
}

/// Reads macros from files and folders, in the given order; within a folder sorted by path. Of a
/// folder the `.yml` and `.yaml` files and those named `macros.conf` are taken. Gives notes on
/// macros that replace others.
///
/// # Errors
/// The first file that cannot be used.
pub fn macro_set(paths: &[PathBuf]) -> Result<(MacroSet, Vec<Note>), ContentError> {
    let (mut set, mut notes) = (MacroSet::new(), Vec::new());
    for path in paths {
        add_macros(&mut set, path, &mut notes)?;
    }
    Ok((set, notes))
}

/// Adds the macros of one file or folder to a set, as [`macro_set`] does.
///
/// # Errors
/// The first file that cannot be used.
pub fn add_macros(
    set: &mut MacroSet,
    path: &Path,
    notes: &mut Vec<Note>,
) -> Result<(), ContentError> {
    let files = if path.is_dir() && layers::is_layered(path) {
        macros::add(set, macros::conf::read_app(path)?, notes);
        let own = ["default", "local"].map(|n| path.join(n));
        files(path, &|p| is_conf(p) && !own.iter().any(|o| p.parent() == Some(o.as_path())))?
    } else if path.is_dir() {
        files(path, &|p| is_yaml(p) || is_conf(p))?
    } else {
        vec![path.to_owned()]
    };
    for file in files {
        macros::add(set, macro_file(&file)?, notes);
    }
    Ok(())
}

fn macro_file(path: &Path) -> Result<Vec<MacroDef>, ContentError> {
    let (name, text) = (name(path), text(path)?);
    if path.extension().is_some_and(|e| e == "conf") {
        macros::read_conf(&name, &text)
    } else {
        Ok(vec![macros::read_yaml(&name, &text)?])
    }
}

/// The nearest folder named `macros` beside a file or in a folder above it; of the working
/// directory for a search without a file. The way up ends at the root of a git work tree.
pub fn macros_near(file: Option<&Path>) -> Option<PathBuf> {
    let start = match file.and_then(Path::parent) {
        Some(dir) if !dir.as_os_str().is_empty() => dir.to_owned(),
        _ => PathBuf::from("."),
    };
    // first as the user wrote it, so that messages show the path as short as that
    let climbs = start.components().any(|c| c == Component::ParentDir);
    let written: Vec<&Path> = if climbs { vec![&start] } else { start.ancestors().collect() };
    let absolute = std::path::absolute(&start).ok()?;
    for dir in written.into_iter().chain(absolute.ancestors()) {
        let macros = dir.join("macros");
        if macros.is_dir() {
            return Some(macros.components().filter(|c| *c != Component::CurDir).collect());
        }
        if dir.join(".git").exists() {
            break;
        }
    }
    None
}

/// The YAML files below a folder, sorted by path.
///
/// # Errors
/// SPL5101 where a folder cannot be read.
pub fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, ContentError> {
    files(folder, &is_yaml)
}

pub(crate) fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "yml" || e == "yaml")
}

fn is_conf(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n == "macros.conf")
}

pub(crate) fn files(
    folder: &Path,
    take: &dyn Fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, ContentError> {
    let mut out = Vec::new();
    let mut open = vec![(folder.to_owned(), 0usize)];
    let (root, mut looked_at) = (folder, 0usize);
    while let Some((folder, depth)) = open.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| unreadable(&folder, &e))?;
        for entry in entries {
            let entry = entry.map_err(|e| unreadable(&folder, &e))?;
            looked_at += 1;
            if looked_at > MAX_LOOKED_AT {
                let message = format!("more than {MAX_LOOKED_AT} files and folders are below it");
                return Err(ContentError::new("SPL5105", &name(root), message));
            }
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if path.is_dir() {
                if !hidden && depth < MAX_FOLDER_DEPTH {
                    open.push((path, depth + 1));
                }
            } else if take(&path) {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}

/// Reads a text file of at most [`MAX_BYTES`].
///
/// # Errors
/// SPL5101 where it cannot be read or is not UTF-8, SPL5105 where it is larger.
pub fn text(path: &Path) -> Result<String, ContentError> {
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    let file = std::fs::File::open(path).map_err(|e| unreadable(path, &e))?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| unreadable(path, &e))?;
    if bytes.len() > MAX_BYTES {
        let message = format!("the file has more than {MAX_BYTES} bytes");
        return Err(ContentError::new("SPL5105", &name(path), message));
    }
    String::from_utf8(bytes).map_err(|e| {
        let valid = e.utf8_error().valid_up_to();
        let line = e.as_bytes().iter().take(valid).filter(|&&b| b == b'\n').count() + 1;
        ContentError::new("SPL5101", &name(path), "the file is not UTF-8 text").at(line, 0)
    })
}

fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> ContentError {
    let mut shown = error.to_string();
    // "No such file or directory (os error 2)": the number says nothing more
    if let Some(at) = shown.find(" (os error") {
        shown.truncate(at);
    }
    let message = format!("cannot be read: {shown}");
    let e = ContentError::new("SPL5101", &name(path), message);
    match (error.kind(), near(path)) {
        (std::io::ErrorKind::NotFound, Some(near)) => {
            e.help(format!("did you mean {}?", near.display()))
        }
        _ => e,
    }
}

/// More names than this of a folder are not compared.
const MOST_NAMES: usize = 10_000;

/// What a path that is not there may have been meant for: the nearest name beside its first part that
/// is not there, with the rest of the path where that is there.
pub fn near(path: &Path) -> Option<PathBuf> {
    let missing =
        path.ancestors().take_while(|p| !p.as_os_str().is_empty() && !p.exists()).last()?;
    let folder = match missing.parent()? {
        p if p.as_os_str().is_empty() => Path::new("."),
        p => p,
    };
    let entries = std::fs::read_dir(folder).ok()?.take(MOST_NAMES);
    let mut names: Vec<String> =
        entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    let found = sepal_parser::suggest(missing.file_name()?.to_str()?, names.iter().map(|n| &**n))?;
    let beside = missing.with_file_name(found);
    let whole = beside.join(path.strip_prefix(missing).ok()?);
    // joined with nothing a path ends in a slash
    Some(if path != missing && whole.exists() { whole } else { beside })
}
