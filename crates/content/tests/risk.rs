//! Risk events, drilldowns and stamps of the fixtures.
#![allow(clippy::expect_used, clippy::print_stdout)] // helpers of tests may

mod common;

use indexmap::IndexMap;
use sepal_content::{
    AddedRisk, Detection, RiskIndex, RiskMaker, SearchTimes, fill_drilldown, fill_tokens,
    risk_events, stamp,
};
use sepal_data::time::zone;
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

fn times() -> SearchTimes {
    SearchTimes {
        earliest: None,
        latest: Some(1_700_000_500_250_000),
        now: 1_800_000_000_000_000,
        zone: zone("+01:00").expect("a zone"),
    }
}

fn first(row: &Value) -> Value {
    let detection = common::detection("detections/v4.yml");
    let mut maker = RiskMaker::new(&detection, Some(times()));
    Value::Object(maker.events(row).events.remove(0))
}

/// Technique, tactic and its id as on attack.mitre.org; CIS, NIST and names of fields as contentctl and
/// ES write them.
#[test]
fn annotations_of_an_event() {
    let event = first(&json!({ "dest": "web1" }));
    let pick = |name: &str| event[name].clone();
    assert_eq!(pick("annotations.mitre_attack"), json!(["T1505.003"]));
    assert_eq!(pick("annotations.mitre_attack.mitre_technique_id"), json!(["T1505.003"]));
    assert_eq!(pick("annotations.mitre_attack.mitre_technique"), json!(["Web Shell"]));
    assert_eq!(pick("annotations.mitre_attack.mitre_tactic"), json!(["persistence"]));
    assert_eq!(pick("annotations.mitre_attack.mitre_tactic_id"), json!(["TA0003"]));
    assert_eq!(pick("annotations.kill_chain_phases"), json!(["Installation"]));
    assert_eq!(pick("annotations.cis20"), json!(["CIS 10"]));
    assert_eq!(pick("annotations.nist"), json!(["DE.CM"]));
    assert_eq!(pick("analyticstories"), json!(["Web Shells"]));
    let all = ["Web Shells", "CIS 10", "Installation", "T1505.003", "DE.CM"];
    assert_eq!(pick("annotations._all"), json!(all));
    assert_eq!(
        pick("annotations._frameworks"),
        json!(["analytic_story", "cis20", "kill_chain_phases", "mitre_attack", "nist"])
    );
    assert_eq!(pick("annotations")["nist"], json!(["DE.CM"]));
    assert_eq!(
        pick("savedsearch_description"),
        "A web server starts a shell, which it hardly ever does."
    );
    for (name, value) in
        [("index", "risk"), ("sourcetype", "stash"), ("normalized_risk_object", "web1")]
    {
        assert_eq!(pick(name), value);
    }
    assert_eq!(pick("source"), pick("search_name"));
    assert_eq!(pick("calculated_risk_score"), pick("risk_score"));
    assert_eq!(
        (pick("info_min_time"), pick("info_max_time")),
        (json!("0.000"), json!("1700000500.250"))
    );
    assert_eq!(pick("info_search_time"), "1800000000.000");
}

/// A detection that names no phases gets those of its tactics: T1526 is of discovery.
#[test]
fn phases_follow_from_tactics() {
    let detection = common::detection("detections/v5.yml");
    let risk = risk_events(&detection, &json!({ "user": "bob", "src_ip": ["1.1.1.1", "1.1.1.2"] }));
    let event = &risk.events[0];
    assert_eq!(event["annotations.kill_chain_phases"], json!(["Exploitation"]));
    assert_eq!(event["annotations.cis20"], json!(["CIS 13"]));
    assert_eq!(event["annotations.nist"], json!(["DE.AE"]));
    assert_eq!(event["threat_object"], json!(["1.1.1.1", "1.1.1.2"]));
    assert_eq!(event["threat_object_type"], json!(["ip_address", "ip_address"]));
    assert!(event.get("_time").is_none() && event.get("index").is_none());
}

/// The rules of `result2stash` in the CIM add-on's cim_actions.py.
#[test]
fn fields_of_the_row() {
    let event = first(&json!({
        "dest": "web1", "user": "anna", "count": 3, "empty": "", "null": null, "many": ["a", "b"],
        "_time": 1_700_000_000, "_raw": "text", "source": "s", "sourcetype": "st", "host": "h",
        "orig_source": "older", "orig_time": "older", "orig_other": "kept", "tag": "t", "tag::host": "u",
        "_cd": "1:2", "_bkt": "b", "date_hour": 3, "punct": "..", "rid": 1, "orig_sid": "x",
        "risk_score": 99, "search_name": "mine", "info_min_time": 5
    }));
    for (name, value) in [
        ("user", json!("anna")),
        ("count", json!(3)),
        ("many", json!(["a", "b"])),
        ("orig_time", json!(1_700_000_000)),
        ("orig_raw", json!("text")),
        ("orig_source", json!("s")),
        ("orig_sourcetype", json!("st")),
        ("orig_host", json!("h")),
        ("orig_other", json!("kept")),
        ("orig_tag", json!("t")),
        ("orig_tag::host", json!("u")),
        ("orig_search_name", json!("mine")),
        ("risk_score", json!(56)),
        ("info_min_time", json!("0.000")),
        ("_time", json!(1_700_000_000)),
    ] {
        assert_eq!(event[name], value, "{name}");
    }
    for name in
        ["empty", "null", "_cd", "_bkt", "date_hour", "punct", "rid", "orig_sid", "host", "tag"]
    {
        assert!(event.get(name).is_none(), "{name}");
    }
    let raw = event["_raw"].as_str().expect("a text");
    assert!(
        raw.starts_with("1700000000, search_name=\"ESCU - Odd Shell From Web Server - Rule\", ")
    );
    assert!(raw.contains(", many=\"a\", many=\"b\", ") && raw.contains(", orig_raw=\"text\", "));
}

