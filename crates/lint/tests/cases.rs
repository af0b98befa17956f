//! The fixtures of tests/cases: each file's findings are a snapshot. A rule that is off by default
//! is on for the file of its name.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod common;

use common::{options, shown};
use sepal_content::macros::parse_set;
use sepal_lint::{RULES, Subject, lint};
use std::path::Path;

#[test]
fn fixtures() {
    insta::glob!("cases/*.yml", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let subject = Subject::load("case.yml", &text).unwrap();
        let mut options = options();
        options.macros.insert(parse_set("empty=").unwrap());
        let name = path.file_stem().unwrap().to_str().unwrap();
        let wanted = RULES.iter().filter(|r| r.on || name == r.name);
        options.select = wanted.map(|r| r.code.to_owned()).chain(["SPL0".to_owned()]).collect();
        let found: String = lint(&subject, &options).iter().map(shown).collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{found}\n{text}"));
        });
    });
}

#[test]
fn every_rule_has_a_fixture() {
    for r in RULES {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/{}.yml", r.name));
        assert!(path.exists(), "{}", path.display());
    }
}
