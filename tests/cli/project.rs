//! `sepal.toml`: where it is found, what it says, and what wins.

use crate::support::{Ran, folder, root, sepal_in, snapshot};
use std::path::Path;

/// 2026-01-02 09:00 in Tokyo is midnight in UTC; in UTC it is nine hours later.
const FIREWALL: &str = "2026-01-02 09:00:00 deny\n";
const APP: &str = "{\"time\":\"2026-01-02T00:00:00Z\",\"user\":\"alice\"}\n";

const TOML: &str = r#"[content]
macros = ["shared/macros"]
lookups = "lookups"

[time]
tz = "UTC"

[[inputs]]
files = "logs/*.jsonl"
source = "the app"
sourcetype = "app:json"
index = "app"
host = "web1"

[[inputs]]
files = ["logs/**/*.log"]
sourcetype = "firewall"
tz = "Asia/Tokyo"
format = "text"
"#;

fn project(toml: &str) -> tempfile::TempDir {
    folder(&[
        ("sepal.toml", toml),
        ("shared/macros/who.yml", "name: who\ndefinition: user=alice\n"),
        ("lookups/users.csv", "user,team\nalice,red\n"),
        ("logs/app.jsonl", APP),
        ("logs/deep/fw.log", FIREWALL),
        ("away/x.jsonl", APP),
        ("deep/below/empty.txt", ""),
        // declares what its test data is stamped with
        (
            "d.yml",
            "name: d\nid: 1\nsearch: '* | table source sourcetype index'\ntests:\n- name: t\n  \
             attack_data:\n  - data: https://x/logs/x.jsonl\n    source: declared\n    \
             sourcetype: declared:st\n",
        ),
    ])
}

/// The rows as CSV without the head.
fn rows(dir: &Path, args: &[&str]) -> Vec<String> {
    let mut all = vec!["run", "--format", "csv"];
    all.extend(args);
    let ran = sepal_in(dir, &all, "");
    assert_eq!(ran.code, 0, "{}", ran.text());
    let mut lines: Vec<String> = ran.out.lines().skip(1).map(str::to_owned).collect();
    lines.sort();
    lines
}

const STAMPS: &str = "* | table sourcetype source index host";

#[test]
fn a_run_without_events_reads_the_inputs_and_stamps_each() {
    let dir = project(TOML);
    let got = rows(dir.path(), &["-q", STAMPS]);
    assert_eq!(got, ["app:json,the app,app,web1", "firewall,logs/deep/fw.log,main,localhost"]);
    // also a detection, whose declared test data these are not
    let got = rows(dir.path(), &["d.yml"]);
    assert_eq!(got, ["logs/deep/fw.log,firewall,main", "the app,app:json,app"]);
}

#[test]
fn events_of_the_command_line_are_stamped_where_nothing_else_is_said() {
    let dir = project(TOML);
    let run = |args: &[&str]| rows(dir.path(), &[&["-q", STAMPS], args].concat());
    assert_eq!(run(&["logs/app.jsonl"]), ["app:json,the app,app,web1"]);
    assert_eq!(run(&["./logs/../logs/app.jsonl"]), ["app:json,the app,app,web1"]);
    assert_eq!(run(&["logs/app.jsonl", "--index", "mine"]), ["app:json,the app,mine,web1"]);
    // one that no input matches
    assert_eq!(run(&["away/x.jsonl"]), ["_json,away/x.jsonl,main,localhost"]);
    // a folder: each file by itself
    assert_eq!(run(&["logs"]).len(), 2);
    assert_eq!(run(&["logs"])[1], "firewall,logs/deep/fw.log,main,localhost");
    // the detection's declared data comes after the file, of events that are named
    assert_eq!(rows(dir.path(), &["d.yml", "away/x.jsonl"]), ["declared,declared:st,main"]);
    assert_eq!(rows(dir.path(), &["d.yml", "logs/app.jsonl"]), ["the app,app:json,app"]);
    let some = project("[[inputs]]\nfiles = 'away/*'\nindex = 'i'\n");
    assert_eq!(rows(some.path(), &["d.yml", "away/x.jsonl"]), ["declared,declared:st,i"]);
}

