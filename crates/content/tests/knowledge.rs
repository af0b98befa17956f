//! The built-in data models: each file is sound, and searches run over them.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // tests may

use sepal_content::{CimModels, read_model_form};
use sepal_exec::Search;
use sepal_exec::datamodel::DataModels;
use sepal_exec::plan::{PlanCx, plan_with};
use sepal_exec::scan::{Input, InputFormat};
use std::collections::HashSet;
use std::sync::Arc;

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/datamodels")
}

fn files() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = std::fs::read_dir(folder())
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| {
            let name = p.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&p).unwrap())
        })
        .collect();
    all.sort();
    all
}

#[test]
fn every_file_is_built_in_under_its_own_name() {
    let models = CimModels::new();
    let names: Vec<String> = files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(models.names(), names);
    for (name, text) in files() {
        let read = read_model_form(&name, &text).unwrap();
        assert_eq!(read.name, name);
        assert_eq!(*models.find(&name).unwrap(), read);
    }
    assert!(models.find("endpoint").is_none(), "letter case counts");
}

#[test]
fn every_dataset_is_consistent_and_plans_with_all_its_fields() {
    let models = Arc::new(CimModels::new());
    for (name, _) in files() {
        let model = models.find(&name).unwrap();
        let mut seen = HashSet::new();
        for d in &model.datasets {
            assert!(seen.insert(&d.name), "{name}: {} stands twice", d.name);
            let lineage = model.lineage(&d.name);
            assert!(lineage.is_some(), "{name}.{}: a parent is missing", d.name);
            assert!(d.parent.is_some() || !d.constraint.is_empty(), "{name}.{}", d.name);
            let fields: HashSet<&String> = d.fields.iter().collect();
            assert_eq!(fields.len(), d.fields.len(), "{name}.{}", d.name);
            // `datamodel ... search` takes all fields along, with all that is calculated
            let text = format!("| datamodel {name} {} search | table *", d.name);
            let parsed = sepal_parser::parse(&text);
            assert!(parsed.diagnostics.is_empty(), "{text}: {:?}", parsed.diagnostics);
            let mut cx = PlanCx::default().with_data_models(Some(models.clone()));
            let plan = plan_with(&parsed.pipeline, &mut cx);
            assert!(plan.is_ok(), "{text}: {:?}", plan.err());
        }
    }
}

fn rows(search: &str, events: &str) -> String {
    let models = Arc::new(CimModels::new());
    // rows, so that a list is a multivalue
    let mut input = Input::bytes("e", events.as_bytes());
    input.format = Some(InputFormat::Rows);
    let found = Search::new(search).data_models(models).input(input).run().unwrap();
    assert_eq!(found.warnings, [], "{search}");
    found.to_string()
}

const PROCESSES: &str = r#"
{"tag":["process","report"],"dest":"a","process":"C:\\x\\evil.exe /run","sourcetype":"s"}
{"tag":["process","report"],"dest":"b","process_name":"cmd.exe","user":"","vendor":"V","product":"P"}
{"tag":["process"],"dest":"c","process_name":"cmd.exe"}
"#;

/// Source: Common Information Model Add-on Manual, Endpoint: a process without a name has that of
/// its command line; what has no value is `unknown`.
#[test]
fn processes_are_filled() {
    assert_eq!(
        rows(
            "| tstats count FROM datamodel=Endpoint.Processes BY Processes.dest \
             Processes.process_name Processes.user Processes.vendor_product",
            PROCESSES
        ),
        "{\"Processes.dest\":\"a\",\"Processes.process_name\":\"C:\\\\x\\\\evil.exe\",\
         \"Processes.user\":\"unknown\",\"Processes.vendor_product\":\"s\",\"count\":1}\n\
         {\"Processes.dest\":\"b\",\"Processes.process_name\":\"cmd.exe\",\
         \"Processes.user\":\"unknown\",\"Processes.vendor_product\":\"V P\",\"count\":1}\n"
    );
    assert_eq!(
        rows(
            "| tstats count FROM datamodel=Endpoint.Processes WHERE Processes.process_name=cmd.exe \
             BY Processes.dest",
            PROCESSES
        ),
        "{\"Processes.dest\":\"b\",\"count\":1}\n"
    );
}

const LOGONS: &str = r#"
{"tag":"authentication","action":"success","user":"PC$","src":"1"}
{"tag":"authentication","action":"failure","user":"PC$","src":"2"}
{"tag":"authentication","action":"success","user":"eve","src":"3"}
{"tag":["authentication","privileged"],"action":"failure","user":"root"}
{"tag":"other","action":"failure","user":"eve","src":"5"}
"#;

