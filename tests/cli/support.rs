//! Running the binary and showing what it did.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What a run of the binary did.
pub struct Ran {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// The exit code.
    pub code: i32,
    shown: String,
}

impl Ran {
    /// Command, output, errors and exit as one text for a snapshot.
    pub fn text(&self) -> String {
        let mut text = format!("$ sepal {}\n{}", self.shown, self.out);
        if !self.err.is_empty() {
            text.push_str(&format!("--- stderr\n{}", self.err));
        }
        text.push_str(&format!("--- exit {}\n", self.code));
        text
    }
}

/// The binary with nothing of this machine's environment that it would heed.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sepal"));
    command
        .current_dir(root())
        .env("TZ", "UTC")
        .env("SEPAL_HISTORY", "")
        // servers of tests are on this machine
        .env("NO_PROXY", "*")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE");
    command
}

/// Runs the binary in the project's folder with nothing on standard input.
pub fn sepal(args: &[&str]) -> Ran {
    sepal_in(&root(), args, "")
}

/// Runs the binary in a folder, with `input` on standard input.
pub fn sepal_in(dir: &Path, args: &[&str], input: &str) -> Ran {
    sepal_within(Duration::from_secs(600), dir, args, input.as_bytes())
}

/// Runs the binary in a folder with bytes on standard input, and waits for its end. A run that takes
/// longer than the limit is killed and fails the test, and so does one that a signal ends.
pub fn sepal_within(limit: Duration, dir: &Path, args: &[&str], input: &[u8]) -> Ran {
    let mut child = command()
        .current_dir(dir)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let shown = shown(args);
    let (mut stdin, bytes) = (child.stdin.take().unwrap(), input.to_vec());
    // a binary that does not read its input closes the pipe
    let writer = std::thread::spawn(move || drop(stdin.write_all(&bytes)));
    let out = read(child.stdout.take().unwrap());
    let err = read(child.stderr.take().unwrap());
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begin.elapsed() > limit {
            child.kill().unwrap();
            panic!("still running after {limit:?}: {}", beginning(&shown));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    writer.join().unwrap();
    let (out, err) = (out.join().unwrap(), err.join().unwrap());
    let Some(code) = status.code() else { panic!("{status}: {}\n{err}", beginning(&shown)) };
    Ran { out, err, code, shown }
}

/// All that comes out of a pipe, read beside the run so that it never fills up.
fn read(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut all = Vec::new();
        from.read_to_end(&mut all).unwrap();
        String::from_utf8_lossy(&all).into_owned()
    })
}

/// The beginning of a text, for messages of tests.
fn beginning(text: &str) -> String {
    text.chars().take(300).collect()
}

/// The arguments as a user would type them.
fn shown(args: &[&str]) -> String {
    let words: Vec<String> = args
        .iter()
        .map(|a| {
            let plain = a.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=".contains(c));
            if plain && !a.is_empty() { (*a).to_owned() } else { format!("'{a}'") }
        })
        .collect();
    words.join(" ")
}

/// A folder with files in it.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

/// Snapshots without times and without this machine's paths.
pub fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"in \d+(\.\d+)? (µs|ms|s)\b", "in [TIME]");
    settings.add_filter(r"(?m)^ *\d+(\.\d+)? (µs|ms|s)  ", "    [TIME]  ");
    settings.add_filter(r"\d+(\.\d+)? [kMG]?B/s", "[SPEED]");
    settings.add_filter(r"/tmp/\.tmp\w+", "[DIR]");
    settings
}

/// Asserts a named snapshot under [`settings`].
pub fn snapshot(name: &str, text: &str) {
    settings().bind(|| insta::assert_snapshot!(name, text));
}