#[test]
fn piped_events_are_read_where_they_are_named() {
    let dir = project(TOML);
    let text = |args: &[&str]| {
        let all = [&["run", "--format", "csv", "-q", STAMPS], args].concat();
        sepal_in(dir.path(), &all, "{\"a\":1}\n").out
    };
    assert_eq!(text(&["-"]).lines().nth(1), Some("_json,<stdin>,main,localhost"));
    assert_eq!(text(&[]).lines().count(), 3);
    assert_eq!(text(&["--no-config"]).lines().nth(1), Some("_json,<stdin>,main,localhost"));
}

#[test]
fn the_zone_of_an_input_is_that_of_its_times() {
    let dir = project(TOML);
    let spl = "sourcetype=firewall | eval t=_time | table t";
    let time = |args: &[&str]| rows(dir.path(), &[&["-q", spl], args].concat());
    // date -u -d 2026-01-02T00:00:00 +%s
    assert_eq!(time(&[]), ["1767312000"]);
    // a flag wins: 9:00 in UTC
    assert_eq!(time(&["--tz", "UTC"]), ["1767344400"]);
    // times that name their zone are what they say
    let zoned = project("[[inputs]]\nfiles = 'logs/app.jsonl'\ntz = 'Asia/Tokyo'\n");
    let spl = "* | eval t=_time | table t";
    assert_eq!(rows(zoned.path(), &["-q", spl]), ["1767312000"]);
    // rows with a `_time` in text
    let text = "{\"_time\":\"2026-01-02 09:00:00\",\"_raw\":\"x\"}\n";
    std::fs::write(zoned.path().join("logs/app.jsonl"), text).unwrap();
    assert_eq!(rows(zoned.path(), &["-q", spl]), ["1767312000"]);
    // a field with a time in JSON
    let text = "{\"timestamp\":\"2026-01-02 09:00:00\"}\n";
    std::fs::write(zoned.path().join("logs/app.jsonl"), text).unwrap();
    assert_eq!(rows(zoned.path(), &["-q", spl]), ["1767312000"]);
    // the range is in the zone of the search
    let range = ["--earliest", "2026-01-02T00:00:00", "--latest", "2026-01-02T00:00:01"];
    assert_eq!(time(&range), ["1767312000"]);
}

#[test]
fn the_zone_of_the_file_shows_times_and_reads_those_of_other_inputs() {
    let dir = project("[time]\ntz = '+02:00'\n");
    let spl = "* | eval t=strftime(_time, \"%H:%M %z\") | table t";
    assert_eq!(rows(dir.path(), &["-q", spl, "logs/app.jsonl"]), ["02:00 +0200"]);
    assert_eq!(rows(dir.path(), &["-q", spl, "logs/deep/fw.log"]), ["09:00 +0200"]);
    assert_eq!(rows(dir.path(), &["-q", spl, "logs/deep/fw.log", "--tz", "UTC"]), ["09:00 +0000"]);
}

#[test]
fn the_range_of_the_file_counts_where_no_flag_gives_one() {
    let range = "earliest = '2026-01-01T00:00:00'\nlatest = '2026-01-02T00:00:00'\n";
    let dir = project(&format!("[time]\ntz = 'UTC'\n{range}[[inputs]]\nfiles = 'logs'\n"));
    let count = |args: &[&str]| rows(dir.path(), &[&["-q", "* | stats count"], args].concat());
    // 00:00 is not before 00:00
    assert_eq!(count(&[]), ["0"]);
    assert_eq!(count(&["--earliest", "2026-01-01T00:00:00"]), ["2"]);
    assert_eq!(count(&["--latest", "2026-01-02T00:00:01"]), ["1"]);
    assert_eq!(count(&["--earliest", "0"]), ["2"]);
    assert_eq!(count(&["--no-config", "logs"]), ["2"]);
}

