//! What other tools read of this repository: pre-commit's hooks, the action for GitHub, workflows, the
//! image. Their services are not here; what can be held against the files and the binary is.
#![cfg(unix)]

use crate::support::{root, sepal_in};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&text(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// A folder that `sepal init` made, and one beside it for what the scripts write.
struct Job {
    dir: tempfile::TempDir,
}

impl Job {
    fn new() -> Job {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(sepal_in(dir.path(), &["init", "project"], "").code, 0);
        fs::create_dir(dir.path().join("bin")).unwrap();
        let binary = Path::new(env!("CARGO_BIN_EXE_sepal"));
        std::os::unix::fs::symlink(binary, dir.path().join("bin/sepal")).unwrap();
        Job { dir }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn written(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap_or_default()
    }

    /// Runs a script of the repository in the project, as a runner of GitHub would.
    fn script(&self, script: &str, args: &[&str], env: &[(&str, &str)]) -> Output {
        let path = std::env::var("PATH").unwrap();
        Command::new("bash")
            .arg(root().join(script))
            .args(args)
            .current_dir(self.at("project"))
            .env("PATH", format!("{}:{path}", self.at("bin").display()))
            .env("TZ", "UTC")
            .env_remove("SEPAL")
            .env("RUNNER_TEMP", self.at("temp"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("GITHUB_OUTPUT", self.at("output"))
            .env("GITHUB_PATH", self.at("path"))
            .env("GITHUB_STEP_SUMMARY", self.at("summary"))
            .envs(env.iter().copied())
            .output()
            .unwrap()
    }

    fn sepal(&self, args: &[&str]) -> Output {
        Command::new(self.at("bin/sepal")).args(args).output().unwrap()
    }

    /// Runs the script behind `command` of the action.
    fn action(
        &self,
        command: &str,
        paths: &str,
        args: &str,
        format: &str,
        summary: &str,
    ) -> Output {
        let _ = fs::remove_file(self.at("output"));
        self.script(
            ".github/action/run",
            &[],
            &[
                ("SEPAL_COMMAND", command),
                ("SEPAL_PATHS", paths),
                ("SEPAL_ARGS", args),
                ("SEPAL_FORMAT", format),
                ("SEPAL_SUMMARY", summary),
            ],
        )
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.at("project").join(file);
        let old = fs::read_to_string(&path).unwrap();
        assert!(old.contains(from));
        fs::write(path, old.replace(from, to)).unwrap();
    }
}

const DETECTION: &str = "detections/password_spray_from_one_address.yml";

fn said(out: &Output) -> String {
    let (o, e) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    format!("{o}{e}")
}

#[test]
fn every_yaml_file_reads() {
    for file in ["action.yml", ".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        assert!(yaml(file).is_object(), "{file}");
    }
    for file in ["ci", "release"] {
        for (name, job) in
            yaml(&format!(".github/workflows/{file}.yml"))["jobs"].as_object().unwrap()
        {
            assert!(job["timeout-minutes"].is_u64(), "{name}");
            for step in job["steps"].as_array().unwrap() {
                // what comes from outside reaches a command as a variable
                let run = step["run"].as_str().unwrap_or_default();
                assert!(!run.contains("${{"), "{name}: {run}");
                assert!(step["uses"].is_string() == run.is_empty(), "{name}: {step}");
            }
        }
    }
    assert!(text(".github/workflows/ci.yml").contains("run: .ci/run"));
}

#[test]
fn the_action_hands_on_every_input_and_no_secret() {
    let action = yaml("action.yml");
    let declared: Vec<&String> = action["inputs"].as_object().unwrap().keys().collect();
    let all = text("action.yml");
    for name in &declared {
        assert!(all.contains(&format!("inputs.{name}")), "{name} is not used");
    }
    for step in action["runs"]["steps"].as_array().unwrap() {
        // an input inside a command would be code of whoever wrote it
        let run = step["run"].as_str().unwrap_or_default();
        assert!(!run.contains("${{"), "{run}");
        if let Some(script) = run.trim_matches('"').strip_prefix("$GITHUB_ACTION_PATH/") {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(root().join(script)).unwrap().permissions().mode();
            assert_eq!(mode & 0o111, 0o111, "{script} cannot be run");
        }
    }
    for file in ["action.yml", ".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        assert!(!text(file).contains("secrets."), "{file}");
    }
}

#[test]
fn the_action_lints_formats_and_tests() {
    let job = Job::new();
    let clean = job.action("lint", "", "", "", "true");
    assert_eq!(clean.status.code(), Some(0), "{}", said(&clean));
    assert_eq!(job.written("output"), "exit-code=0\n");
    assert!(job.written("summary").starts_with("## sepal lint\n"), "{}", job.written("summary"));
    let test = job.action("test", "detections\n", "", "junit", "false");
    assert_eq!(test.status.code(), Some(0), "{}", said(&test));
    assert!(said(&test).contains("<testsuites"), "{}", said(&test));
    // by default annotations, and a summary of the same run
    if said(&job.sepal(&["test", "--help"])).contains("--report") {
        let test = job.action("test", "detections", "--set=sign_ins=sourcetype=other", "", "true");
        assert_eq!(test.status.code(), Some(1), "{}", said(&test));
        assert!(said(&test).contains(&format!("::error file={DETECTION}")), "{}", said(&test));
        assert!(
            job.written("summary").contains("True Positive Test"),
            "{}",
            job.written("summary")
        );
    }
    assert_eq!(job.action("fmt", "detections", "", "", "true").status.code(), Some(0));
    let hunt = job.action("hunt", "data", "--detections=detections\n--quiet", "", "true");
    assert_eq!(hunt.status.code(), Some(0), "{}", said(&hunt));
    assert!(job.written("summary").contains("Password Spray From One Address"));

    job.edit(DETECTION, "users >= 5", "usres >= 5");
    let found = job.action("lint", DETECTION, "", "", "true");
    assert_eq!(found.status.code(), Some(1), "{}", said(&found));
    let annotation = format!("::error file={DETECTION},line=");
    assert!(said(&found).contains(&annotation), "{}", said(&found));
    assert_eq!(job.written("output"), "exit-code=1\n");
    assert!(job.written("summary").contains("SPL6004"), "{}", job.written("summary"));
    job.edit(DETECTION, "  | bin _time", "  |   bin _time");
    assert_eq!(job.action("fmt", "detections", "", "", "true").status.code(), Some(1));
}

#[test]
fn texts_of_a_workflow_are_never_run() {
    let job = Job::new();
    let paths = "$(touch harm)\n`touch harm`\n; touch harm\n--fix\n* \n";
    let ran = job.action("lint", paths, "", "", "false");
    assert_eq!(ran.status.code(), Some(2), "{}", said(&ran));
    assert!(!job.at("project/harm").exists());
    let args = "--macros=macros\n  --ignore=SPL6004; touch harm\n";
    assert_eq!(job.action("lint", "", args, "", "false").status.code(), Some(2));
    assert!(!job.at("project/harm").exists());
}

#[test]
fn a_release_is_packed_fetched_and_checked() {
    let job = Job::new();
    let releases = job.at("releases");
    let dist = releases.join("v9.8.7");
    fs::create_dir_all(&dist).unwrap();
    let built = Path::new(env!("CARGO_BIN_EXE_sepal")).parent().unwrap();
    let target = built.parent().unwrap().to_str().unwrap();
    let profile = built.file_name().unwrap().to_str().unwrap();
    let packed = job.script(
        ".github/action/pack",
        &["v9.8.7", "x86_64-unknown-linux-gnu", profile],
        &[("CARGO_TARGET_DIR", target), ("DIST", dist.to_str().unwrap())],
    );
    assert!(packed.status.success(), "{}", said(&packed));
    let archive = "sepal-v9.8.7-x86_64-unknown-linux-gnu.tar.gz";
    let sums = Command::new("sha256sum").arg(archive).current_dir(&dist).output().unwrap();
    fs::write(dist.join("SHA256SUMS"), &sums.stdout).unwrap();
    let url = format!("file://{}", releases.display());
    let install = |version: &str, arch: &str| {
        let _ = fs::remove_dir_all(job.at("temp"));
        fs::create_dir(job.at("temp")).unwrap();
        job.script(
            ".github/action/install",
            &[],
            &[
                ("SEPAL_VERSION", version),
                ("SEPAL_RELEASES", &url),
                ("SEPAL_REPOSITORY", "acme/sepal"),
                ("RUNNER_ARCH", arch),
            ],
        )
    };
    let good = install("v9.8.7", "X64");
    assert!(good.status.success(), "{}", said(&good));
    assert!(said(&good).contains(&format!("sepal {}", env!("CARGO_PKG_VERSION"))));
    assert!(job.at("temp/sepal/bin/sepal").is_file());
    assert!(job.written("path").trim_end().ends_with("sepal/bin"));
    let refused = |version: &str, arch: &str, why: &str| {
        let ran = install(version, arch);
        assert_eq!(ran.status.code(), Some(2), "{}", said(&ran));
        assert!(said(&ran).contains(why), "{}", said(&ran));
        assert!(!job.at("temp/sepal").exists());
    };
    refused("v9.9.9", "X64", "cannot be fetched");
    refused("v9.8.7", "S390X", "no release for Linux on S390X");
    refused("v1/../../x", "X64", "no version");
    refused("latest", "X64", "'source', 'path' or a tag");
    // another file under the same name
    fs::write(dist.join(archive), "not it").unwrap();
    refused("v9.8.7", "X64", "is not what SHA256SUMS says");
    fs::write(dist.join("SHA256SUMS"), "").unwrap();
    refused("v9.8.7", "X64", "has no line");

    let path = install("path", "X64");
    assert!(path.status.success(), "{}", said(&path));
}

#[test]
fn the_key_of_the_cache_is_stable() {
    let job = Job::new();
    let key = || {
        let _ = fs::remove_file(job.at("output"));
        let ran = job.script(".github/action/key", &[], &[]);
        assert!(ran.status.success(), "{}", said(&ran));
        job.written("output")
    };
    let first = key();
    assert_eq!(first.trim_end().len(), "key=".len() + 32, "{first}");
    assert_eq!(key(), first);
}

#[test]
fn the_hooks_run() {
    let job = Job::new();
    let hooks = yaml(".pre-commit-hooks.yaml");
    let sepal = env!("CARGO_BIN_EXE_sepal");
    for hook in hooks.as_array().unwrap() {
        let word = |key: &str| hook[key].as_str().unwrap_or_default().to_owned();
        let entry = word("entry");
        let mut words = entry.split(' ');
        let script = words.next().unwrap();
        let mut args: Vec<&str> = words.collect();
        args.extend(hook["args"].as_array().into_iter().flatten().filter_map(Value::as_str));
        if hook["pass_filenames"] != Value::Bool(false) {
            args.push(DETECTION);
        }
        let ran = job.script(script, &args, &[("SEPAL", sepal)]);
        assert!(ran.status.success(), "{}: {}", word("id"), said(&ran));
    }
    let ids: Vec<&str> =
        hooks.as_array().unwrap().iter().filter_map(|h| h["id"].as_str()).collect();
    assert_eq!(ids, ["sepal-lint", "sepal-fmt", "sepal-test"]);
    // those that `sepal init` names are these
    let config = job.written("project/.pre-commit-config.yaml");
    assert!(ids.iter().all(|id| config.contains(&format!("- id: {id}\n"))), "{config}");
}

#[test]
fn the_image_is_built_of_what_is_there() {
    let docker = text("Dockerfile");
    let cargo = text("Cargo.toml");
    let oldest = cargo.lines().find_map(|l| l.strip_prefix("rust-version = ")).unwrap();
    let of = |text: &str| -> Vec<u32> {
        text.trim_matches('"').split('.').filter_map(|n| n.parse().ok()).collect()
    };
    let pinned = docker.split("FROM rust:").nth(1).unwrap().split('-').next().unwrap();
    assert_eq!(of(pinned).len(), 3, "the version of Rust is not pinned: {pinned}");
    assert!(of(pinned) >= of(oldest), "{pinned} is older than {oldest}");
    for workflow in ["ci", "release"] {
        let text = text(&format!(".github/workflows/{workflow}.yml"));
        assert!(text.contains(&format!("RUST_VERSION: {pinned}\n")), "{workflow}");
    }
    let ignored = text(".dockerignore");
    for line in docker.lines().filter(|l| l.starts_with("COPY ") && !l.contains("--from")) {
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        for source in &words[..words.len() - 1] {
            assert!(root().join(source).exists(), "{source}");
            assert!(ignored.lines().any(|l| l == format!("!{source}")), "{source} is left out");
        }
    }
    let last = docker.rfind("FROM ").unwrap();
    assert!(docker[last..].contains("\nUSER 10001\n"), "it must not run as root");
    assert!(docker.contains("ENTRYPOINT [\"sepal\"]"));
}
