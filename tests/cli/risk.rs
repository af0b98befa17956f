//! Risk events: printed, in an index, correlated, drilled into.

use crate::support::{Ran, folder, root, sepal, sepal_in, snapshot};
use serde_json::{Value, json};
use std::path::Path;

const DETECTIONS: &str = "tests/data/risk/detections";
const EVENTS: &str = "tests/data/risk/events.jsonl";
const SEED: &str = "queries/kubernetes_suspicious_image_pulling.yml";
const AUDIT: &str = "tests/data/kubernetes_audit.jsonl";
const NOW: [&str; 4] = ["--tz", "UTC", "--now", "2026-03-01T00:00:00"];

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn ran(args: &[&str]) -> Ran {
    let ran = sepal(&[args, &NOW].concat());
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    ran
}

fn search(spl: &str, dir: &Path) -> Vec<Value> {
    let dir = dir.to_str().unwrap();
    lines(&ran(&["run", "-q", spl, "--risk-index", dir, "--format", "ndjson"]).out)
}

/// The rows of a detection that a hunt found.
fn rows(ran: &Ran, detection: &str) -> Value {
    let all = lines(&ran.out);
    let of = all.iter().find(|l| l["detection"] == detection);
    of.map_or(json!(null), |l| l["first_rows"].clone())
}

/// eve guesses (40) and reads (15); bob reads twice in rows that are the same (15 and 15).
fn broken_in() -> Value {
    json!([{ "risk_object": "eve", "score": 55, "sources": 2, "tactics": "TA0006" }])
}

#[test]
fn a_correlation_runs_over_the_risk_events_of_its_hunt() {
    let hunt = ran(&["hunt", "-d", DETECTIONS, EVENTS, "--format", "ndjson"]);
    assert_eq!(rows(&hunt, "Break In"), broken_in());
    let all = lines(&hunt.out);
    let of = all.iter().find(|l| l["detection"] == "Break In").unwrap();
    assert_eq!(of["input"], "risk events");
    // risk events are of all rows, whatever is shown of them
    let few = ran(&["hunt", "-d", DETECTIONS, EVENTS, "--format", "ndjson", "--rows", "0"]);
    let all = lines(&few.out);
    assert!(all.iter().any(|l| l["detection"] == "Break In" && l["rows"] == 1));
    // where nothing is found there is nothing to correlate
    let none = ran(&["hunt", "-d", DETECTIONS, EVENTS, "--earliest", "2026-02-12T00:00:00"]);
    assert!(!none.out.contains("Break In"), "{}", none.out);
}

#[test]
fn each_input_for_itself_and_risk_events_of_all() {
    let dir = folder(&[]);
    let text = std::fs::read_to_string(root().join(EVENTS)).unwrap();
    for (n, line) in text.lines().enumerate() {
        std::fs::write(dir.path().join(format!("{n}.jsonl")), line).unwrap();
    }
    let dir = dir.path().to_str().unwrap();
    let hunt = ran(&["hunt", "-d", DETECTIONS, dir, "--per-input", "--format", "ndjson"]);
    // each failure is a row of its own: 2 * 40
    let rows = rows(&hunt, "Break In");
    assert_eq!(rows[0]["score"], 95, "{}", hunt.out);
    let hunt = ran(&["hunt", "-d", DETECTIONS, dir, "--per-input"]);
    assert!(hunt.err.contains("in 5 of 5 inputs"), "{}", hunt.err);
    assert!(hunt.err.contains("over 5 events"), "{}", hunt.err);
}

#[test]
fn an_index_keeps_each_once() {
    let dir = folder(&[]);
    let index = dir.path().join("not/yet");
    let hunt = |more: &[&str]| {
        let index = index.to_str().unwrap();
        ran(&[&["hunt", "-d", DETECTIONS, EVENTS, "--risk-index", index], more].concat())
    };
    // Guessing: eve and her host; Reading: eve, bob and bob
    assert!(hunt(&[]).err.contains("5 new risk events in "));
    let files = || std::fs::read_dir(&index).unwrap().count();
    assert_eq!(files(), 1);
    let again = hunt(&["--format", "ndjson"]);
    assert!(again.err.contains("0 new risk events"), "{}", again.err);
    assert!(again.err.contains("5 were there already"), "{}", again.err);
    assert_eq!(files(), 1);
    // those of the index are not counted twice
    assert_eq!(rows(&again, "Break In"), broken_in());

    let found = search("index=risk | stats count sum(risk_score) AS score BY risk_object", &index);
    let want = [("10.1.2.3", 1, 25), ("bob", 2, 30), ("eve", 2, 55)];
    let want: Vec<Value> =
        want.iter().map(|(o, n, s)| json!({ "risk_object": o, "count": n, "score": s })).collect();
    assert_eq!(found, want);
    let model =
        search("| from datamodel Risk.All_Risk | stats count BY normalized_risk_object", &index);
    assert_eq!(model.len(), 3);
    let spl = "| tstats count FROM datamodel=Risk.All_Risk BY All_Risk.annotations.mitre_attack.mitre_tactic";
    assert_eq!(search(spl, &index)[0]["count"], 5);
    // their text is searched, and their time is that of the events
    let spl = "index=risk \"failed 2 times\" earliest=\"02/11/2026:08:00:05\" latest=\"02/11/2026:08:00:06\"";
    assert_eq!(search(spl, &index).len(), 2);
    assert_eq!(
        search("index=risk source=\"ESCU - Reading - Rule\" sourcetype=stash", &index).len(),
        3
    );
    // a correlation alone
    let dir = index.to_str().unwrap();
    let file = format!("{DETECTIONS}/break_in.yml");
    let run = ran(&["run", &file, "--risk-index", dir, "--format", "ndjson"]);
    assert_eq!(lines(&run.out), *broken_in().as_array().unwrap());
}