#[test]
fn folders_of_flags_are_added_and_win() {
    let dir = project(TOML);
    let more = folder(&[
        ("m/who.yml", "name: who\ndefinition: user=bob\n"),
        ("l/users.csv", "user,team\nalice,blue\n"),
        ("l/more.csv", "user,team\nbob,green\n"),
    ]);
    let flag = |name: &str| more.path().join(name).to_string_lossy().into_owned();
    let run = |args: &[&str]| rows(dir.path(), args);
    assert_eq!(run(&["-q", "`who` | stats count"]), ["1"]);
    assert_eq!(run(&["-q", "`who` | stats count", "--macros", &flag("m")]), ["0"]);
    assert_eq!(run(&["-q", "`who` | stats count", "--set", "who=*"]), ["2"]);
    let users = ["-q", "| inputlookup users.csv | table team"];
    assert_eq!(run(&users), ["red"]);
    assert_eq!(run(&[&users[..], &["--lookups", &flag("l")]].concat()), ["blue"]);
    // what only one of them has is there
    let spl =
        "| inputlookup more.csv | lookup users.csv user AS nobody OUTPUT team AS t | table user";
    assert_eq!(run(&["-q", spl, "--lookups", &flag("l")]), ["bob"]);
}

#[test]
fn the_nearest_file_above_counts_and_flags_choose_another() {
    let dir = project(TOML);
    let below = dir.path().join("deep/below");
    assert_eq!(rows(&below, &["-q", "`who` | stats count"]), ["1"]);
    // the nearest alone
    std::fs::write(dir.path().join("deep/sepal.toml"), "").unwrap();
    let ran = sepal_in(&below, &["run", "-q", "`who`", "--explain"], "");
    assert!(ran.code == 2 && ran.err.contains("SPL4001"), "{}", ran.err);
    let config = ["--config", "../../sepal.toml"];
    assert_eq!(rows(&below, &[&["-q", "`who` | stats count"][..], &config].concat()), ["1"]);
    let ran = sepal_in(&below, &["run", "--config", "none.toml", "-q", "*"], "");
    assert!(ran.code == 2 && ran.err.contains("SPL5101"), "{}", ran.err);
    // a file that is wrong keeps nobody from help
    std::fs::write(below.join("sepal.toml"), "[wrong").unwrap();
    assert_eq!(sepal_in(&below, &["lint", "--explain", "SPL6005"], "").code, 0);
    assert_eq!(sepal_in(&below, &["help", "stats"], "").code, 0);
    assert_eq!(sepal_in(&below, &["run", "-q", "| makeresults"], "").code, 2);
    assert_eq!(sepal_in(&below, &["run", "-q", "| makeresults", "--no-config"], "").code, 0);
}

#[test]
fn explain_and_config_say_what_is_in_force_and_why() {
    let dir = project(&format!("{TOML}\n[permissions]\nallow-write = true\n"));
    let mut text = sepal_in(dir.path(), &["run", "d.yml", "--explain"], "").text();
    let args = ["run", "d.yml", "--explain", "logs/app.jsonl", "away", "--host", "h"];
    text.push_str(&sepal_in(dir.path(), &args, "").text());
    text.push_str(&sepal_in(dir.path(), &["config"], "").text());
    let args = ["config", "--tz", "UTC", "--latest", "now", "--lookups", "away", "--index", "i"];
    text.push_str(&sepal_in(dir.path(), &args, "").text());
    text.push_str(&sepal_in(&dir.path().join("deep"), &["config"], "").text());
    text.push_str(&sepal_in(dir.path(), &["config", "--no-config"], "").text());
    snapshot("project_explain_config", &text);
}

