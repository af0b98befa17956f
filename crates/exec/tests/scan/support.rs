//! Running a search over inputs, once or in every way that must give the same.

use sepal_exec::RunCx;
use sepal_exec::host::FixedHost;
use sepal_exec::plan::{Plan, ScanOptions, plan};
use sepal_exec::run::{RunOptions, rows_to_json, run_to_batch};
use sepal_exec::scan::Input;
use std::io::Write;
use std::sync::Arc;

/// All that a run tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The columns in order.
    pub columns: Vec<String>,
    /// The rows as JSON.
    pub rows: Vec<String>,
    /// Events and bytes read, events matched and damaged.
    pub counts: [u64; 4],
    /// Place and reason of the damaged events that are named.
    pub damaged: Vec<String>,
    /// Notices and errors of inputs.
    pub said: Vec<String>,
}

/// A plan that must succeed.
pub fn planned(search: &str) -> Plan {
    let parsed = sepal_parser::parse(search);
    assert!(!parsed.has_errors(), "{search}: {:?}", parsed.diagnostics);
    plan(&parsed.pipeline).unwrap_or_else(|ds| panic!("{search}: {ds:?}"))
}

/// Runs a plan with these options.
pub fn run(plan: &Plan, inputs: &[Input], scan: &ScanOptions, threads: usize) -> Seen {
    let options = RunOptions { threads, scan: scan.clone(), ..RunOptions::default() };
    let cx = RunCx::new(Arc::new(FixedHost::default()));
    let (batch, summary) = run_to_batch(plan, inputs, &options, &cx).unwrap();
    let scan = summary.scan;
    let at = |d: &sepal_exec::scan::Damage| {
        let line = d.line.map_or(String::new(), |l| format!(" line {l}"));
        format!("{} byte {}{line}: {}", inputs[d.unit as usize].name, d.offset, d.reason)
    };
    let notices = summary.notices.iter().map(|(n, c)| format!("{} {} x{c}", n.code, n.message));
    let errors = summary.input_errors.iter().map(ToString::to_string);
    Seen {
        columns: batch.cols.keys().map(ToString::to_string).collect(),
        rows: rows_to_json(&batch).iter().map(|r| serde_json::to_string(r).unwrap()).collect(),
        counts: [scan.events, scan.bytes, scan.matched, scan.damaged],
        damaged: scan.first_damaged.iter().map(at).collect(),
        said: notices.chain(errors).collect(),
    }
}

/// Runs a search with 1, 2, 3 and 7 threads, reading in blocks and pieces of many sizes: all must
/// give the same, byte for byte.
pub fn everywhere(search: &str, inputs: &[Input]) -> Seen {
    everywhere_with(search, inputs, &ScanOptions::default())
}

/// The same with other options.
pub fn everywhere_with(search: &str, inputs: &[Input], options: &ScanOptions) -> Seen {
    let plan = planned(search);
    let want = run(&plan, inputs, options, 1);
    for (block, piece) in [(512 << 10, 8 << 20), (1, 5), (3, 1), (7, 64), (64, 13), (1000, 200)] {
        for threads in [1, 2, 3, 7] {
            let cut = ScanOptions { block, piece, ..options.clone() };
            let got = run(&plan, inputs, &cut, threads);
            assert_eq!(got, want, "{search}: block {block}, piece {piece}, {threads} threads");
        }
    }
    want
}

/// The first column of each row, shown.
pub fn column(seen: &Seen, field: &str) -> Vec<String> {
    let value = |row: &String| {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        match &row[field] {
            serde_json::Value::Null => "-".to_owned(),
            serde_json::Value::String(s) => s.clone(),
            other => other.to_string(),
        }
    };
    seen.rows.iter().map(value).collect()
}

/// An input named `events`.
pub fn events(text: impl AsRef<[u8]>) -> Vec<Input> {
    vec![Input::bytes("events", text.as_ref())]
}

/// Compressed as gz, one member.
pub fn gz(text: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

/// Compressed as zst, one frame.
pub fn zst(text: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(text, 1).unwrap()
}
