//! The three generations of detections, and files that are none.
#![allow(clippy::expect_used, clippy::print_stdout)] // helpers of tests may

mod common;

use sepal_content::{ContentError, Detection};

#[test]
fn generations() {
    for version in ["v4", "v5", "v6"] {
        let detection = common::detection(&format!("detections/{version}.yml"));
        insta::assert_json_snapshot!(version, detection);
    }
}

#[test]
fn names_that_belong_to_it() {
    let text = "name: A-B/C.d E\nsearch: x\n";
    let detection = Detection::load("n.yml", text).expect("it loads");
    assert_eq!(detection.filter_macro_name(), "a_b_c_d_e_filter");
    assert_eq!(detection.saved_search_name(), "ESCU - A-B/C.d E - Rule");
}

/// Numbers and booleans keep their spelling where text is wanted.
#[test]
fn scalars_keep_their_spelling() {
    let text = "name: 007\nid: 1e3\nversion: 1.10\nstatus: on\nauthor: true\nsearch: 99999999999999999999\n";
    let d = Detection::load("n.yml", text).expect("it loads");
    assert_eq!(
        [&d.name, &d.id, &d.version, &d.status, &d.author, &d.search],
        ["007", "1e3", "1.10", "on", "true", "99999999999999999999"]
    );
}

#[test]
fn hunting_writes_no_risk() {
    let kind = |kind: &str| {
        let text = format!("name: N\nsearch: x\ntype: {kind}\n");
        Detection::load("n.yml", &text).expect("it loads").writes_risk()
    };
    assert!(kind("TTP") && kind("Anomaly"));
    assert!(!kind("Hunting") && !kind("Correlation") && !kind("Baseline"));
}

#[test]
fn files_that_are_no_detections() {
    let cases = [
        "",
        "# only a comment\n",
        "just text",
        "- a\n- b\n",
        "name: N\ndefinition: x\n",
        "search: x\n",
        "name: N\nsearch: null\n",
        "name: N\nsearch: '  '\n",
        "name: N\nsearch: {condition: x}\n",
        "name: N\nsearch: [a, b]\n",
        "name: N\nsearch: x\ndescription: [a]\n",
        "name: N\nsearch: x\nreferences: {a: 1}\n",
        "name: N\nsearch: x\nrba:\n  risk_objects:\n  - field: user\n    type: user\n    score: much\n",
        "name: N\nsearch: x\nrba:\n  risk_objects:\n  - type: user\n    score: 1\n",
        "name: N\nsearch: x\ntags:\n  observable:\n  - type: User\n",
    ];
    let mut out = String::new();
    for text in cases {
        let error = Detection::load("n.yml", text).expect_err("it does not load");
        out.push_str(&show(text, &error));
    }
    insta::assert_snapshot!(out);
}

fn show(text: &str, error: &ContentError) -> String {
    let help = error.help.as_deref().map_or_else(String::new, |h| format!("\n  help: {h}"));
    format!("--- {text:?}\n{error}{help}\n")
}
