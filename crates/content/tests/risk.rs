//! Risk events, drilldowns and stamps of the fixtures.
#![allow(clippy::expect_used, clippy::print_stdout)] // helpers of tests may

mod common;

use indexmap::IndexMap;
use sepal_content::{Detection, fill_drilldown, fill_tokens, risk_events, stamp};
use serde_json::{Value, json};

#[test]
fn v4_observables_become_risk_and_threat_objects() {
    let detection = common::detection("detections/v4.yml");
    let row = json!({
        "dest": ["web1", "web2"], "user": "anna", "src_ip": "192.0.2.1",
        "process": ["cmd.exe /c whoami", "cmd.exe /c dir"], "count": 3
    });
    insta::assert_json_snapshot!(risk_events(&detection, &row).events);
}

#[test]
fn v5_of_an_index_map() {
    let detection = common::detection("detections/v5.yml");
    let row: IndexMap<String, Value> = IndexMap::from([
        ("objectRef.name".to_owned(), json!("web")),
        ("user".to_owned(), json!("system:anonymous")),
        ("src_ip".to_owned(), json!(["192.0.2.1", "192.0.2.2"])),
    ]);
    let risk = risk_events(&detection, &row);
    assert_eq!(
        risk.events[0]["risk_message"],
        "Image of web pulled from 192.0.2.1, 192.0.2.2 by system:anonymous for $5 ($reason$)"
    );
    insta::assert_json_snapshot!(risk.events);
    assert_eq!(risk.notes.len(), 1);
    assert_eq!(risk.notes[0].code, "SPL5202");
}

#[test]
fn v6_findings_have_messages_of_their_own() {
    let detection = common::detection("detections/v6.yml");
    let row = json!({ "src_user": "admin", "user": "bob", "ip": null });
    let risk = risk_events(&detection, &row);
    let brief: Vec<_> = risk
        .events
        .iter()
        .map(|e| json!([e["risk_object"], e["risk_score"], e["risk_message"]]))
        .collect();
    assert_eq!(
        brief,
        [
            json!(["admin", 50, "A security administrator admin read mail of bob"]),
            json!(["bob", 20.5, "Mail of bob was read"]),
        ]
    );
    assert_eq!(risk.notes[0].code, "SPL5203");
}

#[test]
fn a_missing_risk_object_is_said() {
    let detection = common::detection("detections/v5.yml");
    for row in [json!({}), json!({ "user": null }), json!({ "user": "" }), json!({ "user": [] })] {
        let risk = risk_events(&detection, &row);
        assert!(risk.events.is_empty());
        assert!(risk.notes.iter().any(|n| n.code == "SPL5201" && n.message.contains("`user`")));
    }
}

#[test]
fn drilldowns_are_filled() {
    let detection = common::detection("detections/v5.yml");
    let row = json!({
        "user": "an\"na", "objectRef.name": "web pod", "info_min_time": 1700000000, "info_max_time": "+Infinity"
    });
    let filled: Vec<_> =
        detection.drilldown_searches.iter().map(|d| fill_drilldown(&detection, d, &row)).collect();
    insta::assert_json_snapshot!(filled);
    let empty = fill_drilldown(&detection, &detection.drilldown_searches[0], &json!({}));
    assert_eq!(empty.earliest, "");
    assert!(empty.notes.iter().any(|n| n.message.contains("$user$")));
}

#[test]
fn stamps() {
    let brief = |detection: &Detection, file: &str| {
        let s = stamp(detection, file);
        let text = |v: Option<String>| v.unwrap_or_else(|| "-".to_owned());
        let all = [s.source, s.sourcetype, s.index, s.host].map(text).join(" ");
        format!("{all}{}", if s.notes.is_empty() { "" } else { " (note)" })
    };
    let v5 = common::detection("detections/v5.yml");
    assert_eq!(brief(&v5, "anything.jsonl"), "kubernetes _json - -");
    let v4 = common::detection("detections/v4.yml");
    let sysmon = "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational xmlwineventlog - -";
    assert_eq!(brief(&v4, "data/windows-sysmon.log.gz"), sysmon);
    assert_eq!(brief(&v4, "iis.log"), "iis ms:iis:auto web w1");
    assert_eq!(brief(&v4, "other.log"), format!("{sysmon} (note)"));
    let none = Detection::load("n.yml", "name: N\nsearch: x\n").expect("it loads");
    assert_eq!(brief(&none, "x"), "- - - -");
}

/// The detection that the project ships gets the source that its test data declares.
#[test]
fn the_seed() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../queries/kubernetes_suspicious_image_pulling.yml"
    );
    let text = std::fs::read_to_string(path).expect("the seed is in queries/");
    let detection = Detection::load("seed.yml", &text).expect("it loads");
    let stamp = stamp(&detection, "kubernetes_audit.jsonl");
    assert_eq!(
        (stamp.source.as_deref(), stamp.sourcetype.as_deref()),
        (Some("kubernetes"), Some("_json"))
    );
    assert_eq!(detection.filter_macro_name(), "kubernetes_suspicious_image_pulling_filter");
    let origin = detection.search_origin();
    let lines: Vec<&str> = detection.search.lines().collect();
    assert_eq!(lines.len(), 11);
    for (line, &at) in lines.iter().zip(origin.lines.iter()) {
        assert!(text[at..].starts_with(line));
    }
}

#[test]
fn tokens() {
    let row = json!({ "a": 1, "b.c{}": ["x", null, "y"], "t": true, "o": { "k": 1 }, "e": "$a$" });
    let cases = [
        ("$a$", "1"),
        ("$a$$a$", "11"),
        ("$$a$$", "$1$"),
        ("$5 for $a$", "$5 for 1"),
        ("$b.c{}$", "x, y"),
        ("$t$ $o$", "true {\"k\":1}"),
        ("$result.a$", "1"),
        // a value is not read again
        ("$e$", "$a$"),
        ("$none$ $a", "$none$ $a"),
        ("broken $dest by $a$", "broken $dest by 1"),
        ("ä$a$ö", "ä1ö"),
        ("$", "$"),
        ("", ""),
    ];
    for (text, want) in cases {
        assert_eq!(fill_tokens(text, &row).0, want, "{text}");
    }
}
