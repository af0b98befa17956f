//! `makeresults`: rows out of nothing.

use super::{Class, CommandSpec, Generating, Op, Operator};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "makeresults",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Makes rows that have only `_time`, or rows from data in the search.",
        syntax: "makeresults [count=<int>] [annotate=<bool>] [format=csv|json data=<string>]",
        details: "`_time` is the time of the search. annotate=true adds `_raw`, `host`, `source`, \
                  `sourcetype`, `splunk_server` and `splunk_server_group`. Rows from `data` get \
                  `_time` and `_raw` too where format is json.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/makeresults",
        examples: &[CommandExample {
            title: "three rows",
            search: "| makeresults count=3 | stats count",
            events: "",
            rows: r#"{"count":3}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Makeresults(m) => {
            let rows = match (&m.format, &m.data) {
                (None, None) => None,
                (Some(f), Some(d)) => Some(match f.node.as_str() {
                    "csv" => csv(&d.node),
                    "json" => json(&d.node).map_err(|e| {
                        vec![
                            Diagnostic::error(
                                "SPL2013",
                                d.span,
                                "data is not a JSON array of objects",
                            )
                            .label(e),
                        ]
                    })?,
                    _ => {
                        return Err(vec![
                            Diagnostic::error("SPL2013", f.span, "format is csv or json")
                                .label("not one of them"),
                        ]);
                    }
                }),
                (Some(x), None) | (None, Some(x)) => {
                    return Err(vec![Diagnostic::error(
                        "SPL2013",
                        x.span,
                        "format and data go together",
                    )]);
                }
            };
            let count = m.count.as_ref().map_or(1, |n| n.node);
            if count > MAX_ROWS {
                let span = m.count.as_ref().map_or(stage.span, |c| c.span);
                return Err(vec![Diagnostic::error(
                    "SPL2013",
                    span,
                    format!("at most {MAX_ROWS} rows"),
                )]);
            }
            Ok(Op::Generating(Box::new(Makeresults {
                count: usize::try_from(count).unwrap_or(0),
                annotate: m.annotate.unwrap_or(false),
                rows,
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// More rows than this are refused.
const MAX_ROWS: u64 = 10_000_000;
/// Rows in a batch.
const ROWS: usize = 1024;

struct Makeresults {
    count: usize,
    annotate: bool,
    rows: Option<Batch>,
}

impl Operator for Makeresults {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::new()
    }
}

impl Generating for Makeresults {
    fn rows(&self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        // Splunk's `_time` of made rows is whole seconds
        let now = Value::Num(cx.now().as_secs_f64().floor());
        if let Some(rows) = &self.rows {
            let mut rows = rows.clone();
            if !rows.cols.contains_key("_time") && rows.cols.contains_key("_raw") {
                rows.set("_time", Col::Const(now));
            }
            return Ok(vec![rows]);
        }
        let mut out = Vec::new();
        let mut left = self.count;
        while left > 0 {
            let n = left.min(ROWS);
            let mut batch = Batch::with_len(n);
            batch.set("_time", Col::Const(now.clone()));
            if self.annotate {
                for (name, v) in [
                    ("_raw", Value::Null),
                    ("host", Value::Null),
                    ("source", Value::Null),
                    ("sourcetype", Value::Null),
                    ("splunk_server", "localhost".into()),
                    ("splunk_server_group", Value::Null),
                ] {
                    batch.set(name, Col::Const(v));
                }
            }
            out.push(batch);
            left -= n;
        }
        Ok(out)
    }
}

/// Rows from CSV text: the first line names the fields; quotes as usual; empty cells are null.
fn csv(data: &str) -> Batch {
    let mut lines = records(data).into_iter();
    let names = lines.next().unwrap_or_default();
    let rows: Vec<Vec<String>> = lines.filter(|r| r.iter().any(|c| !c.is_empty())).collect();
    let mut batch = Batch::with_len(rows.len());
    for (i, name) in names.iter().enumerate().filter(|(_, n)| !n.is_empty()) {
        let cell = |r: &Vec<String>| match r.get(i).map(String::as_str) {
            None | Some("") => Value::Null,
            Some(s) => Value::from(s),
        };
        batch.set(name.as_str(), Col::Values(rows.iter().map(cell).collect()));
    }
    batch
}

fn records(data: &str) -> Vec<Vec<String>> {
    let (mut out, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = data.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell).trim().to_owned()),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell).trim().to_owned());
                out.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell.trim().to_owned());
        out.push(row);
    }
    out
}

/// Rows from a JSON array of objects; `_raw` is each object's text.
fn json(data: &str) -> Result<Batch, String> {
    let rows: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_str(data).map_err(|e| e.to_string())?;
    let mut batch = Batch::with_len(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let text = serde_json::to_string(row).map_err(|e| e.to_string())?;
        batch.values_mut("_raw")[i] = Value::from(text);
        for (k, v) in row {
            batch.values_mut(k)[i] = Value::from_json(v);
        }
    }
    Ok(batch)
}
