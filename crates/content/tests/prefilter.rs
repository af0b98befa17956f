//! The literal probe against a full scan: the first searches of ESCU's detections over events that
//! others recorded. Without the shared material only the project's own events and searches are
//! used.
#![allow(clippy::expect_used, clippy::print_stdout)] // helpers of tests may

mod common;

use sepal_content::{Detection, fs};
use sepal_exec::RunCx;
use sepal_exec::host::FixedHost;
use sepal_exec::plan::{Plan, ScanOptions, plan};
use sepal_exec::run::{RunOptions, rows_to_json, run_to_batch};
use sepal_exec::scan::Input;
use sepal_exec::search::{SearchProgram, probe};
use sepal_parser::ast::{Pipeline, SearchExpr, Stage};
use sepal_parser::commands::Command;
use sepal_parser::macros::{MacroSet, Origin};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Conditions that are not ESCU's, one rule each.
const OWN: &[&str] = &[
    "verb=get objectRef.resource=pods",
    "\"Pulling image\" OR TERM(kube) OR CASE(Pod) OR PREFIX(sys)",
    "EventID=1 OR EventCode=4688 OR eventName IN (AssumeRole, \"Get*\")",
    "Image=\"*\\\\cmd.exe\" OR CommandLine=\"*powershell*\"",
    "NOT (verb=get OR Image=*) user*=*admin*",
    "sourceIPs{}=10.0.0.0/8 OR sourceIPAddress!=10.*",
    "responseStatus.code>=400 OR Level<3",
    "task OR class OR ask",
];

/// The conditions of first searches by their text: whole, without index and sourcetype (which
/// recorded events lack), and each part of an AND alone.
fn conditions(into: &mut BTreeMap<String, Plan>, search: &str, macros: &MacroSet) {
    let parsed = sepal_parser::parse_search(search, Origin::default(), macros, None);
    let Some(Stage { command: Command::Search(s), .. }) = parsed.pipeline.stages.first() else {
        return;
    };
    let mut add = |expr: SearchExpr| {
        let pred = match SearchProgram::compile(&expr) {
            Ok(program) => program.pred,
            Err(_) => return,
        };
        if probe(&pred, &|_| true).is_trivial() {
            return;
        }
        let key = format!("{pred:?}");
        if !into.contains_key(&key)
            && let Some(plan) = of_condition(&parsed.pipeline, expr)
        {
            into.insert(key, plan);
        }
    };
    add(s.expr.clone());
    let Some(bare) = without_defaults(&s.expr) else { return };
    if let SearchExpr::And(parts) = &bare {
        parts.iter().for_each(|p| add(p.clone()));
    }
    add(bare);
}

fn of_condition(pipeline: &Pipeline, expr: SearchExpr) -> Option<Plan> {
    let mut stage = pipeline.stages.first()?.clone();
    let Command::Search(search) = &mut stage.command else { return None };
    search.expr = expr;
    plan(&Pipeline { stages: vec![stage], span: pipeline.span }).ok()
}

fn without_defaults(expr: &SearchExpr) -> Option<SearchExpr> {
    let all = |es: &[SearchExpr]| es.iter().filter_map(without_defaults).collect::<Vec<_>>();
    let default = |name: &str| {
        ["index", "sourcetype", "source", "host", "eventtype"].contains(&name)
    };
    Some(match expr {
        SearchExpr::And(es) => SearchExpr::And(all(es)),
        SearchExpr::Or(es) => match all(es) {
            es if es.is_empty() => return None,
            es => SearchExpr::Or(es),
        },
        SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } if default(&field.node) => {
            return None;
        }
        SearchExpr::Time { .. } => return None,
        other => other.clone(),
    })
}

/// Every few lines of every file of JSON lines of the shared events, so that all kinds are there.
fn recorded() -> Vec<String> {
    let mut lines = Vec::new();
    let Some(data) = common::shared().map(|s| s.join("data")) else { return lines };
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![data];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.filter_map(|e| Some(e.ok()?.path())) {
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".jsonl.zst") || name.ends_with(".json.zst") {
                files.push(path);
            }
        }
    }
    files.sort();
    let step = (files.len() / 120).max(1);
    for file in files.iter().step_by(step) {
        let Some(text) = unpacked(file) else { continue };
        let json = text.lines().filter(|l| l.starts_with('{') && l.len() < 20_000);
        lines.extend(json.step_by(7).take(3).map(str::to_owned));
    }
    println!("{} events of {} files", lines.len(), files.len());
    lines
}

