//! `sepal init`: a repository of detections with one detection in it, which is tested as it stands.

use super::{App, count, reason};
use crate::args::InitArgs;
use crate::exit::Exit;
use crate::output::visible;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file of the layout, with its text from `templates/init`.
macro_rules! files {
    ($($path:literal: $from:literal,)*) => {
        &[$(($path, include_str!(concat!("../../templates/init/", $from)))),*]
    };
}

/// The layout. What begins with a dot stands without one in `templates`, where it would be in force.
const FILES: &[(&str, &str)] = files! {
    "README.md": "README.md",
    "sepal.toml": "sepal.toml",
    "detections/password_spray_from_one_address.yml": "detections/password_spray_from_one_address.yml",
    "macros/password_spray_from_one_address_filter.yml": "macros/password_spray_from_one_address_filter.yml",
    "macros/sign_ins.yml": "macros/sign_ins.yml",
    "lookups/known_scanners.csv": "lookups/known_scanners.csv",
    "lookups/known_scanners.yml": "lookups/known_scanners.yml",
    "data/password_spray/attack.jsonl": "data/password_spray/attack.jsonl",
    "data/password_spray/everyday.jsonl": "data/password_spray/everyday.jsonl",
    ".gitignore": "gitignore",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".github/workflows/detections.yml": "github/detections.yml",
};

/// What stands for the repository of Sepal where nobody said which it is.
const UNNAMED: &str = "<OWNER>/sepal";

/// Makes the layout.
pub fn init(app: &App<'_>, args: &InitArgs) -> Exit {
    let dir = args.dir.as_deref().unwrap_or(Path::new("."));
    let shown = visible(&dir.to_string_lossy(), false).into_owned();
    let mut there = Vec::new();
    for (path, _) in FILES {
        match look(dir, path) {
            Ok(false) => {}
            Ok(true) => there.push(*path),
            Err(why) => return app.fail(None, &format!("nothing was written: {why}")),
        }
    }
    if !there.is_empty() && !args.force && !args.keep {
        let list: String = there.iter().map(|path| format!("\n  {path}")).collect();
        let is = if there.len() == 1 { "is" } else { "are" };
        return app.fail(
            None,
            &format!(
                "nothing was written: {} of the layout {is} in {shown} already:{list}\n--keep leaves \
                 such files as they are and writes the others, --force replaces them",
                count(there.len() as u64, "file")
            ),
        );
    }
    let repository = repository(args);
    let mut list = String::new();
    let mut written = 0u64;
    for (path, text) in FILES {
        let stands = there.contains(path);
        if stands && args.keep {
            list.push_str(&format!("  {path} (kept)\n"));
            continue;
        }
        let text = text
            .replace("@REPOSITORY@", repository)
            .replace("@VERSION@", env!("CARGO_PKG_VERSION"));
        if let Err(e) = write(&dir.join(path), &text, stands) {
            let place = visible(&dir.join(path).to_string_lossy(), false).into_owned();
            let before = if written > 0 { format!("; before it:\n{list}") } else { String::new() };
            return app.fail(None, &format!("{place} cannot be written: {}{before}", reason(&e)));
        }
        written += 1;
        list.push_str(&format!("  {path}{}\n", if stands { " (replaced)" } else { "" }));
    }
    app.print(&format!(
        "{} in {shown}\n{list}{}",
        count(written, "new file"),
        next(args, repository)
    ))
}

/// The repository that Sepal comes from.
fn repository(args: &InitArgs) -> &str {
    let own = env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/");
    args.repository.as_deref().unwrap_or(if own.is_empty() { UNNAMED } else { own })
}

/// What to do with it.
fn next(args: &InitArgs, repository: &str) -> String {
    let mut text = "\nNext:\n".to_owned();
    if let Some(dir) = args.dir.as_deref().filter(|d| *d != Path::new(".")) {
        let dir = dir.to_string_lossy();
        let plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
        // a shell takes it as one word
        let word = match dir.chars().all(plain) {
            true => dir.into_owned(),
            false => format!("'{}'", dir.replace('\'', r"'\''")),
        };
        text.push_str(&format!("  cd {}\n", visible(&word, false)));
    }
    text.push_str(
        "  sepal test detections
  sepal lint
  sepal run detections/password_spray_from_one_address.yml
",
    );
    if repository == UNNAMED {
        text.push_str(
            "
The CI file and pre-commit take Sepal from GitHub: put the name of its repository in place of
<OWNER>/sepal in .github/workflows/detections.yml, .pre-commit-config.yaml and README.md.
",
        );
    }
    text
}

/// Whether a file of the layout is there already.
///
/// # Errors
/// Something that no file can be put in place of.
fn look(dir: &Path, path: &str) -> Result<bool, String> {
    let said = |at: &Path, what: &str| format!("{} {what}", visible(&at.to_string_lossy(), false));
    let mut places: Vec<PathBuf> = vec![dir.to_owned()];
    for (end, _) in path.match_indices('/').chain([(path.len(), "")]) {
        places.push(dir.join(&path[..end]));
    }
    let file = places.pop().unwrap_or_default();
    for folder in places {
        match fs::metadata(&folder) {
            Ok(m) if m.is_dir() => {}
            Ok(_) => return Err(said(&folder, "is not a folder")),
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(said(&folder, &format!("cannot be looked at: {}", reason(&e)))),
        }
    }
    // a link is a file that is there, wherever it leads
    match fs::symlink_metadata(&file) {
        Ok(m) if m.is_dir() => Err(said(&file, "is a folder")),
        Ok(_) => Ok(true),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
        Err(e) => Err(said(&file, &format!("cannot be looked at: {}", reason(&e)))),
    }
}

/// Writes a file: one that appeared meanwhile is not overwritten, and one that is replaced is replaced
/// as a whole, a link and not what it leads to.
fn write(file: &Path, text: &str, replace: bool) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut target = file.to_owned();
    if replace {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        target = file.with_file_name(name);
    }
    let result = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&target)
        .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
        .and_then(|()| if replace { fs::rename(&target, file) } else { Ok(()) });
    if result.is_err() && replace {
        // the error that matters is the first one
        let _ = fs::remove_file(&target);
    }
    result
}
