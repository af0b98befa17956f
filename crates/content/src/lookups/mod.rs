//! Lookup definitions of ESCU YAML and of Splunk's `transforms.conf`, and the folders that hold
//! them with their tables.

mod folders;
mod jobs;
mod kinds;
mod names;
mod sandbox;
mod saved;
mod stand_ins;
mod transforms;
mod writing;

pub use folders::LookupFolders;
pub use kinds::{Access, FolderKind, LookupFolder};
pub use sandbox::sandbox;
pub use saved::read_saved;
pub use transforms::{NamedExtraction, read_extractions, read_transforms};

use crate::ContentError;
use crate::yaml::{self, Kind, Node};
use serde::Serialize;

/// How a lookup's field is compared.
///
/// Source: Splunk transforms.conf.spec, `match_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MatchKind {
    /// Equal text; every field that `match_type` does not name.
    Exact,
    /// `*` in the table stands for any text.
    Wildcard,
    /// The table holds address ranges such as `10.0.0.0/8`.
    Cidr,
}

/// One lookup definition.
///
/// Source: contentctl, `objects/lookup.py`, written to transforms.conf.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LookupDef {
    /// The file that it was read from, as the user named it.
    pub file: String,
    /// The name that searches use.
    pub name: String,
    /// What it holds.
    pub description: String,
    /// ESCU 5 and later: `csv`, `kvstore`, `mlmodel`; empty in ESCU 4. Of a transforms.conf its
    /// `external_type`, `external` for an `external_cmd`, `filter` for a lookup with a `filter`.
    pub lookup_type: String,
    /// The table's file name, beside the definition. ESCU 5 leaves it out: the table is then
    /// named as the definition.
    pub filename: Option<String>,
    /// The KV store collection, for lookups without a file.
    pub collection: Option<String>,
    /// The fields of a KV store lookup, in order.
    pub fields_list: Vec<String>,
    /// The fields that are not compared exactly.
    pub match_type: Vec<(String, MatchKind)>,
    /// At least this many rows, filled up with `default_match`; Splunk's default is 0.
    pub min_matches: u64,
    /// At most this many rows; `None` leaves Splunk's default.
    pub max_matches: Option<u64>,
    /// Whether letter case counts; Splunk's default is that it does.
    pub case_sensitive_match: bool,
    /// What the output fields get where no row matches and `min_matches` is above 0.
    pub default_match: Option<String>,
    /// The column with the time, for a time-bounded lookup.
    pub time_field: Option<String>,
    /// Its strptime format; without one seconds since the epoch.
    pub time_format: Option<String>,
    /// By how many seconds an event may be later than a row; Splunk's default is 2,000,000,000.
    pub max_offset_secs: Option<u64>,
    /// By how many seconds an event must be later than a row; Splunk's default is 0.
    pub min_offset_secs: Option<u64>,
}

impl LookupDef {
    /// Reads a definition from the text of its file.
    ///
    /// # Errors
    /// SPL5102 to SPL5107 for the YAML, SPL4201 for a `match_type` that is not
    /// `WILDCARD(field)`, `CIDR(field)` or `EXACT(field)`, or limits that exclude each other.
    pub fn load(file: &str, text: &str) -> Result<LookupDef, ContentError> {
        let root = yaml::read(file, text)?;
        let get = |key: &str| root.text_of(file, key);
        let Some(name) = get("name")?.filter(|n| !n.trim().is_empty()) else {
            let error = ContentError::new("SPL5106", file, "the lookup has no `name`");
            return Err(error.help("a lookup has `name` and `filename` or `collection`"));
        };
        let mut fields_list = Vec::new();
        for text in
            root.texts_of(file, "fields_list")?.iter().chain(&root.texts_of(file, "fields")?)
        {
            fields_list
                .extend(text.split(',').map(|f| f.trim().to_owned()).filter(|f| !f.is_empty()));
        }
        let (min, max) = (count(file, &root, "min_matches")?, count(file, &root, "max_matches")?);
        check_limits(file, min, max)?;
        Ok(LookupDef {
            file: file.to_owned(),
            name,
            description: get("description")?.unwrap_or_default(),
            lookup_type: get("lookup_type")?.unwrap_or_default(),
            filename: get("filename")?,
            collection: get("collection")?,
            fields_list,
            match_type: match_types(file, &root)?,
            min_matches: min.unwrap_or(0),
            max_matches: max,
            case_sensitive_match: truth(file, &root, "case_sensitive_match")?.unwrap_or(true),
            default_match: get("default_match")?,
            time_field: get("time_field")?.filter(|f| !f.is_empty()),
            time_format: get("time_format")?,
            max_offset_secs: count(file, &root, "max_offset_secs")?,
            min_offset_secs: count(file, &root, "min_offset_secs")?,
        })
    }
}

