//! Running the binary and showing what it did.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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
    let mut child = command()
        .current_dir(dir)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let bytes = input.as_bytes().to_vec();
    // a binary that does not read its input closes the pipe
    let writer = std::thread::spawn(move || drop(stdin.write_all(&bytes)));
    let done = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let shown: Vec<String> = args
        .iter()
        .map(|a| {
            let plain = a.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=".contains(c));
            if plain && !a.is_empty() { (*a).to_owned() } else { format!("'{a}'") }
        })
        .collect();
    Ran {
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
        code: done.status.code().unwrap_or(-1),
        shown: shown.join(" "),
    }
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
