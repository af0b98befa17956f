//! What `run DETECTION EVENTS` takes for `source`, `sourcetype`, `index` and `host` when the user
//! names none: the detection's own declared test data.

use crate::{AttackData, Detection, Note};
use serde::Serialize;

/// The metadata for the events of one file; what the detection does not declare is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// The `source`.
    pub source: Option<String>,
    /// The `sourcetype`.
    pub sourcetype: Option<String>,
    /// The `index`.
    pub index: Option<String>,
    /// The `host`.
    pub host: Option<String>,
    /// Said where the declared test data does not agree.
    pub notes: Vec<Note>,
}

impl Stamp {
    fn of(data: &AttackData) -> Stamp {
        Stamp {
            source: data.source.clone(),
            sourcetype: data.sourcetype.clone(),
            index: data.index.clone(),
            host: data.host.clone(),
            notes: Vec::new(),
        }
    }
}

/// Chooses the stamp for a file of events, by its name: the test data whose URL ends in the same
/// name (a `.gz` or `.zst` at the file's end does not count); else the one on which all test data
/// agree; else the first, with a note. Empty where the detection declares none.
pub fn stamp(detection: &Detection, events_file: &str) -> Stamp {
    let all: Vec<&AttackData> = detection.tests.iter().flat_map(|t| &t.attack_data).collect();
    let file = plain_name(events_file.rsplit(['/', '\\']).next().unwrap_or(events_file));
    let named: Vec<&AttackData> = all
        .iter()
        .copied()
        .filter(|d| !file.is_empty() && plain_name(d.file_name()) == file)
        .collect();
    let candidates = if named.is_empty() { all } else { named };
    let Some(first) = candidates.first() else { return Stamp::default() };
    let mut out = Stamp::of(first);
    if let Some(other) = candidates.iter().find(|d| Stamp::of(d) != out) {
        let show = |d: &AttackData| {
            let part = |v: &Option<String>| v.clone().unwrap_or_else(|| "none".to_owned());
            format!("source={} sourcetype={}", part(&d.source), part(&d.sourcetype))
        };
        let message = format!(
            "{}: the declared test data does not agree: {} is used, {} is declared too; give \
             --source and --sourcetype",
            detection.name,
            show(first),
            show(other)
        );
        out.notes.push(Note::new("SPL5204", message));
    }
    out
}

fn plain_name(name: &str) -> &str {
    [".gz", ".zst", ".zstd"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}
