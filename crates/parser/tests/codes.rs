//! Every diagnostic code of the sources stands once in the list of codes, and docs/errors.md is
//! that list. `UPDATE_DOCS=1 cargo test -p sepal-parser --test codes` writes the page.

#![allow(clippy::unwrap_used)]

use sepal_parser::codes::{CODES, markdown, meaning};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("codes.rs") {
            out.push(path);
        }
    }
}

/// The codes of all crates' sources, and a file where each stands.
fn used() -> BTreeMap<String, PathBuf> {
    let mut files = Vec::new();
    for krate in std::fs::read_dir(root().join("crates")).unwrap() {
        sources(&krate.unwrap().path().join("src"), &mut files);
    }
    let code = code_at_start();
    let mut found = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for (at, _) in text.match_indices("SPL") {
            if let Some(c) = code(&text[at..]) {
                found.entry(c.to_owned()).or_insert_with(|| file.clone());
            }
        }
    }
    found
}

/// `SPL` and four digits at the beginning of a text.
fn code_at_start() -> impl Fn(&str) -> Option<&str> {
    |s| {
        let code = s.get(..7)?;
        let digits = code[3..].bytes().all(|b| b.is_ascii_digit());
        let ends = !s[7..].starts_with(|c: char| c.is_ascii_digit());
        (digits && ends).then_some(code)
    }
}

#[test]
fn every_code_is_listed_and_every_listed_code_is_used() {
    let used = used();
    assert!(used.len() > 50, "the sources were not found");
    let listed: BTreeSet<&str> = CODES.iter().map(|(c, _)| *c).collect();
    let unlisted: Vec<_> = used.iter().filter(|(c, _)| !listed.contains(c.as_str())).collect();
    assert!(unlisted.is_empty(), "add to crates/parser/src/codes.rs: {unlisted:#?}");
    let unused: Vec<_> = listed.iter().filter(|c| !used.contains_key(**c)).collect();
    assert!(unused.is_empty(), "listed, but nothing gives them: {unused:?}");
}

#[test]
fn the_list_is_sorted_and_says_something_of_each() {
    assert!(CODES.is_sorted_by(|a, b| a.0 < b.0), "sorted, each once");
    let meanings: BTreeSet<&str> = CODES.iter().map(|(_, m)| *m).collect();
    assert_eq!(meanings.len(), CODES.len(), "two codes of one meaning");
    assert_eq!(meaning("SPL0001"), Some("a quote that is never closed"));
    assert_eq!(meaning("SPL9999"), None);
}

#[test]
fn the_page_is_the_list() {
    let path = root().join("docs/errors.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(root().join("docs")).unwrap();
        std::fs::write(&path, markdown()).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(page, markdown(), "run with UPDATE_DOCS=1 and look at the change");
}
