//! Rows that a real Splunk gave for ESCU detections (`data/splunk_results` of the shared folder).
//!
//! The events behind them are not there, and the searches begin with `tstats` over a data model.
//! What can be asked without either: the rows are taken apart into as many events as each counts,
//! the events are put in another order, and `stats` with the same aggregates and BY fields, and
//! the rest of the detection's own search, must make the same rows of them: values, columns and
//! order.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use sepal_exec::run::RunOptions;
use sepal_exec::scan::{Input, InputFormat};
use sepal_exec::{Row, Search};
use serde_json::{Value as Json, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// `values(Registry.user) as user`.
static VALUES: LazyLock<regex::Regex> =
    LazyLock::new(|| regex::Regex::new(r"(?i)values\(([\w.]+)\)\s+as\s+(\w+)").unwrap());

/// The file, in `SEPAL_SHARED`, else in a folder `shared` beside the project or above it.
fn captured() -> Option<String> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let named = std::env::var_os("SEPAL_SHARED").map(PathBuf::from);
    let shared = named.into_iter().chain(above.map(|dir| dir.join("shared")));
    let mut files = shared.map(|d| d.join("data/splunk_results/detection_results.jsonl.zst"));
    let Some(path) = files.find(|f| f.is_file()) else {
        println!("the captured rows are absent: set SEPAL_SHARED");
        return None;
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    zstd::Decoder::new(file).unwrap().read_to_string(&mut text).unwrap();
    Some(text)
}

/// A detection's search in parts: aggregates, BY fields, and the commands after them.
struct Parts<'a> {
    aggregates: &'a str,
    by: &'a str,
    rest: &'a str,
}

impl<'a> Parts<'a> {
    /// The parts of a search whose rows are those of its `tstats`; none for others.
    fn of(spl: &'a str) -> Option<Parts<'a>> {
        let pattern = r"(?is)^\s*\|\s*tstats\s+`security_content_summariesonly`\s+(.*?)\s+from\s+datamodel=\S+\s+where\s.*?\sby\s+([\w.\s,]+?)\s*(\|.*)$";
        let (_, [aggregates, by, rest]) =
            regex::Regex::new(pattern).unwrap().captures(spl)?.extract();
        let known =
            r"(?i)^(count\s*|(min|max)\(_time\)\s+as\s+\w+\s*|values\([\w.]+\)\s+as\s+\w+\s*)+$";
        if !regex::Regex::new(known).unwrap().is_match(aggregates) {
            return None;
        }
        // what a subsearch over the data model filters out is not among the rows
        let rest = rest.split("| search [").next()?;
        (!rest.contains('[')).then_some(Parts { aggregates, by, rest })
    }

    fn search(&self) -> String {
        format!("* | stats {} by {} {}", self.aggregates, self.by, self.rest)
    }

    /// Events that give this row.
    fn events(&self, row: &Row) -> Vec<Row> {
        let mut event = Row::new();
        let names = self.by.split([' ', ',', '\n']).map(str::trim).filter(|n| !n.is_empty());
        for name in names {
            let plain = name.split_once('.').map_or(name, |(_, field)| field);
            if let Some(value) = row.get(plain) {
                event.insert(name.to_owned(), value.clone());
            }
        }
        for found in VALUES.captures_iter(self.aggregates) {
            event.insert(found[1].to_owned(), row[&found[2]].clone());
        }
        let count = row.get("count").and_then(|c| c.as_str()?.parse().ok()).unwrap_or(2_usize);
        let mut events = vec![event; count];
        for (at, name) in [(0, "firstTime"), (count - 1, "lastTime")] {
            if let Some(Json::String(time)) = row.get(name) {
                events[at].insert("_time".into(), json!(format!("{time}Z")));
            }
        }
        events
    }
}

#[test]
fn rows_of_a_real_splunk_come_again() {
    let Some(text) = captured() else { return };
    let (mut rows_seen, mut failed, mut left_out) = (0, Vec::new(), Vec::new());
    for line in text.lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        let name = line["file_name"].as_str().unwrap();
        let wanted: Vec<Row> = serde_json::from_value(line["results"].clone()).unwrap_or_default();
        let parts = Parts::of(line["spl_query"].as_str().unwrap());
        let Some(parts) = parts.filter(|_| !wanted.is_empty()) else {
            left_out.push(name.to_owned());
            continue;
        };
        let events: Vec<String> = wanted
            .iter()
            .flat_map(|row| parts.events(row))
            .rev()
            .map(|event| serde_json::to_string(&event).unwrap())
            .collect();
        let mut input = Input::bytes("events", events.join("\n").into_bytes());
        input.format = Some(InputFormat::Rows);
        for threads in [1, 3] {
            let options = RunOptions { threads, ..RunOptions::default() };
            let search = Search::new(parts.search()).input(input.clone()).options(options);
            let found = search.run().unwrap_or_else(|e| panic!("{name}: {e}"));
            let got: Vec<Row> = found.rows.into_iter().map(texts).collect();
            let at = (0..got.len().max(wanted.len())).find(|&i| got.get(i) != wanted.get(i));
            // the results endpoint leaves out fields that no row has
            let has = |c: &str| got.iter().any(|row| row.contains_key(c));
            let columns: Vec<_> = found.columns.iter().filter(|c| has(c)).collect();
            let wanted_columns: Vec<_> = wanted[0].keys().collect();
            if let Some(at) = at {
                let (got, wanted) = (got.get(at), wanted.get(at));
                failed.push(format!("{name}: row {at}\nwanted {wanted:?}\ngot    {got:?}"));
            } else if columns != wanted_columns {
                failed.push(format!("{name}: wanted {wanted_columns:?}, got {columns:?}"));
            }
        }
        rows_seen += wanted.len();
    }
    println!("{rows_seen} rows come again; left out: {}", left_out.join(", "));
    assert!(failed.is_empty(), "{} failed\n{}", failed.len(), failed.join("\n"));
    assert!(rows_seen > 700, "{rows_seen}");
}

/// Splunk's results endpoint gives every value as text.
fn texts(row: Row) -> Row {
    let text = |v: Json| match v {
        Json::Number(n) => Json::String(n.to_string()),
        other => other,
    };
    row.into_iter().map(|(k, v)| (k, text(v))).collect()
}
