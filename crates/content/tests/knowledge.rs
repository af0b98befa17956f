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
        "{\"Processes.dest\":\"a\",\"Processes.process_name\":\"evil.exe\",\
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
             BY All_Traffic.dest_port All_Traffic.dest",
            traffic
        ),
        "{\"All_Traffic.dest_port\":\"0\",\"All_Traffic.dest\":\"unknown\",\"b\":3}\n"
    );
}

/// What `expr` gives of the dataset: rows are an event each, fields without the dataset's name.
fn values(dataset: &str, event: &str, fields: &[&str]) -> Vec<String> {
    let (model, object) = dataset.split_once('.').unwrap();
    let all: Vec<String> =
        fields.iter().map(|f| format!("eval {f}=if(isnull('{f}'),\"-\",'{f}')")).collect();
    let text = format!(
        "| datamodel {model} {object} flat | {} | eval out=mvappend({}) | table out",
        all.join(" | "),
        fields.iter().map(|f| format!("mvjoin('{f}',\"+\")")).collect::<Vec<_>>().join(","),
    );
    let found: serde_json::Value = serde_json::from_str(&rows(&text, event)).unwrap();
    match &found["out"] {
        serde_json::Value::Array(all) => {
            all.iter().map(|v| v.as_str().unwrap().to_owned()).collect()
        }
        one => vec![one.as_str().unwrap().to_owned()],
    }
}

