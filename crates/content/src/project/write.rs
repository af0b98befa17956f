//! Which folders a search may write to.

use super::{Project, Set};
use crate::{Access, FolderKind, LookupFolder};
use std::path::{Path, PathBuf};

impl Project {
    /// Whether a path lies in the folder of the file or below, links followed.
    pub fn holds(&self, path: &Path) -> bool {
        let real = path.canonicalize().ok();
        self.root.as_deref().zip(real).is_some_and(|(root, real)| real.starts_with(root))
    }

    /// Whether risk events may be added to the file's own index: where the file allows writing, and
    /// the folder, or where it is to be made, is in the folder of the file or below.
    pub fn may_add_risk(&self, folder: &Path) -> bool {
        let there = folder.ancestors().find(|dir| dir.as_os_str().is_empty() || dir.exists());
        let there = there.map(|d| if d.as_os_str().is_empty() { Path::new(".") } else { d });
        let climbs = folder.components().any(|c| c == std::path::Component::ParentDir);
        let inside = there.is_some_and(|dir| self.holds(dir) && (!climbs || dir == folder));
        inside && self.allow_write.as_ref().is_some_and(|a| a.value)
    }

    /// The folders of lookups, saved searches and models: the file's, then those that the user named.
    ///
    /// A folder within the file's own may be written to where either the file or the user allows it.
    /// One outside may only where the user named it and allowed it: the file may be a stranger's.
    pub fn lookup_folders(&self, named: &[PathBuf], allow_write: bool) -> Vec<LookupFolder> {
        let by_file = self.allow_write.as_ref().is_some_and(|a| a.value);
        let same = |a: &Path, b: &Path| match (a.canonicalize(), b.canonicalize()) {
            (Ok(a), Ok(b)) => a == b,
            _ => a == b,
        };
        let access = |path: &Path, named: bool| match allow_write || by_file {
            false => Access::Read,
            true if (allow_write && named) || self.holds(path) => Access::Write,
            true => Access::Elsewhere,
        };
        let mut out = Vec::new();
        let kinds = [
            (&self.lookups, FolderKind::All),
            (&self.saved_searches, FolderKind::SavedSearches),
            (&self.models, FolderKind::Models),
        ];
        for (list, kind) in kinds {
            for Set { value: path, .. } in list {
                // named again by the user, it comes at the user's place
                if kind == FolderKind::All && named.iter().any(|n| same(n, path)) {
                    continue;
                }
                out.push(LookupFolder { path: path.clone(), kind, access: access(path, false) });
            }
        }
        for path in named {
            let access = access(path, true);
            out.push(LookupFolder { path: path.clone(), kind: FolderKind::All, access });
        }
        out
    }
}
