//! `sepal test`.

use crate::support::{Ran, root, sepal, settings, snapshot};
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
    let formats = ["text", "ndjson", "junit", "github", "markdown", "summary"];
    let text = formats.map(|f| test(&["--format", f]).text());
    timeless().bind(|| insta::assert_snapshot!("test_formats", text.concat()));
}

/// Snapshots without what a run takes.
fn timeless() -> insta::Settings {
    let mut settings = settings();
    settings.add_filter(r#"time="[0-9.]+""#, r#"time="[TIME]""#);
    settings.add_filter(r#" uuid="[^"]*""#, "");
    settings.add_filter(r#"(uration): "?[0-9.]+"?"#, "$1: [TIME]");
    settings
}

#[test]
fn why_a_test_fails() {
    let why = "tests/data/test/why";
    let text = ["text", "junit", "markdown"].map(|f| {
        let data = ["--macros", "tests/data/test/why_macros", "--no-knowledge"];
        sepal(&[&["test", why, "--format", f], &data[..]].concat()).text()
    });
    timeless().bind(|| insta::assert_snapshot!("test_why", text.concat()));
}

#[test]
fn what_programs_read() {
    let json = |format: &str| -> Value {
        serde_json::from_str(&test(&["--format", format]).out).expect(format)
    };
    let all = json("json");
    assert_eq!(all["summary"]["passed"], 3);
    assert_eq!(all["summary"]["failed"], 3);
    assert_eq!(all["summary"]["errors"], 2);
    assert_eq!(all["summary"]["skipped"], 2);
    assert_eq!(all["summary"]["not_run"], 0);
    let tests = all["tests"].as_array().unwrap();
    assert_eq!(tests.len(), 10);
    let other = tests.iter().find(|t| t["test"] == "Other Sourcetype").unwrap();
    assert_eq!(other["code"], "SPL6030");
    assert_eq!(other["line"], 18);
    assert_eq!(other["stages"][0], serde_json::json!({"command": "search", "rows": 0}));
    let misses = &other["nearest"]["misses"];
    assert_eq!(misses[0]["missed"], serde_json::json!(["sourcetype=app"]));
    assert_eq!(misses[0]["values"], serde_json::json!({"sourcetype": "other"}));

    let sarif = json("sarif");
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 5);
    for r in results {
        let rule = &run["tool"]["driver"]["rules"][r["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], r["ruleId"]);
        assert!(r["message"]["text"].as_str().is_some_and(|t| !t.is_empty()));
        let place = &r["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.starts_with("tests/data/test/detections/"), "{uri}");
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
    }

    for line in test(&["--format", "ndjson"]).out.lines() {
        serde_json::from_str::<Value>(line).expect(line);
    }
    let github = test(&["--format", "github"]).out;
    assert_eq!(github.lines().count(), 5, "{github}");
    assert!(github.lines().all(|l| l.starts_with("::error file=")), "{github}");
}

#[test]
fn the_summary_is_contentctls() {
    let summary = test(&["--format", "summary"]).out;
    let root = sepal_content::yaml::read("summary.yml", &summary).unwrap().to_json();
    let count = |key: &str| root["summary"][key].clone();
    // By Hand and Untested are skipped; of the others one passes
    assert_eq!(count("total_detections"), 7);
    assert_eq!(count("total_pass"), 1);
    assert_eq!(count("total_fail"), 4);
    assert_eq!(count("total_tested_detections"), 5);
    assert_eq!(count("total_skipped"), 2);
    assert_eq!(count("total_untested"), 0);
    assert_eq!(count("total_manual"), 1);
    assert_eq!(count("success"), false);
    assert_eq!(count("success_rate"), "20.0%");
    let tested = root["tested_detections"].as_array().unwrap();
    // failures first, then by name
    let names: Vec<_> = tested.iter().map(|d| d["name"].as_str().unwrap()).collect();
    let order = ["Logs Deleted", "No Data", "Secrets Read", "Wrong", "Failed Logins"];
    assert_eq!(names, order);
    let keys: Vec<&String> = tested[4].as_object().unwrap().keys().collect();
    let of_detection = "name type production_status status source_category data_source search \
                        file_path manual_test success tests";
    assert_eq!(keys, of_detection.split_whitespace().collect::<Vec<_>>());
    let keys: Vec<&String> = tested[4]["tests"][0].as_object().unwrap().keys().collect();
    let of_test = "name test_type success message exception status duration wait_duration \
                   resultCount runDuration";
    assert_eq!(keys, of_test.split_whitespace().collect::<Vec<_>>());
    assert_eq!(tested[4]["search"].as_str().unwrap().lines().count(), 3);
    let status: Vec<_> = tested[0]["tests"].as_array().unwrap().iter().collect();
    assert_eq!((&status[0]["status"], &status[1]["status"]), (&"pass".into(), &"fail".into()));
    assert_eq!(root["skipped_detections"][0]["tests"][0]["status"], "skip");
}

#[test]
fn what_contentctl_skips() {
    let ran = |more: &[&str]| sepal(&[&["test", "tests/data/test/skips"], more].concat());
    let (as_contentctl, all) = (ran(&[]), ran(&["--all"]));
    assert_eq!(as_contentctl.code, 0, "{}", as_contentctl.text());
    // one of them cannot run
    assert_eq!(all.code, 2, "{}", all.text());
    snapshot("test_skips", &(as_contentctl.text() + &all.text()));
}

#[test]
fn baselines_run_first_and_write_elsewhere() {
    let folder = "tests/data/test/baselines";
    let lookups = format!("{folder}/lookups");
    let before = std::fs::read(root().join(&lookups).join("seen_users.csv")).unwrap();
    let detections = format!("{folder}/detections");
    let run = sepal(&["test", &detections, "--lookups", &lookups]);
    snapshot("test_baselines", &run.text());
    assert_eq!(run.code, 2);
    assert_eq!(std::fs::read(root().join(&lookups).join("seen_users.csv")).unwrap(), before);
    assert_eq!(std::fs::read_dir(root().join(&lookups)).unwrap().count(), 2);
}

#[test]
fn one_failure_can_be_enough() {
    let run = test(&["--fail-fast", "--jobs", "1", "--format", "json"]);
    assert_eq!(run.code, 2, "{}", run.text());
    let all: Value = serde_json::from_str(&run.out).unwrap();
    // in the order of the files; what cannot be planned is known before
    assert_eq!(all["summary"]["passed"], 1);
    assert_eq!(all["summary"]["failed"], 1);
    assert_eq!(all["summary"]["not_run"], 5);
    assert!(run.err.contains("5 not run"), "{}", run.err);
}

#[test]
fn the_first_failure_says_how_it_ends() {
    let run = |first: &str, then: &str| {
        let [first, then] = [first, then].map(|n| format!("{DETECTIONS}/{n}.yml"));
        let data = ["--data", "tests/data/test/data", "--fail-fast", "--jobs", "1"];
        sepal(&[&["test", &first, &then], &data[..]].concat())
    };
    // what was not begun is no error
    let failed = run("fails_v4", "passes_v5");
    assert_eq!(failed.code, 1, "{}", failed.text());
    assert!(failed.err.contains("not run"), "{}", failed.err);
    // a test that cannot run
    let error = run("no_data", "fails_v4");
    assert_eq!(error.code, 2, "{}", error.text());
    let passed = run("passes_v5", "passes_v5");
    assert_eq!(passed.code, 0, "{}", passed.text());
}

#[test]
fn reports_beside_the_text() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let (xml, md) = (format!("junit={}", at("r.xml")), format!("markdown={}", at("r.md")));
    let run = one("passes_v5", &["--report", &xml, "--report", &md]);
    assert_eq!(run.code, 0);
    assert!(run.out.starts_with("pass  Failed Logins"), "{}", run.out);
    assert!(std::fs::read_to_string(at("r.xml")).unwrap().contains("<testsuites"));
    assert!(std::fs::read_to_string(at("r.md")).unwrap().starts_with("## All tests pass"));
    let wrong = one("passes_v5", &["--report", "html=a.html"]);
    assert!(wrong.code == 2 && wrong.err.contains("no format `html`"), "{}", wrong.text());
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
