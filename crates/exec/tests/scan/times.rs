//! Rules for the time of an input's events: TIME_PREFIX, TIME_FORMAT, MAX_TIMESTAMP_LOOKAHEAD, TZ
//! and TIMESTAMP_FIELDS of props.conf.

use crate::support::{column, events, everywhere, planned};
use regex::bytes::Regex;
use sepal_exec::host::FixedHost;
use sepal_exec::scan::{Input, InputFormat, TimeRule};
use std::sync::Arc;

fn with(text: &str, format: InputFormat, rule: TimeRule) -> Vec<Input> {
    let mut input = events(text).remove(0).with_time(rule);
    input.format = Some(format);
    vec![input]
}

#[track_caller]
fn check(text: &str, format: InputFormat, rule: TimeRule, want: &[&str]) {
    let inputs = with(text, format, rule);
    assert_eq!(column(&everywhere("* | sort 0 n | table _time", &inputs), "_time"), want);
    let all: Vec<String> = column(&everywhere("*", &inputs), "_time");
    let mut sorted = all.clone();
    sorted.sort_by(|a, b| b.cmp(a));
    assert_eq!(all.len(), want.len());
}

fn prefix(p: &str) -> Option<Regex> {
    Some(Regex::new(p).unwrap())
}

#[test]
fn prefix_and_format() {
    // two times in an event: the rule says which
    let text =
        "seen 2020-05-05 00:00:00 at=01.02.2026 03-04-05,250 x\nat=02.02.2026 03-04-05,250\n";
    let rule = TimeRule {
        prefix: prefix("at="),
        format: Some("%d.%m.%Y %H-%M-%S,%3N".into()),
        ..TimeRule::default()
    };
    let seen = everywhere("* | table _time", &with(text, InputFormat::Text, rule.clone()));
    assert_eq!(column(&seen, "_time"), ["1770001445.25", "1769915045.25"]);
    // a zone, an hour ahead of UTC in winter
    let rule = TimeRule { zone: Some("Europe/Berlin".into()), ..rule };
    let seen = everywhere("* | table _time", &with(text, InputFormat::Text, rule));
    assert_eq!(column(&seen, "_time"), ["1769997845.25", "1769911445.25"]);
    // the prefix alone
    let text = "old=2020-05-05 00:00:00 new=2026-02-01 03:04:05";
    let rule = TimeRule { prefix: prefix("new="), ..TimeRule::default() };
    check(text, InputFormat::Text, rule, &["1769915045"]);
    // the format alone reads from the start, behind blanks
    let rule = TimeRule { format: Some("%Y/%j %H".into()), ..TimeRule::default() };
    check("  2026/032 03 2020-01-01", InputFormat::Text, rule, &["1769914800"]);
}

#[test]
fn lookahead() {
    let text = "t=xxxxxxxxxx 2026-02-01 03:04:05";
    let near = TimeRule { prefix: prefix("t="), lookahead: 5, ..TimeRule::default() };
    // not within five bytes: recognised without the rule
    check(text, InputFormat::Text, near.clone(), &["1769915045"]);
    let two = "a 2020-01-01 00:00:00 t=xxxxxxxxxx 2026-02-01 03:04:05";
    check(two, InputFormat::Text, near, &["1577836800"]);
    let far = TimeRule { prefix: prefix("t="), lookahead: 20, ..TimeRule::default() };
    check(two, InputFormat::Text, far, &["1769915045"]);
    let long = format!("{} 2026-02-01 03:04:05", "x".repeat(500));
    let all = TimeRule { prefix: prefix("^x"), lookahead: usize::MAX, ..TimeRule::default() };
    check(&long, InputFormat::Text, all, &["1769915045"]);
}

#[test]
fn without_a_match_the_time_is_recognised() {
    let rule =
        TimeRule { prefix: prefix("at="), format: Some("%d.%m.%Y".into()), ..TimeRule::default() };
    check("2026-02-01 03:04:05 x", InputFormat::Text, rule.clone(), &["1769915045"]);
    check("at=nothing 2026-02-01 03:04:05 x", InputFormat::Text, rule.clone(), &["1769915045"]);
    check("no time at all", InputFormat::Text, rule, &["-"]);
}

#[test]
fn fields() {
    let json = "{\"n\":1,\"timestamp\":\"2020-01-01\",\"when\":{\"at\":\"01.02.2026 03:04\"}}\n\
        {\"n\":2,\"timestamp\":\"2020-01-01T00:00:00Z\",\"when\":{\"at\":1769915045}}\n\
        {\"n\":3,\"timestamp\":\"2020-01-01T00:00:00Z\"}\n";
    let rule = TimeRule {
        field: Some("when.at".into()),
        format: Some("%d.%m.%Y %H:%M".into()),
        ..TimeRule::default()
    };
    check(json, InputFormat::Lines, rule.clone(), &["1769915040", "1769915045", "1577836800"]);
    let csv =
        "n,timestamp,at\n1,2020-01-01T00:00:00Z,01.02.2026 03:04\n2,2020-01-01T00:00:00Z,77\n";
    let rule = TimeRule { field: Some("at".into()), ..rule };
    check(csv, InputFormat::Csv, rule, &["1769915040", "77"]);
}

#[test]
fn prefix_in_json_xml_and_rows() {
    let rule = TimeRule { prefix: prefix("\"at\":\""), ..TimeRule::default() };
    let json = "{\"n\":1,\"timestamp\":\"2020-01-01T00:00:00Z\",\"at\":\"2026-02-01 03:04:05\"}";
    check(json, InputFormat::Lines, rule.clone(), &["1769915045"]);
    let row = "{\"n\":1,\"_raw\":\"\\\"at\\\":\\\"2026-02-01 03:04:05\\\" 2020\"}";
    check(row, InputFormat::Rows, rule.clone(), &["1769915045"]);
    let csv = "n,at\n1,\"x\"\"at\"\":\"\"2026\"\n";
    check(csv, InputFormat::Csv, rule, &["-"]);
}

#[test]
fn a_zone_that_does_not_exist_is_refused() {
    let rule = TimeRule { zone: Some("Europe/Nowhere".into()), ..TimeRule::default() };
    let inputs = with("x", InputFormat::Text, rule);
    let cx = sepal_exec::RunCx::new(Arc::new(FixedHost::default()));
    let options = sepal_exec::run::RunOptions::default();
    let done = sepal_exec::run::run_to_batch(&planned("* | table _time"), &inputs, &options, &cx);
    let error = done.map(|_| ()).unwrap_err().to_string();
    assert!(error.starts_with("SPL5011: "), "{error}");
}
