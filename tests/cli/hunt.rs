//! `sepal hunt`.

use crate::support::{Ran, command, folder, root, sepal, sepal_in, snapshot};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

const DETECTIONS: &str = "tests/data/hunt/detections";
const APP: [&str; 2] = ["tests/data/hunt/events/app.jsonl", "tests/data/hunt/events/quiet.jsonl"];
const SYSMON: &str = "tests/data/hunt/events/sysmon.xml";
const CHANNEL: &str = "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational";

/// Within the hour after the events of the first file.
const NOW: &str = "2026-02-11T08:30:00";

fn hunt(more: &[&str]) -> Ran {
    let mut args = vec!["hunt", "-d", DETECTIONS, "--lookups", "tests/data/hunt/lookups"];
    args.extend(["--tz", "UTC"]);
    args.extend(more);
    sepal(&args)
}

fn app(more: &[&str]) -> Ran {
    let mut args = vec!["--sourcetype", "app"];
    // risk events of rows without a time are of now
    if !more.contains(&"--now") {
        args.extend(["--now", "2026-02-12T00:00:00Z"]);
    }
    args.extend(more);
    args.extend(APP);
    hunt(&args)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// The findings of `--format ndjson`, without failures.
fn findings(ran: &Ran) -> Vec<Value> {
    lines(&ran.out).into_iter().filter(|l| l["error"].is_null()).collect()
}

#[test]
fn every_format() {
    let mut text = String::new();
    for format in ["text", "markdown", "csv", "ndjson"] {
        text.push_str(&app(&["--format", format]).text());
    }
    snapshot("hunt_formats", &text);
}

#[test]
fn each_input_for_itself() {
    let mut text = app(&["--per-input"]).text();
    text.push_str(&app(&["--per-input", "--format", "ndjson", "--rows", "1"]).text());
    snapshot("hunt_per_input", &text);
}

#[test]
fn what_is_left_out_can_be_asked_for() {
    snapshot("hunt_all", &app(&["--deprecated", "--all-types"]).text());
}

/// What `run` gives, which has its own tests, is what a hunt has to give.
#[test]
fn rows_are_those_of_single_runs() {
    let inputs: [(&str, &str, &[&str]); 2] =
        [("--sourcetype", "app", &APP), ("--source", CHANNEL, &[SYSMON])];
    let mut found = 0;
    for (option, stamp, inputs) in inputs {
        let stamps = [option, stamp, "--now", NOW, "--rows", "1000", "--format", "ndjson"];
        for switch in ["--deprecated", "--no-prefilter"] {
            let per_input = [&stamps[..], &["--per-input", switch, "--time-modifiers"], inputs];
            let ran = hunt(&per_input.concat());
            assert_eq!(ran.code, 2, "{}", ran.err);
            let all = lines(&ran.out);
            for file in detections() {
                for input in inputs {
                    let single = ["run", &file, input, option, stamp, "--format", "ndjson"];
                    let content = ["--lookups", "tests/data/hunt/lookups"];
                    let single =
                        sepal(&[&single[..], &content, &["--tz", "UTC", "--now", NOW]].concat());
                    let of = |l: &&Value| l["file"] == *file && l["input"] == **input;
                    let hunted = all.iter().find(of);
                    let failed = all.iter().find(|l| l["file"] == *file && !l["error"].is_null());
                    if switch != "--deprecated" && file.contains("old/") {
                        assert!(hunted.is_none(), "{file} is left out");
                    } else if single.code != 0 {
                        assert!(failed.is_some(), "{file}: {}", single.err);
                    } else {
                        let rows = hunted.map_or(json!([]), |l| l["first_rows"].clone());
                        assert_eq!(rows, json!(lines(&single.out)), "{file} over {input}");
                        found += lines(&single.out).len();
                    }
                }
            }
        }
    }
    // Failed Logins 1, Secrets Read 1, Logs Deleted 1 (its time range ends before the other file),
    // Counts Always 2, Old Logins 4; over Sysmon's events Whoami 1 and Counts Always 1; all but Old
    // Logins twice
    assert_eq!(found, 2 * (5 + 2) + 4);
}

/// All files that are detections and not correlations.
fn detections() -> Vec<String> {
    let names = ["counts_always", "failed_logins", "logs_deleted", "no_model", "old/old_logins"];
    let more = ["secrets_read", "sends_mail", "whoami"];
    names.iter().chain(&more).map(|n| format!("{DETECTIONS}/{n}.yml")).collect()
}

#[test]
fn time_modifiers_of_detections_count_only_where_asked() {
    // logins of the last hour: at ten there are none since eight
    let names = |more: &[&str]| -> Vec<String> {
        let ran = app(&[&["--format", "ndjson", "--now", "2026-02-11T10:00:00"], more].concat());
        findings(&ran).iter().map(|f| f["detection"].as_str().unwrap().to_owned()).collect()
    };
    assert!(names(&[]).contains(&"Logs Deleted".to_owned()));
    assert!(!names(&["--time-modifiers"]).contains(&"Logs Deleted".to_owned()));
    // those of the command line count for all
    let late = names(&["--earliest", "2026-02-11T08:30:00"]);
    assert_eq!(late, ["Counts Always"]);
}

#[test]
fn data_models_by_sourcetype() {
    let ran = hunt(&["--source", CHANNEL, "--format", "ndjson", SYSMON]);
    let found = findings(&ran);
    let whoami = found.iter().find(|f| f["detection"] == "Whoami").unwrap();
    assert_eq!(whoami["rows"], 1);
    assert_eq!(
        whoami["entities"],
        json!([{"type": "system", "value": "pc1.example.org", "rows": 1, "risk": 0}])
    );
    // without what is known of sourcetypes the events have no tags
    let ran = hunt(&["--source", CHANNEL, "--format", "ndjson", "--no-knowledge", SYSMON]);
    assert!(!findings(&ran).iter().any(|f| f["detection"] == "Whoami"));
}

#[test]
fn the_same_for_any_threads_packing_and_way_in() {
    let plain = app(&["--format", "ndjson", "--per-input"]).out;
    for threads in ["1", "2", "7"] {
        assert_eq!(app(&["--format", "ndjson", "--per-input", "--threads", threads]).out, plain);
    }
    assert_eq!(app(&["--format", "ndjson", "--per-input", "--no-prefilter"]).out, plain);

    let text: String = APP.map(|f| std::fs::read_to_string(root().join(f)).unwrap()).concat();
    let dir = folder(&[("all.jsonl", &text)]);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    std::fs::write(dir.path().join("all.jsonl.gz"), gz.finish().unwrap()).unwrap();
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    std::fs::write(dir.path().join("all.jsonl.zst"), packed).unwrap();
    let at = |file: &str| {
        let base = root();
        let full = |p: &str| base.join(p).to_str().unwrap().to_owned();
        let (detections, lookups) = (full(DETECTIONS), full("tests/data/hunt/lookups"));
        let (macros, source) = (full("tests/data/hunt/macros"), ["--source", "s"]);
        let mut args = vec!["hunt", "-d", &detections, "--macros", &macros, "--lookups", &lookups];
        args.extend(source);
        args.extend(["--now", "2026-02-12T00:00:00Z"]);
        args.extend(["--sourcetype", "app", "--format", "ndjson", file]);
        let ran = sepal_in(dir.path(), &args, &text);
        let of = |mut f: Value| {
            f["input"] = json!("");
            f
        };
        findings(&ran).into_iter().map(of).collect::<Vec<_>>()
    };
    let plain = at("all.jsonl");
    assert_eq!(plain.len(), 5);
    for other in ["all.jsonl.gz", "all.jsonl.zst", "-"] {
        assert_eq!(at(other), plain, "{other}");
    }
}

#[test]
fn how_it_ends() {
    let one = |detection: &str, more: &[&str]| {
        let file = format!("{DETECTIONS}/{detection}.yml");
        let mut args = vec!["hunt", "-d", &file, "--sourcetype", "app", "--quiet", APP[0]];
        args.extend(["--lookups", "tests/data/hunt/lookups"]);
        args.extend(more);
        sepal(&args)
    };
    assert_eq!(one("secrets_read", &[]).code, 0);
    assert_eq!(one("secrets_read", &["--fail-on-match"]).code, 1);
    // finds nothing
    assert_eq!(one("whoami", &["--fail-on-match"]).code, 0);
    assert_eq!(one("whoami", &[]).out, "");
    assert_eq!(one("whoami", &[]).err, "");
    // what cannot run, fails, or is no detection is an error whatever else is found
    assert_eq!(one("sends_mail", &[]).code, 2);
    assert_eq!(one("no_model", &[]).code, 2);
    assert_eq!(one("not_one", &[]).code, 2);
    let both = one("secrets_read", &["-d", "tests/data/hunt/detections/no_model.yml"]);
    assert_eq!(both.code, 2);
    assert!(both.out.contains("Secrets Read"), "{}", both.out);
}

#[test]
fn what_is_not_there_is_an_error() {
    let dir = folder(&[("empty/readme.txt", "")]);
    let empty = dir.path().join("empty");
    let mut text = String::new();
    for args in [
        vec!["hunt", APP[0]],
        vec!["hunt", "-d", "nowhere", APP[0]],
        vec!["hunt", "-d", empty.to_str().unwrap(), APP[0]],
        vec!["hunt", "-d", "queries", "nowhere.jsonl"],
        vec!["hunt", "-d", "queries", "--earliest", "yesterdayish", APP[0]],
    ] {
        let ran = sepal(&args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        text.push_str(&format!("--- {}\n", ran.err));
    }
    snapshot("hunt_not_there", &text);
}

/// One damaged input does not keep the others from being hunted.
#[test]
fn a_damaged_input_is_told() {
    let text = std::fs::read_to_string(root().join(APP[0])).unwrap();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    let mut bytes = gz.finish().unwrap();
    bytes.truncate(bytes.len() - 12);
    let dir = folder(&[("b.jsonl", &format!("{text}{{\"user\":\"bo\n"))]);
    std::fs::write(dir.path().join("a.jsonl.gz"), bytes).unwrap();
    let at = dir.path().to_str().unwrap();
    let ran = hunt(&["--sourcetype", "app", "--per-input", at]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("error[SPL5101]") && ran.err.contains("a.jsonl.gz"), "{}", ran.err);
    assert!(ran.err.contains("1 damaged event kept as text"), "{}", ran.err);
    assert!(ran.out.contains("Logs Deleted"), "{}", ran.out);
}

/// The first Ctrl-C ends the hunt with what was found so far.
#[test]
#[cfg(unix)]
fn ctrl_c_shows_what_was_found() {
    let dir = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(root().join(APP[0])).unwrap();
    for n in 0..400 {
        std::fs::write(dir.path().join(format!("{n:03}.jsonl")), text.repeat(2000)).unwrap();
    }
    let mut child = command();
    child.args(["hunt", "-d", DETECTIONS, "--lookups", "tests/data/hunt/lookups"]);
    child.args(["--sourcetype", "app", "--per-input", "--no-prefilter"]);
    let child = child.arg(dir.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = child.spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let done = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(130), "{err}");
    assert!(err.contains("STOPPED: found in "), "{err}");
}

/// The findings seen from each side, for reading and for programs.
#[test]
fn by_severity_technique_and_entity() {
    let mut text = String::new();
    for by in ["severity", "technique", "entity"] {
        for format in ["text", "csv"] {
            let ran = app(&["--by", by, "--format", format, "--quiet"]);
            text.push_str(&format!("--- {by}, {format}\n{}", ran.out));
        }
    }
    snapshot("hunt_by", &text);
    let ran = app(&["--by", "entity", "--format", "ndjson"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("--by is about tables"), "{}", ran.err);
}

/// The sum of an entity's risk is the score of its object once for each row that names it.
#[test]
fn risk_of_entities() {
    let found = findings(&app(&["--format", "ndjson"]));
    let of =
        |name: &str| found.iter().find(|f| f["detection"] == name).unwrap()["entities"].clone();
    let eve = json!({"type": "user", "value": "eve", "rows": 1, "risk": 80});
    assert_eq!(of("Logs Deleted"), json!([eve]));
    let rows = app(&["--by", "entity", "--format", "csv", "--quiet"]).out;
    // 80 of Logs Deleted and 40 of Failed Logins
    assert!(rows.contains("\neve,user,120,2,2,"), "{rows}");
}

/// The events behind rows that are no events: what the first search lets through.
#[test]
fn events_behind_rows() {
    let found = findings(&app(&["--format", "ndjson"]));
    let of = |name: &str| found.iter().find(|f| f["detection"] == name).unwrap().clone();
    let failed = of("Failed Logins");
    let events = failed["events"].as_array().unwrap();
    assert_eq!(events.len(), 2, "{events:?}");
    for event in events {
        let raw: Value = serde_json::from_str(event["raw"].as_str().unwrap()).unwrap();
        assert_eq!((&raw["user"], &raw["result"]), (&json!("eve"), &json!("failure")));
        assert_eq!(event["sourcetype"], "app");
    }
    // the newest of those that agree stands for the row
    let rows: Vec<_> = events.iter().map(|e| e["rows"].clone()).collect();
    assert_eq!(rows, [json!([0]), json!([])]);
    assert_eq!(events[0]["time"], 1_770_796_805);
    // its row has no time of its own
    assert_eq!(failed["first_time"], "2026-02-11T08:00:00Z");
    assert_eq!(failed["last_time"], "2026-02-11T08:00:05Z");
    // a detection that reads no event has none behind it
    assert_eq!(of("Counts Always")["events"], json!([]));
    assert_eq!(of("Counts Always")["first_time"], Value::Null);
    let none = findings(&app(&["--format", "ndjson", "--evidence", "0"]));
    assert!(none.iter().all(|f| f["events"] == json!([])));
}

/// What a reader of the layer needs; the form is that of the Navigator's specification.
#[test]
fn a_navigator_layer() {
    let ran = app(&["--format", "navigator"]);
    let layer: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(layer["versions"], json!({"attack": "17", "navigator": "5.1.0", "layer": "4.5"}));
    assert_eq!(layer["domain"], "enterprise-attack");
    assert!(layer["name"].is_string() && layer["gradient"]["colors"].is_array());
    let techniques = layer["techniques"].as_array().unwrap();
    let ids: Vec<_> = techniques.iter().map(|t| t["techniqueID"].as_str().unwrap()).collect();
    assert_eq!(ids, ["T1070", "T1078", "T1110", "T1552"]);
    let scores: Vec<_> = techniques.iter().map(|t| t["score"].as_u64().unwrap()).collect();
    assert_eq!(scores, [80, 40, 40, 64]);
    assert_eq!(layer["gradient"]["minValue"], 0);
    assert_eq!(layer["gradient"]["maxValue"], 80);
    for t in techniques {
        assert_eq!(t["enabled"], true);
        assert!(!t["comment"].as_str().unwrap().is_empty());
        for m in t["metadata"].as_array().unwrap() {
            assert!(m["name"].is_string() && m["value"].is_string(), "{m}");
        }
    }
}

/// The page's data, and the page without it.
fn page(ran: &Ran) -> (Value, String) {
    let open = "<script type=\"application/json\" id=\"data\">";
    let (before, rest) = ran.out.split_once(open).unwrap();
    let (data, after) = rest.split_once("</script>").unwrap();
    (serde_json::from_str(data).unwrap(), format!("{before}{open}{after}"))
}

#[test]
fn the_page() {
    let ran = app(&["--format", "html", "--now", NOW]);
    let (data, frame) = page(&ran);
    snapshot("hunt_html_data", &serde_json::to_string_pretty(&data).unwrap());
    // the style and the script are files of their own
    let mut short = String::new();
    let mut inside = false;
    for line in frame.lines() {
        let begins = line.starts_with("<style>") || line == "<script>\"use strict\";";
        inside = inside || begins;
        if begins || !inside {
            short.push_str(&format!("{line}\n"));
        }
        inside = inside && !line.ends_with("</style>") && !line.ends_with("</script>");
    }
    let frame = without_hashes(&short);
    snapshot("hunt_html_frame", &frame);
}

/// Without the hashes, which change with each line of the script.
fn without_hashes(text: &str) -> String {
    let mut out = String::new();
    for (n, part) in text.split("'sha256-").enumerate() {
        out.push_str(if n == 0 { part } else { part.split_once('\'').unwrap().1 });
        out.push_str(if n == 0 { "" } else { "[HASH]" });
    }
    out
}

/// An event is whatever an attacker writes: it cannot become markup or end the data.
#[test]
fn a_page_of_hostile_events() {
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{script}}\u{2028}";
    let event =
        json!({"time": "2026-02-11T08:01:00Z", "user": evil, "action": "read", "object": "secret"});
    let yml = "name: '<b onclick=alert(1)>Read</b>'\nid: 1\ntype: TTP\nsearch: |-\n  action=read | table _time user\n\
               rba:\n  message: $user$ <i>\n  risk_objects:\n  - field: user\n    type: user\n    score: 90\n";
    let dir = folder(&[("d/a.yml", yml), ("</script><b>.jsonl", &format!("{event}\n"))]);
    let args = ["hunt", "-d", "d", "--format", "html", "</script><b>.jsonl"];
    let ran = sepal_in(dir.path(), &args, "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let (data, frame) = page(&ran);
    let finding = &data["findings"][0];
    assert_eq!(finding["first_rows"][0]["user"], evil);
    assert_eq!(finding["events"][0]["raw"], event.to_string());
    assert_eq!(finding["severity"], "critical");
    assert!(!frame.contains("alert(1)") && !frame.contains("<img"));
    assert!(!ran.out.contains("<img") && !ran.out.contains("<b onclick"));
    // the only scripts are the data and the page's own
    assert_eq!(ran.out.matches("<script").count(), 2);
    assert_eq!(ran.out.matches("</script").count(), 2);
}

/// Files that grow, are renamed and come new are followed until Ctrl-C.
#[test]
#[cfg(unix)]
fn follow() {
    use std::io::BufRead;
    let line = |secs: u32, user: &str, rest: &str| {
        format!(
            "{{\"time\":\"2026-02-11T08:00:{secs:02}Z\",\"user\":\"{user}\",{rest},\"src\":\"10.0.0.1\"}}\n"
        )
    };
    let failure = |secs, user| line(secs, user, "\"action\":\"login\",\"result\":\"failure\"");
    let secret = |secs, user| line(secs, user, "\"action\":\"read\",\"object\":\"secret\"");
    let dir = folder(&[("a.jsonl", &(failure(1, "eve") + &secret(2, "bob")))]);
    let log = dir.path().join("a.jsonl");
    let add = |text: &str| {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(&log).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    let mut child = command();
    child.args(["hunt", "--lookups", "tests/data/hunt/lookups", "--sourcetype", "app"]);
    for d in ["failed_logins", "secrets_read"] {
        child.args(["-d", &format!("{DETECTIONS}/{d}.yml")]);
    }
    child.args(["--follow", "--every", "0.1", "--format", "ndjson"]);
    let mut child =
        child.arg(dir.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (send, lines) = std::sync::mpsc::channel();
    let out = std::io::BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        for line in out.lines() {
            let value: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let _ = send.send(value);
        }
    });
    let next = || lines.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    // what was there
    let first = next();
    assert_eq!(first["detection"], "Secrets Read");
    assert_eq!(first["first_rows"][0]["user"], "bob");
    // a second failure makes two, with the one that was there; the other detection is told once
    add(&failure(3, "eve"));
    let second = next();
    assert_eq!((&second["detection"], &second["rows"]), (&json!("Failed Logins"), &json!(1)));
    assert_eq!(second["first_rows"][0]["count"], 2);
    // half a line is no event yet
    let text = secret(4, "amy");
    let (begin, end) = text.split_at(40);
    add(begin);
    std::thread::sleep(std::time::Duration::from_millis(300));
    add(end);
    assert_eq!(next()["first_rows"][0]["user"], "amy");
    // renamed, and a new file in its place
    std::fs::rename(&log, dir.path().join("a.jsonl.1")).unwrap();
    add(&secret(5, "joe"));
    assert_eq!(next()["first_rows"][0]["user"], "joe");
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let done = child.wait_with_output().unwrap();
    reader.join().unwrap();
    let err = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{err}");
    assert!(lines.try_recv().is_err(), "nothing is told twice");
    assert!(err.contains("2 detections found something, 4 rows; followed 5 events"), "{err}");
}

#[test]
fn what_cannot_be_followed_is_refused() {
    let one = ["hunt", "-d", "tests/data/hunt/detections/secrets_read.yml", "--follow"];
    for (more, says) in [
        (&["-"][..], "cannot be followed"),
        (&["--every=-1", APP[0]][..], "--every takes"),
        (&["--window", "soon", APP[0]][..], "--window soon"),
        (&["--window", "1mon", APP[0]][..], "--window takes"),
        (&["--per-input", APP[0]][..], "--per-input"),
    ] {
        let ran = sepal(&[&one[..], more].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{more:?}");
        assert!(ran.err.contains(says), "{more:?}: {}", ran.err);
    }
}
