//! What a hunt leaves out against running everything: the findings are the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // helpers of tests may

use proptest::prelude::*;
use sepal_content::{CimModels, Detection, LookupFolders, SourcetypeRules, fs};
use sepal_exec::host::FixedHost;
use sepal_exec::lookup::Lookups;
use sepal_exec::scan::{Input, Meta};
use sepal_hunt::{Choice, Content, DataSet, Hunt, Limits, Loaded, Options, Progress, Report};
use sepal_parser::macros::MacroSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

fn content(macros: MacroSet, lookups: Option<Arc<dyn Lookups>>) -> Content {
    let (models, rules) = (CimModels::new(), SourcetypeRules::new());
    Content::new(macros, lookups, Arc::new(models), Some(Arc::new(rules)))
}

fn hunt(loaded: &Loaded, content: &Content, sets: &[DataSet], options: Options) -> Report {
    let progress = Progress::default();
    let host = Arc::new(FixedHost::default());
    let stop = Arc::default();
    let ready = &loaded.ready;
    Hunt { ready, content, host, options, stop, progress: &progress }.run(sets.to_vec())
}

/// All that a report says of findings.
fn shown(loaded: &Loaded, report: &Report) -> Vec<String> {
    let of = |f: &sepal_hunt::Finding| {
        let rows = sepal_exec::run::rows_to_json(&f.first);
        let name = &loaded.ready[f.detection].detection.file;
        let error = f.error.as_ref().map(ToString::to_string);
        let notices: Vec<_> = f.notices.iter().map(|(n, _)| n).collect();
        format!("{} {name}: {rows:?} {:?} {} {error:?} {notices:?}", f.set, f.entities, f.always)
    };
    report.findings.iter().map(of).collect()
}

/// Hunts with and without leaving out, in one group and in many, and compares.
fn compare(loaded: &Loaded, content: &Content, sets: &[DataSet]) -> Vec<String> {
    let options = |rule_out, threads, limits| Options {
        rule_out,
        threads,
        limits,
        rows: usize::MAX,
        ..Options::default()
    };
    let all = Limits::default();
    let whole = shown(loaded, &hunt(loaded, content, sets, options(false, 2, all)));
    for (rule_out, threads, limits) in [
        (true, 1, all),
        (true, 3, all),
        // nothing is kept in memory
        (true, 2, Limits { input: 0, all: 0 }),
        // a group each
        (true, 2, Limits { all: 1, ..all }),
    ] {
        let report = hunt(loaded, content, sets, options(rule_out, threads, limits));
        assert!(!report.stopped && report.done == report.total);
        let got = shown(loaded, &report);
        for (a, b) in whole.iter().zip(&got) {
            assert_eq!(a, b);
        }
        assert_eq!(whole.len(), got.len());
    }
    whole
}

fn detection(n: usize, search: &str) -> Detection {
    let search = serde_quote(search);
    let text = format!("name: D{n}\nid: d\nstatus: production\ntype: TTP\nsearch: {search}\n");
    Detection::load(&format!("d{n}.yml"), &text).expect("a detection")
}

/// As a YAML scalar in single quotes.
fn serde_quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn value() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "1", "1.0", "01", "x", "X", "xy", "", "null", "true", "10.0.0.7", "k", "ſ",
    ])
}

fn event() -> impl Strategy<Value = String> {
    let cell = prop_oneof![
        value().prop_map(|v| format!("\"{v}\"")),
        Just("1".to_owned()),
        Just("1.0".to_owned()),
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("[\"x\",1]".to_owned()),
        Just("{\"b\":\"x\"}".to_owned()),
        Just("\"\\u0078\"".to_owned()),
    ];
    prop::collection::vec(
        (prop::sample::select(vec!["a", "b", "source", "sourcetype"]), cell),
        0..4,
    )
    .prop_map(|fields| {
        let all: Vec<_> = fields.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
        format!("{{{}}}\n", all.join(","))
    })
}

