//! Data of tests from its URLs. The only place that speaks to a network, and only with `--fetch`.

use super::{Bench, Todo};
use crate::args::TestArgs;
use crate::cmd::{App, count, footer, reason};
use crate::exit::Exit;
use crate::progress;
use sepal_content::parallel::in_order;
use sepal_hunt::test::{find, is_pointer, place};
use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// The most bytes of one file.
const MOST: u64 = 2 << 30;

/// Files that are fetched at the same time.
const AT_ONCE: usize = 4;

/// Bytes between two looks at the wish to stop.
const STEP: usize = 64 << 10;

/// The folder for what is fetched: `--cache`, else that of sepal.toml, else in the user's folder of
/// caches; none where there is no such folder.
///
/// Source: XDG Base Directory Specification, `XDG_CACHE_HOME`; it must be absolute.
pub(super) fn cache(app: &App<'_>, args: &TestArgs) -> Result<Option<PathBuf>, Exit> {
    if let Some(folder) = &args.cache {
        return Ok(Some(folder.clone()));
    }
    if let Some(project) = &app.project
        && let Some(set) = &project.test_cache
    {
        // the file may be a stranger's
        let there = set.value.ancestors().find(|p| p.exists()).map(Path::to_owned);
        let climbs = set.value.components().any(|c| c == std::path::Component::ParentDir);
        let there = there.filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| ".".into());
        if args.fetch && (climbs || !project.holds(&there)) {
            let text = format!(
                "{}: `cache` leads out of the folder of the file; name it by --cache",
                project.place(set.line)
            );
            return Err(app.fail(Some("SPL5410"), &text));
        }
        return Ok(Some(set.value.clone()));
    }
    let absolute = |var: &str| std::env::var_os(var).map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || absolute("HOME").or_else(|| absolute("USERPROFILE")).map(|h| h.join(".cache"));
    let found = absolute("XDG_CACHE_HOME").or_else(home).map(|c| c.join("sepal").join("data"));
    match found {
        None if args.fetch => Err(app.fail(None, "--fetch needs a folder: name one by --cache")),
        found => Ok(found),
    }
}

