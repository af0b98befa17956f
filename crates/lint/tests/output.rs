//! SARIF by its structure, JSON and GitHub by their text.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod common;

use common::options;
use sepal_lint::{Finding, Level, Subject, lint, output};
use serde_json::Value;

const SEARCH: &str =
    "index=web\n| stats count BY host\n| where user=\"ä\" AND action=failure and\n";

fn found() -> Vec<Finding> {
    let mut found = lint(&Subject::typed(SEARCH, "a b,c.spl"), &options());
    found.extend(lint(&Subject::typed("* stats count", "/tmp/x.spl"), &options()));
    found.extend(lint(&Subject::typed("a=1 or b=2", "x.spl"), &options()));
    found
}

/// What the schema of SARIF 2.1.0 asks of the parts that are written.
#[test]
fn sarif_has_the_structure_of_2_1_0() {
    let found = found();
    let log: Value = serde_json::from_str(&output::sarif(&found)).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().ends_with("sarif-2.1.0.json"));
    let run = &log["runs"][0];
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "sepal");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string());
        if let Some(level) = rule.get("defaultConfiguration").map(|c| c["level"].as_str().unwrap())
        {
            assert!(["error", "warning", "note", "none"].contains(&level));
        }
    }
    let ids: Vec<_> = rules.iter().map(|r| r["id"].as_str().unwrap()).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), found.len());
    assert!(results.len() >= 3);
    for r in results {
        let index = usize::try_from(r["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(ids[index], r["ruleId"].as_str().unwrap());
        assert!(["error", "warning", "note"].contains(&r["level"].as_str().unwrap()));
        assert!(!r["message"]["text"].as_str().unwrap().is_empty());
        let place = &r["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.contains([' ', ',']), "{uri}");
        let at = |key: &str| place["region"][key].as_u64().unwrap();
        assert!(at("startLine") >= 1 && at("startColumn") >= 1);
        assert!((at("startLine"), at("startColumn")) <= (at("endLine"), at("endColumn")));
    }
    assert_eq!(output::sarif(&[]).matches("\"results\": []").count(), 1);
}

#[test]
fn json_lines_have_their_keys_in_order() {
    for f in found() {
        let line = output::json(&f);
        assert_eq!(line.matches('\n').count(), 1);
        let value: Value = serde_json::from_str(&line).unwrap();
        let keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        let wanted =
            "file line column end_line end_column code rule level message help fixable macro";
        assert_eq!(keys.join(" "), wanted);
    }
}

#[test]
fn github_annotations() {
    let found = lint(
        &Subject::typed("index=web | stats count BY a\n| where b=1", "x,y:z%.spl"),
        &options(),
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].level, Level::Error);
    assert_eq!(
        output::github(&found[0]),
        "::error file=x%2Cy%3Az%25.spl,line=2,col=9,endColumn=10,title=SPL6004 unknown_field::\
         no field `b` is left here%0Athere are `a`, `count`\n"
    );
}