fn term() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec![
        "a",
        "b",
        "a.b",
        "a{}",
        "source",
        "sourcetype",
        "host",
        "c",
        "*",
    ]);
    let op = prop::sample::select(vec!["=", "!=", "<", ">="]);
    let wide = prop::sample::select(vec!["x*", "*", "*Y", "10.0.0.0/8", "_json"]);
    let right = prop_oneof![value().prop_map(str::to_owned), wide.prop_map(str::to_owned)];
    prop_oneof![
        4 => (field.clone(), op, right).prop_map(|(f, o, v)| format!("{f}{o}\"{v}\"")),
        1 => (field, value(), value()).prop_map(|(f, a, b)| format!("{f} IN (\"{a}\", \"{b}\")")),
        1 => value().prop_filter("no term", |v| !v.is_empty()).prop_map(|v| format!("\"{v}\"")),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    term().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3)
                .prop_map(|all| format!("({})", all.join(" "))),
            prop::collection::vec(inner.clone(), 1..3)
                .prop_map(|all| format!("({})", all.join(" OR "))),
            inner.prop_map(|one| format!("NOT {one}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost(
        conditions in prop::collection::vec(condition(), 1..8),
        events in prop::collection::vec(prop::collection::vec(event(), 0..4), 1..4),
    ) {
        let content = Arc::new(content(MacroSet::new(), None));
        let mut loaded = Loaded::default();
        for (n, c) in conditions.iter().enumerate() {
            let rest = ["", "| stats count", "| append [search a=x]", "| where a=\"x\""][n % 4];
            loaded.add_detection(detection(n, &format!("{c} {rest}")), &content, Choice::default());
        }
        prop_assert_eq!(&loaded.failed, &vec![]);
        let sets: Vec<DataSet> = events
            .iter()
            .enumerate()
            .map(|(n, lines)| {
                let name = format!("{n}.jsonl");
                let input = Input::bytes(name.clone(), lines.concat().into_bytes());
                DataSet { name, inputs: vec![input] }
            })
            .collect();
        compare(&loaded, &content, &sets);
    }
}

/// The folder of shared material: `SEPAL_SHARED`, else `shared` beside the project.
fn shared() -> Option<PathBuf> {
    let path = match std::env::var_os("SEPAL_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    if path.is_dir() {
        return path.canonicalize().ok();
    }
    println!("shared/ is absent: {} is no folder; set SEPAL_SHARED", path.display());
    None
}

/// All of ESCU over some small recordings of each kind.
#[test]
fn nothing_of_escu_is_lost() {
    let Some(shared) = shared() else { return };
    let dir = tempfile::tempdir().unwrap();
    for archive in std::fs::read_dir(shared.join("escu")).unwrap() {
        let mut tar = Command::new("tar");
        tar.arg("-I").arg("zstd").arg("-xf").arg(archive.unwrap().path()).arg("-C").arg(dir.path());
        assert!(tar.status().unwrap().success());
    }
    let (macros, _) = fs::macro_set(&[dir.path().join("macros")]).unwrap();
    let (lookups, _) = LookupFolders::read(&[dir.path().join("lookups")], false).unwrap();
    let content = Arc::new(content(macros, Some(Arc::new(lookups))));
    let mut loaded = Loaded::default();
    loaded.add(&dir.path().join("detections"), &content, Choice::default()).unwrap();
    assert!(loaded.ready.len() > 1300, "{}", loaded.ready.len());
    let mut sets = Vec::new();
    for (folder, count) in [
        ("evtx_to_mitre_attack/xml/TA0002-Execution", 2),
        ("evtx_to_mitre_attack/xml/TA0006-Credential_Access", 2),
        ("evtx_to_mitre_attack/json", 1),
        ("stratus_red_team", 1),
        ("k8s_audit/falco_traces", 1),
        ("attack_data_history/datasets_old", 2),
    ] {
        for path in small(&shared.join("data").join(folder), count) {
            let mut input = Input::path(&path);
            if folder.starts_with("attack_data") {
                let source = "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational";
                input = input.with_meta(Meta { source: Some(source.into()), ..Meta::default() });
            }
            sets.push(DataSet { name: input.name.clone(), inputs: vec![input] });
        }
    }
    assert!(sets.len() >= 6, "{}", sets.len());
    let found = compare(&loaded, &content, &sets);
    println!("{} findings over {} recordings", found.len(), sets.len());
    assert!(found.len() > sets.len(), "{found:?}");
}

/// The first files below a folder of at most 3 kB (packed).
fn small(folder: &Path, count: usize) -> Vec<PathBuf> {
    let (mut out, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.filter_map(|e| Some(e.ok()?.path())) {
            match path.is_dir() {
                true => open.push(path),
                false if path.metadata().is_ok_and(|m| m.len() < 3000) => out.push(path),
                false => {}
            }
        }
    }
    out.sort();
    out.truncate(count);
    out
}
