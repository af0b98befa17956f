//! What the names of files say: which is a table, a model, a file of Splunk's.

use std::path::{Component, Path};

/// Endings of tables.
pub(super) const ENDINGS: &[&str] = &[".csv", ".csv.gz"];

pub(super) fn is_transforms(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n == "transforms.conf")
}

pub(super) fn is_saved(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n == "savedsearches.conf")
}

pub(super) fn is_table(name: &str) -> bool {
    ENDINGS.iter().any(|e| name.len() > e.len() && name.ends_with(e))
}

/// The file name of a table.
pub(super) fn table_name(path: &Path) -> Option<String> {
    path.file_name()?.to_str().filter(|n| is_table(n)).map(str::to_owned)
}

/// The ending of a model.
const MODEL: &str = ".mlmodel";

pub(super) fn is_model(name: &str) -> bool {
    name.len() > MODEL.len() && name.ends_with(MODEL)
}

/// The file name of a model.
pub(super) fn model_name(path: &Path) -> Option<String> {
    path.file_name()?.to_str().filter(|n| is_model(n)).map(str::to_owned)
}

/// Whether a name is that of a file in a folder, and no path.
pub(super) fn is_file_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let one = matches!(parts.next(), Some(Component::Normal(_))) && parts.next().is_none();
    one && !name.contains(['/', '\\', '\0', ':'])
}
