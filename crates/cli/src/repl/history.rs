//! Where typed searches are kept.

use std::path::PathBuf;

/// `$SEPAL_HISTORY`, else `sepal/history` in the XDG state folder. None where that is set to
/// nothing, or no home is known. The folder is made.
pub fn path() -> Option<PathBuf> {
    let path = match std::env::var_os("SEPAL_HISTORY") {
        Some(path) if path.is_empty() => return None,
        Some(path) => PathBuf::from(path),
        None => state_dir()?.join("sepal").join("history"),
    };
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).ok()?;
    }
    Some(path)
}

/// Source: XDG Base Directory Specification, `XDG_STATE_HOME`; it must be absolute.
fn state_dir() -> Option<PathBuf> {
    match std::env::var_os("XDG_STATE_HOME").map(PathBuf::from) {
        Some(dir) if dir.is_absolute() => Some(dir),
        _ => Some(std::env::home_dir()?.join(".local").join("state")),
    }
}
