//! Every command against its case file and the examples of its help.
//!
//! A case file is `tests/cases/commands/NAME.txt`:
//!
//!     # a comment: the page or rule that the case comes from
//!     search: | makeresults | eval a=1 | table a
//!     events:                 (optional) rows as JSON lines: keys are field names as they are,
//!     {"a": 1}                arrays are multivalues; newest first where `_time` is absent
//!     json:                   (instead of `events:`) raw JSON events, extracted as Splunk does
//!     lookup: NAME max_matches=1    (optional) a lookup table as CSV with its options
//!     ip,name
//!     extraction: NAME    (optional) a stanza of transforms.conf as its `key = value` lines
//!     written: NAME           (optional) what a lookup table holds afterwards
//!     ip,name
//!     rows:                   the result in order; a field that is null is absent
//!     {"a": 1}
//!     columns: a b            (optional) the columns, in order
//!     notice: SPL3020         (optional) a notice that the run must give
//!     error: SPL2003          (instead of `rows:`) the code of the diagnostic or error
//!
//! An empty line ends a case. A search may go on over lines that begin with spaces or `|`.
//! Only fields that do not begin with `_` are compared, unless an expected row names them.
//! Each case runs with one thread and with three.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use sepal_exec::commands::COMMANDS;
use sepal_exec::scan::InputFormat;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::{Outcome, Row, extraction, json_lines, lookups, rows, run_with, same_row, show};

#[derive(Default, Debug)]
struct Case {
    line: usize,
    search: String,
    events: String,
    json: bool,
    lookups: Vec<(String, String)>,
    written: Vec<(String, String)>,
    extractions: Vec<(String, String)>,
    rows: Option<String>,
    columns: Option<String>,
    notice: Option<String>,
    error: Option<String>,
}

fn cases(text: &str) -> Vec<Case> {
    let mut out: Vec<Case> = Vec::new();
    let mut section = "";
    for (i, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            continue;
        }
        if line.trim().is_empty() {
            section = "";
            continue;
        }
        if let Some(rest) = line.strip_prefix("search:") {
            out.push(Case { line: i + 1, search: rest.trim().to_owned(), ..Case::default() });
            section = "search";
            continue;
        }
        let case = out.last_mut().unwrap_or_else(|| panic!("line {}: no search yet", i + 1));
        match line.split_once(':') {
            Some(("events", "")) => section = "events",
            Some(("json", "")) => (section, case.json) = ("events", true),
            Some(("rows", "")) => (section, case.rows) = ("rows", Some(String::new())),
            Some(("lookup", head)) => {
                section = "lookup";
                case.lookups.push((head.trim().to_owned(), String::new()));
            }
            Some(("extraction", name)) => {
                section = "extraction";
                case.extractions.push((name.trim().to_owned(), String::new()));
            }
            Some(("written", name)) => {
                section = "written";
                case.written.push((name.trim().to_owned(), String::new()));
            }
            Some(("columns", c)) => case.columns = Some(c.trim().to_owned()),
            Some(("notice", c)) => case.notice = Some(c.trim().to_owned()),
            Some(("error", c)) => case.error = Some(c.trim().to_owned()),
            _ => {
                let text = match section {
                    "search" => &mut case.search,
                    "events" => &mut case.events,
                    "rows" => case.rows.as_mut().unwrap(),
                    "lookup" => &mut case.lookups.last_mut().unwrap().1,
                    "extraction" => &mut case.extractions.last_mut().unwrap().1,
                    "written" => &mut case.written.last_mut().unwrap().1,
                    _ => panic!("line {}: what is {line:?}?", i + 1),
                };
                text.push('\n');
                text.push_str(line);
            }
        }
    }
    out
}

/// Leaves out internal fields that no expected row names.
fn shown(rows: &[Row], expected: &[Row]) -> Vec<Row> {
    let named: HashSet<&String> = expected.iter().flat_map(|r| r.keys()).collect();
    let keep = |k: &String| !k.starts_with('_') || named.contains(k);
    rows.iter()
        .map(|r| r.iter().filter(|(k, _)| keep(k)).map(|(k, v)| (k.clone(), v.clone())).collect())
        .collect()
}

