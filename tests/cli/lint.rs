//! `sepal lint`.

use crate::support::{folder, sepal, sepal_in, snapshot};

const FOLDERS: [&str; 4] =
    ["lint", "tests/data/lint/detections", "--lookups", "tests/data/lint/lookups"];

fn lint(more: &[&str]) -> crate::support::Ran {
    let args: Vec<&str> = FOLDERS.iter().chain(more).copied().collect();
    sepal(&args)
}

#[test]
fn every_format() {
    for format in ["text", "json", "github", "markdown"] {
        let ran = lint(&["--format", format]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        snapshot(&format!("lint_{format}"), &ran.text());
    }
    let ran = lint(&["--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let json = lint(&["--format", "json"]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), json.out.lines().count());
}

#[test]
fn a_finding_in_a_macro_is_told_once() {
    let ran = lint(&["--select", "wildcard_in_eval", "--format", "json"]);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    assert!(ran.out.contains("macro_a.yml") && ran.out.contains("\"macro\":\"errors\""));
}

#[test]
fn exit_codes() {
    let code = |args: &[&str]| {
        let all: Vec<&str> = std::iter::once("lint").chain(args.iter().copied()).collect();
        sepal(&all).code
    };
    assert_eq!(code(&["-q", "index=web | stats count"]), 0);
    // a note
    assert_eq!(code(&["-q", "index=web | rex \"(?<a>b)(?=c)\""]), 0);
    assert_eq!(code(&["-q", "index=web | where a=null"]), 1);
    assert_eq!(code(&["-q", "index=web | where a=null", "--ignore", "SPL6012"]), 0);
    assert_eq!(code(&["-q", "index=web | where a=null", "--select", "SPL6001,SPL6002"]), 0);
    assert_eq!(code(&["-q", "index=web a!=1"]), 0);
    assert!(
        sepal(&["lint", "-q", "index=web a!=1", "--select", "SPL6011"]).out.contains("SPL6011")
    );
    assert_eq!(code(&["-q", "index=web | stats ("]), 1);
    assert_eq!(code(&["nosuch.yml"]), 2);
    assert_eq!(code(&["nosuch"]), 2);
    assert_eq!(code(&[]), 2);
    assert_eq!(code(&["-q", "a", "--ignore", "SPL9"]), 2);
    assert_eq!(code(&["--explain", "unknown_field"]), 0);
    assert_eq!(code(&["--explain", "nosuch"]), 2);
    assert_eq!(code(&["tests/data/lint/detections/clean.yml"]), 0);
    assert_eq!(code(&["tests/data/lint/detections/accepted.yml"]), 0);
}

#[test]
fn standard_input_and_explain() {
    let ran = sepal_in(folder(&[]).path(), &["lint", "-"], "index=web\n| where a=NULL\n");
    assert_eq!(ran.code, 1);
    let mut text = ran.text();
    text.push_str(&sepal(&["lint", "--explain", "SPL6018"]).text());
    text.push_str(&sepal(&["lint", "--explain", "SPL2101"]).text());
    snapshot("lint_typed", &text);
    let ran = sepal_in(folder(&[]).path(), &["lint", "-", "--fix"], "index=web");
    assert_eq!(ran.code, 2);
}

#[test]
fn fix_writes_what_is_safe_and_leaves_the_rest() {
    let yaml = "\
# a comment
name: Fixed
id:   1
search: 'index=web user!=*   | stats count by Action
    | where action=failure AND note=\"it''s\" | sort Action | streamstats count AS n'
tags: {a: 1}   # kept
";
    let dir = folder(&[("d.yml", yaml), ("s.spl", "a=1 AND b=2 OR c=3\n")]);
    let ran = sepal_in(dir.path(), &["lint", "d.yml", "s.spl", "--fix"], "");
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("repaired"), "{}", ran.err);
    let written = std::fs::read_to_string(dir.path().join("d.yml")).unwrap();
    let wanted = yaml
        .replace("user!=*", "NOT user=*")
        .replace("where action", "where Action")
        .replace("| sort Action", "| sort 0 Action");
    // once the field is the right one, the word is found to be one too
    assert_eq!(written, wanted);
    sepal_in(dir.path(), &["lint", "d.yml", "--fix"], "");
    let written = std::fs::read_to_string(dir.path().join("d.yml")).unwrap();
    assert_eq!(written, wanted.replace("=failure", "=\"failure\""));
    let spl = std::fs::read_to_string(dir.path().join("s.spl")).unwrap();
    assert_eq!(spl, "a=1 AND (b=2 OR c=3)\n");
}
