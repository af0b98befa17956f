//! Runs a search over events given as text, for the tests that read cases.

#![allow(dead_code)] // not every test binary uses all of it

use sepal_data::Batch;
use sepal_exec::RunCx;
use sepal_exec::datamodel::{Calculation, DataModel, Dataset, MemoryDataModels};
use sepal_exec::host::FixedHost;
use sepal_exec::lookup::{
    Definition, Extraction, Lookups, MatchKind, MemoryLookups, SavedSearch, TimeBound,
};
use sepal_exec::plan::{PlanCx, plan_with};
use sepal_exec::run::{LocalSubsearches, RunOptions, Summary, rows_to_json, run_to_batch};
use sepal_exec::scan::{Input, InputFormat};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// A row as JSON.
pub type Row = Map<String, Json>;

/// How a search ended.
pub enum Outcome {
    /// With rows.
    Rows(Box<Batch>, Box<Summary>),
    /// With a diagnostic or an error: its code, and whether it says "unsupported".
    Refused {
        /// `SPL....`
        code: String,
        /// What it says.
        message: String,
        /// Whether the search was understood and is not supported.
        unsupported: bool,
    },
}

/// The lookups of a case: each as its name, options as in transforms.conf, and the table. Besides
/// them there is the table hosts.csv of the examples.
pub fn lookups(given: &[(String, String)]) -> MemoryLookups {
    let mut all = MemoryLookups::new(true);
    all.add(Definition::new("hosts.csv", "hosts.csv"), "ip,name\n10.0.0.1,web\n");
    all.add(Definition::new("job", "1233886270.2.csv"), "host,count\nweb,3\n");
    // y = 1 + 2x, the array written by numpy
    all.add(Definition::new("line", "__mlspl_line.mlmodel"), LINE);
    let hosts_of = "search status=$code$ | stats count by host".to_owned();
    all.add_saved("hosts of", SavedSearch { text: hosts_of, ..SavedSearch::default() });
    for (head, csv) in given {
        // `lookup: saved=NAME earliest=-1h`, with the search as text
        if let Some((name, range)) =
            head.strip_prefix("saved=").map(|h| h.split_once(' ').unwrap_or((h, "")))
        {
            let part =
                |key| range.split_whitespace().find_map(|w| w.strip_prefix(key)).map(str::to_owned);
            let (earliest, latest) = (part("earliest="), part("latest="));
            all.add_saved(name, SavedSearch { text: csv.trim().into(), earliest, latest });
            continue;
        }
        let mut words = head.split_whitespace();
        let name = words.next().unwrap_or_default();
        let mut def = Definition::new(name, name);
        let mut time = TimeBound {
            field: String::new(),
            format: None,
            max_offset_secs: 2_000_000_000,
            min_offset_secs: 0,
        };
        for (key, value) in words.map(|w| w.split_once('=').unwrap_or((w, ""))) {
            let number = || value.parse().unwrap_or_default();
            match key {
                "match_type" => {
                    let (kind, field) =
                        value.trim_end_matches(')').split_once('(').unwrap_or_default();
                    let kind = match kind {
                        "CIDR" => MatchKind::Cidr,
                        "WILDCARD" => MatchKind::Wildcard,
                        _ => MatchKind::Exact,
                    };
                    def.match_type.push((field.to_owned(), kind));
                }
                "case_sensitive_match" => def.case_sensitive = value == "true",
                "min_matches" => def.min_matches = number(),
                "max_matches" => def.max_matches = Some(number()),
                "default_match" => def.default_match = value.to_owned(),
                "kv_store" => def.kv_store = true,
                "time_field" => time.field = value.to_owned(),
                "time_format" => time.format = Some(value.to_owned()),
                "max_offset_secs" => time.max_offset_secs = value.parse().unwrap_or_default(),
                "min_offset_secs" => time.min_offset_secs = value.parse().unwrap_or_default(),
                _ => panic!("what is {key:?} of lookup {name}?"),
            }
        }
        def.time = (!time.field.is_empty()).then_some(time);
        all.add(def, csv.trim_start());
    }
    all
}

