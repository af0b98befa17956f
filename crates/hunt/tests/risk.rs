//! Correlations over risk events: those of ESCU, over events that are made here.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test fails by panicking

use sepal_content::{CimModels, RiskIndex, SourcetypeRules, fs};
use sepal_exec::host::FixedHost;
use sepal_exec::scan::Input;
use sepal_hunt::{
    Choice, Content, DataSet, Hunt, Loaded, Options, Progress, Report, Risk, RiskEvent,
};
use sepal_parser::macros::MacroSet;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

fn content(macros: MacroSet) -> Arc<Content> {
    let (models, rules) = (CimModels::new(), SourcetypeRules::new());
    Arc::new(Content::new(macros, None, Arc::new(models), Some(Arc::new(rules))))
}

fn hunt(
    loaded: &Loaded,
    content: &Content,
    sets: Vec<DataSet>,
    index: Option<&RiskIndex>,
    threads: usize,
) -> (Report, Risk) {
    let progress = Progress::default();
    let host = Arc::new(FixedHost::default());
    let options = Options { threads, ..Options::default() };
    let (ready, stop) = (&loaded.ready, Arc::default());
    let hunt = Hunt { ready, content, host, options, stop, progress: &progress };
    hunt.run_with_risk(sets, index).unwrap()
}

/// The names of what fired.
fn fired(loaded: &Loaded, report: &Report) -> Vec<String> {
    for f in &report.findings {
        assert!(f.error.is_none(), "{:?}", f.error);
    }
    let findings = report.findings.iter().filter(|f| f.rows > 0);
    let mut names: Vec<String> =
        findings.map(|f| loaded.ready[f.detection].detection.name.clone()).collect();
    names.sort();
    names
}

/// Risk events of `sources` searches about one object, each of its own technique.
struct Story {
    name: &'static str,
    kind: &'static str,
    sources: &'static [&'static str],
    techniques: &'static [&'static str],
    tactics: &'static [(&'static str, &'static str)],
}

fn events(story: &Story, object: &str) -> Vec<RiskEvent> {
    let (tactics, ids): (Vec<_>, Vec<_>) = story.tactics.iter().copied().unzip();
    let one = |(n, source): (usize, &&str)| {
        let event = json!({
            "risk_event_id": format!("{object}-{n}"),
            "_time": 1_700_000_000 + n,
            "source": format!("ESCU - {source} - Rule"),
            "search_name": format!("ESCU - {source} - Rule"),
            "risk_object": object,
            "risk_object_type": story.kind,
            "risk_score": 40,
            "calculated_risk_score": 40,
            "analyticstories": [story.name],
            "annotations.mitre_attack.mitre_tactic": tactics,
            "annotations.mitre_attack.mitre_tactic_id": ids,
            "annotations.mitre_attack.mitre_technique_id": story.techniques[n % story.techniques.len()],
            "repository": "app",
            "user": "bob",
        });
        event.as_object().unwrap().clone()
    };
    story.sources.iter().enumerate().map(one).collect()
}

const FIVE: &[&str] = &["S One", "S Two", "S Three", "S Four", "S Five", "S Six"];
const MOVE: &[(&str, &str)] = &[("lateral-movement", "TA0008")];

/// One for each of ESCU's correlations of October 2024.
const STORIES: &[(&str, Story)] = &[
    ("Log4Shell CVE-2021-44228 Exploitation", story("Log4Shell CVE-2021-44228", "system")),
    ("Living Off The Land Detection", story("Living Off The Land", "system")),
    (
        "Active Directory Lateral Movement Identified",
        story("Active Directory Lateral Movement", "system"),
    ),
    (
        "Active Directory Privilege Escalation Identified",
        story("Active Directory Privilege Escalation", "system"),
    ),
    (
        "Steal or Forge Authentication Certificates Behavior Identified",
        story("Windows Certificate Services", "system"),
    ),
    ("ProxyShell ProxyNotShell Behavior Detected", story("ProxyShell", "system")),
    (
        "Linux Persistence and Privilege Escalation Risk Behavior",
        Story {
            tactics: &[("persistence", "TA0003")],
            ..story("Linux Privilege Escalation", "system")
        },
    ),
    ("Risk Rule for Dev Sec Ops by Repository", story("Dev Sec Ops", "other")),
    (
        "Okta Risk Threshold Exceeded",
        Story {
            techniques: &["T1110", "T1078", "T1621", "T1586", "T1539", "T1556"],
            ..story("Okta Account Takeover", "user")
        },
    ),
    (
        "Windows Modify Registry Risk Behavior",
        Story {
            sources: &["Windows Registry A", "Windows Registry B", "Windows Registry C"],
            techniques: &["T1112"],
            ..story("Any", "system")
        },
    ),
    (
        "Windows Common Abused Cmd Shell Risk Behavior",
        Story {
            sources: &[
                "Net Localgroup Discovery",
                "Icacls Deny Command",
                "ICACLS Grant Command",
                "Network Connection Discovery With Arp",
            ],
            ..story("Any", "system")
        },
    ),
    (
        "AWS S3 Exfiltration Behavior Identified",
        Story {
            sources: &["AWS One", "AWS Two"],
            tactics: &[("collection", "TA0009"), ("exfiltration", "TA0010")],
            ..story("Any", "user")
        },
    ),
];

