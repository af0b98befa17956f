//! docs/lint.md is the registry, and every example of it does what it says. `UPDATE_DOCS=1 cargo
//! test -p sepal-lint --test docs` writes the page.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod common;

use common::{options, subject};
use sepal_lint::{RULES, lint};
use std::path::Path;

#[test]
fn the_registry_is_sorted_and_says_something_of_each() {
    assert!(RULES.is_sorted_by(|a, b| a.code < b.code), "sorted, each once");
    let mut names: Vec<_> = RULES.iter().map(|r| r.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len(), "two rules of one name");
    for r in RULES {
        assert!(r.code.starts_with("SPL6") && r.code.len() == 7, "{}", r.code);
        assert!(r.why.len() > 80 && !r.source.is_empty(), "{}", r.code);
        let listed = sepal_parser::codes::meaning(r.code);
        assert_eq!(listed, Some(format!("lint: {}", r.summary).as_str()), "{}", r.code);
    }
}

#[test]
fn a_bad_example_fires_its_rule_alone_and_a_good_one_none() {
    for r in RULES {
        let mut options = options();
        let on: Vec<String> = RULES.iter().filter(|r| r.on).map(|r| r.code.to_owned()).collect();
        options.select = on.into_iter().chain([r.code.to_owned(), "SPL0".to_owned()]).collect();
        let codes = |text: &str| -> Vec<&str> {
            lint(&subject(text), &options).iter().map(|f| f.code).collect()
        };
        let bad = codes(r.bad);
        assert!(!bad.is_empty(), "{}: nothing found in its bad example", r.code);
        assert!(bad.iter().all(|c| *c == r.code), "{}: the bad example gives {bad:?}", r.code);
        assert_eq!(codes(r.good), Vec::<&str>::new(), "{}: the good example", r.code);
    }
}

#[test]
fn the_page_is_the_registry() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lint.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, sepal_lint::docs::markdown()).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page == sepal_lint::docs::markdown(), "docs/lint.md is old: set UPDATE_DOCS=1");
}

#[test]
fn rules_that_have_a_repair_are_told_so() {
    let page = sepal_lint::docs::markdown();
    for r in RULES {
        let found = lint(&subject(r.bad), &options());
        let repairs = found.iter().any(|f| f.code == r.code && !f.fix.is_empty());
        let row = page.lines().find(|l| l.starts_with(&format!("| {} ", r.code))).unwrap();
        assert_eq!(row.contains("| yes |"), repairs, "{row}");
    }
}
