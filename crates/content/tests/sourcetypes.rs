//! What files say of sourcetypes, and what events of them then have.
#![allow(clippy::unwrap_used)]

use sepal_content::{CimModels, SourcetypeRules, read_sourcetype};
use sepal_exec::Search;
use sepal_exec::knowledge::{Knowledge, Rule};
use std::sync::Arc;

#[derive(Clone)]
struct Only(Vec<Arc<Rule>>);

impl Knowledge for Only {
    fn rules(&self) -> &[Arc<Rule>] {
        &self.0
    }
}

/// Sysmon 1 and 13, Security 4688 and 4625, as Windows writes them.
const XML: &str = include_str!("data/windows.xml");

fn search(spl: &str) -> Search {
    Search::new(spl)
        .data_models(Arc::new(CimModels::new()))
        .knowledge(Arc::new(SourcetypeRules::new()))
}

fn over_xml(spl: &str) -> String {
    search(spl).events("win.log", XML).run().unwrap().to_string()
}

fn with_rule(rule: &str, spl: &str, events: &str) -> String {
    let rule = Arc::new(read_sourcetype("r.yml", rule).unwrap());
    let found = Search::new(spl).knowledge(Arc::new(Only(vec![rule]))).events("e", events).run();
    found.unwrap().to_string()
}

#[test]
fn every_built_in_file_reads_and_plans() {
    for (file, text) in SourcetypeRules::built_in() {
        let rule = read_sourcetype(file, text).unwrap_or_else(|e| panic!("{e}"));
        let works = !rule.body.steps.is_empty() || !rule.stamps.is_empty();
        assert!(works || rule.given.sourcetype.is_some() && !rule.signs.is_empty(), "{file}");
        // what is read of it at first is all that says of which events it is
        let rules = SourcetypeRules::new();
        let built_in = rules.rules().iter().find(|r| r.name == rule.name).unwrap();
        let head = |r: &Rule| {
            let holds: Vec<_> = r.holds.iter().map(|s| (s.field, s.pattern.text())).collect();
            let fields = r.signs.iter().flat_map(|s| &s.fields);
            let signs: Vec<_> = fields.map(|(name, like)| (name, like.text())).collect();
            let texts = r.signs.iter().filter(|s| s.text.is_some()).count();
            let stamps: Vec<_> = r.stamps.iter().map(|g| (g.field, g.like.text())).collect();
            format!("{:?}", (holds, signs, texts, &r.given, stamps, r.when_named))
        };
        assert_eq!(head(built_in), head(&rule), "{file}");
        assert_eq!(format!("{:?}", *built_in.body), format!("{:?}", *rule.body), "{file}");
    }
    assert_eq!(SourcetypeRules::new().rules().len(), SourcetypeRules::built_in().len());
    // all of its steps are planned, and none is pruned
    assert!(over_xml("* | stats count").contains("\"count\":4"));
}

/// Expected values: what a real Splunk gave for events of this kind (action, registry_hive,
/// registry_value_data, user without its domain, lower-case integrity).
#[test]
fn sysmon_reaches_the_endpoint_models() {
    let found = over_xml(
        "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=reg.exe \
         by Processes.dest Processes.user Processes.action Processes.process \
         Processes.parent_process_name Processes.process_integrity_level Processes.vendor_product",
    );
    let want = r#"{"Processes.dest":"ws1.example.org","Processes.user":"ann","Processes.action":"allowed","Processes.process":"reg save HKLM\\SAM C:\\t\\sam","Processes.parent_process_name":"cmd.exe","Processes.process_integrity_level":"high","Processes.vendor_product":"Microsoft Sysmon","count":1}"#;
    assert_eq!(found.trim(), want);
    let found = over_xml(
        "| tstats count from datamodel=Endpoint.Registry by Registry.action Registry.registry_hive \
         Registry.registry_key_name Registry.registry_value_name Registry.registry_value_data \
         Registry.registry_value_type Registry.status",
    );
    let want = r#"{"Registry.action":"modified","Registry.registry_hive":"HKEY_LOCAL_MACHINE\\\\Software","Registry.registry_key_name":"WindowsUpdate","Registry.registry_value_name":"NoAuto","Registry.registry_value_data":"0x00000001","Registry.registry_value_type":"REG_DWORD","Registry.status":"success","count":1}"#;
    assert_eq!(found.trim(), want);
}

