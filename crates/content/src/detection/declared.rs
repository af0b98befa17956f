//! What a detection declares beside its search: tests with their data, and drilldowns.

use crate::yaml::{Kind, Node};
use crate::{ContentError, Note};
use serde::Serialize;

/// One test of a detection.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DeclaredTest {
    /// Its name, often `True Positive Test`.
    pub name: String,
    /// The line of the file that it begins in, from 1.
    #[serde(skip)]
    pub line: usize,
    /// v6: `test_type`, such as `unit`; empty in v4 and v5.
    pub test_type: String,
    /// v6: how many results there must be; `0` means that it must not fire.
    pub expected_results: Option<u64>,
    /// The events.
    pub attack_data: Vec<AttackData>,
    /// What runs over the events before the detection.
    pub baselines: Vec<DeclaredBaseline>,
}

/// A search that fills lookups or models which the detection reads.
///
/// Source: contentctl, `objects/unit_test_baseline.py`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DeclaredBaseline {
    /// Its name; may be empty where `file` is not.
    pub name: String,
    /// Its file, such as `baselines/previously_seen.yml`; may be empty where `name` is not.
    pub file: String,
    /// The end of a search that must give a result behind it, such as `| stats count | where count > 0`.
    pub pass_condition: String,
    /// Where its time range begins.
    pub earliest_time: String,
    /// Where its time range ends.
    pub latest_time: String,
}

/// One file of events and how Splunk is to index it.
///
/// Source: contentctl, `objects/test_attack_data.py`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AttackData {
    /// A URL or path.
    pub data: String,
    /// The `source` of its events.
    pub source: Option<String>,
    /// The `sourcetype` of its events.
    pub sourcetype: Option<String>,
    /// The `host` of its events.
    pub host: Option<String>,
    /// The `index`: `custom_index`, else `index`.
    pub index: Option<String>,
    /// Whether the events' time is to be moved to now (before contentctl 4).
    pub update_timestamp: bool,
}

impl AttackData {
    /// The last part of its URL or path: `audit.json`.
    pub fn file_name(&self) -> &str {
        let path = self.data.split(['?', '#']).next().unwrap_or("");
        path.rsplit(['/', '\\']).next().unwrap_or(path)
    }
}

/// A search that an analyst is offered with a finding.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Drilldown {
    /// Its title, with `$field$`.
    pub name: String,
    /// The search, with `$field$` and `%original_detection_search%`.
    pub search: String,
    /// Where its time range begins: `$info_min_time$` or a time modifier.
    pub earliest_offset: String,
    /// Where its time range ends.
    pub latest_offset: String,
}

pub(super) fn drilldowns(file: &str, root: &Node) -> Result<Vec<Drilldown>, ContentError> {
    let items = root.get("drilldown_searches").map_or(&[][..], Node::items);
    items
        .iter()
        .map(|node| {
            let get = |key: &str| node.text_of(file, key).map(Option::unwrap_or_default);
            Ok(Drilldown {
                name: get("name")?,
                search: get("search")?,
                earliest_offset: get("earliest_offset")?,
                latest_offset: get("latest_offset")?,
            })
        })
        .collect()
}

pub(super) fn tests(
    file: &str,
    root: &Node,
    notes: &mut Vec<Note>,
) -> Result<Vec<DeclaredTest>, ContentError> {
    let items = root.get("tests").map_or(&[][..], Node::items);
    let mut out = Vec::with_capacity(items.len());
    for node in items {
        let data = node.get("attack_data").map_or(&[][..], Node::items);
        out.push(DeclaredTest {
            line: node.line,
            name: node.text_of(file, "name")?.unwrap_or_default(),
            test_type: node.text_of(file, "test_type")?.unwrap_or_default(),
            expected_results: expected(node, notes),
            attack_data: data.iter().map(|d| attack_data(file, d)).collect::<Result<_, _>>()?,
            baselines: baselines(file, node)?,
        });
    }
    Ok(out)
}

/// As contentctl had them, with a name and a file; a bare text is a name.
fn baselines(file: &str, test: &Node) -> Result<Vec<DeclaredBaseline>, ContentError> {
    let items = test.get("baselines").map_or(&[][..], Node::items);
    let one = |node: &Node| {
        if let Some(name) = node.text() {
            return Ok(DeclaredBaseline { name: name.to_owned(), ..DeclaredBaseline::default() });
        }
        let get = |key: &str| node.text_of(file, key).map(Option::unwrap_or_default);
        let found = DeclaredBaseline {
            name: get("name")?,
            file: get("file")?,
            pass_condition: get("pass_condition")?,
            earliest_time: get("earliest_time")?,
            latest_time: get("latest_time")?,
        };
        match found.name.is_empty() && found.file.is_empty() {
            true => Err(node.error(
                "SPL5106",
                file,
                "the baseline has no `name` and no `file`".to_owned(),
            )),
            false => Ok(found),
        }
    };
    items.iter().map(one).collect()
}

fn expected(test: &Node, notes: &mut Vec<Note>) -> Option<u64> {
    let node = test.get("expected_results")?;
    let count = match &node.kind {
        Kind::Number(n, _) => n.as_u64(),
        Kind::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    if count.is_none() {
        let message = format!(
            "line {}: `expected_results` takes a number of results, not {}",
            node.line,
            node.kind_name()
        );
        notes.push(Note::new("SPL5108", message));
    }
    count
}

fn attack_data(file: &str, node: &Node) -> Result<AttackData, ContentError> {
    // before ESCU 4 a bare URL was taken
    if let Some(data) = node.text() {
        return Ok(AttackData { data: data.to_owned(), ..AttackData::default() });
    }
    let get = |key: &str| Ok(node.text_of(file, key)?.filter(|t| !t.is_empty()));
    let index = match get("custom_index")? {
        Some(index) => Some(index),
        None => get("index")?,
    };
    Ok(AttackData {
        data: get("data")?.unwrap_or_default(),
        source: get("source")?,
        sourcetype: get("sourcetype")?,
        host: get("host")?,
        index,
        update_timestamp: matches!(
            node.get("update_timestamp").map(|n| &n.kind),
            Some(Kind::Bool(true, _))
        ),
    })
}
