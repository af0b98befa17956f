//! The macro, as a crate of detections uses it.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use sepal_testing::{DetectionSnapshot, assert_detection_snapshot};
use std::path::Path;

const SEED: &str = "../../queries/kubernetes_suspicious_image_pulling.yml";
const EVENTS: &str = "../../tests/data/kubernetes_audit.jsonl";

#[test]
fn the_seed_detection() {
    assert_detection_snapshot!(SEED, EVENTS);
}

#[test]
fn with_options() {
    assert_detection_snapshot!(
        SEED,
        [EVENTS],
        name = "seed_redacted",
        macros = "../../macros",
        now = "2026-03-10T12:00:00Z",
        redact = ["user*", "requestReceivedTimestamp"],
    );
}

/// A folder with a detection of this search, two events beside it, and what comes of it.
fn ran(search: &str) -> Result<String, String> {
    let dir = tempfile::tempdir().unwrap();
    let yaml = format!("name: Logins\nid: '1'\nsearch: |-\n  {}\n", search.replace('\n', "\n  "));
    std::fs::write(dir.path().join("d.yml"), yaml).unwrap();
    std::fs::write(dir.path().join("e.jsonl"), "{\"user\":\"eve\"}\n{\"user\":\"bob\"}\n").unwrap();
    std::fs::create_dir(dir.path().join("macros")).unwrap();
    let name = dir.path().display().to_string();
    let text = DetectionSnapshot::new(dir.path(), "d.yml", "e.jsonl").text();
    text.map_err(|e| e.replace(&name, "[DIR]"))
}

#[test]
fn no_path_of_this_machine() {
    let text = ran("user=eve | table user source").unwrap();
    assert!(text.contains("\n  user: eve\n  source: e.jsonl\n"), "{text}");
    assert!(text.contains("\n2 -> 1  user=eve\n"), "{text}");
}

#[test]
fn an_error_has_carets() {
    let wrong = ran("user=eve\n| stats count BY user\n| evil x=1").unwrap_err();
    insta::assert_snapshot!(wrong);
}

#[test]
fn other_errors_say_what_is_wrong() {
    let of = |detection: &str, events: &str| {
        DetectionSnapshot::new(env!("CARGO_MANIFEST_DIR"), detection, events)
    };
    let wrong = of("nowhere.yml", EVENTS).text().unwrap_err();
    assert!(wrong.contains("SPL5101") && wrong.contains("nowhere.yml"), "{wrong}");
    let wrong = of(SEED, "nowhere.jsonl").text().unwrap_err();
    assert!(wrong.contains("nowhere.jsonl"), "{wrong}");
    let wrong = of(SEED, EVENTS).now("yesterday").text().unwrap_err();
    assert!(wrong.contains("now = \"yesterday\""), "{wrong}");
    let wrong = of(SEED, EVENTS).tz("Mars/Olympus").text().unwrap_err();
    assert!(wrong.contains("Mars/Olympus"), "{wrong}");
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(SEED).is_file());
}

#[test]
#[should_panic(expected = "no snapshot of nowhere.yml")]
fn a_panic_names_the_detection() {
    assert_detection_snapshot!("nowhere.yml", EVENTS);
}
