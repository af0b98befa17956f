//! Where the events of a test are.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// How a file begins that stands for one in Git's large file storage.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Why the events of a test are not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// There is no file.
    Absent,
    /// There is only a pointer of Git LFS.
    Pointer(PathBuf),
}

/// The parts of a URL's path below the name of its server, where it is one that can be fetched; what
/// leads out of a folder is left out.
fn names(data: &str) -> Option<(&str, Vec<&str>)> {
    let rest = ["http://", "https://"].iter().find_map(|s| data.strip_prefix(s))?;
    let path = rest.split(['?', '#']).next().unwrap_or(rest);
    let mut parts = path.split('/');
    let server = parts.next().unwrap_or_default();
    let plain =
        |n: &&str| !n.is_empty() && !n.contains(['\\', ':', '\0']) && *n != ".." && *n != ".";
    Some((server, parts.filter(plain).collect()))
}

/// Where a cache keeps the file of a URL: below the name of its server, at the URL's path. None for
/// what is no URL, or names no file.
pub fn place(cache: &Path, url: &str) -> Option<PathBuf> {
    let (server, names) = names(url)?;
    let server = server.rsplit('@').next().unwrap_or(server).replace([':', '\\'], "_");
    let no_name = server.is_empty() || server.starts_with('.') || names.is_empty();
    (!no_name).then(|| cache.join(server).join(names.iter().collect::<PathBuf>()))
}

/// The file of a test's data: beside the detection, or in a folder that mirrors the path of its URL
/// (or an end of that path of at least two names), or in one that mirrors it below the server's name. One
/// that is packed may have `.gz` or `.zst` more.
///
/// # Errors
/// That there is none, or only a pointer of Git LFS.
pub fn find(detection: &Path, data: &str, mirrors: &[PathBuf]) -> Result<PathBuf, Missing> {
    let beside = detection.parent().unwrap_or(Path::new(""));
    let mut candidates: Vec<PathBuf> = Vec::new();
    match names(data) {
        Some((_, names)) => {
            for folder in mirrors {
                candidates.extend(place(folder, data));
                for from in 0..names.len().saturating_sub(1) {
                    let end = names.get(from..).unwrap_or_default();
                    candidates.push(folder.join(end.iter().collect::<PathBuf>()));
                }
            }
            candidates.extend(names.last().map(|name| beside.join(name)));
        }
        None => {
            let path = Path::new(data);
            candidates.push(beside.join(path));
            let below = path.components().all(|c| matches!(c, Component::Normal(_)));
            if below {
                candidates.extend(mirrors.iter().map(|folder| folder.join(path)));
            }
        }
    }
    let mut missing = Missing::Absent;
    for candidate in candidates {
        for end in ["", ".gz", ".zst"] {
            let mut file = candidate.clone().into_os_string();
            file.push(end);
            let file = PathBuf::from(file);
            if !file.is_file() {
                continue;
            }
            if !is_pointer(&file) {
                return Ok(file);
            }
            if missing == Missing::Absent {
                missing = Missing::Pointer(file);
            }
        }
    }
    Err(missing)
}

impl Missing {
    /// What is said of it: the code, and one sentence with what to do.
    pub fn said(&self, data: &str) -> (&'static str, String) {
        let url = names(data).is_some();
        match self {
            Missing::Pointer(file) => {
                let fetch = if url { ", or let --fetch get them" } else { "" };
                let text = format!(
                    "{} is a pointer of Git LFS, not the events: run `git lfs pull`{fetch}",
                    file.display()
                );
                ("SPL6036", text)
            }
            Missing::Absent => {
                let help = match url {
                    true => "; --data names a folder that mirrors the URL's path, --fetch gets it",
                    false => "",
                };
                ("SPL6035", format!("its data is not here: {data}{help}"))
            }
        }
    }
}

/// Whether a file only stands for one in Git's large file storage.
pub fn is_pointer(file: &Path) -> bool {
    let mut head = Vec::new();
    let most = POINTER.len() as u64;
    let read = std::fs::File::open(file).and_then(|f| f.take(most).read_to_end(&mut head));
    read.is_ok() && head == POINTER
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // tests may
mod tests {
    use super::*;

    #[test]
    fn beside_the_detection_or_mirrored() {
        let dir = tempfile::tempdir().unwrap();
        let at = |p: &str| dir.path().join(p);
        for (file, text) in [
            ("detections/near.log", "x"),
            ("mirror/datasets/T1003/sysmon.log.zst", "x"),
            ("mirror/flat.log", "x"),
            ("mirror/T1/lfs.log", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
            ("secret.log", "x"),
        ] {
            std::fs::create_dir_all(at(file).parent().unwrap()).unwrap();
            std::fs::write(at(file), text).unwrap();
        }
        let (detection, mirrors) = (at("detections/d.yml"), [at("mirror")]);
        let found = |data: &str| find(&detection, data, &mirrors);
        assert_eq!(found("near.log"), Ok(at("detections/near.log")));
        assert_eq!(found("https://h.example/a/b/near.log"), Ok(at("detections/near.log")));
        let media =
            "https://media.example/media/splunk/attack_data/master/datasets/T1003/sysmon.log";
        assert_eq!(found(media), Ok(at("mirror/datasets/T1003/sysmon.log.zst")));
        // one name alone may be any recording's
        assert!(found("https://h.example/a/flat.log").is_err());
        assert_eq!(found("flat.log"), Ok(at("mirror/flat.log")));
        let lfs = found("https://h.example/x/T1/lfs.log").unwrap_err();
        assert_eq!(lfs, Missing::Pointer(at("mirror/T1/lfs.log")));
        assert!(lfs.said("https://h.example/x/T1/lfs.log").1.contains("git lfs pull`, or let"));
        assert!(found("https://h.example/x/../../secret.log").is_err());
        let absent = found("nowhere.log").unwrap_err();
        assert_eq!(absent.said("nowhere.log").1, "its data is not here: nowhere.log");
    }

    #[test]
    fn where_a_cache_keeps_what_it_fetched() {
        let place = |url: &str| super::place(Path::new("c"), url);
        assert_eq!(place("https://h.example/a/b.log?x=1"), Some("c/h.example/a/b.log".into()));
        assert_eq!(place("http://me:pw@h.example:8080/a/b"), Some("c/h.example_8080/a/b".into()));
        // nothing leads out of the folder
        assert_eq!(place("https://h.example/../../b.log"), Some("c/h.example/b.log".into()));
        for url in ["https://../b", "https://h.example/", "https://h.example/..", "a/b.log"] {
            assert_eq!(place(url), None, "{url}");
        }
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("h.example/a/b.log");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "x").unwrap();
        let mirrors = [dir.path().to_owned()];
        assert_eq!(find(Path::new("d.yml"), "https://h.example/a/b.log", &mirrors), Ok(file));
        assert!(find(Path::new("d.yml"), "https://other.example/a/b.log", &mirrors).is_err());
    }
}
