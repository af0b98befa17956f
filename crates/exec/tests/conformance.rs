//! The conformance cases: searches with the rows that Splunk's pages, a real Splunk or another
//! engine's authors give. They live outside the project; without them the test says so and passes.
//!
//! Every case runs with one thread and with three. The test prints how many passed, failed and are
//! unsupported, and by which command; `--nocapture` shows it. It fails for every case that does not
//! pass and does not stand in [`EXCEPTIONS`], and for every exception that is none any more.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use sepal_exec::scan::InputFormat;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use support::{Outcome, Row, rows, run, same_cell, show};

/// Cases that do not pass although Sepal is right: the case and why. Each stands in
/// COMPATIBILITY.md too.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "perc-visitors",
        "the page prints 3858.35 for perc95, the approximation of a digest; Sepal interpolates \
         over all values as the same page's perc50 does: 3682 + 0.55 * 337 = 3867.35",
    ),
    (
        "SPL-MVEXPAND-001:missing whole null and explicit null member forms",
        "another engine's reading: mvexpand makes a row for each value, so that a row without the \
         field gives none; and the event holds the text true where a null member is expected",
    ),
    (
        "precedence-source-beats-sourcetype",
        "the search that stands for the props writes from_sourcetype; that a stanza of a source \
         goes before one of a sourcetype is about props.conf, which a search does not read",
    ),
];

/// Commands that are not there yet. A case that anything else makes unsupported fails.
const WAITING: &[&str] = &[];

const FILES: [&str; 3] =
    ["splunk_docs.jsonl", "splunk_10_4_captures.jsonl", "opensplunk_corpus.jsonl"];

/// The folder of the cases: in `SEPAL_SHARED`, else in a folder `shared` beside the project or
/// beside a folder above it.
fn folder() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let named = std::env::var_os("SEPAL_SHARED").map(PathBuf::from);
    let shared = named.into_iter().chain(above.map(|dir| dir.join("shared")));
    let found = shared.map(|dir| dir.join("conformance")).find(|dir| dir.is_dir());
    if found.is_none() {
        println!("the conformance cases are absent: set SEPAL_SHARED");
    }
    found
}

/// One case, as its line says.
struct Case {
    name: String,
    search: String,
    events: String,
    expected: Vec<Row>,
    check: Json,
    /// The captures list events as they were indexed, oldest first; a search gives the newest first.
    oldest_first: bool,
}

impl Case {
    fn read(line: &str) -> Case {
        let json: Json = serde_json::from_str(line).unwrap();
        let text = |key: &str| json[key].as_str().unwrap().to_owned();
        let mut search = text("query");
        let mut events = String::new();
        for event in json["events"].as_array().into_iter().flatten() {
            let mut row = Row::new();
            for (name, value) in event.as_object().unwrap() {
                // no JSON says "not a number": the search computes it
                let made = match value.as_object().and_then(|o| o.keys().next()) {
                    Some(k) if k == "nan" => "sqrt(-1)",
                    Some(k) if k == "positive_infinity" => "pow(10, 400)",
                    _ => {
                        row.insert(name.clone(), value.clone());
                        continue;
                    }
                };
                search = search.replacen('|', &format!("| eval {name}={made} |"), 1);
            }
            events.push_str(&serde_json::to_string(&row).unwrap());
            events.push('\n');
        }
        Case {
            name: text("id"),
            search,
            events,
            expected: serde_json::from_value(json["expected"].clone()).unwrap(),
            check: json["check"].clone(),
            oldest_first: text("suite") == "splunk_10_4_captures",
        }
    }

    /// Whether a cell is as expected: null is a field that is absent or empty.
    fn same_cell(&self, got: Option<&Json>, want: Option<&Json>) -> bool {
        let tolerance = self.check["tolerance"].as_f64().unwrap_or(0.0);
        let empty = |j: Option<&Json>| j.is_none_or(|j| j.is_null() || j == "");
        if let (true, Some(Json::String(w)), Some(Json::String(g))) =
            (self.check["prefix_dots"] == true, want, got)
            && let Some(start) = w.strip_suffix("...")
        {
            return g.starts_with(start);
        }
        (empty(got) && empty(want)) || same_cell(got, want, tolerance)
    }

