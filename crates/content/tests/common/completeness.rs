//! Which fields of ESCU's data sources the built-in sourcetypes do not make of the example events.

use super::shared;
use sepal_content::SourcetypeRules;
use sepal_data::wildcard::Pattern;
use sepal_exec::Search;
use sepal_exec::scan::{Input, Meta};
use serde_json::Value as Json;
use std::sync::Arc;

/// Fields that Splunk itself gives every event.
const AUTOMATIC: &[&str] = &[
    "_*",
    "date_*",
    "index",
    "linecount",
    "punct",
    "splunk_server",
    "splunk_server_group",
    "tag::*",
    "time",
    "timeendpos",
    "timestartpos",
    "unix_category",
    "unix_group",
];

/// A data source whose example lacks fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacks {
    pub data_source: String,
    pub fields: Vec<String>,
}

/// Of each data source that `filter` takes, by its name and its sourcetype, the fields that the
/// rules should make of its example and do not; none where `shared/` is absent. A data source
/// without an example is left out.
pub fn lacking(filter: &dyn Fn(&str, &str) -> bool) -> Option<Vec<Lacks>> {
    let file = shared()?.join("data/escu_data_source_examples/data_sources.jsonl.zst");
    let packed = std::fs::File::open(&file).expect("the list of data sources is there");
    let text = zstd::stream::decode_all(packed).expect("it unpacks");
    let text = String::from_utf8(text).expect("it is UTF-8");
    let automatic: Vec<Pattern> = AUTOMATIC.iter().map(|p| Pattern::new(p)).collect();
    let mut all = Vec::new();
    for line in text.lines() {
        let source: Json = serde_json::from_str(line).expect("a data source is JSON");
        let of = |key: &str| source[key].as_str().unwrap_or_default();
        if of("_raw").is_empty() || !filter(of("data_source"), of("sourcetype")) {
            continue;
        }
        let row = row(of("_raw"), of("source"), of("sourcetype"));
        let fields = source["fields"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let fields: Vec<String> = fields
            .filter(|f| !automatic.iter().any(|p| p.is_match(f)))
            .filter(|f| row.get(*f).is_none_or(Json::is_null))
            .map(str::to_owned)
            .collect();
        if !fields.is_empty() {
            all.push(Lacks { data_source: of("data_source").to_owned(), fields });
        }
    }
    Some(all)
}

/// The event with its fields. JSON is read as it is, other text stands in a row as `_raw`.
fn row(raw: &str, source: &str, sourcetype: &str) -> sepal_exec::Row {
    let json: Option<Json> = serde_json::from_str(raw).ok().filter(Json::is_object);
    let event = json.unwrap_or_else(|| serde_json::json!({ "_raw": raw }));
    let meta = Meta {
        source: Some(source.into()),
        sourcetype: Some(sourcetype.into()),
        host: Some("example".into()),
        index: None,
    };
    let found = Search::new("* | table *")
        .knowledge(Arc::new(SourcetypeRules::new()))
        .input(Input::bytes("example", event.to_string().into_bytes()).with_meta(meta))
        .run()
        .unwrap_or_else(|e| panic!("{sourcetype}: {e}"));
    found.rows.into_iter().next().unwrap_or_else(|| panic!("{sourcetype}: no event in {raw}"))
}

/// Says which fields are missing that no exception allows, and which exceptions are needed no
/// more. An exception is a data source (a wildcard), fields (wildcards) and the reason.
pub fn completeness(
    filter: &dyn Fn(&str, &str) -> bool,
    exceptions: &[(&str, &[&str], &str)],
) -> Vec<String> {
    let Some(all) = lacking(filter) else { return Vec::new() };
    let mut used = vec![false; exceptions.len()];
    let mut wrong = Vec::new();
    for lacks in &all {
        let mut rest = Vec::new();
        for field in &lacks.fields {
            let allowed = exceptions.iter().position(|(source, fields, _)| {
                Pattern::new(source).is_match(&lacks.data_source)
                    && fields.iter().any(|f| Pattern::new(f).is_match(field))
            });
            match allowed {
                Some(n) => used[n] = true,
                None => rest.push(field.as_str()),
            }
        }
        if !rest.is_empty() {
            wrong.push(format!("{} lacks {}", lacks.data_source, rest.join(" ")));
        }
    }
    let unused = exceptions.iter().zip(&used).filter(|(_, used)| !**used);
    wrong.extend(
        unused.map(|((source, ..), _)| format!("{source}: an exception that is not needed")),
    );
    wrong
}
