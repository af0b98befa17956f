//! Repairs in every style of YAML scalar.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod common;

use common::options;
use sepal_lint::{Subject, fix, lint};

fn fixed(text: &str) -> Option<String> {
    let subject = match text.starts_with("name:") {
        true => Subject::load("d.yml", text).unwrap(),
        false => Subject::typed(text, "<search>"),
    };
    fix::fix(&subject, &lint(&subject, &options())).map(|f| f.text)
}

#[test]
fn each_repair() {
    for (bad, good) in [
        ("index=web user!=*", "index=web NOT user=*"),
        ("index=web | where user=null", "index=web | where isnull(user)"),
        ("index=web | where lower('a b') != NULL", "index=web | where isnotnull(lower('a b'))"),
        ("index=web | eval a=if(b=1,null,true)", "index=web | eval a=if(b=1,null(),true())"),
        (
            "index=web | stats count BY User | where user=\"a\" AND 'USER'!=\"b\"",
            "index=web | stats count BY User | where User=\"a\" AND 'User'!=\"b\"",
        ),
        (
            "index=web | stats count BY action | where action=failure",
            "index=web | stats count BY action | where action=\"failure\"",
        ),
        ("a=1 AND b=2 OR c=3 d=4", "a=1 AND (b=2 OR c=3) d=4"),
        (
            "index=web | sort -_time | streamstats count BY a",
            "index=web | sort 0 -_time | streamstats count BY a",
        ),
    ] {
        assert_eq!(fixed(bad).as_deref(), Some(good));
        assert_eq!(fixed(good), None, "{good}");
    }
}

#[test]
fn all_else_in_the_file_stays() {
    let quote = "| stats count BY action\n    | where action=failure";
    let cases = [
        (
            format!(
                "name: d\nid: 1   # kept\nsearch: |-\n    index=web\n    {quote}\ntags:  {{a:  1}}\n"
            ),
            "action=failure",
            "action=\"failure\"",
        ),
        (
            format!("name: d\nid: 1\nsearch: 'index=web ''x''\n    {quote}'\ntags:  {{a:  1}}\n"),
            "action=failure",
            "action=\"failure\"",
        ),
        (
            format!("name: d\nid: 1\nsearch: \"index=web \\\"x\\\"\n    {quote}\"\ntags: 1\n"),
            "action=failure",
            "action=\\\"failure\\\"",
        ),
        (
            format!("name: d\r\nid: 1\r\nsearch: >-\r\n    index=web\r\n    {quote}\r\nx: y\r\n"),
            "action=failure",
            "action=\"failure\"",
        ),
        (
            "name: d\nid: 1\nsearch: index=web | stats count BY User\n  | where user=\"a\"\nx: y\n"
                .into(),
            "where user",
            "where User",
        ),
    ];
    for (text, old, new) in cases {
        assert_eq!(fixed(&text), Some(text.replace(old, new)), "{text}");
    }
}

#[test]
fn what_stands_in_a_macro_is_not_repaired() {
    let mut options = options();
    options.macros.insert(sepal_content::macros::parse_set("nul(x)=where $x$=null").unwrap());
    let subject = Subject::typed("index=web | `nul(user)`", "<search>");
    let found = lint(&subject, &options);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].macro_name(), Some("nul"));
    assert_eq!(fix::fix(&subject, &found), None);
}