#[test]
fn other_searches_do_not_see_risk_events() {
    let dir = folder(&[]);
    let index = dir.path().to_str().unwrap();
    ran(&["hunt", "-d", DETECTIONS, EVENTS, "--risk-index", index, "--quiet"]);
    let all = ran(&["run", "-q", "user=eve", EVENTS, "--risk-index", index, "--format", "ndjson"]);
    assert_eq!(lines(&all.out).len(), 3);
    let all = ran(&[
        "run",
        "-q",
        "index=* user=eve",
        EVENTS,
        "--risk-index",
        index,
        "--format",
        "ndjson",
    ]);
    assert_eq!(lines(&all.out).len(), 3 + 3);
}

#[test]
fn a_run_adds_what_it_prints() {
    let dir = folder(&[]);
    let index = dir.path().join("risk");
    let file = format!("{DETECTIONS}/guessing.yml");
    let index_text = index.to_str().unwrap();
    let run = ran(&["run", &file, EVENTS, "--risk", "--risk-index", index_text]);
    assert!(run.err.contains("2 new risk events"), "{}", run.err);
    let printed = lines(&run.out);
    let names: Vec<_> = std::fs::read_dir(&index).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(lines(&std::fs::read_to_string(&names[0]).unwrap()), printed);
    assert!(names[0].to_str().unwrap().contains("risk-2026-02-11-"));
    snapshot("risk_event", &serde_json::to_string_pretty(&printed[0]).unwrap());
    // a search of its own adds nothing
    let run = ran(&["run", "-q", "action=read", EVENTS, "--risk-index", index_text]);
    assert!(!run.err.contains("risk event"), "{}", run.err);
}

/// Rows that are told make risk events, which correlations see in the same hunt.
#[test]
#[cfg(unix)]
fn a_hunt_that_follows_adds_what_it_tells() {
    use std::io::{BufRead, Write};
    let text = std::fs::read_to_string(root().join(EVENTS)).unwrap();
    let events: Vec<&str> = text.lines().collect();
    let dir = folder(&[("log/a.jsonl", &format!("{}\n{}\n", events[0], events[2]))]);
    let (log, index) = (dir.path().join("log/a.jsonl"), dir.path().join("risk"));
    let add = |text: &str| {
        let mut file = std::fs::OpenOptions::new().append(true).open(&log).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    let mut child = crate::support::command();
    child.args(["hunt", "-d", DETECTIONS, "--follow", "--every", "0.1", "--format", "ndjson"]);
    child.arg(dir.path().join("log")).arg("--risk-index").arg(&index).args(NOW);
    let piped = std::process::Stdio::piped;
    let mut child = child.stdout(piped()).stderr(piped()).spawn().unwrap();
    let (send, lines) = std::sync::mpsc::channel();
    let out = std::io::BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        for line in out.lines() {
            let value: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let _ = send.send(value);
        }
    });
    let next = || lines.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    let mut first = [next(), next(), next()];
    first.sort_by_key(|l| l["detection"].to_string());
    let names = first.each_ref().map(|l| l["detection"].as_str().unwrap().to_owned());
    assert_eq!(names, ["Break In", "Guessing", "Reading"]);
    // eve guesses (40) and reads (15)
    assert_eq!(first[0]["first_rows"], broken_in());
    assert_eq!(first[0]["input"], "risk events");
    // bob only reads: nothing that correlates
    add(&format!("{}\n", events[3]));
    assert_eq!(next()["first_rows"][0]["user"], "bob");
    // eve reads again, later: the row of the correlation is another one
    add(&format!("{}\n", events[2].replace("08:01:00", "08:03:00")));
    assert_eq!(next()["detection"], "Reading");
    let again = next();
    assert_eq!(again["detection"], "Break In");
    assert_eq!(again["first_rows"][0]["score"], 70);
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let done = child.wait_with_output().unwrap();
    reader.join().unwrap();
    let err = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{err}");
    assert!(lines.try_recv().is_err(), "nothing is told twice");
    // two of the guess, one of each reading, in one file
    assert!(err.contains("5 new risk events in "), "{err}");
    assert_eq!(std::fs::read_dir(&index).unwrap().count(), 1);
    let found = search("index=risk | stats sum(risk_score) AS sum by risk_object", &index);
    let sums = [("10.1.2.3", 25), ("bob", 15), ("eve", 70)];
    let sums = sums.map(|(object, sum)| json!({ "risk_object": object, "sum": sum }));
    assert_eq!(json!(found), json!(sums));
}