/// Source: the files `data/models/*.json` of the add-on (8.5 and, for Email, Certificates, DLP,
/// Alerts, Vulnerabilities, Ticket Management, Performance and Splunk Audit, 5): which fields are
/// filled where an event has none, and how.
#[test]
fn what_the_add_on_fills_and_what_it_does_not() {
    for (dataset, event, want) in [
        // a process of which nothing is known
        (
            "Endpoint.Processes",
            r#"{"tag":["process","report"],"process_integrity_level":"HIGH"}"#,
            &[
                ("dest", "unknown"),
                ("user", "unknown"),
                ("process", "unknown"),
                ("parent_process", "unknown"),
                ("process_name", "unknown"),
                ("parent_process_name", "unknown"),
                ("original_file_name", "unknown"),
                ("parent_user", "unknown"),
                ("process_integrity_level", "high"),
                ("process_guid", "-"),
                ("process_id", "-"),
                ("process_path", "-"),
                ("process_hash", "-"),
                ("action", "-"),
                ("parent_process_guid", "-"),
            ][..],
        ),
        // the program of a command line: in quotes, with a path, without one
        (
            "Endpoint.Processes",
            r#"{"tag":["process","report"],"process":"\"C:\\Program Files\\a b.exe\" -x","parent_process":"C:\\w\\cmd.exe /c dir"}"#,
            &[("process_name", "a b.exe"), ("parent_process_name", "cmd.exe")],
        ),
        (
            "Endpoint.Processes",
            r#"{"tag":["process","report"],"process":"whoami /all","process_name":""}"#,
            &[("process_name", "whoami")],
        ),
        (
            "Endpoint.Filesystem",
            r#"{"tag":["endpoint","filesystem"],"file_size":"12"}"#,
            &[
                ("file_size", "12"),
                ("file_name", "unknown"),
                ("file_acl", "unknown"),
                ("action", "unknown"),
                ("process_name", "unknown"),
                ("process_guid", "-"),
                ("process_id", "-"),
            ],
        ),
        (
            "Endpoint.Filesystem",
            r#"{"tag":["endpoint","filesystem"],"file_size":"big"}"#,
            &[("file_size", "-")],
        ),
        (
            "Endpoint.Registry",
            r#"{"tag":["endpoint","registry"]}"#,
            &[
                ("registry_path", "unknown"),
                ("registry_key_name", "unknown"),
                ("registry_value_type", "unknown"),
                ("registry_hive", "-"),
                ("status", "-"),
                ("registry_value_text", "-"),
            ],
        ),
        (
            "Endpoint.Services",
            r#"{"tag":["service","report"]}"#,
            &[("service_name", "unknown"), ("start_mode", "unknown"), ("service_path", "-")],
        ),
        (
            "Endpoint.Ports",
            r#"{"tag":["listening","port"],"transport":"tcp","dest_port":"80","src_port":"x"}"#,
            &[("transport_dest_port", "tcp/80"), ("src_port", "0"), ("state", "-")],
        ),
        (
            "Authentication.Authentication",
            r#"{"tag":"authentication","sourcetype":"s","action":"pending"}"#,
            &[("app", "s"), ("result", "unknown"), ("src_user", "unknown"), ("signature", "-")],
        ),
        (
            "Change.All_Changes",
            r#"{"tag":"change","signature":"sig","object_category":"file"}"#,
            &[
                ("result", "sig"),
                ("result_id", "-1"),
                ("command", "unknown"),
                ("user_name", "unknown"),
                ("object_category", "file"),
                ("user_type", "-"),
            ],
        ),
        (
            "Network_Traffic.All_Traffic",
            r#"{"tag":["network","communicate"],"bytes_in":"3","bytes_out":"4","transport":"TCP","dest_port":"http"}"#,
            &[
                ("bytes", "7"),
                ("transport", "tcp"),
                ("dest_port", "0"),
                ("src_port", "0"),
                ("rule", "unknown"),
                ("packets", "-"),
                ("app", "-"),
                ("direction", "-"),
                ("protocol", "-"),
            ],
        ),
        (
            "Network_Traffic.All_Traffic",
            r#"{"tag":["network","communicate"],"packets":"9","packets_in":"4"}"#,
            &[("packets_out", "5"), ("packets_in", "4"), ("bytes_out", "-")],
        ),
        (
            "Web.Web",
            r#"{"tag":"web","url":"https://u:p@a.example:8443/x?y","http_referrer":"http://r.example/z","status":"-"}"#,
            &[
                ("url_domain", "a.example"),
                ("url_length", "30"),
                ("http_referrer_domain", "r.example"),
                ("status", "unknown"),
                ("src", "unknown"),
                ("http_user_agent_length", "7"),
                ("app", "-"),
                ("category", "-"),
                ("site", "-"),
            ],
        ),
        (
            "Web.Web",
            r#"{"tag":"web","bytes":"10","bytes_in":"4"}"#,
            &[
                ("url", "unknown"),
                ("url_length", "7"),
                ("url_domain", "unknown"),
                ("bytes_out", "6"),
                ("http_referrer_domain", "-"),
                ("uri_path", "-"),
            ],
        ),
        (
            "Malware.Malware_Attacks",
            r#"{"tag":["malware","attack"],"_time":86400}"#,
            &[("date", "01-02-1970"), ("severity", "unknown"), ("src", "-"), ("file_name", "-")],
        ),
        (
            "Intrusion_Detection.IDS_Attacks",
            r#"{"tag":["ids","attack"]}"#,
            &[("ids_type", "unknown"), ("dvc", "unknown"), ("action", "-"), ("src_port", "-")],
        ),
        (
            "Network_Resolution.DNS",
            r#"{"tag":["network","resolution","dns"],"answer":["a","b"],"reply_code":"NXDomain"}"#,
            &[
                ("answer", "a+b"),
                ("answer_count", "2"),
                ("query", "unknown"),
                ("query_count", "1"),
                ("reply_code_id", "NXDomain"),
                ("reply_code", "Non-Existent Domain"),
                ("src", "-"),
                ("record_type", "-"),
            ],
        ),
        (
            "Network_Sessions.All_Sessions",
            r#"{"tag":["network","session"],"source":"stream:dhcp","yiaddr":"10.0.0.1"}"#,
            &[("dest_ip", "10.0.0.1"), ("dest_mac", "unknown"), ("src_ip", "-")],
        ),
        (
            "Updates.Updates",
            r#"{"tag":["update","status"],"signature_id":"KB1"}"#,
            &[("signature", "KB1"), ("status", "unknown"), ("dvc", "-")],
        ),
        (
            "Data_Access.Data_Access",
            r#"{"tag":["data","access"],"sourcetype":"s"}"#,
            &[("app", "s"), ("object_size", "unknown"), ("owner", "-"), ("email", "-")],
        ),
        (
            "Email.All_Email",
            r#"{"tag":"email","recipient":["a@x","b@x"]}"#,
            &[("recipient_count", "2"), ("src_user", "unknown"), ("subject", "-"), ("url", "-")],
        ),
        (
            "Certificates.SSL",
            r#"{"tag":["certificate","ssl"],"ssl_start_time":"10","ssl_end_time":"30","_time":20}"#,
            &[
                ("ssl_validity_window", "20"),
                ("ssl_is_valid", "1"),
                ("ssl_issuer", "unknown"),
                ("ssl_serial", "-"),
                ("transport", "-"),
                ("dest_port", "-"),
            ],
        ),
        (
            "Vulnerabilities.Vulnerabilities",
            r#"{"tag":["vulnerability","report"],"cve":"CVE-2020-1"}"#,
            &[("cve", "cve-2020-1"), ("category", "unknown"), ("user", "-"), ("msft", "-")],
        ),
        (
            "DLP.DLP_Incidents",
            r#"{"tag":["dlp","incident"],"object_category":"doc","category":"x"}"#,
            &[("category", "doc"), ("src", "unknown"), ("app", "-")],
        ),
        (
            "Alerts.Alerts",
            r#"{"tag":"alert","sourcetype":"s"}"#,
            &[("app", "s"), ("type", "unknown"), ("severity", "-"), ("src", "-")],
        ),
        (
            "Ticket_Management.Incident",
            r#"{"tag":["ticketing","incident"]}"#,
            &[("incident", "unknown"), ("ticket_id", "unknown"), ("status", "-")],
        ),
        (
            "Performance.Timesync",
            r#"{"tag":["performance","os","time","synchronize","success"]}"#,
            &[("action", "success"), ("dest", "unknown"), ("hypervisor_id", "-")],
        ),
        (
            "Splunk_Audit.Scheduled_Jobs",
            r#"{"index":"_audit","action":"search","search_id":"'scheduler__x'","savedsearch_name":"s","info":"completed"}"#,
            &[("search_id", "scheduler__x"), ("search_type", "scheduled"), ("search_alias", "s")],
        ),
    ] {
        let fields: Vec<&str> = want.iter().map(|(f, _)| *f).collect();
        let want: Vec<&str> = want.iter().map(|(_, v)| *v).collect();
        assert_eq!(values(dataset, event, &fields), want, "{dataset} {fields:?}");
    }
}

