//! Wrong searches as a user sees their messages: those of `tests/cases/errors`, and some about where
//! a search may stand (`tests/cli/errors`).

use crate::support::{root, settings};
use sepal::render::{Look, content, diagnostics};
use sepal::spl::{Prepared, Source, macros};
use std::path::Path;

#[test]
fn messages_show_the_line_the_carets_and_the_macros_around() {
    settings().bind(|| {
        insta::glob!(root().join("tests/cli/errors"), "*.{spl,yml}", |path| {
            insta::assert_snapshot!(message(path));
        });
    });
}

#[test]
fn each_wrong_search_is_shown_with_its_line_and_carets() {
    // the parser's cases; nothing to show where they are not there
    if !root().join("tests/cases/errors").is_dir() {
        return;
    }
    settings().bind(|| {
        insta::glob!(root().join("tests/cases/errors"), "*.{spl,yml}", |path| {
            insta::assert_snapshot!(message(path));
        });
    });
}

#[test]
fn a_wrong_file_is_shown_with_its_line() {
    let dir = crate::support::folder(&[
        ("key.yml", "name: d\nsearch: a\nname: e\n"),
        ("text.yml", "name: d\nsearch: [a, b]\n"),
        ("syntax.yml", "name: d\nsearch: \"a\n"),
    ]);
    let mut text = String::new();
    for name in ["key.yml", "text.yml", "syntax.yml"] {
        let error = Source::read(&dir.path().join(name)).unwrap_err();
        text.push_str(&content(&error, Look::default()));
    }
    crate::support::snapshot("wrong_files", &text);
}

fn message(path: &Path) -> String {
    // a message names the file as a user in the project's folder would
    std::env::set_current_dir(root()).unwrap();
    let name = path.strip_prefix(root()).unwrap();
    let source = match Source::read(name) {
        Ok(source) => source,
        Err(e) => return content(&e, Look::default()),
    };
    let (set, _) = macros(Some(name), &[], &[]).unwrap();
    let search = Prepared::new(source, &set);
    let mut list = search.parsed.diagnostics.clone();
    if !search.parsed.has_errors() {
        match sepal_exec::plan::plan(search.pipeline()) {
            Err(more) => list.extend(more),
            // a search that runs, but probably not as meant, has its warning to show
            Ok(_) => assert!(!list.is_empty(), "{} is not wrong", name.display()),
        }
    }
    diagnostics(&list, &|span| search.places(span), Look::default())
}
