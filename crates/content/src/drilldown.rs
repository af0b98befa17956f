//! Drilldown searches with their tokens filled in.

use crate::risk::{Row, split_tokens, values};
use crate::{Detection, Drilldown, Note};
use serde::Serialize;

/// The place of the detection's own search in a drilldown.
///
/// Source: contentctl, `objects/drilldown.py`.
const ORIGINAL: &str = "%original_detection_search%";

/// A drilldown ready to run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FilledDrilldown {
    /// The title.
    pub name: String,
    /// The search.
    pub search: String,
    /// Where the time range begins: a time modifier or seconds; empty where nothing is known.
    pub earliest: String,
    /// Where the time range ends.
    pub latest: String,
    /// Tokens without a value.
    pub notes: Vec<Note>,
}

/// Fills a drilldown for one result row. `%original_detection_search%` becomes the detection's
/// search as it stands; `$field$` the row's values; `$info_min_time$` and `$info_max_time$` the
/// row's fields of these names, which a search run by ES carries. Inside double quotes `"` and
/// `\` of a value are escaped, and a multivalue becomes `"a","b"`, so that a value cannot change
/// the search; outside quotes a value is quoted where it is not one word.
pub fn fill_drilldown(
    detection: &Detection,
    drilldown: &Drilldown,
    row: &impl Row,
) -> FilledDrilldown {
    let mut missing = Vec::new();
    let name = crate::fill_tokens(&drilldown.name, row);
    missing.extend(name.1);
    let mut time = |text: &str| {
        let (filled, gone) = crate::fill_tokens(text, row);
        let unknown = !gone.is_empty();
        missing.extend(gone);
        if unknown { String::new() } else { filled }
    };
    let (earliest, latest) = (time(&drilldown.earliest_offset), time(&drilldown.latest_offset));

    let mut search = String::new();
    for (i, part) in drilldown.search.split(ORIGINAL).enumerate() {
        if i > 0 {
            // a detection's own text is not a template: its `$` are macro arguments or text
            search.push_str(detection.search.trim_end());
        }
        fill_search(part, row, &mut search, &mut missing);
    }
    missing.sort();
    missing.dedup();
    let note = |token: String| {
        Note::new("SPL5205", format!("drilldown: `${token}$` has no value in the row"))
    };
    let notes = missing.into_iter().map(note).collect();
    FilledDrilldown { name: name.0, search, earliest, latest, notes }
}

fn fill_search(text: &str, row: &impl Row, out: &mut String, missing: &mut Vec<String>) {
    let mut quoted = false;
    for part in split_tokens(text) {
        match part {
            Ok(plain) => {
                let mut escaped = false;
                for c in plain.chars() {
                    match c {
                        _ if escaped => escaped = false,
                        '\\' => escaped = true,
                        '"' => quoted = !quoted,
                        _ => {}
                    }
                }
                out.push_str(plain);
            }
            Err(name) => {
                let found = values(row, name);
                if found.is_empty() {
                    out.push_str(&format!("${name}$"));
                    missing.push(name.to_owned());
                    continue;
                }
                let escape = |v: &String| v.replace('\\', "\\\\").replace('"', "\\\"");
                let texts: Vec<String> = found.iter().map(escape).collect();
                let word =
                    |v: &String| v.chars().all(|c| c.is_ascii_alphanumeric() || "_.-:".contains(c));
                if quoted {
                    out.push_str(&texts.join("\",\""));
                } else if found.len() == 1 && found.iter().all(word) {
                    out.push_str(&texts.concat());
                } else {
                    out.push_str(&format!("\"{}\"", texts.join("\",\"")));
                }
            }
        }
    }
}