/// The first megabyte.
fn unpacked(path: &Path) -> Option<String> {
    let file = std::fs::File::open(path).ok()?;
    let mut text = Vec::new();
    let reader = zstd::stream::read::Decoder::new(file).ok()?;
    reader.take(1 << 20).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// The event with its texts written otherwise: k and s as the letters that fold to them, or every
/// third character as `\uXXXX`.
fn rewritten(line: &str, escape: bool) -> Option<String> {
    fn write(json: &Json, escape: bool, out: &mut String) {
        match json {
            Json::String(s) if escape => {
                out.push('"');
                for (i, c) in s.chars().enumerate() {
                    match c {
                        c if i % 3 == 0 || c < ' ' || c == '"' || c == '\\' => {
                            let mut units = [0; 2];
                            c.encode_utf16(&mut units)
                                .iter()
                                .for_each(|u| out.push_str(&format!("\\u{u:04x}")));
                        }
                        '/' => out.push_str("\\/"),
                        c => out.push(c),
                    }
                }
                out.push('"');
            }
            Json::String(s) => {
                let s = s.to_uppercase().replace('K', "\u{212a}").replace('S', "\u{17f}");
                out.push_str(&Json::String(s).to_string());
            }
            Json::Array(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    write(item, escape, out);
                }
                out.push(']');
            }
            Json::Object(members) => {
                out.push('{');
                for (i, (k, v)) in members.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    out.push_str(&format!("{}: ", Json::String(k.clone())));
                    write(v, escape, out);
                }
                out.push('}');
            }
            other => out.push_str(&other.to_string()),
        }
    }
    let json: Json = serde_json::from_str(line).ok()?;
    let mut out = String::new();
    write(&json, escape, &mut out);
    Some(out)
}

#[test]
fn first_searches_find_the_same_with_and_without_the_probe() {
    let mut plans = BTreeMap::new();
    let none = MacroSet::new();
    OWN.iter().for_each(|s| conditions(&mut plans, s, &none));
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (macros, _) = fs::macro_set(&[seed.join("macros")]).expect("the project's macros load");
    let detection = seed.join("queries/kubernetes_suspicious_image_pulling.yml");
    conditions(&mut plans, &fs::detection(&detection).expect("it loads").search, &macros);
    if let Some(escu) = common::escu() {
        let (macros, _) = fs::macro_set(&[escu.join("macros")]).expect("all macros load");
        for path in fs::yaml_files(&escu.join("detections")).expect("the folder is there") {
            let Ok(Detection { search, .. }) = fs::detection(&path) else { continue };
            conditions(&mut plans, &search, &macros);
        }
    }
    let audit = std::fs::read_to_string(seed.join("tests/data/kubernetes_audit.jsonl"));
    let mut lines: Vec<String> =
        audit.expect("it is there").lines().step_by(3).map(str::to_owned).collect();
    lines.extend(recorded());
    let mut text = String::new();
    for line in &lines {
        let ways = [Some(line.clone()), rewritten(line, false), rewritten(line, true)];
        ways.iter().flatten().for_each(|l| text.extend([l.as_str(), "\n"]));
    }
    // each condition over a part of the events, all parts in turn; SEPAL_FULL for all of them
    let parts = if std::env::var_os("SEPAL_FULL").is_some() { 1 } else { 8 };
    let all: Vec<&str> = text.lines().collect();
    let inputs: Vec<[Input; 1]> = (0..parts)
        .map(|part| {
            let lines: Vec<&str> = all.iter().skip(part).step_by(parts).copied().collect();
            [Input::bytes("events", lines.join("\n").into_bytes())]
        })
        .collect();
    let run = |plan: &Plan, inputs: &[Input], prefilter: bool| {
        let scan = ScanOptions { prefilter, ..ScanOptions::default() };
        let options = RunOptions { scan, threads: 1, ..RunOptions::default() };
        let cx = RunCx::new(Arc::new(FixedHost::default()));
        let (batch, summary) = run_to_batch(plan, inputs, &options, &cx).expect("it runs");
        (rows_to_json(&batch), summary.scan.events)
    };
    let half = |which: usize| {
        let (mut matched, mut found) = (0, 0);
        for (i, (key, plan)) in plans.iter().enumerate().filter(|(i, _)| i % 2 == which) {
            let inputs = &inputs[i / 2 % parts];
            let (on, off) = (run(plan, inputs, true), run(plan, inputs, false));
            assert_eq!(on.1, off.1, "events read: {key}");
            assert!(on.0 == off.0, "{} and {} rows: {key}", on.0.len(), off.0.len());
            matched += on.0.len();
            found += usize::from(!on.0.is_empty());
        }
        (matched, found)
    };
    let (a, b) = std::thread::scope(|s| {
        let other = s.spawn(|| half(1));
        (half(0), other.join().expect("the other half agrees"))
    });
    let (matched, found) = (a.0 + b.0, a.1 + b.1);
    println!(
        "{} conditions over {} events in {parts} parts: {found} find something, {matched} rows",
        plans.len(),
        all.len()
    );
    assert!(matched > 20, "the test would see nothing");
}
