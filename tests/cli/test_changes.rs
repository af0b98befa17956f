//! `sepal test` over what changed: `--changed`, `--watch`, and what ends a run.

use crate::pty::Terminal;
use crate::support::{Ran, folder, sepal_in};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

fn detection(name: &str, search: &str) -> String {
    format!(
        "name: {name}\nstatus: production\ntype: TTP\nsearch: '{search}'\ntests:\n- name: T\n  \
         attack_data:\n  - {{data: {name}.jsonl, sourcetype: app, source: app}}\n"
    )
}

/// A project with a commit: a detection for each way to depend on a file.
fn project() -> tempfile::TempDir {
    let event = "{\"action\":\"login\",\"user\":\"eve\"}\n";
    let dir = folder(&[
        ("detections/plain.yml", &detection("plain", "action=login")),
        ("detections/by_macro.yml", &detection("by_macro", "`outer` | table user")),
        ("detections/by_lookup.yml", &detection("by_lookup", "action=login | lookup known user")),
        ("detections/plain.jsonl", event),
        ("detections/by_macro.jsonl", event),
        ("detections/by_lookup.jsonl", event),
        ("macros/outer.yml", "name: outer\ndefinition: '`inner` user=*'\n"),
        ("macros/inner.yml", "name: inner\ndefinition: action=login\n"),
        ("lookups/known.yml", "name: known\nfilename: table.csv\n"),
        ("lookups/table.csv", "user,who\neve,her\n"),
    ]);
    git(dir.path(), &["init", "-q", "-b", "main"]);
    commit(dir.path());
    dir
}

