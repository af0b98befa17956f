//! A copy of lookup folders that a search may write to.

use super::{Access, FolderKind, LookupFolder};
use crate::{ContentError, fs};
use std::path::Path;

/// The same folders below `into`, which is empty, where a search may write: what it writes is there and
/// changes nothing of the originals. One for new tables and models comes last.
///
/// Files are linked where the system can, else copied; a table is never written in place. A link that
/// leads out of its folder is left out.
///
/// # Errors
/// SPL5101 for a file that cannot be read or linked.
pub fn sandbox(folders: &[LookupFolder], into: &Path) -> Result<Vec<LookupFolder>, ContentError> {
    let mut out = Vec::with_capacity(folders.len() + 1);
    for (n, folder) in folders.iter().enumerate() {
        let to = into.join(n.to_string());
        make(&to)?;
        let real = folder.path.canonicalize().map_err(|e| fs::unreadable(&folder.path, &e))?;
        let takes = |p: &Path| {
            let locations = p.extension().is_some_and(|e| e.eq_ignore_ascii_case("mmdb"));
            folder.kind.takes(p) || (locations && folder.kind == FolderKind::All)
        };
        for file in fs::files(&folder.path, &takes)? {
            let from = file.canonicalize().map_err(|e| fs::unreadable(&file, &e))?;
            let Ok(below) = file.strip_prefix(&folder.path) else { continue };
            if !from.starts_with(&real) {
                continue;
            }
            let place = to.join(below);
            if let Some(folder) = place.parent() {
                make(folder)?;
            }
            if std::fs::hard_link(&from, &place).is_err() {
                std::fs::copy(&from, &place).map_err(|e| fs::unreadable(&file, &e))?;
            }
        }
        out.push(LookupFolder { path: to, kind: folder.kind, access: Access::Write });
    }
    let new = into.join("new");
    make(&new)?;
    out.push(LookupFolder { path: new, kind: FolderKind::All, access: Access::Write });
    Ok(out)
}

fn make(folder: &Path) -> Result<(), ContentError> {
    std::fs::create_dir_all(folder).map_err(|e| fs::unreadable(folder, &e))
}