fn check(case: &Case, threads: usize) -> Result<(), String> {
    let format = if case.json { InputFormat::Lines } else { InputFormat::Rows };
    let mut tables = lookups(&case.lookups);
    case.extractions.iter().for_each(|(name, conf)| tables.add_extraction(extraction(name, conf)));
    let tables = Arc::new(tables);
    let outcome = run_with(&case.search, &case.events, format, threads, tables.clone());
    let (batch, summary) = match (outcome, &case.error) {
        (Outcome::Rows(b, s), None) => (b, s),
        (Outcome::Rows(b, _), Some(e)) => {
            return Err(format!("wanted error {e}, got\n{}", show(&rows(&b))));
        }
        (Outcome::Refused { code, .. }, Some(e)) if code == *e => return Ok(()),
        (Outcome::Refused { code, message, .. }, _) => return Err(format!("{code}: {message}")),
    };
    let Some(expected) = &case.rows else { return Err("has neither rows nor an error".into()) };
    let expected = json_lines(expected)?;
    let got = shown(&rows(&batch), &expected);
    let same =
        got.len() == expected.len() && got.iter().zip(&expected).all(|(a, b)| same_row(a, b, 1e-9));
    if !same {
        return Err(format!("wanted\n{}\ngot\n{}", show(&expected), show(&got)));
    }
    if let Some(columns) = &case.columns {
        let got: Vec<&str> = batch.cols.keys().map(|k| k.as_str()).collect();
        if got.join(" ") != *columns {
            return Err(format!("wanted the columns {columns}, got {}", got.join(" ")));
        }
    }
    for (name, text) in &case.written {
        let got =
            tables.file(name).map(|f| String::from_utf8(f).unwrap()).unwrap_or("(none)".into());
        if got.trim() != text.trim() {
            return Err(format!("wanted {name} to hold{text}\ngot\n{got}"));
        }
    }
    match &case.notice {
        Some(n) if !summary.notices.iter().any(|(x, _)| x.code == n) => {
            Err(format!("wanted notice {n}, got {:?}", summary.notices))
        }
        _ => Ok(()),
    }
}

fn case_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/commands/{name}.txt"))
}

/// Case files of what is not one command.
const TOPICS: &[&str] = &["subsearch"];

#[test]
fn case_files() {
    let (mut failures, mut count) = (Vec::new(), 0);
    for name in COMMANDS.iter().map(|spec| spec.name).chain(TOPICS.iter().copied()) {
        let path = case_file(name);
        let Ok(text) = std::fs::read_to_string(&path) else {
            failures.push(format!("{name}: no case file {}", path.display()));
            continue;
        };
        let cases = cases(&text);
        count += cases.len();
        for case in &cases {
            for threads in [1, 3] {
                if let Err(e) = check(case, threads) {
                    let line = case.line;
                    failures
                        .push(format!("{name}:{line} ({threads} threads): {}\n{e}", case.search));
                    break;
                }
            }
        }
    }
    println!("{count} cases of {} commands", COMMANDS.len());
    assert!(failures.is_empty(), "{} failures\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn examples_of_the_help() {
    let mut failures = Vec::new();
    for spec in COMMANDS {
        if spec.doc.examples.is_empty() {
            failures.push(format!("{} has no example", spec.name));
        }
        for example in spec.doc.examples {
            let case = Case {
                search: example.search.to_owned(),
                events: example.events.to_owned(),
                rows: Some(example.rows.to_owned()),
                ..Case::default()
            };
            if let Err(e) = check(&case, 1) {
                failures.push(format!("{}: {}\n{e}", spec.name, example.search));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn the_registry_is_in_order() {
    let mut seen = HashSet::new();
    for spec in COMMANDS {
        // the pages of the Machine Learning Toolkit are at their old place
        let pages = ["help.splunk.com/", "docs.splunk.com/Documentation/MLApp/"];
        let page = pages.iter().any(|p| spec.doc.source.starts_with(p));
        assert!(page, "{}: no source page", spec.name);
        assert!(spec.doc.summary.ends_with('.'), "{}: the summary is a sentence", spec.name);
        for name in std::iter::once(&spec.name).chain(spec.aliases) {
            assert!(seen.insert(*name), "{name} stands in the registry twice");
        }
    }
    let names: Vec<_> = COMMANDS.iter().map(|s| s.name).collect();
    assert!(names.is_sorted(), "the registry is not sorted: {names:?}");
}