/// Fetches what the tests want and is not here. Gives what could not be fetched, and why.
pub(super) fn missing(
    app: &App<'_>,
    cache: &Path,
    bench: &Bench,
    todo: &[Todo<'_>],
    stop: &AtomicBool,
) -> HashMap<String, String> {
    let wanted: BTreeSet<&str> = todo
        .iter()
        .flat_map(|t| t.test.attack_data.iter().map(move |data| (t, data.data.as_str())))
        .filter(|(t, url)| {
            place(cache, url).is_some()
                && find(Path::new(&t.subject.detection.file), url, &bench.data).is_err()
        })
        .map(|(_, url)| url)
        .collect();
    let wanted: Vec<&str> = wanted.into_iter().collect();
    if wanted.is_empty() {
        return HashMap::new();
    }
    let (done, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    let line = |_| {
        let (done, bytes) = (done.load(Ordering::Relaxed), bytes.load(Ordering::Relaxed));
        let all = count(wanted.len() as u64, "file");
        format!("fetched {done} of {all}, {}", footer::bytes(bytes))
    };
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .user_agent(concat!("sepal/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        .timeout_recv_body(Some(Duration::from_secs(3600)))
        .build()
        .into();
    let one = |url: &&str| {
        let result = fetch(&agent, url, cache, &bytes, stop);
        done.fetch_add(1, Ordering::Relaxed);
        Some(((*url).to_owned(), result))
    };
    let all =
        progress::watch_line(app.term.stderr, &line, || in_order(&wanted, Some(AT_ONCE), one));
    let mut failed = HashMap::new();
    let mut got = 0;
    for (url, result) in all {
        match result {
            Ok(()) => got += 1,
            Err(why) => {
                let why = format!("its data cannot be fetched: {url}: {why}");
                failed.insert(url, why);
            }
        }
    }
    if got > 0 {
        let size = footer::bytes(bytes.load(Ordering::Relaxed));
        app.say(&format!("{} fetched ({size}) into {}\n", count(got, "file"), cache.display()));
    }
    failed
}

/// Fetches one file.
fn fetch(
    agent: &ureq::Agent,
    url: &str,
    cache: &Path,
    bytes: &AtomicU64,
    stop: &AtomicBool,
) -> Result<(), String> {
    let to = place(cache, url).ok_or("the URL names no file")?;
    let folder = to.parent().unwrap_or(cache);
    let made = std::fs::create_dir_all(folder);
    made.map_err(|e| format!("{}: {}", folder.display(), reason(&e)))?;
    let mut file = get(agent, url, folder, bytes, stop)?;
    if is_pointer(file.path()) {
        let Some(media) = media(url) else {
            return Err("it is a pointer of Git LFS, not the events".to_owned());
        };
        file = get(agent, &media, folder, bytes, stop)?;
        if is_pointer(file.path()) {
            return Err(format!("it is a pointer of Git LFS, and so is {media}"));
        }
    }
    // in one step: nobody reads a half of it
    file.persist(&to).map_err(|e| format!("{}: {}", to.display(), reason(&e.error)))?;
    Ok(())
}

fn get(
    agent: &ureq::Agent,
    url: &str,
    folder: &Path,
    bytes: &AtomicU64,
    stop: &AtomicBool,
) -> Result<tempfile::NamedTempFile, String> {
    let stopped = || stop.load(Ordering::SeqCst);
    if stopped() {
        return Err("stopped".to_owned());
    }
    let mut response = agent.get(url).call().map_err(|e| e.to_string())?;
    let too_large = || format!("more than {}", footer::bytes(MOST));
    let length = response.headers().get("content-length").and_then(|v| v.to_str().ok());
    let length: Option<u64> = length.and_then(|v| v.parse().ok());
    if length.is_some_and(|n| n > MOST) {
        return Err(too_large());
    }
    let written = |e: &std::io::Error| format!("{}: {}", folder.display(), reason(e));
    let mut file =
        tempfile::Builder::new().prefix(".fetch").tempfile_in(folder).map_err(|e| written(&e))?;
    let mut reader = response.body_mut().with_config().limit(MOST + 1).reader();
    let (mut block, mut got) = (vec![0; STEP], 0u64);
    loop {
        if stopped() {
            return Err("stopped".to_owned());
        }
        let n = match reader.read(&mut block) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e.to_string()),
        };
        got += n as u64;
        if got > MOST {
            return Err(too_large());
        }
        file.write_all(block.get(..n).unwrap_or_default()).map_err(|e| written(&e))?;
        bytes.fetch_add(n as u64, Ordering::Relaxed);
    }
    if length.is_some_and(|n| n != got) {
        return Err("it ended early".to_owned());
    }
    file.flush().map_err(|e| written(&e))?;
    readable(file.as_file()).map_err(|e| written(&e))?;
    Ok(file)
}

/// A temporary file is for its owner only; what is fetched is a file as others.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

/// Where GitHub serves what a pointer of this URL stands for.
fn media(url: &str) -> Option<String> {
    let rest = url.split(['?', '#']).next()?;
    let path = match rest.strip_prefix("https://raw.githubusercontent.com/") {
        Some(path) => path.to_owned(),
        None => {
            let mut parts = rest.strip_prefix("https://github.com/")?.splitn(4, '/');
            let (owner, name, kind) = (parts.next()?, parts.next()?, parts.next()?);
            if kind != "raw" && kind != "blob" {
                return None;
            }
            format!("{owner}/{name}/{}", parts.next()?)
        }
    };
    Some(format!("https://media.githubusercontent.com/media/{path}"))
}

#[cfg(test)]
mod tests {
    use super::media;

    #[test]
    fn what_a_pointer_stands_for() {
        let real = "https://media.githubusercontent.com/media/o/r/master/datasets/a.log";
        for url in [
            "https://raw.githubusercontent.com/o/r/master/datasets/a.log",
            "https://github.com/o/r/raw/master/datasets/a.log",
            "https://github.com/o/r/blob/master/datasets/a.log?raw=true",
        ] {
            assert_eq!(media(url).as_deref(), Some(real), "{url}");
        }
        assert_eq!(media("https://github.com/o/r/tree/master/datasets"), None);
        assert_eq!(media("https://example.org/o/r/master/datasets/a.log"), None);
    }
}
