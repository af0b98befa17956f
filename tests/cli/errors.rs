//! Every wrong search of `tests/cases/errors`, as a user sees its message.

use crate::support::{root, settings};
use sepal::render::{Look, diagnostics};
use sepal::spl::{Prepared, Source, macros};
use std::path::Path;

#[test]
fn each_wrong_search_is_shown_with_its_line_and_carets() {
    let dir = root().join("tests/cases/errors");
    settings().bind(|| {
        insta::glob!(dir, "**/*.{spl,yml}", |path| insta::assert_snapshot!(message(path)));
    });
}

fn message(path: &Path) -> String {
    // messages name the file as a user in the project's folder would
    let name = path.strip_prefix(root()).unwrap();
    std::env::set_current_dir(root()).unwrap();
    let source = match Source::read(name) {
        Ok(source) => source,
        Err(e) => return sepal::render::content(&e, Look::default()),
    };
    let (set, _) = macros(Some(name), &[], &[]).unwrap();
    let search = Prepared::new(source, &set);
    let list = match search.parsed.has_errors() {
        true => search.parsed.diagnostics.clone(),
        false => match sepal_exec::plan::plan(search.pipeline()) {
            Err(list) => list,
            Ok(_) => panic!("{} is not wrong", name.display()),
        },
    };
    diagnostics(&list, &|span| search.places(span), Look::default())
}
