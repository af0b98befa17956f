//! `sepal run`.

use crate::support::{command, folder, root, sepal, sepal_in, snapshot};
use std::process::Stdio;

const SEED: &str = "queries/kubernetes_suspicious_image_pulling.yml";
const AUDIT: &str = "tests/data/kubernetes_audit.jsonl";

/// Three events; the second is cut off.
const EVENTS: &str = r#"{"time":"2026-01-01T00:00:01Z","user":"alice","verb":"get","n":3,"groups":["a","b"]}
{"time":"2026-01-01T00:00:02Z","user":"bo
{"time":"2026-01-01T00:00:03Z","user":"carol","verb":"delete","n":12,"groups":["b"],"note":"=1+1"}
"#;

fn on_events(args: &[&str]) -> crate::support::Ran {
    let dir = folder(&[("events.json", EVENTS)]);
    let mut all = vec!["run", "--tz", "UTC"];
    all.extend(args);
    all.push("events.json");
    sepal_in(dir.path(), &all, "")
}

#[test]
fn the_seed_detection_gives_the_rows_counted_by_hand() {
    let ran = sepal(&["run", SEED, AUDIT, "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let expected =
        std::fs::read_to_string(root().join("tests/data/kubernetes_audit.expected.json"));
    let expected: serde_json::Value = serde_json::from_str(&expected.unwrap()).unwrap();
    let got: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let text = |v: &serde_json::Value| -> Vec<String> {
        v.as_array().unwrap().iter().map(as_text).collect()
    };
    assert_eq!(text(&got), text(&expected));
}

/// A row with every number as text: `3` and `"3"` are one value in SPL.
fn as_text(row: &serde_json::Value) -> String {
    let cell = |v: &serde_json::Value| match v {
        serde_json::Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    let cells = row.as_object().unwrap().iter().map(|(k, v)| format!("{k}={}", cell(v)));
    cells.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_seed_detection_as_a_table() {
    let ran = sepal(&["run", SEED, AUDIT]);
    snapshot("seed_table", &ran.text());
}

#[test]
fn the_seed_detections_risk() {
    let ran = sepal(&["run", SEED, AUDIT, "--risk", "--now", "2026-02-12T00:00:00Z"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let head: Vec<&str> = ran.out.lines().take(2).collect();
    snapshot("seed_risk", &head.join("\n"));
}

#[test]
fn every_format() {
    let mut text = String::new();
    for format in ["table", "json", "ndjson", "csv", "md", "raw"] {
        let spl = if format == "raw" { "*" } else { "* | table user verb n groups{} note" };
        text.push_str(&on_events(&["-q", spl, "--format", format]).text());
    }
    text.push_str(&on_events(&["-q", "* | table note", "--format", "csv", "--csv-safe"]).text());
    snapshot("formats", &text);
}

#[test]
fn subsearches() {
    let mut text = String::new();
    let spl = "search n>1 [search verb=get | fields user] | stats count BY user";
    text.push_str(&on_events(&["-q", spl]).text());
    text.push_str(&on_events(&["-q", spl, "--explain"]).text());
    // damaged events are told, wherever they are read
    let spl =
        "| makeresults | eval user=\"alice\" | search [search verb=get | fields user] | table user";
    text.push_str(&on_events(&["-q", spl]).text());
    for spl in [
        "verb=[search verb=get | fields verb]",
        "verb=[search verb=none | return $verb]",
        "verb=get [stats count]",
        "* | stats sum(eval(n*[search verb=get | return $n])) AS s",
    ] {
        text.push_str(&on_events(&["-q", spl]).text());
    }
    // what can be read only once is not read half
    let dir = folder(&[]);
    let spl = "verb=get [search verb=get | fields user]";
    text.push_str(&sepal_in(dir.path(), &["run", "-q", spl], EVENTS).text());
    snapshot("subsearches", &text);
}

#[test]
fn an_output_file_gives_the_format() {
    let dir = folder(&[("e.json", EVENTS)]);
    let args = ["run", "-q", "* | table user n", "e.json", "-o", "rows.csv", "--quiet"];
    let ran = sepal_in(dir.path(), &args, "");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let written = std::fs::read_to_string(dir.path().join("rows.csv")).unwrap();
    assert_eq!(written, "user,n\ncarol,12\nalice,3\n,\n");
    let ran = sepal_in(dir.path(), &["run", "-q", "*", "e.json", "-o", "no/such/dir.csv"], "");
    assert_eq!(ran.code, 2);
}

#[test]
fn exit_codes() {
    for (args, code) in [
        (&["-q", "verb=get"][..], 0),
        (&["-q", "verb=get", "--fail-on-match"], 1),
        (&["-q", "verb=nothing", "--fail-on-match"], 0),
        (&["-q", "* | stats count", "--strict"], 2),
        (&["-q", "| stast count"], 2),
        (&["-q", "* | eval x="], 2),
        (&["-q", "*", "--earliest", "yesterdayish"], 2),
        (&["-q", "*", "--tz", "Mars/Olympus"], 2),
    ] {
        let ran = on_events(args);
        assert_eq!(ran.code, code, "{}", ran.text());
    }
}

#[test]
fn lookups_are_read_and_written_only_with_permission() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("verbs.csv");
    std::fs::copy(root().join("tests/data/lookups/verbs.csv"), &table).unwrap();
    let dir = folder.path().to_string_lossy().into_owned();
    let before = std::fs::read_to_string(&table).unwrap();
    let search = "* | lookup verbs.csv verb OUTPUT kind | stats count by kind \
                  | eval verb=kind | table verb kind | outputlookup append=t verbs.csv";
    let ran = sepal(&["run", "-q", search, "--lookups", &dir, AUDIT]);
    assert_eq!(ran.code, 2, "{}", ran.text());
    assert_eq!(std::fs::read_to_string(&table).unwrap(), before);
    let ran = sepal(&["run", "-q", search, "--lookups", &dir, "--allow-write", AUDIT]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let after = std::fs::read_to_string(&table).unwrap();
    assert_eq!(after, format!("{before}read,read\n"), "{}", ran.text());
}

#[test]
fn wrong_calls_say_what_to_do() {
    let mut text = String::new();
    for args in [
        &["run"][..],
        &["run", "--formt", "json", "-q", "x"],
        &["run", "-q", "*", "--format", "jsn"],
        &["rnu"],
        &["run", "nosuch.yml"],
        &["run", "-q", "*", "nosuch.json"],
        &["run", "-q", "*", "--tz", "Mars/Olympus", AUDIT],
        &["run", "-q", "*", "--earliest", "yesterdayish", AUDIT],
        &["run", "-q", "*", "--earliest", "-1h", "--latest", "-2h", AUDIT],
        &["run", "-q", "*", "--set", "no equals", AUDIT],
        &["run", "-q", "*", "--risk", AUDIT],
        &["run", "-q", "*", "--lookups", "nosuch", AUDIT],
        &["run", "-q", "* | lookup tools.csv verb", AUDIT],
        &["run", "-q", "* | lookup verb verb", "--lookups", "tests/data/lookups", AUDIT],
        &["run", "-q", "* | lookup verbs.csv vreb", "--lookups", "tests/data/lookups", AUDIT],
        &["run", "-q", "* | lookup seen verb", "--lookups", "tests/data/lookups", AUDIT],
        &["run", "-q", "* | lookup ../secret.csv verb", "--lookups", "tests/data/lookups", AUDIT],
        &["run", "-q", "* | outputlookup x.csv", "--lookups", "tests/data/lookups", AUDIT],
        &["run", AUDIT],
        &["run", "README.nosuch", AUDIT],
        &["run", "macros/kube_audit.yml", AUDIT],
    ] {
        let ran = sepal(args);
        assert_eq!(ran.code, 2, "{}", ran.text());
        text.push_str(&ran.text());
    }
    snapshot("wrong_calls", &text);
}

#[test]
fn explain_and_profile() {
    let mut text = sepal(&["run", SEED, "--explain"]).text();
    let spl =
        "verb=delete OR verb=create | eval u=lower('user.username') | sort u | head 3 | table u";
    text.push_str(&sepal(&["run", "-q", spl, "--explain"]).text());
    text.push_str(&sepal(&["run", "-q", "| makeresults count=2 | eval a=1", "--explain"]).text());
    text.push_str(&sepal(&["run", "-q", spl, AUDIT, "--profile"]).text());
    snapshot("explain_profile", &text);
}

/// JSON events without a sourcetype that a rule knows keep the plan that they have without rules.
#[test]
fn rules_cost_nothing_where_none_can_hold() {
    let with = sepal(&["run", SEED, AUDIT, "--explain"]).text();
    let without = sepal(&["run", SEED, AUDIT, "--explain", "--no-knowledge"]).text();
    let plan = |text: &str| text.split_once('\n').map(|(_, plan)| plan.to_owned());
    assert_eq!(plan(&with), plan(&without));
    assert!(with.contains("prefilter \"pulling image\""), "{with}");
    let security = ["--source", "XmlWinEventLog:Security"];
    let stamped = sepal(&["run", SEED, AUDIT, "--explain", security[0], security[1]]).text();
    assert!(stamped.contains("fields by sourcetype"), "{stamped}");
}

#[test]
fn events_come_from_standard_input() {
    let mut text = String::new();
    for args in [&["run", "-q", "* | stats count"][..], &["run", "-q", "* | stats count", "-"]] {
        text.push_str(&sepal_in(&root(), args, EVENTS).text());
    }
    snapshot("stdin", &text);
}

#[test]
fn a_search_may_make_its_own_rows() {
    let ran =
        sepal(&["run", "-q", "| makeresults count=2 | eval a=split(\"x y\", \" \") | table a"]);
    snapshot("makeresults", &ran.text());
}

#[test]
fn stamped_fields_come_from_the_options() {
    let args = ["-q", "source=s index=i | table source sourcetype index host", "--source", "s"];
    let more =
        ["--sourcetype", "t", "--index", "i", "--host", "h", "--format", "ndjson", "--quiet"];
    let ran = on_events(&[&args[..], &more[..]].concat());
    let row = r#"{"source":"s","sourcetype":"t","index":"i","host":"h"}"#;
    assert_eq!(ran.out, format!("{row}\n{row}\n{row}\n"), "{}", ran.err);
}

#[test]
fn macros_come_from_beside_the_detection_from_options_and_from_set() {
    let dir = folder(&[
        ("p/macros/who.yml", "name: who\ndefinition: user=alice\ndescription: d\n"),
        ("p/queries/deep/d.yml", "name: d\nid: 1\nsearch: |-\n  `who` | table user\n"),
        ("other/who.yml", "name: who\ndefinition: user=carol\ndescription: d\n"),
        ("e.json", EVENTS),
    ]);
    let run = |more: &[&str]| {
        let mut args = vec!["run", "p/queries/deep/d.yml", "e.json", "--format", "csv", "--quiet"];
        args.extend(more);
        let ran = sepal_in(dir.path(), &args, "");
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    assert_eq!(run(&[]), "user\nalice\n");
    assert_eq!(run(&["--macros", "other"]), "user\ncarol\n");
    assert_eq!(run(&["--macros", "other", "--set", "who=verb=get"]), "user\nalice\n");
}

#[test]
fn time_ranges() {
    let count = |args: &[&str]| {
        let mut all = vec!["-q", "* | stats count", "--format", "csv", "--quiet"];
        all.extend(args);
        on_events(&all).out.replace('\n', " ")
    };
    assert_eq!(count(&["--earliest", "2026-01-01T00:00:03"]), "count 1 ");
    assert_eq!(count(&["--latest", "2026-01-01T00:00:03Z", "--earliest", "0"]), "count 1 ");
    assert_eq!(count(&["--now", "2026-01-01T00:00:04Z", "--earliest", "-1s"]), "count 1 ");
    assert_eq!(count(&["--now", "2026-01-01T00:00:04Z", "--earliest", "-5s"]), "count 2 ");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = command()
        .args(["run", "-q", "| makeresults count=200000 | eval a=\"some text\"", "--quiet"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
}

#[test]
fn hostile_events_reach_a_pipe_as_they_are_but_not_a_table() {
    let event = "{\"m\":\"a\\u001b[31mb\\u202ec\"}\n";
    let ran = sepal_in(&root(), &["run", "-q", "* | table m", "--quiet"], event);
    assert!(ran.out.contains("a\\x1b[31mb\\u{202e}c"), "{}", ran.out);
    let raw = sepal_in(&root(), &["run", "-q", "*", "--format", "raw", "--quiet"], event);
    assert_eq!(raw.out, event);
}

#[test]
fn a_built_in_data_model_and_one_that_is_given() {
    let dir = tempfile::tempdir().unwrap();
    let events = "{\"tag\":\"web\",\"url\":\"/a\"}\n{\"kind\":\"w\",\"url\":\"/b\"}\n";
    std::fs::write(dir.path().join("e.jsonl"), events).unwrap();
    std::fs::create_dir(dir.path().join("models")).unwrap();
    let own = "name: Web\ndatasets:\n  - name: Web\n    constraint: kind=w\n    fields: url\n";
    std::fs::write(dir.path().join("models/web.yml"), own).unwrap();
    let search = "| tstats count FROM datamodel=Web BY Web.url";
    let built_in = crate::support::sepal_in(
        dir.path(),
        &["run", "-q", search, "e.jsonl", "--format", "ndjson"],
        "",
    );
    assert_eq!(built_in.out, "{\"Web.url\":\"/a\",\"count\":1}\n", "{}", built_in.err);
    let args = ["run", "-q", search, "e.jsonl", "--format", "ndjson", "--datamodels", "models"];
    let given = crate::support::sepal_in(dir.path(), &args, "");
    assert_eq!(given.out, "{\"Web.url\":\"/b\",\"count\":1}\n", "{}", given.err);
}

/// An app's folder is all that is named: its fields, event types, tags, lookups and macros count,
/// those of `local` over those of `default`.
#[test]
fn a_splunk_app_is_knowledge() {
    let app = "crates/content/tests/data/acme_fw";
    let log = "2026-01-15T10:00:05Z fw-1 ACME 200 flow=10.0.0.6:5152>192.0.2.9:22 proto=TCP x=1\n";
    let dir = folder(&[("fw.log", log)]);
    let log = dir.path().join("fw.log");
    let run = |spl: &str| {
        let log = log.to_str().unwrap();
        let rest = [log, "--knowledge", app, "--sourcetype", "acme:fw", "--format", "ndjson"];
        let ran = sepal(&[&["run", "-q", spl][..], &rest[..]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out.trim().to_owned()
    };
    let found =
        run("| tstats count from datamodel=Network_Traffic by All_Traffic.action All_Traffic.src \
         All_Traffic.transport");
    let want = r#"{"All_Traffic.action":"blocked","All_Traffic.src":"10.0.0.6","All_Traffic.transport":"tcp","count":1}"#;
    assert_eq!(found, want);
    assert_eq!(run("`acme_since(22)` `acme_events` | table action"), r#"{"action":"blocked"}"#);
}

#[test]
fn matched_are_those_that_meet_the_whole_first_condition() {
    let log = "1.2.3.4 - bob [11/Feb/2026:08:00:00 +0000] \"GET /404 HTTP/1.1\" 200 5\n\
               1.2.3.4 - bob [11/Feb/2026:08:00:01 +0000] \"GET /a HTTP/1.1\" 404 5\n";
    let dir = folder(&[("access.log", log)]);
    let run = |spl: &str| sepal_in(dir.path(), &["run", "-q", spl, "access.log"], "").err;
    // both lines hold the text, one has it as its status
    assert!(run("status=404").contains("1 row from 2 events (1 matched)"), "{}", run("status=404"));
    assert!(run("status=404 | stats count").contains("1 row from 2 events (1 matched)"));
    assert!(run("status=4 404").contains("0 rows from 2 events (0 matched)"));
    assert!(run("404 | head 1").contains("1 row from"));
}

#[test]
fn a_path_that_is_not_there_is_compared_with_its_neighbours() {
    let dir = folder(&[("data/events.jsonl", "{\"a\":1}\n"), ("d.yml", "name: d\nsearch: x\n")]);
    let err = |args: &[&str]| {
        let ran = sepal_in(dir.path(), args, "");
        assert_eq!(ran.code, 2, "{}", ran.text());
        ran.err
    };
    let near = "did you mean data/events.jsonl?";
    assert!(err(&["run", "-q", "x", "data/evnts.jsonl"]).contains(near));
    assert!(err(&["run", "-q", "x", "dta/events.jsonl"]).contains(near));
    assert!(err(&["run", "dd.yml", "data"]).contains("did you mean d.yml?"));
    assert!(err(&["hunt", "-d", "d.yml", "data/event.jsonl"]).contains(near));
    // nothing is like it
    let far = err(&["run", "-q", "x", "data/other.csv"]);
    assert!(far.contains("No such file") && !far.contains("did you mean"), "{far}");
}
