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
        let events: Vec<_> = f.events.iter().map(|e| (&e.stamps, &e.raw, &e.rows)).collect();
        format!(
            "{} {name}: {rows:?} {:?} {} {error:?} {notices:?} {events:?}",
            f.set, f.entities, f.always
        )
    };
    report.findings.iter().map(of).collect()
}

fn options(rule_out: bool, threads: usize, limits: Limits) -> Options {
    Options { rule_out, threads, limits, rows: usize::MAX, events: 3, ..Options::default() }
}

/// Hunts with and without leaving out, in one group and in many, and compares.
fn compare(loaded: &Loaded, content: &Content, sets: &[DataSet]) -> Vec<String> {
    let all = Limits::default();
    let whole = shown(loaded, &hunt(loaded, content, sets, options(false, 2, all)));
    for (rule_out, threads, limits) in [
        (true, 1, all),
        (true, 3, all),
        // nothing is kept in memory
        (true, 2, Limits { input: 0, all: 0 }),
        // which events they are is kept, the events are not
        (true, 2, Limits { input: 0, all: 64 << 10 }),
        // a group each
        (true, 2, Limits { all: 1, ..all }),
    ] {
        let report = hunt(loaded, content, sets, options(rule_out, threads, limits));
        let told = |s: &sepal_hunt::SetReport| {
            s.notices.iter().filter(|(n, _)| n.code == "SPL5490").count()
        };
        // said once a data set, and only where there is no room
        let most = usize::from(limits.all < all.all);
        assert!(report.sets.iter().all(|s| told(s) <= most), "{:?}", report.sets);
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

/// What searches do with the events of a condition: with all of their fields or some, with
/// subsearches whose rows are matched, added, part of the condition, or not known before.
const REST: &[&str] = &[
    "CONDITION",
    "CONDITION | stats count",
    "CONDITION | append [search a=x]",
    "CONDITION | where a=\"x\"",
    "CONDITION | table a b source",
    "CONDITION | rename a AS x | fields b x sourcetype",
    "CONDITION | stats first(a) last(b) count BY source",
    "CONDITION | head 2 | table a",
    "CONDITION | dedup a | eval c=coalesce(b, \"n\") | table a c",
    "CONDITION | table a b | join a [search b=x | table a c]",
    "CONDITION | table a b | join a [search b=x | join a [search b=k | table a] | table a c]",
    "CONDITION | table a b | join type=left a [search b=x | table a c]",
    "CONDITION | stats count BY a | join count [search b=nothing | stats count]",
    "CONDITION | table a b | append [search CONDITION | stats count]",
    "CONDITION | table a | appendcols [search b=x | table b]",
    "CONDITION [search b=x | head 2 | table a] | table a b",
    "CONDITION NOT [search b=x | table a] | stats count BY b",
    "CONDITION [search b=x | table a] | table a b | join a [search a=x | table a c]",
    "CONDITION | table a b | where a=[search b=x | head 1 | return $a]",
    "CONDITION | head 2 | table a | map search=\"search a=$a$ | table a b\"",
    "CONDITION | stats count BY a | appendpipe [stats sum(count) AS count]",
    "| multisearch [search CONDITION | table a] [search a=x | table b]",
    "| union [search CONDITION | table a b] [search b=x | stats count]",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost(
        conditions in prop::collection::vec((condition(), prop::sample::select(REST)), 1..8),
        events in prop::collection::vec(prop::collection::vec(event(), 0..4), 1..4),
    ) {
        let content = Arc::new(content(MacroSet::new(), None));
        let mut loaded = Loaded::default();
        for (n, (c, rest)) in conditions.iter().enumerate() {
            let search = rest.replace("CONDITION", c);
            loaded.add_detection(detection(n, &search), &content, Choice::default());
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

/// ESCU, unpacked: its content, and where its detections are.
fn escu(shared: &Path, dir: &Path) -> (Arc<Content>, PathBuf) {
    for archive in std::fs::read_dir(shared.join("escu")).unwrap() {
        let mut tar = Command::new("tar");
        tar.arg("-I").arg("zstd").arg("-xf").arg(archive.unwrap().path()).arg("-C").arg(dir);
        assert!(tar.status().unwrap().success());
    }
    let (macros, _) = fs::macro_set(&[dir.join("macros")]).unwrap();
    let (lookups, _) = LookupFolders::read(&[dir.join("lookups")], false).unwrap();
    (Arc::new(content(macros, Some(Arc::new(lookups)))), dir.join("detections"))
}

/// Numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all[(self.0 >> 33) as usize % all.len()]
    }
}

/// Events of Sysmon whose values are those that detections ask for, in many combinations: as XML, as
/// flat JSON, and as audit events of Kubernetes.
fn made_events(count: usize) -> [String; 3] {
    let r = &mut Random(7);
    let dirs = ["C:\\Windows\\System32\\", "C:\\Users\\Public\\", "C:\\Temp\\"];
    let names = [
        "cmd.exe",
        "powershell.exe",
        "rundll32.exe",
        "regsvr32.exe",
        "wmic.exe",
        "schtasks.exe",
        "net.exe",
        "certutil.exe",
        "explorer.exe",
        "winword.exe",
        "reg.exe",
        "mshta.exe",
    ];
    let args = [
        "/c whoami",
        "-enc SQBFAFgA",
        "shell32.dll,Control_RunDLL",
        "/create /tn x /tr y.exe",
        "process call create calc.exe",
        "user /add bob P4ss",
        "-urlcache -split -f http://x/y",
        "add HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v x",
        "delete shadows /all",
        "Ünïcode \u{212A}ernel",
        "",
    ];
    let [mut xml, mut json, mut kube] = [String::new(), String::new(), String::new()];
    for n in 0..count {
        let code = r.of(&["1", "1", "1", "3", "7", "10", "11", "13", "22"]);
        let (dir, name, parent) = (r.of(&dirs), r.of(&names), r.of(&names));
        let (arg, target) = (r.of(&args), r.of(&["lsass.exe", "a.dll", "b.js", "c.lnk"]));
        let user = r.of(&["NT AUTHORITY\\SYSTEM", "CORP\\bob"]);
        let time = format!("2024-03-0{}T10:00:{:02}.000Z", n % 9 + 1, n % 60);
        let image = format!("{dir}{name}");
        let data = [
            ("UtcTime", time.replace('T', " ").replace('Z', "")),
            ("Image", image.clone()),
            ("OriginalFileName", name.to_uppercase()),
            ("CommandLine", format!("{name} {arg}")),
            ("ParentImage", format!("C:\\Windows\\{parent}")),
            ("ParentCommandLine", parent.to_owned()),
            ("TargetFilename", format!("{dir}{target}")),
            ("TargetImage", format!("C:\\Windows\\System32\\{target}")),
            ("SourceImage", image.clone()),
            ("GrantedAccess", r.of(&["0x1010", "0x1fffff", "0x40"]).to_owned()),
            ("ImageLoaded", format!("{dir}{target}")),
            ("TargetObject", "HKLM\\System\\CurrentControlSet\\Control\\Lsa\\x".to_owned()),
            ("Details", r.of(&["DWORD (0x00000001)", "Binary Data", "x"]).to_owned()),
            ("User", user.to_owned()),
            ("QueryName", r.of(&["evil.top", "example.com"]).to_owned()),
        ];
        let channel = "Microsoft-Windows-Sysmon/Operational";
        let cells: String =
            data.iter().map(|(k, v)| format!("<Data Name=\"{k}\">{v}</Data>")).collect();
        xml.push_str(&format!(
            "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>\
             <Provider Name=\"Microsoft-Windows-Sysmon\"/><EventID>{code}</EventID>\
             <TimeCreated SystemTime=\"{time}\"/><Channel>{channel}</Channel>\
             <Computer>h{}</Computer></System><EventData>{cells}</EventData></Event>\n",
            n % 5
        ));
        let cells: String =
            data.iter().map(|(k, v)| format!(",\"{k}\":\"{}\"", v.replace('\\', "\\\\"))).collect();
        json.push_str(&format!(
            "{{\"EventTime\":\"{time}\",\"Hostname\":\"h{}\",\"EventID\":{code},\
             \"SourceName\":\"Microsoft-Windows-Sysmon\",\"Channel\":\"{channel}\"{cells}}}\n",
            n % 5
        ));
        kube.push_str(&format!(
            "{{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"verb\":\"{}\",\
             \"user\":{{\"username\":\"{}\",\"groups\":[\"system:authenticated\"]}},\
             \"sourceIPs\":[\"10.0.0.{}\"],\"objectRef\":{{\"resource\":\"{}\",\"namespace\":\"n\"}},\
             \"responseStatus\":{{\"code\":{}}},\"stage\":\"ResponseComplete\",\
             \"requestReceivedTimestamp\":\"{time}\"}}\n",
            r.of(&["get", "list", "create", "delete"]),
            r.of(&["system:anonymous", "bob", "system:serviceaccount:a:b"]),
            n % 200,
            r.of(&["pods", "secrets", "daemonsets", "cronjobs"]),
            r.of(&["200", "403"]),
        ));
    }
    [xml, json, kube]
}

/// One detection in seven of ESCU over made events: those that are found for each detection in one
/// pass are enough.
#[test]
fn routed_detections_find_the_same() {
    let Some(shared) = shared() else { return };
    let dir = tempfile::tempdir().unwrap();
    let (content, detections) = escu(&shared, dir.path());
    let mut files: Vec<PathBuf> = Vec::new();
    for kind in ["endpoint", "cloud", "network"] {
        let folder = std::fs::read_dir(detections.join(kind)).unwrap();
        files.extend(folder.map(|e| e.unwrap().path()));
    }
    files.sort();
    let mut loaded = Loaded::default();
    for file in files.iter().step_by(7) {
        loaded.add(file, &content, Choice::default()).unwrap();
    }
    assert!(loaded.ready.len() > 150, "{}", loaded.ready.len());
    let path = dir.path().join("sysmon.xml");
    let [xml, json, kube] = made_events(60);
    std::fs::write(&path, &xml).unwrap();
    let packed = zstd::encode_all(json.as_bytes(), 1).unwrap();
    let set = |inputs: Vec<Input>| DataSet { name: inputs[0].name.clone(), inputs };
    let sets = [
        set(vec![Input::path(&path)]),
        set(vec![
            Input::bytes("sysmon.json.zst", packed),
            Input::bytes("audit", kube.into_bytes()),
        ]),
    ];
    let all = Limits::default();
    let whole = shown(&loaded, &hunt(&loaded, &content, &sets, options(false, 2, all)));
    // in memory; read again from the file; with room for no event that is not read again
    let few = [64 << 10, 4096].map(|all| Limits { input: 0, all });
    for limits in [all, Limits { input: 0, ..all }].into_iter().chain(few) {
        let got = shown(&loaded, &hunt(&loaded, &content, &sets, options(true, 2, limits)));
        assert_eq!(whole, got);
    }
    assert!(whole.len() > 5, "{}", whole.len());
    println!("{} findings", whole.len());
}

/// Detections of each kind over events of three sourcetypes: conditions on fields, data models by
/// tstats, subsearches in conditions and behind them, lookups. Nearly all find something.
#[test]
fn each_kind_of_detection_finds_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let table = "process_name,grade\ncmd.exe,low\nmshta.exe,high\nreg.exe,low\n";
    std::fs::write(dir.path().join("grades.csv"), table).unwrap();
    let (lookups, _) = LookupFolders::read(&[dir.path().to_owned()], false).unwrap();
    let content = Arc::new(content(MacroSet::new(), Some(Arc::new(lookups))));
    let mut searches: Vec<String> = Vec::new();
    for name in ["cmd", "powershell", "rundll32", "regsvr32", "wmic", "schtasks", "net", "reg"] {
        searches.push(format!("EventCode=1 Image=\"*\\\\{name}.exe\" | stats count by Image User"));
        searches.push(format!(
            "| tstats count min(_time) AS first from datamodel=Endpoint.Processes \
             where Processes.process_name={name}.exe by Processes.dest Processes.user"
        ));
        searches.push(format!(
            "EventCode IN (1, 11) [search EventCode=13 Image=\"*\\\\{name}.exe\" \
             | dedup Computer | fields Computer] | stats count by Computer EventCode"
        ));
        searches.push(format!(
            "EventCode=1 process_name={name}.exe | lookup grades.csv process_name OUTPUT grade \
             | stats count values(grade) AS grade by process_name"
        ));
    }
    for verb in ["get", "list", "create", "delete"] {
        searches
            .push(format!("verb={verb} objectRef.resource=secrets | stats count by user.username"));
        searches.push(format!(
            "verb={verb} NOT user.username=bob | append [search verb={verb} user.username=bob | head 1] \
             | table user.username objectRef.resource"
        ));
    }
    searches.push("EventCode=22 QueryName=evil.top | eventstats count | head 3".to_owned());
    searches.push("| inputlookup grades.csv where grade=high".to_owned());
    let mut loaded = Loaded::default();
    for (n, search) in searches.iter().enumerate() {
        loaded.add_detection(detection(n, search), &content, Choice::default());
    }
    assert_eq!(loaded.failed, vec![]);
    let [xml, json, kube] = made_events(150);
    let path = dir.path().join("sysmon.xml");
    std::fs::write(&path, xml).unwrap();
    let set = |inputs: Vec<Input>| DataSet { name: inputs[0].name.clone(), inputs };
    let sets = [
        set(vec![Input::path(&path)]),
        set(vec![Input::bytes("sysmon.json", json.into_bytes())]),
        set(vec![Input::bytes("audit", kube.into_bytes()), Input::path(&path)]),
    ];
    let found = compare(&loaded, &content, &sets);
    println!("{} findings of {} detections", found.len(), searches.len());
    assert!(found.len() > 60, "{}: {found:#?}", found.len());
    for (kind, least) in
        [("| tstats", 8), ("[search EventCode", 8), ("lookup grades", 8), ("verb=", 8)]
    {
        let of = |f: &&String| {
            let number = f.split_once(" d").and_then(|(_, rest)| rest.split_once(".yml"));
            let number: usize = number.unwrap().0.parse().unwrap();
            searches[number].contains(kind)
        };
        let count = found.iter().filter(of).count();
        assert!(count >= least, "{kind}: {count}");
    }
}

/// Events of every way in which they stand in an input: lines, a JSON array, rows of a table, rows of
/// a result, an envelope, text, packed.
#[test]
fn events_of_all_formats_are_routed() {
    let dir = tempfile::tempdir().unwrap();
    let content = Arc::new(content(MacroSet::new(), None));
    let mut loaded = Loaded::default();
    for (n, search) in [
        "a=x",
        "a=x b!=2 | stats count, values(b), first(b), last(_raw) by a",
        "NOT a=x",
        "a=* NOT (b=1 OR b=3) | table a b _raw",
        "b>2 | streamstats count",
        "sourcetype=csv a=x | head 1",
        "x | stats count",
        "a=nothing | stats count",
        "source=*array* a=*X | tail 2 | table *",
    ]
    .iter()
    .enumerate()
    {
        loaded.add_detection(detection(n, search), &content, Choice::default());
    }
    assert_eq!(loaded.failed, vec![]);
    let rows: Vec<(&str, usize)> =
        (0..400).map(|n| (["x", "y", "xx", "X"][n % 4], n % 5)).collect();
    let json = |(a, b): &(&str, usize)| format!("{{\"a\":\"{a}\",\"b\":{b}}}");
    let objects: Vec<String> = rows.iter().map(json).collect();
    let lines = objects.join("\n");
    let mut mixed = lines.clone();
    mixed.insert(0, '\u{feff}');
    mixed.push_str("\r\n{\"a\":\"x\",\n not json a=x\n\n{\"a\":\"x\",\"b\":9}");
    let csv: String = rows.iter().map(|(a, b)| format!("{a},{b}\n")).collect();
    let hec: String =
        objects.iter().map(|o| format!("{{\"event\":{o},\"host\":\"h\"}}\n")).collect();
    let kv: String = rows.iter().map(|(a, b)| format!("2024-01-01 a={a} b={b}\n")).collect();
    let mut sets = Vec::new();
    for (name, text) in [
        ("lines.json", lines.clone()),
        ("mixed.json", mixed),
        ("array.json", format!("[{}]", objects.join(",\n"))),
        ("table.csv", format!("a,b\n{csv}")),
        ("hec.json", hec),
        ("text.log", kv),
    ] {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        sets.push(DataSet { name: name.to_owned(), inputs: vec![Input::path(path)] });
    }
    let packed = dir.path().join("packed.zst");
    std::fs::write(&packed, zstd::encode_all(lines.as_bytes(), 1).unwrap()).unwrap();
    let two = vec![Input::path(packed), sets[0].inputs[0].clone()];
    sets.push(DataSet { name: "two".to_owned(), inputs: two });
    let found = compare(&loaded, &content, &sets);
    assert!(found.len() > 30, "{found:?}");
    let none = Limits { input: 0, all: 0 };
    let report = hunt(&loaded, &content, &sets[..1], options(true, 2, none));
    let told: Vec<_> = report.sets[0].notices.iter().map(|(n, _)| n).collect();
    let [notice] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((notice.code, notice.cuts_result), ("SPL5490", false));
    // not the one that any event may meet, nor those that none meets
    assert!(notice.message.contains("read all events again"), "{notice:?}");
    assert!(notice.message.ends_with(": D0, D1, D2, D3, D4"), "{notice:?}");
}

/// All of ESCU over some small recordings of each kind.
#[test]
fn nothing_of_escu_is_lost() {
    let Some(shared) = shared() else { return };
    let dir = tempfile::tempdir().unwrap();
    let (content, detections) = escu(&shared, dir.path());
    let mut loaded = Loaded::default();
    loaded.add(&detections, &content, Choice::default()).unwrap();
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
