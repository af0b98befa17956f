//! Events whose names are the same on every machine.

use crate::test::{find, stamped};
use sepal_content::DeclaredTest;
use sepal_exec::host::Host;
use sepal_exec::scan::{Input, expand_folders};
use std::io;
use std::path::{Path, PathBuf};

/// The files of a path that the user named, each with its path and with an input whose name, and so
/// its default `source`, is the file's name; below a folder it is the path from the folder on.
///
/// # Errors
/// Where the path cannot be read.
pub fn named(path: &Path, host: &dyn Host) -> Result<Vec<(PathBuf, Input)>, String> {
    let unread = |e: io::Error| format!("{}: {e}", path.display());
    path.metadata().map_err(unread)?;
    let files = expand_folders(vec![path.to_owned()], host).map_err(|e| e.to_string())?;
    let above = path.parent().unwrap_or(Path::new(""));
    Ok(files
        .into_iter()
        .map(|file| {
            let below = file.strip_prefix(above).ok().filter(|_| path.is_dir());
            let name = match (below, file.file_name()) {
                (Some(below), _) => below.to_string_lossy().replace('\\', "/"),
                (None, Some(name)) => name.to_string_lossy().into_owned(),
                (None, None) => file.display().to_string(),
            };
            let mut input = Input::path(&file);
            input.name = name;
            (file, input)
        })
        .collect())
}

/// The events of a declared test, in folders that mirror the paths of its URLs or beside the
/// detection, stamped as the test says.
///
/// # Errors
/// That they are not here.
pub fn of_test(
    detection: &Path,
    test: &DeclaredTest,
    mirrors: &[PathBuf],
) -> Result<Vec<Input>, String> {
    if test.attack_data.is_empty() {
        return Err("the test names no attack_data".to_owned());
    }
    test.attack_data
        .iter()
        .map(|data| {
            let path = find(detection, &data.data, mirrors)
                .map_err(|missing| missing.said(&data.data).1)?;
            let mut input = stamped(&path, data);
            input.name = data.file_name().to_owned();
            Ok(input)
        })
        .collect()
}