/// Source: Splunk transforms.conf.spec, `max_matches` ("range 1 - 1000").
fn check_limits(file: &str, min: Option<u64>, max: Option<u64>) -> Result<(), ContentError> {
    match (min, max) {
        (_, Some(max)) if !(1..=1000).contains(&max) => {
            let message = format!("max_matches is 1 to 1000, not {max}");
            Err(ContentError::new("SPL4201", file, message))
        }
        (Some(min), Some(max)) if min > max => {
            let message = format!("min_matches is {min}, max_matches only {max}");
            Err(ContentError::new("SPL4201", file, message))
        }
        (Some(min), None) if min > 100 => {
            let message = format!("min_matches is {min}, max_matches 100 by default");
            Err(ContentError::new("SPL4201", file, message))
        }
        _ => Ok(()),
    }
}

fn count(file: &str, root: &Node, key: &str) -> Result<Option<u64>, ContentError> {
    let Some(number) = root.number_of(file, key)? else { return Ok(None) };
    if number.fract() == 0.0 && (0.0..=1e9).contains(&number) {
        return Ok(Some(number as u64));
    }
    let message = format!("`{key}` takes a whole number of rows, not {number}");
    let node = root.get(key).unwrap_or(root);
    Err(node.error("SPL5107", file, message))
}

/// ESCU 4 quotes its booleans: `case_sensitive_match: 'false'`.
fn truth(file: &str, root: &Node, key: &str) -> Result<Option<bool>, ContentError> {
    let Some(node) = root.get(key) else { return Ok(None) };
    let text = node.text().map(str::trim).map(str::to_ascii_lowercase);
    match (&node.kind, text.as_deref()) {
        (Kind::Bool(b, _), _) => Ok(Some(*b)),
        (_, Some("true" | "1" | "yes")) => Ok(Some(true)),
        (_, Some("false" | "0" | "no")) => Ok(Some(false)),
        _ => Err(node.error("SPL5107", file, format!("`{key}` takes true or false"))),
    }
}

fn match_types(file: &str, root: &Node) -> Result<Vec<(String, MatchKind)>, ContentError> {
    let mut out = Vec::new();
    let Some(node) = root.get("match_type") else { return Ok(out) };
    for text in root.texts_of(file, "match_type")? {
        let read = match_type(&text);
        out.extend(read.map_err(|(text, help)| node.error("SPL4201", file, text).help(help))?);
    }
    Ok(out)
}

/// `WILDCARD(a), CIDR(b)`; the error is what is wrong and what to write.
fn match_type(text: &str) -> Result<Vec<(String, MatchKind)>, (String, &'static str)> {
    let mut out = Vec::new();
    // between two of them stands a comma, white space, or both
    let ends = text.match_indices(')').map(|(at, _)| at + 1).chain([text.len()]);
    let mut from = 0;
    for end in ends {
        let part = text[from..end].trim_matches(|c: char| c == ',' || c.is_whitespace());
        from = end;
        if part.is_empty() {
            continue;
        }
        let split = part.split_once('(').and_then(|(k, f)| Some((k, f.strip_suffix(')')?)));
        let kind = split.and_then(|(k, _)| match k.trim().to_ascii_uppercase().as_str() {
            "EXACT" => Some(MatchKind::Exact),
            "WILDCARD" => Some(MatchKind::Wildcard),
            "CIDR" => Some(MatchKind::Cidr),
            _ => None,
        });
        match (split, kind) {
            (Some((_, field)), Some(kind)) if !field.trim().is_empty() => {
                out.push((field.trim().to_owned(), kind));
            }
            _ => {
                let help = "write EXACT(field), WILDCARD(field) or CIDR(field)";
                return Err((format!("`{part}` is not a match type"), help));
            }
        }
    }
    Ok(out)
}