/// Source: the same manual, Authentication: `tag=authentication NOT (action=success user=*$)`.
#[test]
fn logons_by_dataset() {
    let of = |dataset: &str| {
        let text = format!(
            "| tstats count FROM datamodel=Authentication.{dataset} BY Authentication.src \
             | stats values(Authentication.src) AS s | eval s=mvjoin(s, \",\") | table s"
        );
        rows(&text, LOGONS)
    };
    assert_eq!(of("Authentication"), "{\"s\":\"2,3,unknown\"}\n");
    assert_eq!(of("Failed_Authentication"), "{\"s\":\"2,unknown\"}\n");
    assert_eq!(of("Successful_Authentication"), "{\"s\":\"3\"}\n");
    assert_eq!(of("Failed_Privileged_Authentication"), "{\"s\":\"unknown\"}\n");
    let fields = rows(
        "| tstats count FROM datamodel=Authentication WHERE \
         nodename=Authentication.Failed_Authentication BY Authentication.user",
        LOGONS,
    );
    assert_eq!(
        fields,
        "{\"Authentication.user\":\"PC$\",\"count\":1}\n{\"Authentication.user\":\"root\",\"count\":1}\n"
    );
}

/// Source: the same manual, Web and Network Traffic.
#[test]
fn web_and_traffic() {
    let web = "{\"tag\":\"web\",\"url\":\"/a/b\",\"http_user_agent\":\"curl\"}\n";
    assert_eq!(
        rows(
            "| tstats count FROM datamodel=Web BY Web.url Web.url_length Web.http_method \
             Web.http_user_agent_length",
            web
        ),
        "{\"Web.url\":\"/a/b\",\"Web.url_length\":\"4\",\"Web.http_method\":\"unknown\",\
         \"Web.http_user_agent_length\":\"4\",\"count\":1}\n"
    );
    let traffic = "{\"tag\":[\"network\",\"communicate\"],\"action\":\"blocked\",\"bytes\":3}\n\
                   {\"tag\":[\"network\",\"communicate\"],\"action\":\"allowed\",\"bytes\":4,\"dest_port\":53}\n";
    assert_eq!(
        rows(
            "| tstats sum(All_Traffic.bytes) AS b FROM datamodel=Network_Traffic.Blocked_Traffic \
             BY All_Traffic.dest_port All_Traffic.protocol",
            traffic
        ),
        "{\"All_Traffic.dest_port\":\"0\",\"All_Traffic.protocol\":\"ip\",\"b\":3}\n"
    );
}

#[test]
fn a_wrong_form_is_told_with_its_place() {
    let error = |text: &str| read_model_form("m.yml", text).unwrap_err();
    assert!(error("name: M\n").message.contains("`datasets`"));
    assert!(error("datasets: []\n").message.contains("`name`"));
    let key = error("name: M\ndatasets:\n  - name: A\n    field: a b\n");
    assert!(key.message.contains("no key `field`"), "{key}");
    assert_eq!((key.code, key.line), ("SPL4134", 4), "{key}");
    let list = error("name: M\ndatasets:\n  - name: A\n    calculated:\n      x: [1]\n");
    assert!(list.message.contains("eval expression"), "{list}");
}

#[test]
fn given_models_count_before_those_that_are_built_in() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    put(
        "web.yml",
        "name: Web\ndatasets:\n  - name: Web\n    constraint: kind=web\n    fields: url\n",
    );
    put(
        "own.json",
        r#"{"modelName":"Own","objects":[{"objectName":"A","parentName":"BaseEvent",
           "fields":[{"fieldName":"x"}],"constraints":[{"search":"(`cim_Own_indexes`) tag=own"}]}]}"#,
    );
    let none = sepal_parser::macros::MacroSet::new();
    let paths = [dir.path().to_owned()];
    let (models, notes) = CimModels::new().with_folders(&paths, &none).unwrap();
    assert_eq!(notes, []);
    assert!(models.names().contains(&"Own".to_owned()));
    assert_eq!(models.find("Web").unwrap().datasets.len(), 1);
    assert_eq!(models.find("Own").unwrap().datasets[0].constraint, "(*) tag=own");
    let found = Search::new("| tstats count FROM datamodel=Own.A BY A.x")
        .data_models(Arc::new(models))
        .events("e", "{\"tag\":\"own\",\"x\":1}\n{\"x\":2}\n")
        .run()
        .unwrap();
    assert_eq!(found.to_string(), "{\"A.x\":\"1\",\"count\":1}\n");
    put("bad.yml", "name: Bad\n");
    assert_eq!(CimModels::new().with_folders(&paths, &none).unwrap_err().code, "SPL4134");
}