#[test]
fn the_prompt_has_an_index() {
    let dir = folder(&[]);
    let index = dir.path().join("risk");
    let index = index.to_str().unwrap();
    ran(&["hunt", "-d", DETECTIONS, EVENTS, "--risk-index", index]);
    let before = std::fs::read_dir(index).unwrap().count();
    let lines = ":format csv\nindex=risk | stats sum(risk_score) AS sum by risk_object\n\
                 | from datamodel:Risk.All_Risk | stats count by risk_object\n:explain index=risk\n";
    let text = sepal_in(&root(), &["repl", "--risk-index", index], lines);
    assert_eq!(text.code, 0, "{}", text.text());
    assert!(text.out.contains("risk_object,sum\n"), "{}", text.text());
    // eve guesses (40) and reads (15); bob reads twice
    assert!(text.out.contains("eve,55\n") && text.out.contains("bob,30\n"), "{}", text.text());
    assert!(text.out.contains("risk_object,count\n"), "{}", text.text());
    assert_eq!(std::fs::read_dir(index).unwrap().count(), before, "nothing is added");
    let without = sepal_in(&root(), &["repl"], "index=risk\n");
    assert!(without.err.contains("no events"), "{}", without.err);
}

#[test]
fn indexes_that_cannot_be_used() {
    let dir = folder(&[("file", "x")]);
    let file = dir.path().join("file");
    let hunt = sepal(&["hunt", "-d", DETECTIONS, EVENTS, "--risk-index", file.to_str().unwrap()]);
    assert_eq!(hunt.code, 2);
    assert!(hunt.err.contains("SPL4210"), "{}", hunt.err);
}

/// A stranger's project file names an index; it is added to only where the file allows writing, and
/// only in the file's folder.
#[test]
fn the_index_of_a_project() {
    let events = std::fs::read_to_string(root().join(EVENTS)).unwrap();
    let detection = std::fs::read_to_string(root().join(DETECTIONS).join("guessing.yml")).unwrap();
    let toml = |index: &str, allow: bool| {
        format!("[content]\nrisk-index = '{index}'\n[permissions]\nallow-write = {allow}\n")
    };
    for (index, allow, added) in [
        ("risk", false, false),
        ("risk", true, true),
        ("../out", true, false),
        ("in/../../out", true, false),
    ] {
        let dir = folder(&[
            ("p/d.yml", &detection),
            ("p/e.jsonl", &events),
            ("p/sepal.toml", &toml(index, allow)),
        ]);
        let at = dir.path().join("p");
        let ran = sepal_in(&at, &["run", "d.yml", "e.jsonl"], "");
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(ran.err.contains("2 new risk events"), added, "{index} {allow}: {}", ran.err);
        assert_eq!(at.join(index).is_dir(), added, "{index} {allow}");
        assert!(!dir.path().join("out").exists());
        if added {
            let found = sepal_in(&at, &["run", "-q", "index=risk", "--format", "ndjson"], "");
            assert_eq!(lines(&found.out).len(), 2, "{}", found.err);
        }
    }
}

fn drill(more: &[&str]) -> Ran {
    let file = format!("{DETECTIONS}/guessing.yml");
    sepal(&[&["drilldown", &file, EVENTS][..], more, &NOW].concat())
}

#[test]
fn drilldowns() {
    let mut text = drill(&[]).text();
    text.push_str(&drill(&["--format", "md", "--only", "2"]).text());
    text.push_str(&drill(&["--format", "csv", "--only", "1", "--quiet"]).text());
    text.push_str(&sepal(&["drilldown", &format!("{DETECTIONS}/guessing.yml"), "--list"]).text());
    snapshot("drilldown", &text);
}