    fn same_row(&self, got: &Row, want: &Row) -> bool {
        let named: Vec<&str> = match self.check["fields"].as_array() {
            Some(fields) => fields.iter().filter_map(Json::as_str).collect(),
            None if self.check["fields_only"] == true => want.keys().map(String::as_str).collect(),
            None => {
                let own = got.keys().filter(|k| !k.starts_with('_'));
                own.chain(want.keys()).map(String::as_str).collect()
            }
        };
        named.iter().all(|k| self.same_cell(got.get(*k), want.get(*k)))
    }

    fn same(&self, got: &[Row]) -> bool {
        let want = &self.expected;
        match self.check["kind"].as_str().unwrap() {
            "rows" => {
                got.len() == want.len() && got.iter().zip(want).all(|(g, w)| self.same_row(g, w))
            }
            "rows_unordered" => {
                let mut rest: Vec<&Row> = got.iter().collect();
                got.len() == want.len()
                    && want.iter().all(|w| {
                        let at = rest.iter().position(|g| self.same_row(g, w));
                        at.map(|i| rest.swap_remove(i)).is_some()
                    })
            }
            "rows_prefix" => {
                let count = self.check["count"].as_u64();
                count.is_none_or(|n| n == got.len() as u64)
                    && got.len() >= want.len()
                    && got.iter().zip(want).all(|(g, w)| self.same_row(g, w))
            }
            other => panic!("{}: what is the check {other}?", self.name),
        }
    }

    fn run(&self, threads: usize) -> Verdict {
        match run(&self.search, &self.events, InputFormat::Rows, threads) {
            Outcome::Refused { message, unsupported: true, .. } => Verdict::Unsupported(message),
            Outcome::Refused { code, message, .. } => Verdict::Failed(format!("{code}: {message}")),
            Outcome::Rows(batch, _) => {
                let mut got = rows(&batch);
                if self.oldest_first {
                    got.reverse();
                }
                if self.same(&got) {
                    return Verdict::Passed;
                }
                let wanted = show(&self.expected);
                Verdict::Failed(format!("wanted\n{wanted}\ngot\n{}", show(&got)))
            }
        }
    }
}

enum Verdict {
    Passed,
    Failed(String),
    Unsupported(String),
}

#[test]
fn conformance() {
    let Some(folder) = folder() else { return };
    let (mut passed, mut failed, mut excepted) = (0, Vec::new(), Vec::new());
    let mut unsupported: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in FILES {
        for line in std::fs::read_to_string(folder.join(file)).unwrap().lines() {
            let case = Case::read(line);
            let verdict = match case.run(1) {
                Verdict::Passed => case.run(3),
                other => other,
            };
            match (verdict, EXCEPTIONS.iter().find(|(name, _)| *name == case.name)) {
                (Verdict::Unsupported(why), _)
                    if !WAITING.iter().any(|c| why == format!("command {c} is not supported")) =>
                {
                    failed.push(format!("{}: {}\n{why}", case.name, case.search));
                }
                (Verdict::Unsupported(why), _) => {
                    unsupported.entry(why).or_default().push(case.name);
                }
                (Verdict::Passed, None) => passed += 1,
                (Verdict::Passed, Some(_)) => {
                    failed.push(format!("{} passes and is listed as an exception", case.name));
                }
                (Verdict::Failed(_), Some((name, why))) => excepted.push(format!("{name}: {why}")),
                (Verdict::Failed(why), None) => {
                    failed.push(format!("{}: {}\n{why}", case.name, case.search));
                }
            }
        }
    }
    let waiting: usize = unsupported.values().map(Vec::len).sum();
    println!(
        "{passed} passed, {} failed, {} differ for a reason, {waiting} unsupported",
        failed.len(),
        excepted.len()
    );
    excepted.iter().for_each(|e| println!("differs: {e}"));
    unsupported.iter().for_each(|(why, names)| println!("{why}: {}", names.join(", ")));
    assert!(failed.is_empty(), "{} failed\n\n{}", failed.len(), failed.join("\n\n"));
}
