//! `sepal test`.

use crate::support::{Ran, sepal, settings, snapshot};
use serde_json::Value;

const DETECTIONS: &str = "tests/data/test/detections";

fn test(more: &[&str]) -> Ran {
    sepal(&[&["test", DETECTIONS, "--data", "tests/data/test/data"], more].concat())
}

fn one(name: &str, more: &[&str]) -> Ran {
    let file = format!("{DETECTIONS}/{name}.yml");
    sepal(&[&["test", &file, "--data", "tests/data/test/data"], more].concat())
}

#[test]
fn every_format() {
    let text = ["text", "ndjson", "junit"].map(|f| test(&["--format", f]).text());
    let mut settings = settings();
    settings.add_filter(r#"time="[0-9.]+""#, r#"time="[TIME]""#);
    settings.add_filter(r#" uuid="[^"]*""#, "");
    settings.bind(|| insta::assert_snapshot!("test_formats", text.concat()));
}

#[test]
fn how_it_ends() {
    // an error outweighs a failure
    assert_eq!(test(&[]).code, 2);
    assert_eq!(one("passes_v5", &[]).code, 0);
    assert_eq!(one("fails_v4", &[]).code, 1);
    assert_eq!(one("counted_v6", &[]).code, 1);
    assert_eq!(one("no_data", &[]).code, 2);
    assert_eq!(one("wrong", &[]).code, 2);
    // not to be tested here is no failure
    assert_eq!(one("by_hand", &[]).code, 0);
    assert_eq!(one("untested", &[]).code, 0);
    snapshot("test_no_detections", &sepal(&["test", "tests/data/test/data"]).text());
}

#[test]
fn the_same_for_any_number_of_jobs() {
    let plain = test(&["--format", "ndjson"]).out;
    assert_eq!(plain.lines().count(), 10);
    for jobs in ["1", "2", "9"] {
        assert_eq!(test(&["--format", "ndjson", "--jobs", jobs]).out, plain);
    }
}

#[test]
fn a_filter_by_name() {
    let ran = test(&["--filter", "LOGS del", "--format", "ndjson"]);
    assert_eq!(ran.code, 1);
    let of =
        |l: &str| serde_json::from_str::<Value>(l).unwrap()["test"].as_str().unwrap().to_owned();
    assert_eq!(ran.out.lines().map(of).collect::<Vec<_>>(), ["As Many", "Must Not Fire"]);
}

#[test]
fn junit_counts_what_there_is() {
    let xml = test(&["--format", "junit"]).out;
    // two failures: a risk object, another sourcetype; one more that fires and must not
    assert!(xml.contains(r#"tests="10" skipped="2" errors="2" failures="3""#), "{xml}");
}
