//! What changed since a commit, as git says.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Files that changed.
pub(super) struct Changes {
    /// With the whole path; also files that are gone.
    pub files: Vec<PathBuf>,
    /// Since when: a name and the beginning of the commit's number.
    pub since: String,
}

/// Asks git what changed since `reference`; since this branch left the default branch where that is empty.
/// What is no commit but a path of the detections is added to `paths`.
///
/// # Errors
/// One sentence.
pub(super) fn changes(reference: &str, paths: &mut Vec<PathBuf>) -> Result<Changes, String> {
    let start = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let start = match start.is_dir() {
        true => start,
        false => start.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")),
    };
    let start = if start.is_dir() { start } else { Path::new(".") };
    let top = git(start, &["rev-parse", "--show-toplevel"])
        .map_err(|e| e.or(&format!("{} is in no git work tree", start.display())))?;
    let top = PathBuf::from(line(&top));
    let mut reference = reference.to_owned();
    if !reference.is_empty() && commit(&top, &reference)?.is_none() {
        if !Path::new(&reference).exists() {
            return Err(format!("git knows no commit `{reference}`"));
        }
        paths.insert(0, PathBuf::from(std::mem::take(&mut reference)));
    }
    let base = match reference.is_empty() {
        true => default_base(&top)?,
        false => commit(&top, &reference)?.map(|sha| (reference, sha)),
    };
    let mut files = Vec::new();
    let mut add = |list: &[u8]| {
        let names = list.split(|b| *b == 0).filter(|n| !n.is_empty());
        files.extend(names.map(|n| top.join(path(n))));
    };
    let failed = |e: Failed| e.or("git cannot list what changed");
    let since = match base {
        Some((name, sha)) => {
            let asked =
                ["diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", sha.as_str(), "--"];
            add(&git(&top, &asked).map_err(failed)?);
            format!("{name} ({})", sha.get(..9).unwrap_or(&sha))
        }
        // nothing was ever committed
        None => {
            add(&git(&top, &["ls-files", "-z"]).map_err(failed)?);
            "the beginning".to_owned()
        }
    };
    let untracked = ["ls-files", "--others", "--exclude-standard", "-z"];
    add(&git(&top, &untracked).map_err(failed)?);
    files.sort();
    files.dedup();
    Ok(Changes { files, since })
}

/// Where this branch left the default branch of `origin`, else the last commit; none where there is none.
fn default_base(top: &Path) -> Result<Option<(String, String)>, String> {
    let head = git(top, &["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"]);
    let mut names = Vec::new();
    if let Ok(head) = head {
        names.push(line(&head).trim_start_matches("refs/remotes/").to_owned());
    }
    names.extend(["origin/main", "origin/master", "origin/develop"].map(str::to_owned));
    for name in names {
        if let Ok(base) = git(top, &["merge-base", "HEAD", &name]) {
            return Ok(Some((name, line(&base))));
        }
    }
    Ok(commit(top, "HEAD")?.map(|sha| ("the last commit".to_owned(), sha)))
}

/// The commit of a name; none where git knows none.
fn commit(top: &Path, name: &str) -> Result<Option<String>, String> {
    let name = format!("{name}^{{commit}}");
    match git(top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name]) {
        Ok(sha) => Ok(Some(line(&sha))),
        Err(Failed::Said(_)) => Ok(None),
        Err(e) => Err(e.or("")),
    }
}

enum Failed {
    /// It could not be started.
    Absent(String),
    /// What it said.
    Said(String),
}

impl Failed {
    fn or(self, meaning: &str) -> String {
        match self {
            Failed::Absent(why) => format!("--changed needs git, which cannot be started: {why}"),
            Failed::Said(text) if text.is_empty() => meaning.to_owned(),
            Failed::Said(text) => format!("{meaning}: {text}"),
        }
    }
}

fn git(folder: &Path, args: &[&str]) -> Result<Vec<u8>, Failed> {
    let done = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(args.iter().map(OsStr::new))
        // only to look
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| Failed::Absent(crate::cmd::reason(&e)))?;
    match done.status.success() {
        true => Ok(done.stdout),
        false => {
            let said = String::from_utf8_lossy(&done.stderr);
            Err(Failed::Said(said.lines().next().unwrap_or_default().trim().to_owned()))
        }
    }
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
