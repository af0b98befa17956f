//! What is taken of a folder, and whether it may be written to.

use super::names::{is_saved, is_transforms, model_name, table_name};
use crate::fs;
use std::path::{Path, PathBuf};

/// What is taken of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderKind {
    /// Definitions, tables, saved searches and models.
    All,
    /// The same without YAML: a Splunk app.
    App,
    /// The files `savedsearches.conf`.
    SavedSearches,
    /// The models.
    Models,
}

impl FolderKind {
    /// Whether a file of the folder is taken.
    pub(super) fn takes(self, path: &Path) -> bool {
        match self {
            FolderKind::SavedSearches => is_saved(path),
            FolderKind::Models => model_name(path).is_some(),
            FolderKind::App if fs::is_yaml(path) => false,
            FolderKind::All | FolderKind::App => {
                fs::is_yaml(path)
                    || is_transforms(path)
                    || is_saved(path)
                    || table_name(path).is_some()
                    || model_name(path).is_some()
            }
        }
    }
}

/// What a search may do to a folder and what is below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nobody allowed writing.
    Read,
    /// Writing is allowed, but not here.
    Elsewhere,
    /// `outputlookup` and `fit` may write.
    Write,
}

/// A folder for [`LookupFolders::read_all`](super::LookupFolders::read_all).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupFolder {
    /// Where it is.
    pub path: PathBuf,
    /// What is taken of it.
    pub kind: FolderKind,
    /// What may be done to it.
    pub access: Access,
}

/// One that was read.
pub(super) struct Known {
    /// As it was named.
    pub path: PathBuf,
    /// Without links.
    pub real: PathBuf,
    pub kind: FolderKind,
    pub access: Access,
}
