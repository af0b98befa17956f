//! `sepal init`: what it makes passes its own checks, and nothing is overwritten.

use crate::support::{Ran, root, sepal_in, snapshot};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const DETECTION: &str = "detections/password_spray_from_one_address.yml";

fn made() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let ran = init(dir.path(), &[]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    dir
}

fn init(dir: &Path, args: &[&str]) -> Ran {
    sepal_in(dir, &[&["init"], args].concat(), "")
}

/// All files below a folder with their texts.
fn files(dir: &Path) -> BTreeMap<String, String> {
    fn walk(at: &Path, from: &Path, out: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, from, out);
            } else {
                let name = path.strip_prefix(from).unwrap().to_str().unwrap().replace('\\', "/");
                out.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(dir, dir, &mut out);
    out
}

#[test]
fn what_it_makes_passes_as_it_is() {
    let dir = made();
    let run = |args: &[&str]| {
        let ran = sepal_in(dir.path(), args, "");
        assert_eq!(ran.code, 0, "{}", ran.text());
        ran
    };
    let test = run(&["test", "detections"]);
    assert!(test.err.starts_with("2 passed, 0 failed, 0 errors, 0 skipped"), "{}", test.err);
    let lint = run(&["lint"]);
    assert_eq!(lint.err, "0 errors, 0 warnings, 0 notes in 1 file\n");
    run(&["fmt", "--check", "detections"]);
    run(&["config"]);
    // six users of one address; the scanner of our own and the slow one are not among them
    let rows = run(&["run", DETECTION, "--format", "ndjson", "--quiet"]);
    let row: Value = serde_json::from_str(&rows.out).unwrap();
    assert_eq!(row["src"], "203.0.113.7");
    assert_eq!(row["users"], 6);
    assert_eq!(row["user"], json!(["amy", "bob", "cleo", "dan", "eve", "finn"]));
    assert_eq!(rows.out.lines().count(), 1);
    let risk = run(&["run", DETECTION, "--risk", "--quiet"]);
    assert_eq!(risk.out.lines().count(), 6);
    assert!(risk.out.contains("Sign-ins of 6 users failed within ten minutes from 203.0.113.7"));
    let hunt = run(&["hunt", "-d", "detections", "data", "--format", "ndjson"]);
    assert_eq!(hunt.out.lines().count(), 1, "{}", hunt.out);
}

#[test]
fn its_tests_can_fail() {
    let change = |file: &str, from: &str, to: &str| {
        let dir = made();
        let path = dir.path().join(file);
        let old = fs::read_to_string(&path).unwrap();
        assert!(old.contains(from));
        fs::write(&path, old.replace(from, to)).unwrap();
        sepal_in(dir.path(), &["test", "detections"], "")
    };
    let cases = [
        // each alone keeps the everyday recording from being found
        change("lookups/known_scanners.csv", "192.0.2.64/28", "192.0.2.64/32"),
        change(DETECTION, "span=10m", "span=1d"),
        // and these the attack
        change("macros/sign_ins.yml", "example:signin", "other"),
        change(DETECTION, "users >= 5", "users >= 7"),
        change("macros/password_spray_from_one_address_filter.yml", "search *", "where false()"),
    ];
    for ran in cases {
        assert_eq!(ran.code, 1, "{}", ran.text());
        assert!(ran.err.starts_with("1 passed, 1 failed"), "{}", ran.text());
    }
}

#[test]
fn what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    snapshot("init", &init(dir.path(), &["sub/my detections"]).text());
    snapshot("init_in_the_way", &init(dir.path(), &["sub/my detections"]).text());
    assert!(dir.path().join("sub/my detections/.gitignore").is_file());
    // a folder that the shell would take apart
    let odd = init(dir.path(), &["it's"]);
    assert!(odd.out.contains(r"cd 'it'\''s'"), "{}", odd.out);
    // in the working folder there is nowhere to go
    assert!(!init(&dir.path().join("sub"), &["."]).out.contains("cd "));
}