fn git(dir: &Path, args: &[&str]) {
    let done = Command::new("git")
        .current_dir(dir)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
        .args(args)
        .output()
        .unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn commit(dir: &Path) {
    git(dir, &["add", "-A"]);
    git(dir, &["commit", "-q", "-m", "x"]);
}

fn changed(dir: &Path, more: &[&str]) -> Ran {
    sepal_in(dir, &[&["test", "detections", "--lookups", "lookups"], more].concat(), "")
}

/// The names of the tests that ran.
fn names(ran: &Ran) -> Vec<&str> {
    let tests = ran.out.lines().filter(|l| !l.starts_with(' '));
    tests.map(|l| l[6..].split(':').next().unwrap()).collect()
}

#[test]
fn what_git_says() {
    let dir = project();
    let at = |name: &str| dir.path().join(name);
    let now = || changed(dir.path(), &["--changed"]);
    assert_eq!(names(&changed(dir.path(), &[])), ["by_lookup", "by_macro", "plain"]);
    let nothing = now();
    assert_eq!((nothing.code, names(&nothing).len()), (0, 0), "{}", nothing.text());
    assert!(nothing.err.contains("0 of 3 detections affected since the last commit ("));

    // through another macro
    std::fs::write(at("macros/inner.yml"), "name: inner\ndefinition: action=logi*\n").unwrap();
    assert_eq!(names(&now()), ["by_macro"]);
    // a table, by the lookup that has it; a recording; a new file
    std::fs::write(at("lookups/table.csv"), "user,who\neve,she\n").unwrap();
    assert_eq!(names(&now()), ["by_lookup", "by_macro"]);
    std::fs::write(at("detections/plain.jsonl"), "{\"action\":\"login\"}\n").unwrap();
    assert_eq!(names(&now()), ["by_lookup", "by_macro", "plain"]);
    commit(dir.path());
    let new = detection("plain", "action=login").replace("name: plain", "name: new");
    std::fs::write(at("detections/new.yml"), new).unwrap();
    assert_eq!(names(&now()), ["new"]);
    commit(dir.path());

    // since a commit that is named
    assert_eq!(names(&changed(dir.path(), &["--changed", "HEAD~1"])), ["new"]);
    assert_eq!(names(&changed(dir.path(), &["--changed", "HEAD~2"])).len(), 4);
    // a macro that is gone: what called it cannot run
    std::fs::remove_file(at("macros/inner.yml")).unwrap();
    let gone = now();
    assert_eq!((gone.code, names(&gone)), (2, vec!["by_macro"]), "{}", gone.text());
    let unknown = changed(dir.path(), &["--changed", "nothing-of-that-name"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("error[SPL6038]: git knows no commit `nothing-of-that-name`"));
}

#[test]
fn what_a_branch_changed() {
    let dir = project();
    // as a clone would have it
    git(dir.path(), &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    git(dir.path(), &["checkout", "-q", "-b", "work"]);
    std::fs::write(dir.path().join("lookups/known.yml"), "name: known\nfilename: table.csv\n#\n")
        .unwrap();
    commit(dir.path());
    std::fs::write(dir.path().join("detections/plain.yml"), detection("plain", "action=log*"))
        .unwrap();
    let ran = changed(dir.path(), &["--changed"]);
    assert_eq!(names(&ran), ["by_lookup", "plain"], "{}", ran.text());
    assert!(ran.err.contains("since origin/main ("), "{}", ran.err);
    // a path behind it is no commit
    let ran = sepal_in(dir.path(), &["test", "--changed", "detections"], "");
    assert!(names(&ran).contains(&"plain"), "{}", ran.text());
}

#[test]
fn without_a_work_tree() {
    let dir = folder(&[("d/plain.yml", &detection("plain", "a=1"))]);
    let ran = sepal_in(dir.path(), &["test", "d", "--changed"], "");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("error[SPL6038]: d is in no git work tree"), "{}", ran.err);
}

#[test]
fn a_change_runs_what_it_affects_again() {
    let dir = project();
    let at = |name: &str| dir.path().join(name);
    let path = |name: &str| at(name).display().to_string();
    let (detections, lookups) = (path("detections"), path("lookups"));
    let args = ["test", detections.as_str(), "--lookups", lookups.as_str(), "--watch"];
    let mut terminal = Terminal::start(&args, Path::new(""), true);
    terminal.wait("Ctrl-C ends");
    assert!(terminal.text().contains("3 passed"), "{}", terminal.text());
    std::fs::write(at("macros/inner.yml"), "name: inner\ndefinition: action=none\n").unwrap();
    terminal.wait("FAIL  by_macro");
    terminal.wait("0 passed, 1 failed");
    // the screen was cleared
    assert!(!terminal.text().contains("plain"), "{}", terminal.text());
    std::fs::write(at("macros/inner.yml"), "name: inner\ndefinition: action=login\n").unwrap();
    terminal.wait("1 passed, 0 failed");
    terminal.keys("\x03");
    assert_eq!(terminal.end(), 130);
}

#[test]
fn a_test_that_takes_too_long() {
    let event = "{\"action\":\"login\",\"user\":\"eve\"}\n";
    // some seconds of work, little of it at a time
    let slow = "action=login | eval n=mvcount(mvrange(0,2000+len(user))) | stats sum(n) AS n";
    let dir = folder(&[
        ("slow/slow.yml", &detection("slow", slow)),
        ("slow/slow.jsonl", &event.repeat(100_000)),
        ("quick/quick.yml", &detection("quick", "action=login")),
        ("quick/quick.jsonl", event),
    ]);
    let begin = Instant::now();
    let ran = sepal_in(dir.path(), &["test", "slow", "--timeout", "0.2"], "");
    assert!(begin.elapsed() < Duration::from_secs(60), "{}", ran.text());
    assert_eq!(ran.code, 2, "{}", ran.text());
    let says = "ERROR slow: T: SPL6033 over the time limit of 0.2 s\n";
    assert_eq!(ran.out, says, "{}", ran.text());
    assert_eq!(sepal_in(dir.path(), &["test", "quick", "--timeout", "60"], "").code, 0);
    for wrong in ["0", "-1", "soon"] {
        assert_eq!(sepal_in(dir.path(), &["test", "quick", "--timeout", wrong], "").code, 2);
    }
}
