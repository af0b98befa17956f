//! The fields that the analysis expects against the rows of every case of the commands: a column of
//! a result that it says cannot be there would be a false alarm.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use sepal_lint::flow::Flow;
use serde_json::Value;
use std::path::Path;

/// The searches of a case file that give rows, with those rows.
fn cases(text: &str) -> Vec<(String, Vec<Value>)> {
    let mut out: Vec<(String, Vec<Value>)> = Vec::new();
    let mut section = "";
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        if line.trim().is_empty() {
            section = "";
        } else if let Some(search) = line.strip_prefix("search:") {
            out.push((search.trim().to_owned(), Vec::new()));
            section = "search";
        } else if section == "search" && line.starts_with([' ', '|']) {
            out.last_mut().unwrap().0.push_str(&format!("\n{line}"));
        } else if line == "rows:" {
            section = "rows";
        } else if section == "rows" && line.starts_with('{') {
            let row = serde_json::from_str(line).unwrap();
            out.last_mut().unwrap().1.push(row);
        } else {
            section = "";
        }
    }
    out
}

fn check(place: &str, search: &str, rows: &[Value]) -> usize {
    let parsed = sepal_parser::parse(search);
    let fields = Flow::of(&parsed.pipeline, None).result();
    let mut checked = 0;
    for name in rows.iter().flat_map(|r| r.as_object().unwrap().keys()) {
        assert!(fields.may_hold(name), "{place}: `{name}` of {search}: {fields:?}");
        checked += usize::from(!fields.open);
    }
    checked
}

#[test]
fn no_column_of_a_result_is_said_to_be_impossible() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../exec/tests/cases/commands");
    let (mut all, mut closed) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "txt") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for (search, rows) in cases(&std::fs::read_to_string(&path).unwrap()) {
            all += 1;
            closed += check(&name, &search, &rows);
        }
    }
    assert!(all > 800 && closed > 1000, "{all} cases, {closed} columns that could be wrong");
}

#[test]
fn nor_of_the_examples_of_the_help() {
    for c in sepal_exec::commands::COMMANDS {
        for e in c.doc.examples {
            let rows: Vec<Value> = e
                .rows
                .lines()
                .filter(|l| l.starts_with('{'))
                .map(|l| serde_json::from_str(l).unwrap())
                .collect();
            check(c.name, e.search, &rows);
        }
    }
}

/// The fields after each command, by the reference page of the command.
#[test]
fn what_is_left_after_a_command() {
    for (search, there, gone) in [
        ("* | stats count BY a", "count a", "b _time"),
        ("* | stats values(*) AS * BY a", "a b", ""),
        ("* | stats count(x) max(y) AS y", "count(x) y", "x max(y)"),
        ("* | fields a b*", "a bc _time", "c"),
        ("* | table a b*", "a bc", "c _time"),
        ("* | stats count BY a b | fields - a", "b count", "a"),
        ("* | stats count BY a | rename a AS b, count AS a", "a b", "count"),
        ("| tstats count BY X.a X.b | rename X.* AS *", "a b count", "X.a"),
        ("* | top limit=3 a BY b", "a b count percent", "c"),
        ("* | timechart count", "_time count", "a"),
        ("* | timechart count BY a", "_time x", ""),
        ("* | chart count OVER a", "a count", "b"),
        ("* | stats count BY a | lookup t a OUTPUT x AS y", "a count y", "x"),
        ("* | stats count BY a | lookup t a", "a anything", ""),
        ("* | stats count BY a | append [search * | stats max(x) AS m BY b]", "a count m b", "x"),
        ("* | stats count BY a | rex field=a \"(?<n>.)\"", "n a", "m"),
        (
            "* | stats count BY a | eventstats sum(count) AS s | streamstats count AS i",
            "s i a",
            "b",
        ),
        ("* | stats count BY a | untable a n v", "a n v", "count"),
        ("* | stats count BY a | transpose", "column anything", ""),
        ("* | stats count BY a | nosuch", "anything", ""),
        ("| makeresults | eval a=1", "_time a", "b"),
        ("* | fields - a | eval b=1", "b c", "a"),
    ] {
        let parsed = sepal_parser::parse(search);
        let fields = Flow::of(&parsed.pipeline, None).result();
        for name in there.split_whitespace() {
            assert!(fields.may_hold(name), "{search}: {name} {fields:?}");
        }
        for name in gone.split_whitespace() {
            assert!(!fields.may_hold(name), "{search}: {name} {fields:?}");
        }
    }
}