#[test]
fn when_it_happened() {
    let time = |more: Value| {
        let mut row = json!({ "dest": "web1" });
        row.as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().unwrap_or_default());
        first(&row)["_time"].clone()
    };
    let both = json!({ "_time": 5.5, "lastTime": 6, "firstTime": 4 });
    assert_eq!(time(both), json!(5.5));
    assert_eq!(time(json!({ "lastTime": "6", "firstTime": 4 })), 6);
    assert_eq!(time(json!({ "lastTime": "soon", "firstTime": 4 })), 4);
    // as security_content_ctime writes it, in the run's zone
    assert_eq!(time(json!({ "lastTime": "2023-11-14T23:13:20" })), 1_700_000_000);
    // else the end of the range
    assert_eq!(time(json!({})), json!(1_700_000_500.249_999));
}

#[test]
fn ids() {
    let detection = common::detection("detections/v4.yml");
    let ids = |rows: &[Value]| -> Vec<String> {
        let mut maker = RiskMaker::new(&detection, Some(times()));
        let events = rows.iter().flat_map(|r| maker.events(r).events);
        events.map(|e| e["risk_event_id"].as_str().expect("a text").to_owned()).collect()
    };
    let row = json!({ "dest": "web1", "user": "anna", "info_search_time": 1 });
    let one = ids(std::slice::from_ref(&row));
    assert_eq!(one.len(), 2);
    assert_ne!(one[0], one[1]);
    assert!(one[0].len() == 32 && one[0].bytes().all(|b| b.is_ascii_hexdigit()));
    // the same for the same row, whatever the order of its fields and the time of the search
    assert_eq!(ids(&[json!({ "info_search_time": 2, "user": "anna", "dest": "web1" })]), one);
    // two rows that are the same are two
    let two = ids(&[row.clone(), row.clone()]);
    assert_eq!(two[..2], one);
    assert_eq!(two.iter().collect::<std::collections::HashSet<_>>().len(), 4);
    assert_ne!(ids(&[json!({ "dest": "web1", "user": "anna", "count": 1 })])[0], one[0]);
    // another detection's
    let mut other = detection.clone();
    other.id = "other".to_owned();
    assert_ne!(risk_events(&other, &row).events[0]["risk_event_id"], json!(one[0]));
}

#[test]
fn an_index_is_a_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = RiskIndex::new(dir.path().join("a/b"));
    assert_eq!(index.files(), Ok(Vec::new()));
    let event = |id: &str, time: i64| {
        let event = json!({ "risk_event_id": id, "_time": time, "x": "\"risk_event_id\":\"no\"" });
        event.as_object().expect("an object").clone()
    };
    let (one, two) = (event("1", 1_700_000_000), event("2", 1_700_100_000));
    let added = index.add(vec![one.clone(), one.clone()]).expect("it is added");
    assert_eq!((added.new, added.known), (1, 1));
    let name = |added: &AddedRisk| {
        let file = added.file.as_ref().expect("a file");
        file.file_name().expect("a name").to_string_lossy().into_owned()
    };
    assert!(name(&added).starts_with("risk-2023-11-14-") && name(&added).ends_with(".ndjson"));
    let again = index.add(vec![one, two]).expect("it is added");
    assert_eq!((again.new, again.known), (1, 1));
    assert_eq!(index.files().expect("files").len(), 2);
    assert_eq!(index.add(Vec::new()), Ok(AddedRisk::default()));
    // nothing but whole files is left
    let all = std::fs::read_dir(index.folder()).expect("a folder").count();
    assert_eq!(all, 2);
    // files of others are read, but have no ids
    std::fs::write(index.folder().join("mine.ndjson"), "{\"risk_object\":\"x\"}\nbroken")
        .expect("a file");
    std::fs::write(index.folder().join("notes.txt"), "x").expect("a file");
    assert_eq!(index.files().expect("files").len(), 3);
    assert_eq!(index.ids().expect("ids").len(), 2);
    let file = RiskIndex::new(dir.path().join("a/b/notes.txt"));
    assert_eq!(file.add(vec![event("3", 0)]).expect_err("no folder").code, "SPL4210");
}
