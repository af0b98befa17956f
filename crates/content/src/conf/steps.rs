//! What one setting of props.conf does with events.

use super::keys::{How, TRANSFORMS, of};
use super::layers::{Conf, Layered, Value};
use super::notes::Notes;
use crate::ContentError;
use crate::conf::parse::boolean;
use crate::sourcetypes::steps::{parsed, quoted};
use sepal_exec::knowledge::Step;
use sepal_exec::knowledge::extractions::{self, TransformError, transform};
use sepal_exec::lookup::Extraction;

/// When something is done.
///
/// Source: Splunk Knowledge Manager Manual, "The sequence of search-time operations"; `SEDCMD` is
/// done when events are indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Sed,
    Extract,
    Report,
    Kv,
    Alias,
    Eval,
    Evaled,
    Forget,
    Lookup,
}

/// The phase of a setting, and its class.
pub(super) fn phase(key: &str) -> Option<(Phase, &str)> {
    if key == "KV_MODE" {
        return Some((Phase::Kv, ""));
    }
    let (kind, class) = key.split_once('-')?;
    let phase = match kind {
        "SEDCMD" => Phase::Sed,
        "EXTRACT" => Phase::Extract,
        "REPORT" => Phase::Report,
        "FIELDALIAS" => Phase::Alias,
        "EVAL" => Phase::Eval,
        "LOOKUP" => Phase::Lookup,
        _ => return None,
    };
    (!class.is_empty()).then_some((phase, class))
}

/// The steps of a setting, but for calculated fields, which are made together.
pub(super) fn steps(
    phase: Phase,
    key: &str,
    value: &Value,
    transforms: &Conf,
    notes: &mut Notes,
) -> Result<Vec<Step>, ContentError> {
    let text = value.text.trim();
    let wrong = |message: String| value.error(format!("`{key}`: {message}"));
    Ok(match phase {
        _ if text.is_empty() => Vec::new(),
        Phase::Sed => {
            let pattern = text.replace('\\', "\\\\").replace('"', "\\\"");
            let raw = || Some(vec!["_raw".to_owned()]);
            let command = format!("rex mode=sed field=_raw \"{pattern}\"");
            vec![parsed(&command, raw()).map_err(wrong)?]
        }
        Phase::Extract => {
            let (regex, from) = inline(text);
            let get = |k: &str| match k {
                "REGEX" => Some(regex),
                "CLEAN_KEYS" => Some("false"),
                _ => None,
            };
            let made = Extraction::read(key, &value.file, get);
            match made.ok().flatten() {
                Some(e) => ready(&e, from, value, notes)?,
                None => Vec::new(),
            }
        }
        Phase::Report => {
            let mut all = Vec::new();
            for name in text.split(',').map(str::trim).filter(|n| !n.is_empty()) {
                all.extend(report(name, key, value, transforms, notes)?);
            }
            all
        }
        Phase::Kv => automatic(text, value, notes)?,
        Phase::Alias => aliases(text).map_err(wrong)?,
        Phase::Lookup => lookup(text, key, value, transforms, notes)?,
        Phase::Eval | Phase::Evaled | Phase::Forget => Vec::new(),
    })
}

/// `REGEX in FIELD`: a field's name has letters, digits and `_` only.
///
/// Source: props.conf, `EXTRACT-<class>`.
fn inline(text: &str) -> (&str, &str) {
    let name = |n: &str| !n.is_empty() && n.chars().all(|c| c.is_alphanumeric() || c == '_');
    let split = text.rsplit_once(char::is_whitespace).filter(|(_, field)| name(field));
    let split = split.and_then(|(rest, field)| {
        let regex = rest.trim_end().strip_suffix("in")?;
        regex.ends_with(char::is_whitespace).then(|| (regex.trim_end(), field))
    });
    split.unwrap_or((text, "_raw"))
}

fn ready(
    e: &Extraction,
    from: &str,
    value: &Value,
    notes: &mut Notes,
) -> Result<Vec<Step>, ContentError> {
    match transform(e) {
        Ok(by) => Ok(vec![Step::Extract { from: from.to_owned(), by }]),
        Err(TransformError::Regex(why)) => {
            Err(value.error(format!("`{}`: the regular expression is none: {why}", e.name)))
        }
        Err(TransformError::Other(why)) => {
            notes.not(value, &format!("`{}` has no effect: {why}", e.name));
            Ok(Vec::new())
        }
    }
}

/// A stanza of transforms.conf.
fn report(
    name: &str,
    key: &str,
    value: &Value,
    transforms: &Conf,
    notes: &mut Notes,
) -> Result<Vec<Step>, ContentError> {
    let Some(stanza) = transforms.get(name) else {
        let what = format!("`{key}` names `{name}`, which transforms.conf does not have");
        notes.put("SPL4153", value, &what);
        return Ok(Vec::new());
    };
    let get = |k: &str| stanza.settings.get(k).or_else(|| transforms.default.settings.get(k));
    let e = Extraction::read(name, &value.file, |k| get(k).map(|v| v.text.as_str()));
    let e = e.map_err(|wrong| {
        let at = get(wrong.key).unwrap_or(value);
        at.error(format!("`{}` of [{name}] takes {}", wrong.key, wrong.needs))
    })?;
    let Some(e) = e else {
        notes.put("SPL4153", value, &format!("`{key}` names `{name}`, which extracts nothing"));
        return Ok(Vec::new());
    };
    match e.source.as_slice() {
        [from] => ready(&e, from, get("REGEX").or_else(|| get("DELIMS")).unwrap_or(value), notes),
        _ => {
            notes.not(value, &format!("`{name}` has no effect: it looks at several fields"));
            Ok(Vec::new())
        }
    }
}