#[test]
fn a_drilldown_sees_the_rows_risk_events_and_those_of_the_index() {
    let dir = folder(&[]);
    let index = dir.path().to_str().unwrap();
    let second = |more: &[&str]| {
        let args = [&["--format", "json", "--only", "2"], more].concat();
        let ran = drill(&args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let all: Value = serde_json::from_str(&ran.out).unwrap();
        all[0].clone()
    };
    let alone = second(&[]);
    assert_eq!(alone["drilldown"], "Risk of eve");
    assert_eq!((&alone["earliest"], &alone["latest"]), (&json!("0.000"), &json!("+Infinity")));
    assert_eq!(alone["rows"][0]["count"], 1);
    assert_eq!(alone["rows"][0]["tactics"], "credential-access");
    ran(&["hunt", "-d", DETECTIONS, EVENTS, "--risk-index", index, "--quiet"]);
    let with = second(&["--risk-index", index]);
    assert_eq!(with["rows"][0]["count"], 2);
    assert_eq!(
        with["rows"][0]["searches"],
        json!(["ESCU - Guessing - Rule", "ESCU - Reading - Rule"])
    );
    // the range of the run is the range of its drilldowns
    let early = second(&["--latest", "2026-02-11T08:00:30", "--risk-index", index]);
    assert_eq!(early["rows"][0]["count"], 1);
    assert_eq!(early["latest"], "1770796830.000");
}

#[test]
fn drilldowns_that_cannot_run() {
    let says = |ran: Ran, code: &str| {
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(code), "{}", ran.err);
    };
    says(drill(&["--row", "2"]), "SPL4215");
    says(drill(&["--only", "3"]), "SPL4214");
    says(drill(&["--format", "csv"]), "--only");
    says(drill(&["--earliest", "2026-02-12T00:00:00"]), "finds nothing");
    // what Sepal does not do is refused where it is asked for
    says(drill(&["--time-modifiers"]), "SPL2109");
    let reading = format!("{DETECTIONS}/reading.yml");
    says(sepal(&["drilldown", &reading, EVENTS]), "SPL4214");
    says(sepal(&["drilldown", &format!("{DETECTIONS}/guessing.yml"), "-"]), "standard input");
}

#[test]
fn every_row() {
    let events = "{\"action\":\"login\",\"result\":\"failure\",\"user\":\"a\",\"src\":\"1\"}\n\
                  {\"action\":\"login\",\"result\":\"failure\",\"user\":\"b\",\"src\":\"2\"}\n";
    let dir = folder(&[("e.jsonl", events)]);
    let file = root().join(DETECTIONS).join("guessing.yml");
    let args = ["drilldown", file.to_str().unwrap(), "e.jsonl", "--all", "--format", "ndjson"];
    let ran = sepal_in(dir.path(), &args, "");
    let all = lines(&ran.out);
    let names: Vec<_> = all.iter().map(|l| (l["row"].as_u64().unwrap(), &l["drilldown"])).collect();
    let want = [(1, "Failures of a"), (1, "Risk of a"), (2, "Failures of b"), (2, "Risk of b")];
    assert_eq!(names.len(), want.len(), "{}", ran.err);
    for ((row, name), want) in names.iter().zip(want) {
        assert_eq!((*row, name.as_str().unwrap()), want);
    }
    assert!(all.iter().all(|l| l["rows"].as_array().unwrap().len() == 1), "{}", ran.out);
}

/// Both drilldowns of the detection that the project ships: the user of the first row is
/// `system:node:worker-2`, and the rows with that user are counted in the expected rows.
#[test]
fn the_seeds_drilldowns() {
    let ran = ran(&["drilldown", SEED, AUDIT, "--format", "json"]);
    let all: Value = serde_json::from_str(&ran.out).unwrap();
    let expected =
        std::fs::read_to_string(root().join("tests/data/kubernetes_audit.expected.json"));
    let expected: Vec<Value> = serde_json::from_str(&expected.unwrap()).unwrap();
    let user = &expected[0]["user"];
    let of_user: Vec<_> = expected.iter().filter(|r| r["user"] == *user).collect();
    assert!(!of_user.is_empty() && of_user.len() < expected.len());
    assert_eq!(all[0]["rows"].as_array().unwrap().len(), of_user.len());
    let risk = &all[1]["rows"];
    assert_eq!(risk.as_array().unwrap().len(), 1, "{risk}");
    assert_eq!(risk[0]["normalized_risk_object"], *user);
    assert_eq!(risk[0]["count"], of_user.len());
    assert_eq!(risk[0]["Analytic Stories"], "Kubernetes Security");
    assert_eq!(risk[0]["ATT&CK Tactics"], "discovery");
    assert_eq!(risk[0]["Search Name"], "ESCU - Kubernetes Suspicious Image Pulling - Rule");
}