#[test]
fn security_events_are_processes_and_logons() {
    let found = over_xml(
        "| tstats count from datamodel=Authentication where Authentication.action=failure \
         by Authentication.user Authentication.src Authentication.dest",
    );
    let want = r#"{"Authentication.user":"eve","Authentication.src":"192.0.2.7","Authentication.dest":"dc1","count":1}"#;
    assert_eq!(found.trim(), want);
    let found = over_xml("source=XmlWinEventLog:Security EventCode=4688 | table user process_name");
    assert_eq!(found.trim(), r#"{"user":"bob","process_name":"whoami.exe"}"#);
}

#[test]
fn stamps_and_time_are_those_of_the_event() {
    let found = over_xml("EventCode=13 | table _time host source sourcetype");
    let want = r#""host":"ws1.example.org","source":"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational","sourcetype":"XmlWinEventLog"}"#;
    // 2025-03-04T05:06:08.250Z
    assert!(found.contains("1741064768.25") && found.trim().ends_with(want), "{found}");
}

#[test]
fn an_event_that_is_not_whole_is_said() {
    let cut = format!("{XML}<Event xmlns='x'><System><EventID>1\n");
    let found = search("* | stats count").events("win.log", cut).run().unwrap();
    assert!(found.to_string().contains("\"count\":5"));
    assert!(format!("{:?}", found.summary).contains("damaged: 1"));
}

#[test]
fn events_that_no_rule_holds_for_stay_as_they_are() {
    let event = r#"{"EventID":1,"Image":"C:\\a\\b.exe"}"#;
    let found = search("* | table EventID EventCode process_name tag").events("e", event).run();
    assert_eq!(found.unwrap().to_string().trim(), r#"{"EventID":"1"}"#);
}

const RULE: &str = "name: R\nholds: [source=e]\nalias: {b: [x, y]}\neval:\n  a: a+1\n  \
    c: a*10\nrex:\n  - {field: text, regex: 'u=(?<user>\\w+)'}\nevent_types:\n  \
    - {name: big, search: c>15, tags: one two}\n";

/// Splunk Knowledge Manager Manual, "About calculated fields": they do not see each other.
#[test]
fn calculated_fields_do_not_see_each_other() {
    assert_eq!(with_rule(RULE, "* | table a c", r#"{"a":1}"#).trim(), r#"{"a":2,"c":10}"#);
    let all = with_rule(RULE, "* | fields - _* | table *", r#"{"a":1}"#);
    assert!(!all.contains("__calculated"), "{all}");
}

#[test]
fn aliases_take_the_first_value_and_keep_the_old_field() {
    let events = "{\"x\":1,\"y\":2}\n{\"y\":2}\n{\"b\":3}\n";
    let found = with_rule(RULE, "* | table b x y | sort b", events);
    assert_eq!(
        found,
        "{\"b\":\"1\",\"x\":\"1\",\"y\":\"2\"}\n{\"b\":\"2\",\"y\":\"2\"}\n{\"b\":\"3\"}\n"
    );
}

#[test]
fn extractions_types_and_tags() {
    let events = "{\"text\":\"u=ann\",\"a\":2}\n{\"text\":\"u=bob\",\"a\":1}\n";
    let found = with_rule(RULE, "tag=two | table user eventtype tag", events);
    assert_eq!(found.trim(), r#"{"user":"ann","eventtype":"big","tag":["one","two"]}"#);
    let found = with_rule(RULE, "NOT eventtype=big | table user", events);
    assert_eq!(found.trim(), r#"{"user":"bob"}"#);
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let error = |text: &str| read_sourcetype("r.yml", text).unwrap_err().to_string();
    let head = "name: R\nholds: [source=e]\n";
    for (text, want) in [
        ("extracts: windows_xml\n", "r.yml:3"),
        ("extract: json\n", "`extract` takes "),
        ("extract: {kv: {a: b}}\n", "no option `a`"),
        ("recognize: [{}]\n", "takes `fields`"),
        ("recognize: [{text: (}]\n", "regex parse error"),
        ("given: {a: b}\n", "`given` takes"),
        ("stamp: {a: {eval: b, like: c}}\n", "`stamp` takes"),
        ("stamp: {source: {eval: b}}\n", "`like`"),
        ("eval:\n  a: 1\n  b: 1+\n", "r.yml:5"),
        ("eval: [a]\n", "takes fields"),
        ("event_types:\n  - {name: a}\n", "`search`"),
        ("event_types:\n  - {name: a, search: (}\n", "SPL4341"),
        ("lookup: ['a b | stats count']\n", "not one command"),
    ] {
        let e = error(&format!("{head}{text}"));
        assert!(e.contains(want), "{text}: {e}");
    }
    assert!(error("name: R\n").contains("holds"));
    assert!(error("name: R\nholds: [index=main]\n").contains("sourcetype=..."));
}

#[test]
fn a_file_of_the_user_takes_the_place_of_a_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let text = "name: Sysmon\nholds: [source=e]\neval: {vendor_product: '\"mine\"'}\n";
    std::fs::write(folder.path().join("mine.yml"), text).unwrap();
    let paths = [folder.path().to_owned()];
    let (rules, notes) = SourcetypeRules::new().with_folders(&paths).unwrap();
    assert!(notes.is_empty());
    assert_eq!(rules.rules().len(), SourcetypeRules::new().rules().len());
    let found = Search::new("* | table vendor_product").knowledge(Arc::new(rules));
    let found = found.events("e", "{\"a\":1}").run().unwrap().to_string();
    assert_eq!(found.trim(), r#"{"vendor_product":"mine"}"#);
}

/// Source: Splunk Knowledge Manager Manual, "Use default fields": the fields of the time, of how
/// the text is, and that they are there for all events; here where a search names them.
#[test]
fn default_fields_are_made_where_a_search_names_them() {
    let events = "{\"time\":\"2024-03-05T14:07:09Z\",\"a\":1}\n{\"b\":\"x y\",\"date_hour\":3}\n";
    let run = |spl: &str| {
        let knowledge = Arc::new(SourcetypeRules::new());
        Search::new(spl).knowledge(knowledge).events("e", events).run().unwrap().to_string()
    };
    let found = run(
        "a=1 | table date_hour date_mday date_minute date_month date_second date_wday date_year",
    );
    let want = r#"{"date_hour":14,"date_mday":5,"date_minute":7,"date_month":"march","date_second":9,"date_wday":"tuesday","date_year":2024}"#;
    assert_eq!(found.trim(), want);
    assert!(run("date_hour>=14 | stats count").contains("\"count\":1"));
    assert!(run("* | stats count by date_hour").contains("\"date_hour\":\"3\""));
    assert!(
        run("b=* | table linecount punct")
            .contains(r#"{"linecount":1,"punct":"{\"\":\"_\",\"_\":}"}"#)
    );
    assert!(!run("a=1 | fields *").contains("date_hour"));
    assert!(!run("* | table *").contains("linecount"));
}

/// A search over Windows XML takes only those fields out of the text that feed what it asks for:
/// what the plan says that must reach the rules is what they take out.
#[test]
fn only_the_fields_that_feed_what_is_asked_are_read() {
    const ALL: &[&str] = &[
        "Image",
        "TargetImage",
        "CommandLine",
        "ParentImage",
        "SourceImage",
        "ParentCommandLine",
        "ParentProcessGuid",
        "SourceProcessGUID",
        "SourceProcessGuid",
        "User",
        "SourceUser",
        "Hashes",
        "TargetObject",
        "Details",
        "DestinationIp",
        "SourceIp",
        "IntegrityLevel",
        "TargetFilename",
        "QueryName",
        "OriginalFileName",
        "CurrentDirectory",
        "CreationUtcTime",
    ];
    let built_in = SourcetypeRules::new();
    let these = built_in.rules().iter().filter(|r| ["Windows event", "Sysmon"].contains(&&*r.name));
    let rules = Only(these.cloned().collect());
    for (asked, want) in [
        (
            "Processes by Processes.parent_process_guid",
            &["ParentProcessGuid", "SourceProcessGUID", "SourceProcessGuid"][..],
        ),
        ("Processes by Processes.process_current_directory", &["CurrentDirectory"]),
        ("Processes by Processes.original_file_name", &["OriginalFileName"]),
        (
            "Processes where Processes.process=*x* by Processes.user",
            &["CommandLine", "User", "SourceUser"],
        ),
        ("Registry by Registry.registry_path", &["TargetObject"]),
        ("Filesystem by Filesystem.file_path", &["TargetFilename"]),
    ] {
        let text = format!("| tstats count from datamodel=Endpoint.{asked}");
        let mut cx = sepal_exec::plan::PlanCx::default()
            .with_data_models(Some(Arc::new(CimModels::new())))
            .with_knowledge(Some(Arc::new(rules.clone())));
        let parsed = sepal_parser::parse(&text);
        let plan = sepal_exec::plan::plan_with(&parsed.pipeline, &mut cx).unwrap();
        let read: Vec<&str> = ALL.iter().copied().filter(|f| plan.needed.contains(f)).collect();
        let mut want: Vec<&str> = want.to_vec();
        want.sort_by_key(|f| ALL.iter().position(|a| a == f));
        assert_eq!(read, want, "{text}");
        assert!(plan.needed.contains("_raw") && plan.needed.contains("EventID"), "{text}");
    }
}

/// The example of docs/sourcetypes.md does what its comments say.
#[test]
fn the_example_of_the_page_works() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sourcetypes.md");
    let page = std::fs::read_to_string(page).unwrap();
    let yaml = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let events = "1 my: at=1700000000 user=ann status=ok\n  more of it computer=c1\n\
                  2 my: at=1700000060 user=bob status=no\n";
    let found = with_rule(
        yaml,
        "* | sort _time | eval lines=len(_raw)-len(replace(_raw,\"\\n\",\"\")) \
         | table _time sourcetype user action dest tag lines",
        events,
    );
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 2, "{found}");
    let first = [
        r#""_time":1700000000"#,
        r#""sourcetype":"my:product""#,
        r#""user":"ann""#,
        r#""action":"success""#,
        r#""dest":"c1""#,
        r#""tag":"authentication""#,
        r#""lines":1"#,
    ];
    for part in first {
        assert!(lines[0].contains(part), "{part}: {}", lines[0]);
    }
    assert!(
        lines[1].contains(r#""action":"failure""#) && lines[1].contains("1700000060"),
        "{found}"
    );
}
