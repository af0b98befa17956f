//! Lookups of Splunk's `transforms.conf`.

use super::{LookupDef, check_limits, match_type};
use crate::ContentError;
use crate::conf::layers::Conf;
use crate::conf::parse::{Stanza, boolean, stanzas};
use sepal_exec::lookup::{Extraction, LookupError};
use std::path::Path;

/// Reads the lookups of a `transforms.conf`: the stanzas with `filename`, `collection`,
/// `external_cmd` or `external_type`. Other stanzas are not about lookups.
///
/// Source: Splunk transforms.conf.spec, "Lookup tables".
///
/// # Errors
/// SPL4101 for a line that is none of a .conf file's, SPL4201 for a setting whose value does not
/// fit; with the line.
pub fn read_transforms(file: &str, text: &str) -> Result<Vec<LookupDef>, ContentError> {
    let (default, all) = stanzas(file, text)?;
    all.iter().filter(|s| is_lookup(s)).map(|stanza| lookup(file, &default, stanza)).collect()
}

/// A field extraction by its name; one with a setting that does not fit is an error for the search
/// that uses it.
pub type NamedExtraction = (String, Result<Extraction, LookupError>);

/// Reads the field extractions of a `transforms.conf`: the stanzas with `REGEX` or `DELIMS`.
///
/// # Errors
/// SPL4101 for a line that is none of a .conf file's.
pub fn read_extractions(file: &str, text: &str) -> Result<Vec<NamedExtraction>, ContentError> {
    let (default, all) = stanzas(file, text)?;
    Ok(all.iter().filter_map(|stanza| extraction(file, &default, stanza)).collect())
}

fn extraction(file: &str, default: &Stanza, stanza: &Stanza) -> Option<NamedExtraction> {
    let get = |key: &str| stanza.get(key).or_else(|| default.get(key));
    let value = |key: &str| get(key).map(|s| s.value.as_str());
    let read = Extraction::read(&stanza.name, file, value).map_err(|wrong| {
        let (line, text) = get(wrong.key).map_or((stanza.line, ""), |s| (s.line, &s.value));
        let (name, key, needs) = (&stanza.name, wrong.key, wrong.needs);
        let message = format!(
            "the extraction {name} of {file}, line {line}: `{key}` takes {needs}, not `{text}`"
        );
        LookupError::new("SPL2502", message)
    });
    Some((stanza.name.clone(), read.transpose()?))
}

/// Reads the lookups and field extractions of an app: `local` wins over `default`, setting by
/// setting.
///
/// # Errors
/// As [`read_transforms`].
pub(super) fn read_app(
    app: &Path,
) -> Result<(Vec<LookupDef>, Vec<(String, NamedExtraction)>), ContentError> {
    let conf = Conf::read(app, "transforms.conf")?;
    let default = conf.default.stanza();
    let (mut lookups, mut extractions) = (Vec::new(), Vec::new());
    for layered in &conf.stanzas {
        let Some(first) = layered.settings.values().next() else { continue };
        let stanza = layered.stanza();
        if is_lookup(&stanza) {
            lookups.push(lookup(&first.file, &default, &stanza)?);
        }
        let of = |e| (first.file.to_string(), e);
        extractions.extend(extraction(&first.file, &default, &stanza).map(of));
    }
    Ok((lookups, extractions))
}

fn is_lookup(stanza: &Stanza) -> bool {
    let keys = ["filename", "collection", "external_cmd", "external_type"];
    keys.iter().any(|key| stanza.get(key).is_some())
}

fn lookup(file: &str, default: &Stanza, stanza: &Stanza) -> Result<LookupDef, ContentError> {
    let get = |key: &str| stanza.get(key).or_else(|| default.get(key));
    let text = |key: &str| get(key).map(|s| s.value.clone()).filter(|v| !v.is_empty());
    let wrong = |key: &str, needs: &str| {
        let (line, value) = get(key).map_or((stanza.line, ""), |s| (s.line, s.value.as_str()));
        let message = format!("lookup `{}`: `{key}` takes {needs}, not `{value}`", stanza.name);
        ContentError::new("SPL4201", file, message).at(line, 0)
    };
    let count = |key: &str| {
        let read = |v: String| v.trim().parse::<u64>().map_err(|_| wrong(key, "a whole number"));
        text(key).map(read).transpose()
    };
    let case = match text("case_sensitive_match") {
        None => true,
        Some(v) => boolean(&v).ok_or_else(|| wrong("case_sensitive_match", "true or false"))?,
    };
    let matches = match_type(&text("match_type").unwrap_or_default()).map_err(|(what, help)| {
        let line = get("match_type").map_or(stanza.line, |s| s.line);
        ContentError::new("SPL4201", file, what).at(line, 0).help(help)
    })?;
    let kind = match (text("external_type"), text("external_cmd"), text("filter")) {
        (Some(kind), ..) if kind != "kvstore" => kind,
        (_, Some(_), _) => "external".to_owned(),
        (.., Some(_)) => "filter".to_owned(),
        (Some(kind), ..) => kind,
        _ => String::new(),
    };
    let (min, max) = (count("min_matches")?, count("max_matches")?);
    check_limits(file, min, max).map_err(|e| e.at(stanza.line, 0))?;
    let fields = text("fields_list").unwrap_or_default();
    let is_kv = kind == "kvstore";
    Ok(LookupDef {
        file: file.to_owned(),
        name: stanza.name.clone(),
        description: String::new(),
        lookup_type: kind,
        filename: text("filename"),
        // without one the stanza's name is the collection's
        collection: text("collection").or_else(|| is_kv.then(|| stanza.name.clone())),
        fields_list: fields
            .split([',', ' '])
            .map(|f| f.trim().to_owned())
            .filter(|f| !f.is_empty())
            .collect(),
        match_type: matches,
        min_matches: min.unwrap_or(0),
        max_matches: max,
        case_sensitive_match: case,
        default_match: text("default_match"),
        time_field: text("time_field"),
        time_format: text("time_format"),
        max_offset_secs: count("max_offset_secs")?,
        min_offset_secs: count("min_offset_secs")?,
    })
}
