//! No text makes the linter panic, and its places are places of the text.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod common;

use common::options;
use proptest::prelude::*;
use sepal_lint::{Options, RULES, Subject, fix, lint, output};

fn all() -> Options {
    Options { select: vec!["SPL".to_owned()], ..options() }
}

fn check(text: &str) {
    let subject = Subject::typed(text, "a:b,c%.spl");
    let found = lint(&subject, &all());
    for f in &found {
        let frame = f.frame().unwrap();
        assert!(frame.file_text.get(frame.range.clone()).is_some(), "{text:?}: {f:?}");
        output::json(f);
        output::github(f);
    }
    if let Some(fixed) = fix::fix(&subject, &found) {
        lint(&Subject::typed(&fixed.text, "x"), &all());
    }
}

const PIECES: &[&str] = &[
    "index=web",
    "|",
    " ",
    "where",
    "eval",
    "stats count BY",
    "sort",
    "dedup",
    "a",
    "b",
    "A",
    "=",
    "!=",
    "*",
    "\"*x*\"",
    "null",
    "(",
    ")",
    "[",
    "]",
    "search",
    "`web`",
    "`x(1)`",
    "AND",
    "OR",
    "NOT",
    "ä",
    "😀",
    "rename",
    "AS",
    "x*",
    "rex",
    "\"(?<a>x)(?=y)\"",
    "table",
    "join",
    "append",
    ",",
    "'",
    "```noqa: SPL6001```",
    "\n",
    "lookup hosts ip OUTPUT",
    "fields -",
    "tstats",
    "streamstats",
    "{",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_pieces(list in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        check(&list.join(" "));
        check(&list.concat());
    }

    #[test]
    fn any_text(text in "\\PC{0,80}") {
        check(&text);
    }
}

#[test]
fn cut_and_damaged_examples() {
    for r in RULES {
        let ends: Vec<usize> = r.bad.char_indices().map(|(i, _)| i).collect();
        for end in ends {
            check(&r.bad[..end]);
            if let Ok(s) = Subject::load("d.yml", &r.bad[..end]) {
                lint(&s, &all());
            }
        }
    }
}

#[test]
fn deep_and_long() {
    let deep = "(".repeat(5000) + "a=1" + &")".repeat(5000);
    let long = "index=web | where ".to_owned() + &vec!["a=\"*b\""; 3000].join(" OR ");
    let wide = "a=1 AND b=2 OR c=3 ".repeat(2000);
    let stages = "index=web".to_owned() + &" | eval a=1 | stats count BY b".repeat(500);
    for text in [deep, long, wide, stages] {
        check(&text);
    }
}