#[test]
fn what_is_wrong_is_shown_with_its_line_and_carets() {
    let mut text = String::new();
    for toml in [
        "[content]\nmacro = \"shared\"\nindex = \"i\"\ncolour = 1\n\n[contnt]\n",
        "macros = \"shared\"\n",
        "[content]\nlookups = [\"lookups\", 3]\n[permissions]\nallow-write = \"yes\"\n",
        "[content]\nlookups = [\"lookup\"]\ndetections = \"shared/none\"\n",
        "[time]\ntz = \"Zurich\"\nearliest = \"-24x\"\nlatest = 2026-01-01\n",
        "[[inputs]]\nsourcetype = \"a\"\n",
        "[inputs]\nfiles = \"logs\"\n",
        "[[inputs]]\nfiles = [\"logs/*.jsonl\", \"logs/*.json\"]\n",
        "[[inputs]]\nfiles = \"lgs/*.jsonl\"\n",
        "[[inputs]]\nfiles = \"logs/[ab.jsonl\"\nformat = \"json\"\n",
        "[time]\ntz = \"UTC\"\ntz = \"UTC\"\n",
        "[time\n",
    ] {
        let dir = project(toml);
        let ran = sepal_in(dir.path(), &["run", "-q", "*"], "");
        assert_eq!(ran.code, 2);
        text.push_str(&format!("{toml}{}\n", ran.text()));
    }
    snapshot("project_errors", &text);
}

#[test]
fn a_pattern_without_files_matters_only_where_the_inputs_are_read() {
    let dir = project("[[inputs]]\nfiles = 'none/*'\n");
    assert_eq!(rows(dir.path(), &["-q", "* | stats count", "logs/app.jsonl"]), ["1"]);
    assert_eq!(sepal_in(dir.path(), &["expand", "-q", "*"], "").code, 0);
    assert_eq!(sepal_in(dir.path(), &["repl"], "").code, 2);
}

#[test]
fn lint_and_coverage_look_at_the_detections_of_the_file() {
    let toml = "[content]\ndetections = 'found'\nmacros = 'shared/macros'\n";
    let dir = project(toml);
    let search = "name: n\nid: 1\nsearch: '`who` | stats count BY user | nosuch'\n";
    std::fs::create_dir(dir.path().join("found")).unwrap();
    std::fs::write(dir.path().join("found/n.yml"), search).unwrap();
    let ran = sepal_in(dir.path(), &["coverage", "--format", "json"], "");
    assert!(ran.out.contains("found/n.yml") && ran.out.contains("nosuch"), "{}", ran.text());
    // the macro is known
    let ran = sepal_in(dir.path(), &["lint"], "");
    assert!(ran.out.contains("SPL1001") && !ran.out.contains("SPL6001"), "{}", ran.text());
    for command in ["lint", "coverage"] {
        let ran = sepal_in(dir.path(), &[command, "--no-config"], "");
        assert!(ran.code == 2 && ran.err.contains("no detections"), "{}", ran.text());
    }
}

#[test]
fn the_prompt_has_the_inputs_folders_and_range() {
    let dir = project(TOML);
    let lines = "`who` | table sourcetype user\n:sources\n:load away/x.jsonl\n:sources\n:time\n\
                 | inputlookup users.csv\n";
    snapshot("project_repl", &sepal_in(dir.path(), &["repl"], lines).text());
    // events that are named are instead of them
    let ran = sepal_in(dir.path(), &["repl", "away/x.jsonl"], ":sources\n");
    assert!(!ran.out.contains("fw.log") && ran.out.contains("away/x.jsonl"), "{}", ran.out);
}

#[test]
fn subsearches_of_a_search_without_events_read_the_inputs() {
    let dir = project(TOML);
    let spl = "| makeresults | eval n=1 | append [search sourcetype=firewall | eval n=2] | table n";
    assert_eq!(rows(dir.path(), &["-q", spl]), ["1", "2"]);
}

