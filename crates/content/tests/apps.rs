//! Splunk apps as knowledge: what props.conf and its companions say of events.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/mod.rs"]
mod common;

use sepal_content::conf::{is_app, keys, read_app};
use sepal_content::{CimModels, LookupFolders, SourcetypeRules};
use sepal_exec::Search;
use sepal_exec::knowledge::{Knowledge, Rule};
use sepal_exec::scan::Meta;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder that goes with its value.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An app of these files.
fn app(files: &[(&str, &str)]) -> Folder {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let n = NUMBER.fetch_add(1, Ordering::Relaxed);
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let root = root.join(format!("app-{}-{n}", std::process::id()));
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Folder(root)
}

struct Only(Vec<Arc<Rule>>);

impl Knowledge for Only {
    fn rules(&self) -> &[Arc<Rule>] {
        &self.0
    }
}

fn only(folder: &Folder) -> Arc<dyn Knowledge> {
    let read = read_app(&folder.0, &|_| false).unwrap_or_else(|e| panic!("{e}"));
    Arc::new(Only(read.indexing.into_iter().chain(read.rules).collect()))
}

fn meta(source: &str, host: &str, sourcetype: &str) -> Meta {
    let some = |s: &str| (!s.is_empty()).then(|| s.into());
    Meta { source: some(source), host: some(host), sourcetype: some(sourcetype), ..Meta::default() }
}

fn run(folder: &Folder, meta: Meta, spl: &str, events: &str) -> String {
    let search = Search::new(spl).knowledge(only(folder));
    let found = search
        .input(sepal_exec::scan::Input::bytes("e.log", events.as_bytes().to_vec()).with_meta(meta));
    found.run().unwrap_or_else(|e| panic!("{e}")).to_string().trim().to_owned()
}

/// One sourcetype `s` with these settings, and what a search finds.
fn props(settings: &str, spl: &str, events: &str) -> String {
    let folder = app(&[("default/props.conf", &format!("[s]\n{settings}\n"))]);
    run(&folder, meta("", "", "s"), spl, events)
}

fn with(props: &str, transforms: &str, spl: &str, events: &str) -> String {
    let folder = app(&[("default/props.conf", props), ("default/transforms.conf", transforms)]);
    run(&folder, meta("", "", "s"), spl, events)
}

fn notes(files: &[(&str, &str)]) -> Vec<String> {
    let folder = app(files);
    let read = read_app(&folder.0, &|_| false).unwrap_or_else(|e| panic!("{e}"));
    let root = folder.0.display().to_string();
    read.notes
        .iter()
        .map(|n| format!("{} {}", n.code, n.message.replace(&format!("{root}/"), "")))
        .collect()
}

fn error(files: &[(&str, &str)]) -> String {
    let folder = app(files);
    let e = read_app(&folder.0, &|_| false).map(|_| ()).expect_err("an error");
    e.to_string().replace(&format!("{}/", folder.0.display()), "")
}

const FIREWALL: &str = "tests/data/acme_fw";

const LOG: &str = "\
2026-01-15T10:00:00Z fw-1 ACME 100 flow=10.0.0.5:5151>192.0.2.9:443 proto=TCP bytes=120 key=abc opt.a=1
2026-01-15T10:00:05Z fw-1 ACME 200 flow=10.0.0.6:5152>192.0.2.9:22 proto=TCP bytes=60 key=def opt.a=1 opt.a=2
";

fn firewall(spl: &str, sourcetype: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FIREWALL);
    let (rules, notes) = SourcetypeRules::new().with_folders(std::slice::from_ref(&path)).unwrap();
    assert!(notes.is_empty(), "{notes:?}");
    let (lookups, _) = LookupFolders::read(std::slice::from_ref(&path), false).unwrap();
    let (macros, notes) = sepal_content::fs::macro_set(&[path]).unwrap();
    assert!(notes.is_empty(), "local is a layer, not another macro: {notes:?}");
    let input = sepal_exec::scan::Input::bytes("fw.log", LOG.as_bytes().to_vec());
    let found = Search::new(spl)
        .knowledge(Arc::new(rules))
        .lookups(Arc::new(lookups))
        .macros(macros)
        .data_models(Arc::new(CimModels::new()))
        .input(input.with_meta(meta("", "", sourcetype)))
        .run();
    found.unwrap_or_else(|e| panic!("{e}")).to_string().trim().to_owned()
}

