//! Lookup definitions.
#![allow(clippy::expect_used, clippy::print_stdout)] // helpers of tests may

mod common;

use sepal_content::{LookupDef, fs};

#[test]
fn definitions() {
    for name in ["tools", "seen"] {
        let mut def = fs::lookup(&common::data(&format!("lookups/{name}.yml"))).expect("it loads");
        def.file = format!("{name}.yml");
        insta::assert_json_snapshot!(name, def);
    }
}

#[test]
fn definitions_that_are_wrong() {
    let cases = [
        "filename: x.csv\n",
        "name: l\nmatch_type: LIKE(x)\n",
        "name: l\nmatch_type: WILDCARD x\n",
        "name: l\nmin_matches: 2\nmax_matches: 1\n",
        "name: l\nmin_matches: -1\n",
        "name: l\nmax_matches: 1.5\n",
        "name: l\ncase_sensitive_match: often\n",
    ];
    let mut out = String::new();
    for text in cases {
        let error = LookupDef::load("l.yml", text).expect_err(text);
        out.push_str(&format!("--- {text:?}\n{error}\n"));
    }
    insta::assert_snapshot!(out);
}
