//! Data models of Splunk's JSON, and a search over one.
#![allow(clippy::unwrap_used)]

use sepal_content::{add_data_model, read_data_model};
use sepal_exec::RunCx;
use sepal_exec::datamodel::MemoryDataModels;
use sepal_exec::host::FixedHost;
use sepal_exec::plan::{PlanCx, plan_with};
use sepal_exec::run::{RunOptions, rows_to_json, run_to_batch};
use sepal_exec::scan::Input;
use sepal_parser::macros::{MacroDef, MacroSet};
use std::sync::Arc;

/// The keys of Splunk's files, `comment` and the like among them.
const LOGINS: &str = r#"{
  "modelName": "Logins", "displayName": "Logins", "description": "", "editable": false,
  "objects": [
    {"objectName": "All_Logins", "displayName": "All", "parentName": "BaseEvent",
     "comment": {"tags": ["login"]},
     "fields": [
       {"fieldName": "user", "type": "string", "required": false, "multivalue": false, "hidden": false},
       {"fieldName": "src", "type": "string", "fieldSearch": ""},
       {"fieldName": "_time", "owner": "BaseEvent", "type": "timestamp"}],
     "calculations": [
       {"calculationID": "a", "calculationType": "Eval",
        "outputFields": [{"fieldName": "action", "type": "string"}],
        "expression": "if(isnull(action) OR action=\"\",\"unknown\",action)"},
       {"calculationID": "b", "calculationType": "Rex", "inputField": "user",
        "outputFields": [{"fieldName": "domain"}], "expression": "^(?<domain>\\w+)\\\\"}],
     "constraints": [{"search": "(`login_indexes`) tag=login NOT (action=success user=*$)"}]},
    {"objectName": "Failed", "parentName": "All_Logins", "fields": [], "calculations": [],
     "constraints": [{"search": "action=\"failure\" OR action=unknown"}], "children": []}
  ]
}"#;

fn macros() -> MacroSet {
    let mut set = MacroSet::new();
    let (name, definition) = ("login_indexes".to_owned(), "index=main OR index=other".to_owned());
    set.insert(MacroDef { name, definition, ..MacroDef::default() });
    set
}

