//! `sepal fmt`.

use crate::support::{folder, sepal, sepal_in, snapshot};

const DETECTION: &str = "\
name: d
id: 1
search: '`kube_audit` a=1 | stats count by b c | where count>3'
tags:
  x: 1
";

#[test]
fn typed_searches_and_files() {
    let mut text = sepal(&["fmt", "-q", "a=1|stats count by b,c|where count>3"]).text();
    let dir = folder(&[("d.yml", DETECTION), ("s.spl", "a=1|head 5\n")]);
    for args in [
        &["fmt", "d.yml"][..],
        &["fmt", "--check", "d.yml", "s.spl"],
        &["fmt", "--write", "d.yml", "s.spl"],
        &["fmt", "--check", "d.yml", "s.spl"],
        &["fmt", "nosuch.yml"],
        &["fmt", "-q", "a=1 | eval x=("],
    ] {
        text.push_str(&sepal_in(dir.path(), args, "").text());
    }
    for file in ["d.yml", "s.spl"] {
        let written = std::fs::read_to_string(dir.path().join(file)).unwrap();
        text.push_str(&format!("== {file}\n{written}"));
    }
    snapshot("fmt", &text);
}

#[test]
fn standard_input() {
    let ran = sepal_in(folder(&[]).path(), &["fmt", "-"], "a=1|head 5");
    assert_eq!((ran.code, ran.out.as_str()), (0, "a=1\n  | head 5\n"), "{}", ran.err);
    assert_eq!(sepal_in(folder(&[]).path(), &["fmt", "--check", "-"], "a=1|head 5").code, 1);
}