/// The field extraction of a stanza's lines.
pub fn extraction(name: &str, conf: &str) -> Extraction {
    let settings: Vec<(&str, &str)> =
        conf.lines().filter_map(|l| l.split_once('=')).map(|(k, v)| (k.trim(), v.trim())).collect();
    let get = |key: &str| settings.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
    match Extraction::read(name, "transforms.conf", get) {
        Ok(Some(e)) => e,
        other => panic!("no extraction {name}: {other:?}"),
    }
}

/// The data models of the cases.
///
/// Web has one dataset. Endpoint has two roots. Authentication has calculations (`action`, which its
/// children ask for, and `src_name` by a lookup) and children. Order asks before and after it calculates. Filled fills
/// fields that have no value. Piped has a command. Broken
/// cannot be used.
pub fn data_models() -> MemoryDataModels {
    let dataset = |name: &str, parent: &str, constraint: &str, fields: &str| Dataset {
        name: name.into(),
        parent: (!parent.is_empty()).then(|| parent.into()),
        constraint: constraint.into(),
        fields: fields.split_whitespace().map(str::to_owned).collect(),
        calculations: Vec::new(),
    };
    let made = |output: &str, command: &str| Calculation {
        outputs: vec![output.into()],
        command: command.into(),
    };
    let mut all = MemoryDataModels::new();
    let mut add = |name: &str, datasets: Vec<Dataset>| {
        assert!(all.add(DataModel { name: name.into(), datasets }).is_none());
    };
    add("Web", vec![dataset("Web", "", "tag=web", "url src bytes http.method")]);
    add(
        "Endpoint",
        vec![
            dataset(
                "Processes",
                "",
                "(index=* OR index=_*) tag=process tag=report",
                "process dest user",
            ),
            dataset("Registry", "", "tag=registry", "registry_path dest"),
        ],
    );
    let mut root = dataset("Authentication", "", "tag=auth NOT user=*$", "user src code");
    root.calculations = vec![
        made("action", "eval action=if(code=0,\"success\",\"failure\")"),
        made("src_name", "lookup hosts.csv ip AS src OUTPUT name AS src_name"),
        made("user", "eval user=lower(user)"),
    ];
    add(
        "Authentication",
        vec![
            dataset("Failed_Authentication", "Authentication", "action=failure", "reason"),
            root,
            dataset("Default_Authentication", "Failed_Authentication", "tag=default", ""),
        ],
    );
    let mut order = dataset("Order", "", "x=a", "");
    order.calculations = vec![made("x", "eval x=\"b\"")];
    add("Order", vec![order, dataset("Child", "Order", "x=b", "")]);
    let mut filled = dataset("Filled", "", "tag=filled", "");
    filled.calculations = ["user", "dest"]
        .map(|f| made(f, &format!("eval {f}=if(isnull({f}) OR {f}=\"\",\"unknown\",{f})")))
        .into();
    add("Filled", vec![filled, dataset("Known", "Filled", "user=e* OR user=unknown", "")]);
    let piped = "kind=p | rex field=text \"^(?<first>\\w+)\"";
    add("Piped", vec![dataset("Piped", "", piped, "first n")]);
    add(
        "Broken",
        vec![dataset("A", "B", "", ""), dataset("B", "A", "", ""), dataset("C", "", "(x=1", "")],
    );
    all
}

/// Runs `search`, whose macros are expanded already, over one input named `events`.
pub fn run(search: &str, events: &str, format: InputFormat, threads: usize) -> Outcome {
    run_with(search, events, format, threads, Arc::new(lookups(&[])))
}