/// The fields of a data model, through extraction, alias, calculation, lookup, event type and tag.
#[test]
fn a_firewall_reaches_its_data_model() {
    let found = firewall(
        "| tstats count from datamodel=Network_Traffic where All_Traffic.action=blocked \
         by All_Traffic.src All_Traffic.dest All_Traffic.dest_port All_Traffic.transport \
         All_Traffic.vendor_product",
        "acme:fw",
    );
    let want = r#"{"All_Traffic.src":"10.0.0.6","All_Traffic.dest":"192.0.2.9","All_Traffic.dest_port":"22","All_Traffic.transport":"tcp","All_Traffic.vendor_product":"ACME Firewall","count":1}"#;
    assert_eq!(found, want);
}

#[test]
fn a_firewall_has_its_time_types_tags_and_macros() {
    let found = firewall("`acme_since(22)` | table _time eventtype tag a key", "acme:fw");
    let want = r#"{"_time":1768471205,"eventtype":["acme_traffic","acme_blocked"],"tag":["communicate","network","perimeter"],"a":["1","2"]}"#;
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    let mut want: serde_json::Value = serde_json::from_str(want).unwrap();
    // times are shown as text or number; the masked key is no pair of letters
    want["_time"] = found["_time"].clone();
    want["key"] = "***".into();
    assert_eq!(found, want);
    assert!(found["_time"].to_string().contains("10:00:05") || found["_time"] == 1_768_471_205);
}