/// Source: props.conf, `KV_MODE`.
fn automatic(text: &str, value: &Value, notes: &mut Notes) -> Result<Vec<Step>, ContentError> {
    let name = match text {
        "none" | "json" => return Ok(Vec::new()),
        "auto" => "auto_kv",
        "auto_escaped" => "kv",
        "xml" => "xml_kv",
        _ if text == "multi" || text.starts_with("multi:") => {
            notes.not(value, "`KV_MODE = multi` has no effect: use the command `multikv`");
            return Ok(Vec::new());
        }
        _ => {
            let takes = "none, auto, auto_escaped, multi, json or xml";
            return Err(value.error(format!("`KV_MODE` takes {takes}, not `{text}`")));
        }
    };
    let by = extractions::named(name, &Vec::new()).map_err(|e| value.error(e))?;
    Ok(vec![Step::Extract { from: "_raw".to_owned(), by }])
}

/// `a AS b c ASNEW d`: with `AS` the new field is the old one, or it goes; with `ASNEW` one that
/// is there stays.
///
/// Source: props.conf, `FIELDALIAS-<class>`; Release Notes, "Field alias behavior change".
fn aliases(text: &str) -> Result<Vec<Step>, String> {
    let mut all = Vec::new();
    let mut words = words(text).into_iter();
    while let Some(old) = words.next() {
        let (Some(how), Some(new)) = (words.next(), words.next()) else {
            return Err(format!("`{text}` is not `FIELD AS NAME`"));
        };
        let step = match how.to_ascii_uppercase().as_str() {
            "AS" => Step::Alias { new, old: vec![old], only: true },
            "ASNEW" => Step::Alias { old: vec![new.clone(), old], new, only: false },
            _ => return Err(format!("`{how}` is neither AS nor ASNEW")),
        };
        all.push(step);
    }
    Ok(all)
}

/// Words, of which those in double quotes may hold blanks; commas are blanks.
fn words(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut in_quotes = false;
    for c in text.chars() {
        match c {
            '"' => in_quotes = !in_quotes,
            c if !in_quotes && (c.is_whitespace() || c == ',') => out.push(String::new()),
            c => {
                if let Some(word) = out.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

/// Source: props.conf, `LOOKUP-<class>`.
fn lookup(
    text: &str,
    key: &str,
    value: &Value,
    transforms: &Conf,
    notes: &mut Notes,
) -> Result<Vec<Step>, ContentError> {
    let words = words(text);
    let name = words.first().map_or("", String::as_str);
    let why = transforms.get(name).and_then(not_here);
    if let Some(why) = why {
        notes.not(value, &format!("`{key}` has no effect: the lookup `{name}` has {why}"));
        return Ok(Vec::new());
    }
    let at = words
        .iter()
        .position(|w| ["OUTPUT", "OUTPUTNEW"].iter().any(|o| w.eq_ignore_ascii_case(o)));
    let mut command = String::from("lookup");
    for (n, word) in words.iter().enumerate() {
        let upper = word.to_ascii_uppercase();
        let own = n > 0 && ["AS", "OUTPUT", "OUTPUTNEW"].contains(&upper.as_str());
        let shown = if own { upper } else { quoted(word, '"') };
        command.push(' ');
        command.push_str(&shown);
    }
    let outputs = at.map(|at| {
        let rest = words.get(at + 1..).unwrap_or_default();
        let mut fields: Vec<String> = Vec::new();
        for word in rest {
            // `a AS b` gives b only
            match word.eq_ignore_ascii_case("as") {
                true => drop(fields.pop()),
                false => fields.push(word.clone()),
            }
        }
        fields
    });
    let step = parsed(&command, outputs);
    Ok(vec![step.map_err(|message| value.error(format!("`{key}`: {message}")))?])
}

/// Why a lookup's stanza cannot be used.
fn not_here(stanza: &Layered) -> Option<String> {
    let key = ["external_cmd", "filter", "feature_id_element"]
        .into_iter()
        .find(|key| stanza.text(key).is_some())?;
    match of(TRANSFORMS, key) {
        Some(How::Not(why)) => Some(format!("`{key}`: {why}")),
        _ => None,
    }
}

/// Whether a stanza is switched off.
pub(super) fn disabled(stanza: &Layered) -> bool {
    stanza.text("disabled").and_then(boolean).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regexes_of_fields() {
        assert_eq!(inline(r"a=(?<a>\d+) in url"), (r"a=(?<a>\d+)", "url"));
        assert_eq!(inline(r"(?<a>logged in (?<b>\w+))"), (r"(?<a>logged in (?<b>\w+))", "_raw"));
        assert_eq!(inline("(?<a>b) begin x"), ("(?<a>b) begin x", "_raw"));
        assert_eq!(inline("in x"), ("in x", "_raw"));
        assert_eq!(inline(""), ("", "_raw"));
    }

    #[test]
    fn words_and_quotes() {
        assert_eq!(words(r#"a AS "b c", d"#), ["a", "AS", "b c", "d"]);
        assert!(aliases("a AS").is_err());
        assert!(aliases("a TO b").is_err());
        assert_eq!(aliases("a AS b c ASNEW d").map(|s| s.len()), Ok(2));
    }
}