fn search(text: &str, events: &str) -> String {
    let mut models = MemoryDataModels::new();
    let model = read_data_model("logins.json", LOGINS, &macros()).unwrap();
    add_data_model(&mut models, model, "logins.json", &mut Vec::new());
    let parsed = sepal_parser::parse(text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let mut cx = PlanCx::default().with_data_models(Some(Arc::new(models)));
    let plan = plan_with(&parsed.pipeline, &mut cx).unwrap();
    let inputs = [Input::bytes("events", events.as_bytes())];
    let cx = RunCx::new(Arc::new(FixedHost::default()));
    let (batch, _) = run_to_batch(&plan, &inputs, &RunOptions::default(), &cx).unwrap();
    serde_json::to_string(&rows_to_json(&batch)).unwrap()
}

const EVENTS: &str = r#"{"tag":"login","user":"CORP\\eve","action":"failure"}
{"tag":"login","user":"CORP\\bob","action":"success"}
{"tag":"login","user":"CORP\\ann"}
{"tag":"other","user":"CORP\\eve","action":"failure"}
"#;

#[test]
fn a_dataset_of_splunks_json_is_searched() {
    assert_eq!(
        search(
            "| tstats count from datamodel=Logins.Failed by All_Logins.user All_Logins.action",
            EVENTS
        ),
        r#"[{"All_Logins.user":"CORP\\ann","All_Logins.action":"unknown","count":1},{"All_Logins.user":"CORP\\eve","All_Logins.action":"failure","count":1}]"#
    );
    assert_eq!(
        search("| tstats count from datamodel=Logins.All_Logins by All_Logins.domain", EVENTS),
        r#"[{"All_Logins.domain":"CORP","count":3}]"#
    );
}

#[test]
fn what_is_read() {
    let model = read_data_model("logins.json", LOGINS, &macros()).unwrap();
    let root = model.dataset("All_Logins").unwrap();
    assert_eq!(root.parent, None);
    assert_eq!(root.fields, ["user", "src"]);
    assert_eq!(
        root.constraint,
        "(index=main OR index=other) tag=login NOT (action=success user=*$)"
    );
    assert_eq!(root.calculations[1].command, r#"rex field=user "^(?<domain>\\w+)\\\\""#);
    assert_eq!(model.dataset("Failed").unwrap().parent.as_deref(), Some("All_Logins"));
}

#[test]
fn what_cannot_be_read() {
    let error = |text: &str| read_data_model("m.json", text, &macros()).unwrap_err();
    assert_eq!(error("{").code, "SPL4134");
    assert!(error("[1]").message.contains("not a data model"));
    let of =
        |object: &str| format!(r#"{{"modelName":"M","objects":[{{"objectName":"A",{object}}}]}}"#);
    let lost = error(&of(r#""parentName":"BaseEvent","constraints":[{"search":"`nothing`"}]"#));
    assert!(lost.message.starts_with("dataset A: "), "{lost}");
    assert!(error(&of(r#""parentName":"BaseTransaction""#)).message.contains("transactions"));
    let kind = error(&of(r#""calculations":[{"calculationType":"Magic"}]"#));
    assert!(kind.message.contains("of kind Magic"), "{kind}");
}

#[test]
fn a_second_one_of_a_name_is_noted() {
    let mut all = MemoryDataModels::new();
    let mut notes = Vec::new();
    let mut model = read_data_model("a.json", LOGINS, &macros()).unwrap();
    add_data_model(&mut all, model.clone(), "a.json", &mut notes);
    add_data_model(&mut all, model.clone(), "b.json", &mut notes);
    assert!(notes.is_empty());
    model.datasets.pop();
    add_data_model(&mut all, model, "c.json", &mut notes);
    assert_eq!(notes[0].code, "SPL4135");
}

/// The forms of the CIM add-on's files: a root with `baseSearch` and commands, `cim_NAME_indexes`,
/// calculations by Eval, Rex and Lookup, a child without `calculations`, a dataset that asks Splunk.
const ADD_ON: &str = r#"{
  "modelName": "Web", "objects": [
    {"objectName": "Web", "parentName": "BaseSearch", "fields": [{"fieldName": "url"}],
     "baseSearch": "(`cim_Web_indexes`) tag=web | eval level=lower(level)",
     "constraints": [],
     "calculations": [
       {"calculationID": "0url", "calculationType": "Eval", "outputFields": [{"fieldName": "url"}],
        "expression": "if(isnull(url) OR url=\"\" OR url=\"-\",\"unknown\",url)"},
       {"calculationID": "1domain", "calculationType": "Rex", "inputField": "url",
        "outputFields": [{"fieldName": "url_domain"}],
        "expression": "^(?:https?):\\/\\/(?<url_domain>[^\\/:]+)"},
       {"calculationID": "2kind", "calculationType": "Lookup", "lookupName": "kinds",
        "lookupInputs": [{"inputField": "level", "lookupField": "code"}],
        "outputFields": [{"fieldName": "kind", "lookupOutputFieldName": "text"}]}]},
    {"objectName": "Proxy", "parentName": "Web", "fields": [],
     "constraints": [{"search": "tag=proxy"}]},
    {"objectName": "Asks_Splunk", "parentName": "BaseSearch", "fields": [],
     "baseSearch": "| `cim_datamodelinfo`"},
    {"objectName": "Sessions", "parentName": "BaseTransaction", "fields": []}
  ]}"#;

#[test]
fn the_forms_of_the_add_ons_files() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("Web.json"), ADD_ON).unwrap();
    let given = [dir.path().to_path_buf()];
    let (models, notes) =
        sepal_content::CimModels::new().with_folders(&given, &MacroSet::new()).unwrap();
    let notes: Vec<_> = notes.iter().map(|n| (n.code, n.message.clone())).collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes.iter().all(|(code, _)| *code == "SPL2350"), "{notes:?}");
    assert!(notes[0].1.contains("Asks_Splunk") && notes[1].1.contains("Sessions"), "{notes:?}");
    let mut lookups = sepal_exec::lookup::MemoryLookups::new(false);
    lookups.add(
        sepal_exec::lookup::Definition::new("kinds", "kinds.csv"),
        "code,text\nhi,High\n".as_bytes().to_vec(),
    );
    let text = "| tstats count from datamodel=Web.Proxy by Web.url Web.url_domain Web.kind";
    let parsed = sepal_parser::parse(text);
    let mut cx = PlanCx::default()
        .with_data_models(Some(Arc::new(models)))
        .with_lookups(Some(Arc::new(lookups)));
    let plan = plan_with(&parsed.pipeline, &mut cx).unwrap();
    let events = r#"{"tag":["web","proxy"],"url":"https://a.example:8443/x","level":"HI","index":"x"}
{"tag":"web","url":"https://b.example/","level":"HI"}
{"tag":["web","proxy"],"url":"-","level":"HI","url_domain":"own"}
"#;
    let mut input = Input::bytes("events", events.as_bytes());
    input.format = Some(sepal_exec::scan::InputFormat::Rows);
    let cx = RunCx::new(Arc::new(FixedHost::default()));
    let (batch, _) = run_to_batch(&plan, &[input], &RunOptions::default(), &cx).unwrap();
    assert_eq!(
        serde_json::to_string(&rows_to_json(&batch)).unwrap(),
        r#"[{"Web.url":"https://a.example:8443/x","Web.url_domain":"a.example","Web.kind":"High","count":1},{"Web.url":"unknown","Web.url_domain":"own","Web.kind":"High","count":1}]"#
    );
}