/// Source: the same files: which events the children have.
#[test]
fn children_of_the_add_ons_models() {
    let count = |dataset: &str, event: &str| {
        let text = format!("| tstats count from datamodel={dataset} | table count");
        rows(&text, event).contains("\"count\":1")
    };
    for (dataset, event, want) in [
        (
            "Authentication.Failed_Authentication",
            r#"{"tag":"authentication","result":"failure"}"#,
            true,
        ),
        (
            "Authentication.Failed_Default_Authentication",
            r#"{"tag":["authentication","default"],"result":"failure"}"#,
            false,
        ),
        (
            "Change.Account_Lockouts",
            r#"{"tag":["change","account"],"action":"x","result":"lockout"}"#,
            true,
        ),
        ("Change.Accounts_Updated", r#"{"tag":["change","account"],"action":"updated"}"#, true),
        (
            "Change.Endpoint_Restarts",
            r#"{"tag":["change","endpoint"],"action":"modified","change_type":"restart"}"#,
            true,
        ),
        (
            "Change.Other_Endpoint_Changes",
            r#"{"tag":["change","endpoint"],"change_type":"restart"}"#,
            false,
        ),
        ("Network_Traffic.Traffic_By_Action", r#"{"tag":["network","communicate"]}"#, true),
        ("Malware.Deferred_Malware", r#"{"tag":["malware","attack"],"action":"deferred"}"#, true),
        (
            "Intrusion_Detection.Host_IDS_Attacks",
            r#"{"tag":["ids","attack"],"ids_type":"host"}"#,
            true,
        ),
        (
            "Updates.Restart_Required_Updates",
            r#"{"tag":["update","status"],"status":"restart_required"}"#,
            true,
        ),
        (
            "Vulnerabilities.High_Critical_Vulnerabilities",
            r#"{"tag":["vulnerability","report"],"severity":"critical"}"#,
            true,
        ),
        (
            "Vulnerabilities.Medium_Vulnerabilities",
            r#"{"tag":["vulnerability","report"],"severity":"high"}"#,
            false,
        ),
        (
            "Splunk_Audit.Adhoc_Jobs",
            r#"{"index":"_audit","action":"search","search_id":"1.2"}"#,
            true,
        ),
        (
            "Splunk_Audit.View_Activity",
            r#"{"index":"_internal","sourcetype":"splunk_web_access","method":"POST","status":"200"}"#,
            false,
        ),
    ] {
        assert_eq!(count(dataset, &format!("{event}\n")), want, "{dataset}");
    }
}

/// `All_Changes.Instance_Changes.image_id` asked of All_Changes, as ESCU does.
#[test]
fn fields_of_children_asked_of_the_parent() {
    let events = r#"
{"tag":["change","instance"],"image_id":"ami-1","user":"u"}
{"tag":["change"],"image_id":"ami-2","user":"u"}
{"tag":["change","instance"],"user":"v"}
"#;
    assert_eq!(
        rows(
            "| tstats count from datamodel=Change by All_Changes.Instance_Changes.image_id \
             All_Changes.user",
            events
        ),
        "{\"All_Changes.Instance_Changes.image_id\":\"ami-1\",\"All_Changes.user\":\"u\",\"count\":1}\n\
         {\"All_Changes.Instance_Changes.image_id\":\"unknown\",\"All_Changes.user\":\"v\",\"count\":1}\n"
    );
    let certificate = "{\"tag\":[\"certificate\",\"ssl\"],\"sourcetype\":\"s\",\"src\":\"a\"}\n";
    assert_eq!(
        rows(
            "| tstats count from datamodel=Certificates by All_Certificates.SSL.src \
             All_Certificates.SSL.sourcetype",
            certificate
        ),
        "{\"All_Certificates.SSL.src\":\"a\",\"All_Certificates.SSL.sourcetype\":\"s\",\"count\":1}\n"
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