#[test]
fn a_sourcetype_is_renamed() {
    let found = firewall("code=100 | table sourcetype action", "acme:old");
    assert_eq!(found, r#"{"sourcetype":"acme:fw","action":"allowed"}"#);
}

/// Numbers as the text that they are.
fn as_text(v: &serde_json::Value) -> serde_json::Value {
    match v {
        serde_json::Value::Number(n) => serde_json::Value::String(n.to_string()),
        serde_json::Value::Array(all) => all.iter().map(as_text).collect(),
        v => v.clone(),
    }
}

// ---- captures of Splunk 10.4 (shared/conformance/splunk_10_4_captures.jsonl)

/// The settings that a capture was made with stand in its note; its events are read as JSON rows.
#[test]
fn captures_of_splunk() {
    let Some(shared) = common::shared() else { return };
    let path = shared.join("conformance/splunk_10_4_captures.jsonl");
    let mut seen = 0;
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let (id, note) = (case["id"].as_str().unwrap(), case["note"].as_str().unwrap());
        let settings = note.split_once("(props.conf: ").unwrap().1;
        let settings = settings.rsplit_once("); the SPL").unwrap().0.replace(" ; ", "\n");
        let mut text = format!("[s]\n{settings}\n");
        // the capture's other stanza is told by its name only
        if id == "precedence-source-beats-sourcetype" {
            text.push_str("[source::e.log]\nSEDCMD-who = s/MARKER/from_source/\n");
        }
        let folder = app(&[("props.conf", &text)]);
        let raw: Vec<_> = case["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["_raw"].as_str().unwrap())
            .collect();
        let want = case["expected"].as_array().unwrap();
        let names: std::collections::BTreeSet<&str> =
            want.iter().flat_map(|r| r.as_object().unwrap().keys()).map(String::as_str).collect();
        let absent =
            ["absent", "proto", "hostname", "absent_field", "arith_missing", "from_missing"];
        let names: Vec<_> = names.into_iter().chain(absent).collect();
        let spl = format!(
            "* | table {}",
            names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(" ")
        );
        let found = run(&folder, meta("", "", "s"), &spl, &raw.join("\n"));
        // the newest comes first
        let found: Vec<serde_json::Value> =
            found.lines().rev().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(found.len(), want.len(), "{id}");
        for (found, want) in found.iter().zip(want) {
            for name in &names {
                assert_eq!(as_text(&found[*name]), as_text(&want[*name]), "{id}: {name}");
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 17);
}

// ---- single settings; sources: props.conf and transforms.conf of the Splunk Admin Manual

#[test]
fn extractions_of_props() {
    // named groups, of `_raw`
    let found = props(r"EXTRACT-a = u=(?<u>\w+)", "* | table u", "u=ann");
    assert_eq!(found, r#"{"u":"ann"}"#);
    // of a field that an earlier class made: EXTRACT- goes by class in ASCII order
    let settings = "EXTRACT-b = ^(?<host_part>[^/]+) in url\nEXTRACT-a = url:(?<url>\\S+)";
    assert_eq!(props(settings, "* | table host_part", "url:x/y"), r#"{"host_part":"x"}"#);
    let settings = "EXTRACT-a = ^(?<host_part>[^/]+) in url\nEXTRACT-b = url:(?<url>\\S+)";
    assert_eq!(props(settings, "* | table url host_part", "url:x/y"), r#"{"url":"x/y"}"#);
    // the first class that gives a field keeps it
    let settings = "EXTRACT-a = (?<v>a)\nEXTRACT-b = (?<v>b)";
    assert_eq!(props(settings, "* | table v", "b a"), r#"{"v":"a"}"#);
    // ASCII order: capitals stand first
    let settings = "EXTRACT-a = (?<v>a)\nEXTRACT-Z = (?<v>b)";
    assert_eq!(props(settings, "* | table v", "b a"), r#"{"v":"b"}"#);
    // an extraction is before the automatic one
    let settings = "EXTRACT-a = k=\\w(?<k>\\w)";
    assert_eq!(props(settings, "* | table k l", "k=xy l=1"), r#"{"k":"y","l":"1"}"#);
}

#[test]
fn reports_of_transforms() {
    let report = |transform: &str, spl: &str, events: &str| {
        let props = "[s]\nKV_MODE = none\nREPORT-r = t\n";
        with(props, &format!("[t]\n{transform}\n"), spl, events)
    };
    let found = report("REGEX = (\\w+)=(\\w+)\nFORMAT = $1::$2", "* | table a b", "a=1 b=2");
    assert_eq!(found, r#"{"a":"1","b":"2"}"#);
    let found = report("REGEX = x(\\d)\nFORMAT = n::$1 kind::fixed", "* | table n kind", "x7");
    assert_eq!(found, r#"{"n":"7","kind":"fixed"}"#);
    let found = report("DELIMS = \",\"\nFIELDS = a,b", "* | table a b", "1,2");
    assert_eq!(found, r#"{"a":"1","b":"2"}"#);
    let found = report("DELIMS = \";\", \":\"", "* | table a b", "a:1;b:2");
    assert_eq!(found, r#"{"a":"1","b":"2"}"#);
    // MV_ADD joins, without it the first stays
    let found = report("REGEX = (?<a>\\d)\nMV_ADD = true", "* | table a", "1 2");
    assert_eq!(found, r#"{"a":["1","2"]}"#);
    assert_eq!(report("REGEX = (?<a>\\d)", "* | table a", "1 2"), r#"{"a":"1"}"#);
    // CLEAN_KEYS
    let pairs = "REGEX = (\\S+)=(\\w+)\nFORMAT = $1::$2";
    assert_eq!(report(pairs, "* | table a_b", "a-b=1"), r#"{"a_b":"1"}"#);
    let found = report(&format!("{pairs}\nCLEAN_KEYS = false"), "* | table a-b", "a-b=1");
    assert_eq!(found, r#"{"a-b":"1"}"#);
    // SOURCE_KEY: a field that an EXTRACT- made
    let props = "[s]\nKV_MODE = none\nEXTRACT-u = u:(?<u>\\S+)\nREPORT-r = t\n";
    let found = with(props, "[t]\nSOURCE_KEY = u\nREGEX = ^(?<p>\\w)\n", "* | table p", "u:xy");
    assert_eq!(found, r#"{"p":"x"}"#);
    // MV_ADD adds to what an EXTRACT- found
    let props = "[s]\nKV_MODE = none\nEXTRACT-a = (?<a>x)\nREPORT-r = t\n";
    let found = with(props, "[t]\nREGEX = (?<a>y)\nMV_ADD = 1\n", "* | table a", "xy");
    assert_eq!(found, r#"{"a":["x","y"]}"#);
    // several, in the order given
    let props = "[s]\nKV_MODE = none\nREPORT-r = t2, t1\n";
    let found = with(props, "[t1]\nREGEX = (?<a>x)\n[t2]\nREGEX = (?<a>y)\n", "* | table a", "xy");
    assert_eq!(found, r#"{"a":"y"}"#);
}

#[test]
fn automatic_pairs() {
    let of = |mode: &str, events: &str| props(mode, "* | table k", events);
    assert_eq!(of("KV_MODE = auto", "k=1"), r#"{"k":"1"}"#);
    // it is the default
    assert_eq!(of("TZ = UTC", "k=1"), r#"{"k":"1"}"#);
    assert!(!of("KV_MODE = none", "k=1").contains("\"k\""));
    assert_eq!(of("KV_MODE = xml", "<e><k>1</k></e>"), r#"{"k":"1"}"#);
    assert_eq!(of("KV_MODE = auto_escaped", r#"k="a\"b""#), r#"{"k":"a\"b"}"#);
    assert!(error(&[("props.conf", "[s]\nKV_MODE = yes\n")]).contains("KV_MODE"));
}

/// Source: Release Notes, "Field alias behavior change": its four events.
#[test]
fn aliases() {
    let events = "user=jessica id=1 uid=1241\nuser=joe id=2\nuid=7788\nuser=adam";
    let found = props("FIELDALIAS-a = id AS uid", "* | table user uid", events);
    let want = r#"{"user":"jessica","uid":"1"}
{"user":"joe","uid":"2"}
{}
{"user":"adam"}"#;
    assert_eq!(found, want);
    let found = props("FIELDALIAS-a = id ASNEW uid", "* | table user uid", events);
    let want = r#"{"user":"jessica","uid":"1241"}
{"user":"joe","uid":"2"}
{"uid":"7788"}
{"user":"adam"}"#;
    assert_eq!(found, want);
    let found = props("FIELDALIAS-a = a AS b, c as \"d e\"", "* | table b \"d e\"", "a=1 c=2");
    assert_eq!(found, r#"{"b":"1","d e":"2"}"#);
}

#[test]
fn calculated_fields_do_not_see_each_other() {
    let found = props("EVAL-a = b\nEVAL-b = a", "* | table a b", "a=1 b=2");
    assert_eq!(found, r#"{"a":"2","b":"1"}"#);
    // an alias is seen, a lookup not yet
    let found = props("FIELDALIAS-x = a AS c\nEVAL-b = c.\"!\"", "* | table b", "a=1");
    assert_eq!(found, r#"{"b":"1!"}"#);
}

/// Source: props.conf, "[<spec>] stanza precedence" and "pattern collisions".
#[test]
fn stronger_stanzas_win_setting_by_setting() {
    let folder = app(&[(
        "default/props.conf",
        "[s]\nEVAL-v = \"sourcetype\"\nEVAL-only_s = 1\n\
         [host::h*]\nEVAL-v = \"host\"\nEVAL-only_h = 1\n\
         [source::/x/...]\nEVAL-v = \"source\"\nEVAL-only_x = 1\n",
    )]);
    let of = |source: &str, host: &str| {
        run(&folder, meta(source, host, "s"), "* | table v only_s only_h only_x", "event")
    };
    assert_eq!(of("/x/y/z", "h1"), r#"{"v":"source","only_s":1,"only_h":1,"only_x":1}"#);
    assert_eq!(of("/y", "H1"), r#"{"v":"host","only_s":1,"only_h":1}"#);
    assert_eq!(of("/y", "g"), r#"{"v":"sourcetype","only_s":1}"#);

    // of two patterns the first in ASCII order, or that of the higher priority
    let two = |more: &str| {
        let text = format!(
            "[source::...a...]\nEVAL-v = \"a\"\n[source::...z...]\nEVAL-v = \"z\"\n{more}\n"
        );
        let folder = app(&[("props.conf", &text)]);
        run(&folder, meta("az", "", "s"), "* | table v", "event")
    };
    assert_eq!(two(""), r#"{"v":"a"}"#);
    assert_eq!(two("priority = 10"), r#"{"v":"z"}"#);
    // a name is stronger than a pattern, unless that has a priority above 100
    let text = "[source::az]\nEVAL-v = \"name\"\n[source::a*]\nEVAL-v = \"pattern\"\n";
    let folder = app(&[("props.conf", text)]);
    let v = |f: &Folder| run(f, meta("az", "", "s"), "* | table v", "event");
    assert_eq!(v(&folder), r#"{"v":"name"}"#);
    let folder = app(&[("props.conf", &format!("{text}priority = 101\n"))]);
    assert_eq!(v(&folder), r#"{"v":"pattern"}"#);
    // [default] is weaker than all
    let text = "[default]\nEVAL-v = \"default\"\nEVAL-w = \"all\"\n[s]\nEVAL-v = \"s\"\n";
    let folder = app(&[("props.conf", text)]);
    let found = run(&folder, meta("", "", "s"), "* | table v w", "event");
    assert_eq!(found, r#"{"v":"s","w":"all"}"#);
}

/// Work of several stanzas for one event goes by kind, not by stanza.
#[test]
fn the_order_is_that_of_kinds() {
    let folder = app(&[(
        "props.conf",
        "[s]\nEXTRACT-a = u:(?<u>\\w+)\nEVAL-w = v.\"!\"\n[host::h]\nFIELDALIAS-v = u AS v\n",
    )]);
    let found = run(&folder, meta("", "h", "s"), "* | table v w", "u:ann");
    assert_eq!(found, r#"{"v":"ann","w":"ann!"}"#);
}

#[test]
fn layers_are_laid_setting_by_setting() {
    let folder = app(&[
        ("default/props.conf", "[s]\nEVAL-a = \"d\"\nEVAL-b = \"d\"\nEVAL-c = \"d\"\n"),
        ("local/props.conf", "\u{feff}# local\r\n[s]\r\nEVAL-b = \"l\"\r\nEVAL-c =\r\n"),
    ]);
    let found = run(&folder, meta("", "", "s"), "* | table a b c", "event");
    assert_eq!(found, r#"{"a":"d","b":"l"}"#);
}

#[test]
fn texts_are_masked_before_all_else() {
    let settings = "SEDCMD-a = s/secret/masked/g\nEXTRACT-w = (?<w>masked)";
    assert_eq!(props(settings, "masked | table w", "a secret"), r#"{"w":"masked"}"#);
    assert_eq!(props(settings, "secret | table w", "a secret"), "");
}

#[test]
fn inputs_break_and_have_their_time() {
    let settings = "SHOULD_LINEMERGE = false\nLINE_BREAKER = (--)\\d";
    assert_eq!(props(settings, "* | table _raw", "1a--2b"), "{\"_raw\":\"1a\"}\n{\"_raw\":\"2b\"}");
    let settings = "BREAK_ONLY_BEFORE = ^\\d";
    assert_eq!(props(settings, "* | stats count", "1a\n b\n2c"), r#"{"count":2}"#);
    // without merging it says nothing
    let settings = "SHOULD_LINEMERGE = false\nBREAK_ONLY_BEFORE = ^\\d";
    assert_eq!(props(settings, "* | stats count", "1a\n b\n2c"), r#"{"count":3}"#);
    let settings = "TIME_PREFIX = at=\nTIME_FORMAT = %d/%m/%Y %H:%M\nTZ = UTC";
    let found = props(settings, "* | eval t=_time+0 | table t", "2020-01-01 at=15/01/2026 10:00 x");
    assert!(found.contains("1768471200"), "{found}");
}

#[test]
fn a_source_gives_a_sourcetype() {
    let text = "[source::...fw.log]\nsourcetype = s\n[s]\nEVAL-v = 1\n";
    let folder = app(&[("props.conf", text)]);
    let found = run(&folder, meta("/x/fw.log", "", ""), "* | table sourcetype v", "event");
    assert_eq!(found, r#"{"sourcetype":"s","v":1}"#);
    let found = run(&folder, meta("/x/fw.log", "", "own"), "* | table sourcetype v", "event");
    assert_eq!(found, r#"{"sourcetype":"own"}"#);
}

// ---- what is told

#[test]
fn what_has_no_effect_is_told_with_its_place() {
    let one = |text: &str| notes(&[("props.conf", text)]).join("\n");
    assert_eq!(
        one("[s]\nTRANSFORMS-x = y\n"),
        "SPL4150 props.conf:2: `TRANSFORMS-x` of [s] has no effect: events are not changed while they are read"
    );
    assert_eq!(
        one("[s]\nEXTRAC-x = (?<y>z)\n"),
        "SPL4151 props.conf:2: [s] has an unknown setting `EXTRAC-x`; did you mean `EXTRACT-x`?"
    );
    assert!(one("[s]\nkv_mode = none\n").contains("did you mean `KV_MODE`?"));
    assert_eq!(
        one("[s]\n\nREPORT-x = y\n"),
        "SPL4153 props.conf:3: `REPORT-x` names `y`, which transforms.conf does not have"
    );
    assert!(one("[rule::x]\nsourcetype = y\n").starts_with("SPL4150 props.conf:2: [rule::x]"));
    assert!(one("[s]\nKV_MODE = multi\n").contains("multikv"));
    assert!(one("[s]\nTRUNCATE = 100\n").contains("TRUNCATE"));
    assert_eq!(one("[s]\nTRUNCATE = 0\nSHOULD_LINEMERGE = false\nNO_BINARY_CHECK = 1\n"), "");
    let all = notes(&[
        ("default/props.conf", "[s]\nREPORT-x = t\nLOOKUP-l = ext a OUTPUT b\n"),
        (
            "default/transforms.conf",
            "[t]\nREGEX = .\nDEST_KEY = queue\n[ext]\nexternal_cmd = x.py\n",
        ),
    ]);
    assert!(all.iter().any(|n| n.contains("transforms.conf:3") && n.contains("DEST_KEY")));
    assert!(all.iter().any(|n| n.contains("props.conf:3") && n.contains("ext")), "{all:?}");
    let all = notes(&[("eventtypes.conf", "[e]\nsearch = `unknown_macro`\n")]);
    assert!(all[0].starts_with("SPL4154 eventtypes.conf:2:"), "{all:?}");
}

#[test]
fn what_is_wrong_is_an_error_with_its_place() {
    for (file, text, at) in [
        ("props.conf", "[s]\nEXTRACT-x = (?<a>\n", "props.conf:2"),
        ("props.conf", "[s]\nEVAL-x = if(\n", "props.conf:2"),
        ("props.conf", "[s]\nFIELDALIAS-x = a TO b\n", "props.conf:2"),
        ("props.conf", "[s]\nTIME_PREFIX = (\n", "props.conf:2"),
        ("props.conf", "[s]\nLINE_BREAKER = (\n", "props.conf:2"),
        ("props.conf", "[s]\nSHOULD_LINEMERGE = maybe\n", "props.conf:2"),
        ("props.conf", "[s]\nMAX_TIMESTAMP_LOOKAHEAD = far\n", "props.conf:2"),
        ("props.conf", "[source::(]\nEVAL-x = 1\n", "props.conf:2"),
        ("props.conf", "[source::a]\npriority = high\n", "props.conf:2"),
        ("tags.conf", "[a=b]\nt = perhaps\n", "tags.conf:2"),
    ] {
        let e = error(&[(file, text)]);
        assert!(e.starts_with(at) && e.contains("SPL4152"), "{text}: {e}");
    }
    let e = error(&[
        ("props.conf", "[s]\nREPORT-x = t\n"),
        ("transforms.conf", "[t]\nMV_ADD = 1\nREGEX = (\n"),
    ]);
    assert!(e.starts_with("transforms.conf:3"), "{e}");
}

// ---- input that means harm

#[test]
fn no_file_does_harm() {
    let read = |files: &[(&str, &str)]| {
        let folder = app(files);
        read_app(&folder.0, &|_| false).map(|a| a.rules.len()).map_err(|e| e.code)
    };
    let long = format!("[s]\nEVAL-a = \"{}\"\n", "x".repeat(900_000));
    let _ = read(&[("props.conf", &long)]);
    let longer = format!("[s]\nEXTRACT-a = {}\n", "(".repeat(10_000_000));
    assert!(read(&[("props.conf", &longer)]).is_err());
    let many: String = (0..100_000).map(|n| format!("[s{n}]\nKV_MODE = none\n")).collect();
    let _ = read(&[("props.conf", &many)]);
    let guards: String =
        (0..2_000).map(|n| format!("[source::*{n}]\nEXTRACT-a = (?<a>b)\n")).collect();
    assert_eq!(read(&[("props.conf", &guards)]), Err("SPL4152"));
    let deep = format!("[s]\nEVAL-a = 1 \\\n{}", "+ 1 \\\n".repeat(20_000));
    let _ = read(&[("props.conf", &deep)]);
    let parens = format!("[s]\nEVAL-a = {}\n", "(".repeat(100_000));
    assert!(read(&[("props.conf", &parens)]).is_err());
    for odd in [
        "[",
        "[]",
        "[s]\n=",
        "[s]\n-=",
        "[s]\nEXTRACT-=x",
        "\\",
        "[s]\nLOOKUP-a =\n",
        "[source::]\nEVAL-a=1",
    ] {
        let _ = read(&[("props.conf", odd)]);
        let _ = read(&[("transforms.conf", odd), ("tags.conf", odd), ("eventtypes.conf", odd)]);
    }
    let folder = app(&[("props.conf", "[s]\n")]);
    std::fs::write(folder.0.join("props.conf"), b"[s]\nEVAL-a = \"\xff\"\n").unwrap();
    assert_eq!(read_app(&folder.0, &|_| false).map(|_| ()).unwrap_err().code, "SPL5101");
    // unknown settings are counted
    let unknown: String = (0..5_000).map(|n| format!("[s{n}]\nfoo = 1\n")).collect();
    assert_eq!(notes(&[("props.conf", &unknown)]).len(), 101);
}

#[test]
fn what_is_an_app() {
    assert!(is_app(&app(&[("default/props.conf", "")]).0));
    assert!(is_app(&app(&[("local/tags.conf", "")]).0));
    assert!(is_app(&app(&[("props.conf", "")]).0));
    assert!(!is_app(&app(&[("mine.yml", "")]).0));
    assert!(!is_app(Path::new("/no/such/folder")));
}

/// `docs/splunk-apps.md` names each setting, and what becomes of it.
#[test]
fn the_page_has_all_settings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/splunk-apps.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let begin = "<!-- settings: from crates/content/src/conf/keys.rs -->\n";
    let head = page.split(begin).next().unwrap();
    let mut want = format!("{head}{begin}");
    for (file, list) in keys::FILES {
        want.push_str(&format!("\n## {file}\n\n| setting | what becomes of it |\n| --- | --- |\n"));
        for (name, how) in *list {
            let name =
                if name.ends_with('-') { format!("{name}CLASS") } else { (*name).to_owned() };
            let what = match how {
                keys::How::Done(what) => (*what).to_owned(),
                keys::How::Idle(what) => format!("nothing: {what}"),
                keys::How::Not(what) => format!("**a warning**: {what}"),
            };
            want.push_str(&format!("| `{name}` | {what} |\n"));
        }
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &want).unwrap();
    } else {
        assert!(page == want, "run this test with UPDATE_DOCS=1");
    }
}
