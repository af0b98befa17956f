//! Where the events of a test are.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// How a file begins that stands for one in Git's large file storage.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The file of a test's data: beside the detection, or in a folder that mirrors the path of its URL
/// (or an end of that path of at least two names). One that is packed may have `.gz` or `.zst`
/// more.
///
/// # Errors
/// That there is none, or only a pointer of Git LFS.
pub fn find(detection: &Path, data: &str, mirrors: &[PathBuf]) -> Result<PathBuf, String> {
    let beside = detection.parent().unwrap_or(Path::new(""));
    let url = ["http://", "https://"].iter().find_map(|s| data.strip_prefix(s));
    let mut candidates: Vec<PathBuf> = Vec::new();
    match url {
        Some(rest) => {
            let path = rest.split(['?', '#']).next().unwrap_or(rest);
            // the first part is the server
            let names: Vec<&str> = path
                .split('/')
                .skip(1)
                .filter(|n| !n.is_empty() && *n != ".." && *n != ".")
                .collect();
            for folder in mirrors {
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
    for candidate in candidates {
        for end in ["", ".gz", ".zst"] {
            let mut file = candidate.clone().into_os_string();
            file.push(end);
            let file = PathBuf::from(file);
            if file.is_file() {
                return match is_pointer(&file) {
                    true => Err(format!(
                        "{} is a pointer of Git LFS, not the events: run `git lfs pull`",
                        file.display()
                    )),
                    false => Ok(file),
                };
            }
        }
    }
    let help =
        if url.is_some() { "; --data names a folder that mirrors the URL's path" } else { "" };
    Err(format!("its data is not here: {data}{help}"))
}

fn is_pointer(file: &Path) -> bool {
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
        assert!(lfs.contains("git lfs pull"), "{lfs}");
        assert!(found("https://h.example/x/../../secret.log").is_err());
        assert!(found("nowhere.log").unwrap_err().contains("nowhere.log"));
    }
}
