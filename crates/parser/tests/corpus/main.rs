//! Every detection of a packed copy of Splunk's security content must parse.
//!
//! The folder is found through `SEPAL_SHARED` or beside the project; without it the tests say so
//! and pass.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use sepal_parser::macros::{MacroDef, MacroSet, Origin};
use sepal_parser::{ParsedSearch, Severity, parse_search};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Detection {
    search: String,
}

#[derive(Deserialize)]
struct Macro {
    name: String,
    definition: serde_json::Value,
    #[serde(default)]
    arguments: Vec<String>,
}

struct Corpus {
    macros: MacroSet,
    /// Path and search.
    searches: Vec<(String, String)>,
}

fn shared() -> PathBuf {
    match std::env::var_os("SEPAL_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    }
}

fn archive() -> Option<PathBuf> {
    let escu = shared().join("escu");
    let mut packed: Vec<PathBuf> = std::fs::read_dir(&escu)
        .ok()?
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.to_string_lossy().ends_with(".tar.zst"))
        .collect();
    packed.sort();
    packed.pop()
}

fn load() -> Option<Corpus> {
    let Some(path) = archive() else {
        println!("the packed detections are absent (set SEPAL_SHARED): skipped");
        return None;
    };
    let file = std::fs::File::open(&path).unwrap();
    let mut tar = tar::Archive::new(zstd::stream::read::Decoder::new(file).unwrap());
    let mut corpus = Corpus { macros: MacroSet::new(), searches: Vec::new() };
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".yml") {
            continue;
        }
        let is_macro = name.contains("/macros/") || name.starts_with("macros/");
        if !is_macro && !name.contains("detections/") {
            continue;
        }
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        if is_macro {
            let m: Macro = serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            let definition = match m.definition {
                serde_json::Value::String(s) => s,
                other => other.to_string(),
            };
            corpus.macros.insert(MacroDef {
                name: m.name,
                arguments: m.arguments,
                origin: Origin {
                    file: name.into(),
                    text: definition.as_str().into(),
                    lines: [].into(),
                },
                definition,
                ..MacroDef::default()
            });
        } else {
            let d: Detection =
                serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            corpus.searches.push((name, d.search));
        }
    }
    corpus.searches.sort();
    Some(corpus)
}

fn parsed(corpus: &Corpus, text: &str) -> ParsedSearch {
    parse_search(text, Origin::default(), &corpus.macros, None)
}

/// At least 99 % of the detections parse without an error.
#[test]
fn detections_parse() {
    let Some(corpus) = load() else { return };
    let mut wrong = Vec::new();
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut warnings = Vec::new();
    for (path, search) in &corpus.searches {
        let p = parsed(&corpus, search);
        let of = |s: Severity| p.diagnostics.iter().filter(move |d| d.severity == s);
        let say = |d: &sepal_parser::Diagnostic, list: &mut Vec<String>| {
            let text = &p.expanded.text;
            let near = |at: usize| (0..=at.min(text.len())).rfind(|&n| text.is_char_boundary(n));
            let from = near((d.span.start as usize).saturating_sub(50)).unwrap_or(0);
            let to = near(d.span.end as usize + 40).unwrap_or(text.len());
            let help = d.help.clone().unwrap_or_default();
            list.push(format!(
                "{path}\n  {} {} ({help})\n  ...{}...",
                d.code,
                d.message,
                &text[from..to]
            ));
        };
        // an app's own command is not wrong SPL
        let unknown = of(Severity::Error).all(|d| d.code == "SPL1001");
        if unknown {
            of(Severity::Error).for_each(|d| say(d, &mut warnings));
        } else if let Some(d) = of(Severity::Error).next() {
            *codes.entry(d.code).or_default() += 1;
            say(d, &mut wrong);
        }
        for d in of(Severity::Warning) {
            say(d, &mut warnings);
        }
    }
    let all = corpus.searches.len();
    let good = all - wrong.len();
    println!("{good} of {all} detections parse ({:.2} %)", 100.0 * good as f64 / all as f64);
    println!("by code: {codes:?}");
    for w in &wrong {
        println!("{w}");
    }
    println!("{} warnings and unknown commands", warnings.len());
    for w in &warnings {
        println!("{w}");
    }
    assert!(good * 100 >= all * 99, "only {good} of {all} detections parse");
}

/// Every `tstats`, `mstats`, `datamodel` and `from` has its typed syntax.
#[test]
fn what_reads_data_models_is_typed() {
    use sepal_parser::commands::Command;
    let Some(corpus) = load() else { return };
    let mut typed: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (path, search) in &corpus.searches {
        let p = parsed(&corpus, search);
        for stage in &p.pipeline.stages {
            let name = stage.name.node.as_str();
            if !["tstats", "mstats", "datamodel", "from"].contains(&name) {
                continue;
            }
            let other = matches!(stage.command, Command::Other(_));
            typed.entry(name.to_owned()).or_default()[usize::from(other)] += 1;
            if other {
                let text = &p.expanded.text;
                wrong.push(format!("{path}\n{text}\n{:?}", p.diagnostics));
            }
        }
    }
    println!("typed and not: {typed:?}");
    for w in &wrong {
        println!("{w}");
    }
    assert!(wrong.is_empty(), "{} stages are not typed", wrong.len());
    assert!(typed["tstats"][0] >= 700, "{typed:?}");
}

/// Formatting changes nothing but white space: the same tree, and nothing more to do.
#[test]
fn formatting_keeps_the_meaning() {
    let Some(corpus) = load() else { return };
    let mut wrong = Vec::new();
    for (path, search) in &corpus.searches {
        let formatted = sepal_parser::format(search).unwrap();
        if sepal_parser::format(&formatted).unwrap() != formatted {
            wrong.push(format!("{path}: not idempotent\n{formatted}"));
        }
        if parsed(&corpus, search).pipeline != parsed(&corpus, &formatted).pipeline {
            wrong.push(format!("{path}: another tree\n{formatted}"));
        }
    }
    for w in wrong.iter().take(10) {
        println!("{w}");
    }
    assert!(wrong.is_empty(), "{} searches changed", wrong.len());
}

/// Every query of the conformance cases parses without a message.
#[test]
fn conformance_queries_parse() {
    let mut queries = 0;
    let folder = std::fs::read_dir(shared().join("conformance"));
    for entry in folder.into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "jsonl") {
            continue;
        }
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let query = case["query"].as_str().unwrap();
            let p = sepal_parser::parse(query);
            assert!(p.diagnostics.is_empty(), "{query}\n{:?}", p.diagnostics);
            queries += 1;
        }
    }
    match queries {
        0 => println!("the conformance cases are absent (set SEPAL_SHARED): skipped"),
        n => println!("{n} conformance queries parse"),
    }
}