/// The same with lookups.
pub fn run_with(
    search: &str,
    events: &str,
    format: InputFormat,
    threads: usize,
    lookups: Arc<dyn Lookups>,
) -> Outcome {
    let refused = |ds: &[sepal_parser::Diagnostic]| Outcome::Refused {
        code: ds[0].code.to_string(),
        message: ds[0].message.clone(),
        unsupported: ds.iter().all(|d| d.unsupported.is_some()),
    };
    let parsed = sepal_parser::parse(search);
    let errors: Vec<_> = parsed
        .diagnostics
        .iter()
        .filter(|d| d.severity == sepal_parser::Severity::Error)
        .cloned()
        .collect();
    if !errors.is_empty() {
        return refused(&errors);
    }
    let mut planning = PlanCx::default()
        .with_lookups(Some(lookups))
        .with_data_models(Some(Arc::new(data_models())));
    let plan = match plan_with(&parsed.pipeline, &mut planning) {
        Ok(p) => p,
        Err(ds) => return refused(&ds),
    };
    let mut input = Input::bytes("events", events.as_bytes());
    input.format = Some(format);
    let options = RunOptions { threads, ..RunOptions::default() };
    let inputs: Arc<[Input]> = [input].into();
    let runner = LocalSubsearches { inputs: inputs.clone(), options: options.clone() };
    let cx = RunCx::new(Arc::new(FixedHost::default())).with_subsearches(Arc::new(runner));
    match run_to_batch(&plan, &inputs, &options, &cx) {
        Ok((batch, summary)) => Outcome::Rows(Box::new(batch), Box::new(summary)),
        Err(e) => Outcome::Refused {
            code: e.to_string().split(':').next().unwrap_or_default().to_owned(),
            message: e.to_string(),
            unsupported: false,
        },
    }
}

/// The rows of a result.
pub fn rows(batch: &Batch) -> Vec<Row> {
    rows_to_json(batch)
}

/// JSON lines as rows.
pub fn json_lines(text: &str) -> Result<Vec<Row>, String> {
    let lines = text.lines().filter(|l| !l.trim().is_empty());
    lines.map(|l| serde_json::from_str(l).map_err(|e| format!("{l}: {e}"))).collect()
}

/// Whether two cells are the same: numbers by value, else text by text. Null is an absent field.
pub fn same_cell(a: Option<&Json>, b: Option<&Json>, tolerance: f64) -> bool {
    let number = |j: &Json| match j {
        Json::Number(n) => n.as_f64(),
        Json::String(s) => s.parse::<f64>().ok().filter(|_| !s.ends_with(['.', ' '])),
        _ => None,
    };
    match (a.filter(|j| !j.is_null()), b.filter(|j| !j.is_null())) {
        (None, None) => true,
        (Some(Json::Array(x)), Some(Json::Array(y))) => {
            x.len() == y.len()
                && x.iter().zip(y).all(|(x, y)| same_cell(Some(x), Some(y), tolerance))
        }
        (Some(x), Some(y)) => match (number(x), number(y)) {
            (Some(x), Some(y)) => x == y || (x - y).abs() <= tolerance,
            _ => text(x) == text(y),
        },
        _ => false,
    }
}

fn text(j: &Json) -> String {
    match j {
        Json::String(s) => s.clone(),
        other => other.to_string(),
    }
}

/// Whether two rows have the same cells, whatever the order of their fields.
pub fn same_row(a: &Row, b: &Row, tolerance: f64) -> bool {
    a.keys().chain(b.keys()).all(|k| same_cell(a.get(k), b.get(k), tolerance))
}

/// Rows as text, one a line.
pub fn show(rows: &[Row]) -> String {
    let line = |r: &Row| serde_json::to_string(r).unwrap_or_default();
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A model of MLTK for the examples of the help.
const LINE: &str = r#"algo,model,options
LinearRegression,"{""__mlspl_type"": [""algos.LinearRegression"", ""LinearRegression""], ""dict"": {""estimator"": {""__mlspl_type"": [""sklearn.linear_model._base"", ""LinearRegression""], ""dict"": {""fit_intercept"": true, ""intercept_"": 1, ""coef_"": {""__mlspl_type"": [""numpy"", ""ndarray""], ""npy"": ""k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAQA==""}}}, ""columns"": [""x""], ""target_variable"": ""y"", ""feature_variables"": [""x""]}}",{}
"#;
