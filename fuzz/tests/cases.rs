//! What fuzzing found once, and one ordinary input for each target.

use std::path::Path;

fn each(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        run(&std::fs::read(&path).unwrap());
        count += 1;
    }
    assert!(count > 0, "no case for {target}");
}

#[test]
fn spl() {
    each("spl", sepal_fuzz::spl);
}

#[test]
fn events() {
    each("events", sepal_fuzz::events);
}

#[test]
fn text() {
    each("text", sepal_fuzz::text);
}

#[test]
fn yaml() {
    each("yaml", sepal_fuzz::yaml);
}
