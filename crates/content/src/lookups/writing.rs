//! Where tables and models may be written: only in folders that allow it, also behind links.

use super::folders::LookupFolders;
use super::kinds::{Access, FolderKind, Known};
use sepal_exec::lookup::{Definition, LookupError};
use std::fs::File;
use std::io;
use std::path::Path;

impl LookupFolders {
    /// Where something new of a kind is written: into the first folder for that kind alone, else into
    /// the first for all kinds.
    pub(super) fn first_writable(&self, kind: FolderKind) -> Result<&Known, LookupError> {
        let first =
            |kind, access| self.folders.iter().find(move |f| f.access == access && f.kind == kind);
        let either = |access| first(kind, access).or_else(|| first(FolderKind::All, access));
        match (either(Access::Write), either(Access::Elsewhere)) {
            (Some(folder), _) => Ok(folder),
            (None, Some(folder)) => Err(read_only(&folder.path)),
            (None, None) => Err(LookupError::not_writable()),
        }
    }

    /// Refuses a path that does not lie in a folder that may be written to, also behind links.
    pub(super) fn may_write(&self, path: &Path) -> Result<(), LookupError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        // one that is not there is made in its folder
        for path in [Some(folder), path.exists().then_some(path)].into_iter().flatten() {
            self.inside(path)?;
            let real = path.canonicalize().map_err(|_| read_only(path))?;
            let mut open = self.folders.iter().filter(|f| f.access == Access::Write);
            if !open.any(|f| real.starts_with(&f.real)) {
                return Err(read_only(path));
            }
        }
        Ok(())
    }

    /// The path of a table that may be written.
    pub(super) fn writable_path<'d>(&self, lookup: &'d Definition) -> io::Result<&'d Path> {
        let path = Path::new(&lookup.file);
        let refuse = |e: LookupError| io::Error::new(io::ErrorKind::PermissionDenied, e.message);
        self.may_write(path).map_err(refuse)?;
        Ok(path)
    }
}

/// What a new file may be read by: on Unix everybody, as of other files that are made.
#[cfg(unix)]
pub(super) fn readable(_: &File) -> io::Result<std::fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(super) fn readable(file: &File) -> io::Result<std::fs::Permissions> {
    file.metadata().map(|m| m.permissions())
}

fn read_only(path: &Path) -> LookupError {
    let what = format!("`{}` may be read only", path.display());
    LookupError::new("SPL5410", what).help(
        "sepal.toml allows writing in its own folder and below; --lookups DIR with --allow-write \
         allows it in DIR",
    )
}
