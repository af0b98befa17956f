//! Results of search jobs, for `loadjob`.

use sepal_exec::lookup::{job_files, job_of};
use std::path::{Path, PathBuf};

/// The file with the results of a job, of the last folder that has one. The id is that of a file, and
/// no path.
pub(super) fn find<'f>(
    folders: impl DoubleEndedIterator<Item = &'f Path>,
    sid: &str,
) -> Option<PathBuf> {
    let names = job_files(sid);
    let in_folder = |folder: &Path| names.iter().map(|n| folder.join(n)).find(|p| p.is_file());
    folders.rev().find_map(in_folder)
}

/// The ids of jobs whose results may be in the folders, sorted.
pub(super) fn all<'f>(folders: impl Iterator<Item = &'f Path>) -> Vec<String> {
    let entries = folders.filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let mut all: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?;
            match path.is_dir() {
                true => Some(name.to_owned()),
                false => job_of(name).map(str::to_owned),
            }
        })
        .collect();
    all.sort();
    all.dedup();
    all
}
