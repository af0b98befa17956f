//! `sepal parse` and `sepal expand`.

use crate::support::{folder, sepal, sepal_in, snapshot};

#[test]
fn parse_shows_the_tree() {
    let mut text = sepal(&["parse", "-q", "a=1 | stats count BY b"]).text();
    let seed = "queries/kubernetes_suspicious_image_pulling.yml";
    text.push_str(&sepal(&["parse", seed, "--format", "text"]).text());
    snapshot("parse", &text);
}

#[test]
fn parse_says_what_is_wrong_in_both_places() {
    let ran = sepal(&["parse", "-q", "a=1 | eval b=lowr(c"]);
    assert_eq!(ran.code, 2);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["ok"], false);
    assert!(json["diagnostics"][0]["code"].is_string());
    assert_eq!(json["diagnostics"][0]["line"], 1);
    snapshot("parse_wrong", &ran.text());
}

#[test]
fn parse_takes_unknown_commands() {
    assert_eq!(sepal(&["parse", "-q", "a=1 | transaction b maxspan=5m"]).code, 0);
}

#[test]
fn expand_shows_the_text_that_runs() {
    let seed = "queries/kubernetes_suspicious_image_pulling.yml";
    let mut text = sepal(&["expand", seed]).text();
    text.push_str(&sepal(&["expand", "-q", "`m(a, b)` | head", "--set", "m(x,y)=$x$=$y$"]).text());
    text.push_str(&sepal(&["expand", "-q", "`kube_audt`"]).text());
    snapshot("expand", &text);
}

#[test]
fn a_search_may_come_from_standard_input() {
    let dir = folder(&[]);
    let ran = sepal_in(dir.path(), &["expand", "-"], "a=1\n| head\n");
    assert_eq!(ran.out, "a=1\n| head\n", "{}", ran.err);
}
