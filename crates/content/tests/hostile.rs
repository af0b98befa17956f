//! YAML that means harm, or is only broken: an error with a position, in no time.
#![allow(clippy::expect_used, clippy::print_stdout)] // helpers of tests may

use sepal_content::{Detection, LookupDef, macros, yaml};
use std::time::{Duration, Instant};

fn fails(name: &str, text: &str) -> String {
    let start = Instant::now();
    let error = yaml::read("bad.yml", text).expect_err(name);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "{name} took {took:?}");
    assert!(Detection::load("bad.yml", text).is_err());
    assert!(macros::read_yaml("bad.yml", text).is_err());
    assert!(LookupDef::load("bad.yml", text).is_err());
    let help = error.help.as_deref().map_or_else(String::new, |h| format!("\n  help: {h}"));
    format!("--- {name}\n{error}{help}\n")
}

#[test]
fn each_is_refused_with_its_place() {
    let bomb = {
        let mut text = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
            let refs = vec![format!("*{from}"); 9].join(",");
            text.push_str(&format!("{to}: &{to} [{refs}]\n"));
        }
        text
    };
    let deep = |open: &str, close: &str| {
        format!("name: N\nsearch: {}x{}\n", open.repeat(100_000), close.repeat(100_000))
    };
    let mut stairs = "name: N\n".to_owned();
    for depth in 0..300 {
        stairs.push_str(&format!("{}k:\n", " ".repeat(depth)));
    }
    let cases = [
        ("alias bomb", bomb.as_str()),
        ("anchor", "name: &n N\nsearch: x\n"),
        ("alias", "name: N\nsearch: *x\n"),
        ("merge key", "name: N\nsearch: x\ntags:\n  <<: {a: 1}\n"),
        ("duplicate key", "name: N\nsearch: x\nname: M\n"),
        ("duplicate key below", "name: N\nsearch: x\ntags:\n  a: 1\n  b: 2\n  a: 3\n"),
        ("duplicate quoted key", "name: N\nsearch: x\n'name': M\n"),
        ("deep brackets", &deep("[", "]")),
        ("deep braces", &deep("{a: ", "}")),
        ("deep open brackets", &deep("[", "")),
        ("deep dashes", &format!("{}x\n", "- ".repeat(100_000))),
        ("deep questions", &format!("{}x\n", "? ".repeat(100_000))),
        ("deep stairs", &stairs),
        ("tab", "name: N\ntags:\n\ta: 1\nsearch: x\n"),
        ("NUL", "name: N\0\nsearch: x\n"),
        ("control character", "name: N\u{1}\nsearch: x\n"),
        ("open quote", "name: N\nsearch: 'x\n"),
        ("open bracket", "name: N\nsearch: [x\n"),
        ("bad escape", "name: N\nsearch: \"\\q\"\n"),
        ("bad indentation", "name: N\n  search: x\n"),
        ("colon in a plain scalar", "name: N\nsearch: a: b\n"),
        ("two documents", "name: N\nsearch: x\n---\nname: M\nsearch: y\n"),
        ("binary tag", "name: N\nsearch: !!binary \"%%\"\n"),
        ("int tag", "name: N\nsearch: !!int abc\n"),
        ("list as a key", "name: N\nsearch: x\n? [a, b]\n: c\n"),
        ("percent", "%YAML 9.9\n---\nname\n"),
    ];
    let out: String = cases.iter().map(|(name, text)| fails(name, text)).collect();
    insta::assert_snapshot!(out);
}

#[test]
fn sizes() {
    let long = "x ".repeat(3_000_000);
    let text = format!("name: N\nsearch: '{long}'\n");
    let detection = Detection::load("n.yml", &text).expect("6 MB are taken");
    assert_eq!(detection.search, long);
    let text = format!("name: N\nsearch: '{long}{long}'\n");
    let error = Detection::load("n.yml", &text).expect_err("12 MB are not");
    assert_eq!(error.code, "SPL5105");
    let many = format!("name: N\nsearch: x\nreferences: [{}]\n", "a,".repeat(1_000_000));
    let error = Detection::load("n.yml", &many).expect_err("a million nodes are not");
    assert_eq!(error.code, "SPL5105");
}

#[test]
fn harmless_oddities_are_taken() {
    let bom = Detection::load("n.yml", "\u{feff}name: N\nsearch: x\n").expect("a BOM");
    assert_eq!(bom.name, "N");
    let crlf = Detection::load("n.yml", "name: N\r\nsearch: |-\r\n  a\r\n  | b\r\n").expect("CRLF");
    assert_eq!(crlf.search, "a\n| b");
    let marked = Detection::load("n.yml", "---\nname: N\nsearch: x\n...\n").expect("markers");
    assert_eq!(marked.search, "x");
    let unknown =
        Detection::load("n.yml", "name: N\nsearch: x\nfuture: {a: [1]}\n").expect("a key");
    assert_eq!(unknown.other["future"], serde_json::json!({ "a": [1] }));
}

proptest::proptest! {
    #[test]
    fn nothing_panics(text in "(name|search|tags|rba|a|:|\n|  |- |'|\"|\\||>|\\[|\\{|&x|\\*x|!t|#|\t|\\\\|é){0,60}") {
        let _ = Detection::load("n.yml", &text);
        let _ = Detection::load("n.yml", &format!("name: N\nsearch: {text}\n"));
        let _ = macros::read_yaml("n.yml", &text);
        let _ = macros::read_conf("n.conf", &text);
        let _ = macros::parse_set(&text);
        let _ = LookupDef::load("n.yml", &format!("name: N\nmatch_type: {text}\n"));
    }
}