fn write(dir: &Path, args: &[&str]) -> Ran {
    let spl = "| makeresults | eval a=1 | table a | outputlookup new.csv";
    sepal_in(dir, &[&["run", "-q", spl][..], args].concat(), "")
}

#[test]
fn the_file_allows_writing_in_its_folder() {
    let dir = project("[content]\nlookups = 'lookups'\n[permissions]\nallow-write = true\n");
    assert_eq!(write(dir.path(), &[]).code, 0);
    assert!(dir.path().join("lookups/new.csv").is_file());
    // without the permission
    let dir = project("[content]\nlookups = 'lookups'\n[permissions]\nallow-write = false\n");
    assert!(write(dir.path(), &[]).err.contains("SPL4116"));
    assert_eq!(write(dir.path(), &["--allow-write"]).code, 0);
}

#[test]
fn a_strangers_file_lets_no_search_write_elsewhere() {
    let toml = "[content]\nlookups = '../out'\n[permissions]\nallow-write = true\n";
    let dir = folder(&[("in/sepal.toml", toml), ("out/old.csv", "a\n1\n")]);
    let (inside, out) = (dir.path().join("in"), dir.path().join("out"));
    let ran = write(&inside, &[]);
    assert!(ran.code == 2 && ran.err.contains("SPL5410"), "{}", ran.err);
    snapshot("project_write_outside", &ran.text());
    let over = "| makeresults | eval a=2 | table a | outputlookup old.csv";
    let ran = sepal_in(&inside, &["run", "-q", over], "");
    assert!(ran.code == 2 && ran.err.contains("SPL5410"), "{}", ran.err);
    // the user's permission is not for what only the file names
    assert!(write(&inside, &["--allow-write"]).err.contains("SPL5410"));
    assert_eq!(std::fs::read_to_string(out.join("old.csv")).unwrap(), "a\n1\n");
    assert_eq!(out.read_dir().unwrap().count(), 1);
    // a model neither
    let fit = "| makeresults count=3 | streamstats count AS x | fit StandardScaler x into m";
    let ran = sepal_in(&inside, &["run", "-q", fit], "");
    assert!(ran.code == 2 && ran.err.contains("SPL5410"), "{}", ran.err);
    assert_eq!(out.read_dir().unwrap().count(), 1);
    // reading is allowed
    assert_eq!(rows(&inside, &["-q", "| inputlookup old.csv"]), ["1"]);
    // and what the user names and allows
    assert_eq!(write(&inside, &["--allow-write", "--lookups", "../out"]).code, 0);
    assert!(out.join("new.csv").is_file());
}

#[test]
fn with_a_folder_of_its_own_a_project_writes_there_and_not_into_others() {
    let toml = "[content]\nlookups = ['../out', 'mine']\nmodels = 'models'\n\
                [permissions]\nallow-write = true\n";
    let dir = folder(&[
        ("in/sepal.toml", toml),
        ("in/mine/x.csv", "a\n"),
        ("in/models/x.txt", ""),
        ("out/old.csv", "a\n1\n"),
    ]);
    let inside = dir.path().join("in");
    assert_eq!(write(&inside, &[]).code, 0);
    assert!(inside.join("mine/new.csv").is_file() && !dir.path().join("out/new.csv").exists());
    let over = "| makeresults | eval a=2 | table a | outputlookup old.csv";
    let ran = sepal_in(&inside, &["run", "-q", over], "");
    assert!(ran.code == 2 && ran.err.contains("SPL5410"), "{}", ran.err);
    let fit = "| makeresults count=3 | streamstats count AS x | fit StandardScaler x into m";
    let ran = sepal_in(&inside, &["run", "-q", fit], "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let models = inside.join("models").read_dir().unwrap();
    assert_eq!(
        models
            .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "mlmodel"))
            .count(),
        1
    );
    assert_eq!(sepal_in(&inside, &["run", "-q", "| makeresults | eval x=1 | apply m"], "").code, 0);
}

