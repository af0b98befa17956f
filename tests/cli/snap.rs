//! `sepal snap`.

use crate::pty::Terminal;
use crate::support::{Ran, folder, root, sepal, sepal_in, snapshot};
use std::path::Path;
use tempfile::TempDir;

const SEED: &str = "queries/kubernetes_suspicious_image_pulling.yml";

const LOGINS: &str = "\
name: Failed Logins
id: '1'
search: |-
  action=failure earliest=-1h
  | stats count values(ip) AS ip BY user
  | sort user
rba:
  message: $user$ failed $count$ times
  risk_objects:
    - field: user
      type: user
      score: 20
  threat_objects:
    - field: ip
      type: ip_address
tests:
  - name: True Positive Test
    attack_data:
      - data: https://data.example/x/T1110/logins.jsonl
        sourcetype: logins
";

const EVENTS: &str = "\
{\"action\":\"failure\",\"user\":\"eve\",\"ip\":\"10.0.0.1\"}
{\"action\":\"failure\",\"user\":\"eve\",\"ip\":\"10.0.0.2\"}
{\"action\":\"success\",\"user\":\"eve\",\"ip\":\"10.0.0.2\"}
{\"action\":\"failure\",\"user\":\"bob\",\"ip\":\"10.0.0.3\"}
";

/// A detection with a test whose data is beside it.
fn content() -> TempDir {
    folder(&[
        ("d/logins.yml", LOGINS),
        ("d/logins.jsonl", EVENTS),
        ("d/untested.yml", "name: Untested\nid: '2'\nsearch: x=1\n"),
        ("macros/none.yml", "name: none\ndefinition: 'x=1'\n"),
    ])
}

fn snap(dir: &TempDir, args: &[&str]) -> Ran {
    sepal_in(dir.path(), &[&["snap"], args].concat(), "")
}

fn read(dir: &TempDir, file: &str) -> String {
    std::fs::read_to_string(dir.path().join(file)).unwrap_or_default()
}

fn write(dir: &TempDir, file: &str, text: &str) {
    std::fs::write(dir.path().join(file), text).unwrap();
}

const SNAP: &str = "d/snapshots/logins@true_positive_test.snap";
const NEW: &str = "d/snapshots/logins@true_positive_test.snap.new";

#[test]
fn from_new_to_accepted_to_different() {
    let dir = content();
    let mut text = snap(&dir, &["d", "--check"]).text();
    assert!(!dir.path().join("d/snapshots").exists(), "--check writes nothing");
    text += &snap(&dir, &["d"]).text();
    assert!(read(&dir, SNAP).is_empty());
    text += &read(&dir, NEW);
    text += &snap(&dir, &["d", "--update"]).text();
    assert!(!dir.path().join(NEW).exists());
    text += &snap(&dir, &["d", "--check"]).text();
    // one row more, one that counts more, one ip more
    let more = "{\"action\":\"failure\",\"user\":\"amy\",\"ip\":\"10.0.0.9\"}\n\
                {\"action\":\"failure\",\"user\":\"bob\",\"ip\":\"10.0.0.4\"}\n";
    write(&dir, "d/logins.jsonl", &format!("{EVENTS}{more}"));
    let before = read(&dir, SNAP);
    text += &snap(&dir, &["d", "--check"]).text();
    assert!(!dir.path().join(NEW).exists());
    assert_eq!(snap(&dir, &["d"]).code, 1);
    assert!(read(&dir, NEW).contains("  user: amy\n"));
    assert_eq!(read(&dir, SNAP), before);
    // what is the same again leaves nothing behind
    write(&dir, "d/logins.jsonl", EVENTS);
    assert_eq!(snap(&dir, &["d"]).code, 0);
    assert!(!dir.path().join(NEW).exists());
    snapshot("snap_all", &text);
}

#[test]
fn insta_reads_what_is_written() {
    let dir = content();
    assert_eq!(snap(&dir, &["d", "--update"]).code, 0);
    let text = read(&dir, SNAP);
    let (_, body) = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(dir.path().join("d/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("logins@true_positive_test", body));
}

#[test]
fn the_macro_of_rust_tests_gives_the_same_text() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().to_str().unwrap();
    let ran = sepal(&["snap", SEED, "tests/data/kubernetes_audit.jsonl", "--dir", to, "--update"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let own = read(&dir, "kubernetes_suspicious_image_pulling.snap");
    let file = "crates/testing/tests/snapshots/snapshots__the_seed_detection.snap";
    let macros = std::fs::read_to_string(root().join(file)).unwrap();
    let body = |text: &str| text.split_once("\n---\n").unwrap().1.to_owned();
    assert_eq!(body(&own), body(&macros));
    assert!(own.starts_with(&format!("---\nsource: {SEED}\nexpression: \"sepal snap ")), "{own}");
}

#[test]
fn events_of_its_own_and_beside() {
    let dir = content();
    write(&dir, "other.jsonl", "{\"action\":\"failure\",\"user\":\"zoe\",\"source\":\"app\"}\n");
    let args = ["d/logins.yml", "other.jsonl", "--update"];
    assert_eq!(snap(&dir, &args).code, 0);
    assert!(read(&dir, "d/snapshots/logins.snap").contains("  user: zoe\n"));
    assert_eq!(snap(&dir, &[&args[..], &["--name", "Zoe only"]].concat()).code, 0);
    assert!(read(&dir, "d/snapshots/logins@zoe_only.snap").contains("events: other.jsonl"));
    // neither is one of a folder's run, both stay
    let ran = snap(&dir, &["d", "--update", "--delete-unreferenced"]);
    assert!(!ran.out.contains("gone"), "{}", ran.text());

    std::fs::create_dir(dir.path().join("d/events")).unwrap();
    write(&dir, "d/events/untested.jsonl", "{\"x\":1}\n{\"x\":2}\n");
    let ran = snap(&dir, &["d/untested.yml", "--update"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(read(&dir, "d/snapshots/untested.snap").contains("\n2 -> 1  x=1\n"));
}

#[test]
fn values_are_redacted_everywhere() {
    let dir = content();
    assert_eq!(snap(&dir, &["d", "--update", "--redact", "us*", "--redact", "ip"]).code, 0);
    let text = read(&dir, SNAP);
    assert!(text.contains("redacted: us*, ip\n"), "{text}");
    assert!(text.contains("risk_message: [redacted] failed 2 times\n"), "{text}");
    for hidden in [": eve", ": bob", "10.0.0"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[test]
fn a_clock_that_stands() {
    let dir = content();
    let search = "name: N\nid: '3'\nsearch: '| makeresults | eval n=now(), h=strftime(n, \"%H\") | table n h'\n";
    write(&dir, "now.yml", search);
    let at = |args: &[&str]| {
        let args = [&["now.yml", "d/logins.jsonl", "--update"], args].concat();
        assert_eq!(snap(&dir, &args).code, 0);
        read(&dir, "snapshots/now.snap")
    };
    // 2026-01-01T00:00:00Z, whatever the day; `date -d` says so
    let text = at(&[]);
    assert!(text.contains("  n: 1767225600\n  h: 00\n"), "{text}");
    assert!(text.contains("now: 2026-01-01 00:00:00 UTC\n"), "{text}");
    let text = at(&["--now", "2026-02-01T07:00:00", "--tz", "Europe/Zurich"]);
    assert!(text.contains("  n: 1769925600\n  h: 07\n"), "{text}");
    assert_eq!(at(&[]), at(&["--jobs", "1"]));
}

#[test]
fn time_modifiers_count_when_asked_for() {
    let dir = content();
    // long before the hour that the search asks for
    let old = EVENTS.replace("{\"action\"", "{\"_time\":\"2020-05-05T05:05:05Z\",\"action\"");
    write(&dir, "d/logins.jsonl", &old);
    assert_eq!(snap(&dir, &["d", "--update"]).code, 0);
    assert!(read(&dir, SNAP).contains("# rows: 2\n"));
    assert_eq!(snap(&dir, &["d", "--update", "--time-modifiers"]).code, 0);
    assert!(read(&dir, SNAP).contains("# rows: 0\n"));
}

#[test]
fn unreferenced_ones_are_told_and_deleted() {
    let dir = content();
    assert_eq!(snap(&dir, &["d", "--update"]).code, 0);
    write(&dir, "d/logins.yml", &LOGINS.replace("True Positive Test", "Other"));
    assert_eq!(snap(&dir, &["d", "--update"]).code, 0);
    // of a Rust test: not ours
    write(&dir, "d/snapshots/mine.snap", "---\nsource: src/a.rs\nexpression: x\n---\nx\n");
    let ran = snap(&dir, &["d", "--check"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(ran.err.contains("warning: d/snapshots/logins@true_positive_test.snap"), "{}", ran.err);
    assert!(!ran.err.contains("mine.snap"));
    let ran = snap(&dir, &["d", "--update", "--delete-unreferenced"]);
    assert!(ran.out.ends_with(&format!("gone  {SNAP}\n")), "{}", ran.text());
    assert!(!dir.path().join(SNAP).exists());
    assert!(dir.path().join("d/snapshots/mine.snap").exists());
    // the detection itself is gone
    std::fs::remove_file(dir.path().join("d/logins.yml")).unwrap();
    let ran = snap(&dir, &["d", "--check"]);
    assert!(ran.err.contains("logins@other.snap"), "{}", ran.err);
}

#[test]
fn what_cannot_run_or_be_read() {
    let dir = content();
    assert_eq!(snap(&dir, &["d", "--update"]).code, 0);
    let mut text = String::new();
    // data that was there once
    std::fs::rename(dir.path().join("d/logins.jsonl"), dir.path().join("gone")).unwrap();
    text += &snap(&dir, &["d", "--check"]).text();
    std::fs::rename(dir.path().join("gone"), dir.path().join("d/logins.jsonl")).unwrap();
    write(&dir, SNAP, "<<<<<<< HEAD\n");
    text += &snap(&dir, &["d", "--check"]).text();
    write(&dir, "d/untested.yml", "name: Wrong\nid: '2'\nsearch: |-\n  x=1\n  | evil y=1\n");
    text += &snap(&dir, &["d/untested.yml", "d/logins.jsonl"]).text();
    text += &snap(&dir, &["d/untested.yml", "nowhere.jsonl"]).text();
    text += &snap(&dir, &["d", "d/logins.jsonl"]).text();
    text += &snap(&dir, &["d", "--review"]).text();
    text += &snap(&dir, &["d", "--name", "x"]).text();
    text += &snap(&dir, &["d", "--check", "--update"]).text();
    text += &snap(&dir, &["d", "--delete-unreferenced"]).text();
    snapshot("snap_wrong", &text);
}

#[test]
fn below_another_folder() {
    let dir = content();
    std::fs::create_dir(dir.path().join("d/deep")).unwrap();
    write(&dir, "d/deep/logins.yml", LOGINS);
    write(&dir, "d/deep/logins.jsonl", EVENTS);
    assert_eq!(snap(&dir, &["d", "--update", "--dir", "kept"]).code, 0);
    assert!(dir.path().join("kept/logins@true_positive_test.snap").is_file());
    assert!(dir.path().join("kept/deep/logins@true_positive_test.snap").is_file());
    assert!(!dir.path().join("d/snapshots").exists());
    for jobs in ["1", "7"] {
        let ran = snap(&dir, &["d", "--check", "--dir", "kept", "--jobs", jobs]);
        assert_eq!(ran.code, 0, "{}", ran.text());
    }
}

/// Asks about two snapshots, each with an answer; the exit and the screen.
fn review(dir: &TempDir, answers: &[(&str, &str)]) -> (u32, String) {
    let d = dir.path().join("d");
    let history = dir.path().join("history");
    let args = ["snap", d.to_str().unwrap(), "--review", "--jobs", "1"];
    let mut terminal = Terminal::start(&args, Path::new(&history), true);
    for (wait, keys) in answers {
        terminal.wait(wait);
        terminal.keys(keys);
    }
    terminal.wait("errors in");
    let text = terminal.text();
    (terminal.end(), text)
}

#[test]
fn each_is_asked_for() {
    let two = || {
        let dir = content();
        let tests = LOGINS
            .replace("tests:\n", "tests:\n  - name: B\n    attack_data: [{data: logins.jsonl}]\n");
        write(&dir, "d/logins.yml", &tests);
        dir
    };
    let (b, ask) = ("d/snapshots/logins@b.snap", "quit (q)?");
    let dir = two();
    // Enter alone asks again
    let (code, text) = review(&dir, &[(ask, "\n"), (ask, "a\n"), (ask, "r\n")]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("1 accepted; 0 same, 0 differ, 2 new"), "{text}");
    assert!(dir.path().join(b).exists() && !dir.path().join(SNAP).exists(), "{text}");
    assert!(!dir.path().join(NEW).exists(), "a rejected one leaves nothing");
    // the accepted one is the same now
    let (code, text) = review(&dir, &[(ask, "accept\n")]);
    assert_eq!(code, 0, "{text}");
    assert!(dir.path().join(SNAP).exists());
    let dir = two();
    let (code, text) = review(&dir, &[(ask, "q\n")]);
    assert_eq!(code, 1, "{text}");
    assert!(dir.path().join(NEW).exists() && dir.path().join(format!("{b}.new")).exists());
}