const fn story(name: &'static str, kind: &'static str) -> Story {
    Story { name, kind, sources: FIVE, techniques: &["T1021"], tactics: MOVE }
}

/// ESCU's detections of type Correlation and its macros; none where there is no shared material.
fn escu() -> Option<(Loaded, Arc<Content>)> {
    let shared = match std::env::var_os("SEPAL_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let archive = shared.join("escu/security_content-2024-10.tar.zst");
    if !archive.is_file() {
        println!("shared/ is absent: {} is no file; set SEPAL_SHARED", archive.display());
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut tar = Command::new("tar");
    tar.arg("-I").arg("zstd").arg("-xf").arg(&archive).arg("-C").arg(dir.path());
    assert!(tar.status().unwrap().success());
    let (macros, _) = fs::macro_set(&[dir.path().join("macros")]).unwrap();
    let content = content(macros);
    let mut loaded = Loaded::default();
    for file in fs::yaml_files(&dir.path().join("detections")).unwrap() {
        if std::fs::read_to_string(&file).unwrap().contains("\ntype: Correlation") {
            let choice = Choice { deprecated: true, ..Choice::default() };
            loaded.add(&file, &content, choice).unwrap();
        }
    }
    Some((loaded, content))
}

/// All of them plan, none is left out, and each fires over the risk events that it looks for, and over
/// no others.
#[test]
fn escus_correlations_fire() {
    let Some((loaded, content)) = escu() else { return };
    assert_eq!(loaded.failed, vec![]);
    assert_eq!(loaded.left_out, vec![]);
    assert_eq!(loaded.ready.len(), 13);
    let old = "Correlation by Repository and Risk";
    let mut all = Vec::new();
    for (n, (name, story)) in STORIES.iter().enumerate() {
        let events = events(story, &format!("object{n}"));
        let index = tempfile::tempdir().unwrap();
        let index = RiskIndex::new(index.path());
        index.add(events.clone()).unwrap();
        let (report, risk) = hunt(&loaded, &content, Vec::new(), Some(&index), 2);
        let names = fired(&loaded, &report);
        assert!(names.contains(&(*name).to_owned()), "{name}: {names:?}");
        // one that counts all sources of a repository fires everywhere but where scores are low
        let others = names.iter().filter(|n| *n != name && *n != old).count();
        assert_eq!(others, 0, "{name}: {names:?}");
        assert!(risk.events.is_empty(), "correlations of ESCU 4 only raise notables");
        all.extend(events);
    }
    let index = tempfile::tempdir().unwrap();
    let index = RiskIndex::new(index.path());
    index.add(all).unwrap();
    let (report, _) = hunt(&loaded, &content, Vec::new(), Some(&index), 2);
    let mut want: Vec<&str> = STORIES.iter().map(|(name, _)| *name).chain([old]).collect();
    want.sort_unstable();
    assert_eq!(fired(&loaded, &report), want);
    // without them nothing fires
    let (report, _) = hunt(&loaded, &content, Vec::new(), None, 2);
    assert_eq!(fired(&loaded, &report), Vec::<String>::new());
}

const RULE: &str = "\
name: Bad
id: b1
type: TTP
search: bad=* | table _time user bad
rba:
  message: $user$ was bad
  risk_objects: [{field: user, type: user, score: 7}]
";

const CORRELATION: &str = "\
name: Very Bad
id: b2
creation_date: 2026-01-01
type: Correlation
search: index=risk | stats sum(risk_score) AS sum BY risk_object | where sum > 10
finding:
  title: $risk_object$ was very bad
  entity: {field: risk_object, type: user, score: 50}
";

/// A detection of another sort that asks for risk events comes last as well.
const TOP: &str = "\
name: Top
id: b3
type: Hunting
search: '| from datamodel Risk.All_Risk | stats count'
";

/// One that correlates something else is left out unless it is asked for.
const NOTABLES: &str = "\
name: Notables
id: b4
type: Correlation
search: index=notable | stats count BY user | where count > 3
";

fn own(order: &[&str]) -> (Loaded, Arc<Content>) {
    let content = content(MacroSet::new());
    let mut loaded = Loaded::default();
    for text in order {
        let detection = sepal_content::Detection::load("d.yml", text).unwrap();
        loaded.add_detection(detection, &content, Choice::default());
    }
    loaded.put_correlations_last();
    (loaded, content)
}

fn sets(lines: &[&str]) -> Vec<DataSet> {
    let one = |(n, text): (usize, &&str)| {
        let input = Input::bytes(format!("{n}.jsonl"), text.as_bytes().to_vec());
        DataSet { name: n.to_string(), inputs: vec![input] }
    };
    lines.iter().enumerate().map(one).collect()
}

#[test]
fn risk_events_of_all_data_sets_are_correlated_last() {
    let (loaded, content) = own(&[CORRELATION, TOP, RULE, NOTABLES]);
    assert_eq!(loaded.left_out.len(), 1);
    let first = "{\"user\":\"eve\",\"bad\":1}\n{\"user\":\"bob\",\"bad\":2}\n";
    let second = "{\"user\":\"eve\",\"bad\":3}\n{\"user\":\"eve\"}\n";
    let mut before: Option<String> = None;
    for threads in [1, 3] {
        let (report, risk) = hunt(&loaded, &content, sets(&[first, second]), None, threads);
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|f| {
                let name = &loaded.ready[f.detection].detection.name;
                let rows: Vec<_> = sepal_exec::run::rows_to_json(&f.first);
                (name.as_str(), f.set, f.rows, json!(rows))
            })
            .collect();
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!((found[0].0, found[0].1, found[0].2), ("Bad", 0, 2));
        assert_eq!((found[1].0, found[1].1, found[1].2), ("Bad", 1, 1));
        assert_eq!(found[2], ("Very Bad", 2, 1, json!([{ "risk_object": "eve", "sum": 14 }])));
        assert_eq!(found[3], ("Top", 2, 1, json!([{ "count": 3 }])));
        assert_eq!(
            (report.sets.len(), report.sets[2].of_risk, report.sets[2].events),
            (3, true, 3)
        );
        assert_eq!(report.done, report.total);
        // three of Bad, then the finding of the correlation, which ESCU 6 gives a risk event
        assert_eq!(risk.events.len(), 4);
        assert_eq!(risk.events[3]["risk_message"], "eve was very bad");
        let text = format!("{:?}", risk.events);
        assert_eq!(*before.get_or_insert_with(|| text.clone()), text);
    }
}

#[test]
fn a_row_that_came_before_is_no_second_event() {
    let (loaded, content) = own(&[RULE, CORRELATION]);
    let dir = tempfile::tempdir().unwrap();
    let index = RiskIndex::new(dir.path());
    let line = "{\"_time\":1700000000,\"user\":\"eve\",\"bad\":1}\n";
    let (report, risk) = hunt(&loaded, &content, sets(&[line]), Some(&index), 2);
    assert_eq!(fired(&loaded, &report), ["Bad"]);
    assert_eq!(index.add(risk.events).unwrap().new, 1);
    // the same row in two hunts, and in two data sets, is one: 7 is not more than 10
    let (report, risk) = hunt(&loaded, &content, sets(&[line, line]), Some(&index), 2);
    assert_eq!(fired(&loaded, &report), ["Bad", "Bad"]);
    assert_eq!(index.add(risk.events).unwrap().new, 0);
    // twice within one it is two
    let twice = line.repeat(2);
    let (report, risk) = hunt(&loaded, &content, sets(&[&twice]), Some(&index), 2);
    assert_eq!(fired(&loaded, &report), ["Bad", "Very Bad"]);
    assert_eq!(index.add(risk.events).unwrap().new, 2);
}

#[test]
fn rows_of_hunting_searches_add_nothing() {
    let text = RULE.replace("TTP", "Hunting");
    let (loaded, content) = own(&[&text, TOP]);
    let (report, risk) =
        hunt(&loaded, &content, sets(&["{\"user\":\"eve\",\"bad\":1}\n"]), None, 2);
    assert_eq!(report.findings.len(), 2);
    assert!(risk.events.is_empty());
}