#[cfg(unix)]
#[test]
fn links_of_a_stranger_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let toml = "[content]\nlookups = ['link', 'lookups']\n[permissions]\nallow-write = true\n";
    let dir = folder(&[
        ("out/old.csv", "a\n1\n"),
        ("secret/table.csv", "a\n1\n"),
        ("in/lookups/x.csv", "a\n"),
    ]);
    let inside = dir.path().join("in");
    symlink(dir.path().join("out"), inside.join("link")).unwrap();
    symlink(dir.path().join("secret/table.csv"), inside.join("lookups/table.csv")).unwrap();
    symlink(dir.path().join("out/old.csv"), inside.join("lookups/linked.csv")).unwrap();
    std::fs::write(inside.join("sepal.toml"), toml).unwrap();
    for (table, code) in
        [("old.csv", "SPL5410"), ("table.csv", "SPL4115"), ("linked.csv", "SPL5410")]
    {
        let spl = format!("| makeresults | eval a=2 | table a | outputlookup {table}");
        let ran = sepal_in(&inside, &["run", "-q", &spl], "");
        assert!(ran.code == 2 && ran.err.contains(code), "{table}: {}", ran.err);
    }
    assert_eq!(write(&inside, &[]).code, 0);
    assert!(inside.join("lookups/new.csv").is_file());
    for file in ["out/old.csv", "secret/table.csv"] {
        assert_eq!(std::fs::read_to_string(dir.path().join(file)).unwrap(), "a\n1\n");
    }
}

#[test]
fn saved_searches_and_models_have_folders_of_their_own() {
    let toml = "[content]\nsaved-searches = 'app'\n[[inputs]]\nfiles = 'logs/*.jsonl'\n";
    let dir = project(toml);
    std::fs::create_dir(dir.path().join("app")).unwrap();
    let conf = "[mine]\nsearch = user=alice | stats count\n";
    std::fs::write(dir.path().join("app/savedsearches.conf"), conf).unwrap();
    // what else the folder has is not looked at
    std::fs::write(dir.path().join("app/any.yml"), "no: lookup\n").unwrap();
    std::fs::write(dir.path().join("app/t.csv"), "a\n1\n").unwrap();
    assert_eq!(rows(dir.path(), &["-q", "| savedsearch mine"]), ["1"]);
    let ran = sepal_in(dir.path(), &["run", "-q", "| inputlookup t.csv"], "");
    assert!(ran.code == 2 && ran.err.contains("SPL4110"), "{}", ran.err);
}

#[test]
fn the_example_of_the_readme_runs() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (toml, rest) = rest.split_once("```").unwrap();
    let seed = root().join("queries/kubernetes_suspicious_image_pulling.yml");
    let audit = std::fs::read_to_string(root().join("tests/data/kubernetes_audit.jsonl")).unwrap();
    let dir = folder(&[
        ("sepal.toml", toml),
        ("macros/x.yml", "name: x\ndefinition: y\n"),
        ("lookups/x.csv", "a\n"),
        ("detections/my_detection.yml", &std::fs::read_to_string(seed).unwrap()),
        ("logs/audit/one.jsonl", &audit),
        ("logs/firewall/fw1.log", FIREWALL),
    ]);
    // the macros of the detection stand elsewhere
    let macros = root().join("macros").to_string_lossy().into_owned();
    let command = rest.lines().find_map(|l| l.trim().strip_prefix("sepal run ")).unwrap();
    let command = command.split("  ").next().unwrap();
    let args = [
        &["run", "--macros", &macros, "--format", "csv"],
        &command.split(' ').collect::<Vec<_>>()[..],
    ];
    let ran = sepal_in(dir.path(), &args.concat(), "");
    assert!(ran.code == 0 && ran.err.contains("81 rows from 248 events"), "{}", ran.text());
}
