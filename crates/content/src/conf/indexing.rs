//! How inputs become events: the settings of props.conf for line breaking and time.
//!
//! Source: Splunk Admin Manual, props.conf, "Line breaking" and "Timestamp extraction
//! configuration".

use super::layers::{Layered, Value};
use super::notes::Notes;
use crate::ContentError;
use crate::conf::parse::boolean;
use sepal_data::text::Breaker;
use sepal_exec::knowledge::Indexing;
use sepal_exec::regex_engine::SplRegex;
use sepal_exec::scan::TimeRule;
use std::sync::Arc;

/// What breaks events at each line.
const LINES: &[&str] = &[r"([\r\n]+)", r"([\n\r]+)", r"(\r?\n)", r"([\n]+)", r"(\n+)", r"(\n)"];

pub(super) fn read(
    stanza: &Layered,
    default: &Layered,
    notes: &mut Notes,
) -> Result<Indexing, ContentError> {
    let get = |key: &str| {
        let value = stanza.settings.get(key).or_else(|| default.settings.get(key));
        value.filter(|v| !v.text.trim().is_empty())
    };
    Ok(Indexing { breaker: breaker(&get, notes)?, time: time(&get, notes)? })
}

type Get<'g> = dyn Fn(&str) -> Option<&'g Value> + 'g;

fn breaker(get: &Get, notes: &mut Notes) -> Result<Option<Breaker>, ContentError> {
    if let Some(v) = get("TRUNCATE") {
        let bytes: u64 =
            v.text.trim().parse().map_err(|_| v.error("`TRUNCATE` takes a number of bytes"))?;
        if (1..10_000).contains(&bytes) {
            notes.not(v, "`TRUNCATE` has no effect: events are not cut");
        }
    }
    if let Some(v) = get("CHARSET")
        && !["utf-8", "utf8", "auto", "ascii", "us-ascii"]
            .contains(&v.text.trim().to_ascii_lowercase().as_str())
    {
        notes.not(v, "`CHARSET` has no effect: files are read as UTF-8");
    }
    if let Some(v) = get("INDEXED_EXTRACTIONS")
        && !["json", "none"].contains(&v.text.trim().to_ascii_lowercase().as_str())
    {
        notes.not(v, "`INDEXED_EXTRACTIONS` has no effect: tables are read by --format");
    }
    let merge = get("SHOULD_LINEMERGE")
        .map(|v| {
            let wrong = || v.error("`SHOULD_LINEMERGE` takes true or false");
            boolean(&v.text).map(|b| (b, v)).ok_or_else(wrong)
        })
        .transpose()?;
    let (before, after) = (get("BREAK_ONLY_BEFORE"), get("MUST_BREAK_AFTER"));
    let lines = get("LINE_BREAKER");
    if merge.is_none_or(|(yes, _)| yes) {
        if let (Some(_), Some(v)) = (before, after) {
            notes.not(v, "`MUST_BREAK_AFTER` has no effect beside `BREAK_ONLY_BEFORE`");
        }
        let merged = before.map(|v| (v, true)).or(after.map(|v| (v, false)));
        if let Some((v, is_before)) = merged {
            if let Some(v) = lines.filter(|v| !LINES.contains(&v.text.trim())) {
                notes.not(v, "`LINE_BREAKER` has no effect where lines are merged");
            }
            let made = match is_before {
                true => Breaker::before(v.text.trim()),
                false => Breaker::after(v.text.trim()),
            };
            return compiled(v, made.map_err(|e| e.to_string()), notes);
        }
        if let Some((true, v)) = merge {
            notes.not(v, "`SHOULD_LINEMERGE` has no effect: lines are not merged by their time");
        }
    }
    match lines.filter(|v| !LINES.contains(&v.text.trim())) {
        None => Ok(None),
        Some(v) => {
            let made = Breaker::line_breaker(v.text.trim());
            compiled(v, made.map_err(|e| e.to_string()), notes)
        }
    }
}

/// What is made of a regular expression: one that is none is an error, one that this engine does
/// not have here is told.
fn compiled<T>(
    v: &Value,
    made: Result<T, String>,
    notes: &mut Notes,
) -> Result<Option<T>, ContentError> {
    let why = match made {
        Ok(made) => return Ok(Some(made)),
        Err(why) => why,
    };
    if let Err(why) = SplRegex::new(v.text.trim()) {
        return Err(v.error(format!("the regular expression is none: {why}")));
    }
    notes.not(v, &format!("`{}` has no effect: {why}", v.text.trim()));
    Ok(None)
}

fn time(get: &Get, notes: &mut Notes) -> Result<Option<Arc<TimeRule>>, ContentError> {
    let mut rule = TimeRule::default();
    let mut any = false;
    if let Some(v) = get("TIME_PREFIX") {
        let made = regex::bytes::Regex::new(v.text.trim()).map_err(|e| e.to_string());
        rule.prefix = compiled(v, made, notes)?;
        any |= rule.prefix.is_some();
    }
    let text = |key: &str| get(key).map(|v| v.text.trim().to_owned());
    rule.format = text("TIME_FORMAT");
    rule.zone = text("TZ");
    if let Some(v) = get("TIMESTAMP_FIELDS") {
        match v.text.contains(',') {
            true => notes.not(v, "`TIMESTAMP_FIELDS` has no effect with several fields"),
            false => rule.field = Some(v.text.trim().to_owned()),
        }
    }
    any |= rule.format.is_some() || rule.zone.is_some() || rule.field.is_some();
    if let Some(v) = get("MAX_TIMESTAMP_LOOKAHEAD") {
        let number: i64 = v
            .text
            .trim()
            .parse()
            .map_err(|_| v.error("`MAX_TIMESTAMP_LOOKAHEAD` takes a number of bytes"))?;
        // 0 and -1 are no limit
        rule.lookahead = usize::try_from(number).ok().filter(|n| *n > 0).unwrap_or(usize::MAX);
        any = true;
    }
    Ok(any.then(|| Arc::new(rule)))
}