#[test]
fn nothing_is_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("README.md"), "mine").unwrap();
    fs::write(at("other.txt"), "mine").unwrap();
    let before = files(dir.path());
    let ran = init(dir.path(), &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("README.md") && ran.err.contains("--keep"), "{}", ran.err);
    assert_eq!(files(dir.path()), before);

    let kept = init(dir.path(), &["--keep"]);
    assert_eq!(kept.code, 0, "{}", kept.text());
    assert!(kept.out.contains("README.md (kept)"), "{}", kept.out);
    assert_eq!(fs::read_to_string(at("README.md")).unwrap(), "mine");
    assert!(at("sepal.toml").is_file());

    let forced = init(dir.path(), &["--force"]);
    assert_eq!(forced.code, 0, "{}", forced.text());
    assert!(forced.out.contains("README.md (replaced)"), "{}", forced.out);
    let after = files(dir.path());
    assert!(after["README.md"].starts_with("# Detections"));
    assert_eq!(after["other.txt"], "mine");
    assert_eq!(after.len(), files(made().path()).len() + 1);
}

#[test]
fn what_no_file_can_replace() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    fs::create_dir_all(dir.path().join("a/sepal.toml")).unwrap();
    fs::create_dir(dir.path().join("b")).unwrap();
    fs::write(dir.path().join("b/macros"), "").unwrap();
    let before = files(dir.path());
    for folder in ["file", "file/below", "a", "b"] {
        for more in [&[][..], &["--force"], &["--keep"]] {
            let ran = init(dir.path(), &[&[folder], more].concat());
            assert_eq!(ran.code, 2, "{}", ran.text());
            assert!(ran.err.contains("nothing was written: "), "{}", ran.err);
        }
    }
    assert_eq!(files(dir.path()), before);
}

#[cfg(unix)]
#[test]
fn a_link_is_replaced_and_not_what_it_leads_to() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("project")).unwrap();
    fs::write(at("precious"), "mine").unwrap();
    std::os::unix::fs::symlink(at("precious"), at("project/README.md")).unwrap();
    std::os::unix::fs::symlink(at("nowhere"), at("project/sepal.toml")).unwrap();
    let ran = init(dir.path(), &["project"]);
    assert!(ran.code == 2 && ran.err.contains("2 files"), "{}", ran.text());
    assert_eq!(init(dir.path(), &["project", "--force"]).code, 0);
    assert_eq!(fs::read_to_string(at("precious")).unwrap(), "mine");
    assert!(!at("nowhere").exists());
    assert!(fs::read_to_string(at("project/README.md")).unwrap().starts_with("# Detections"));
}

#[test]
fn where_sepal_comes_from() {
    let dir = tempfile::tempdir().unwrap();
    let ran = init(dir.path(), &["--repository", "acme/tools.sepal"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(!ran.out.contains("OWNER"), "{}", ran.out);
    let made = files(dir.path());
    let tag = format!("v{}", env!("CARGO_PKG_VERSION"));
    let ci = &made[".github/workflows/detections.yml"];
    assert_eq!(ci.matches(&format!("uses: acme/tools.sepal@{tag}\n")).count(), 3, "{ci}");
    let hooks = &made[".pre-commit-config.yaml"];
    assert!(hooks.contains("repo: https://github.com/acme/tools.sepal\n"), "{hooks}");
    assert!(hooks.contains(&format!("rev: {tag}\n")), "{hooks}");
    assert!(
        made.values().all(|text| !text.contains("@REPOSITORY@") && !text.contains("@VERSION@"))
    );
    for wrong in ["acme", "a/b/c", "/sepal", "acme/", "a b/c", "acme/x\n  run: rm", "../..", "a/@x"]
    {
        let ran = init(dir.path(), &["--force", "--repository", wrong]);
        assert!(ran.code == 2 && ran.err.contains("OWNER/NAME"), "{wrong}: {}", ran.text());
    }
}

#[test]
fn every_template_is_used_and_every_yaml_reads() {
    let made = files(made().path());
    let templates = files(&root().join("crates/cli/templates/init"));
    assert_eq!(templates.len(), made.len());
    for (name, text) in &templates {
        let own = text.contains("@REPOSITORY@");
        assert!(own || made.values().any(|m| m == text), "{name} is not written");
    }
    for (name, text) in made.iter().filter(|(n, _)| n.ends_with(".yml") || n.ends_with(".yaml")) {
        let value = serde_saphyr::from_str::<Value>(text);
        assert!(value.is_ok_and(|v| v.is_object()), "{name}");
    }
    for (name, text) in made.iter().filter(|(n, _)| n.ends_with(".jsonl")) {
        assert!(text.lines().all(|l| serde_json::from_str::<Value>(l).is_ok()), "{name}");
    }
}
