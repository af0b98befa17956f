//! Splunk's `macros.conf`.

use super::{check, split_name};
use crate::ContentError;
use sepal_parser::macros::{MacroDef, Origin};
use std::collections::HashMap;
use std::sync::Arc;

/// One `key = value` of a stanza.
#[derive(Clone, Debug, Default)]
struct Setting {
    value: String,
    /// The file offset of each line of the value.
    lines: Vec<usize>,
    line: usize,
}

#[derive(Default)]
struct Stanza {
    name: String,
    line: usize,
    settings: Vec<(String, Setting)>,
}

impl Stanza {
    fn get(&self, key: &str) -> Option<&Setting> {
        // the last one counts
        self.settings.iter().rev().find(|(k, _)| k == key).map(|(_, s)| s)
    }
}

/// Reads a `macros.conf`: stanzas `[name]` and `[name(2)]` with `args`, `definition`, `iseval`,
/// `validation`, `errormsg`; other keys say nothing to a search. Lines that begin with `#` are
/// comments; a line that ends in `\` goes on in the next, the line end stays in the value. A
/// stanza that stands twice is one; of a setting that stands twice the last counts. Settings of
/// `[default]` and before the first stanza hold for all.
///
/// Source: Splunk Admin Manual, macros.conf.spec, and "Configuration file structure".
///
/// # Errors
/// SPL4101 for a line that is none of these, SPL4102 for a macro whose parts do not fit together;
/// with the line.
pub fn read_conf(file: &str, text: &str) -> Result<Vec<MacroDef>, ContentError> {
    let (default, stanzas) = stanzas(file, text)?;
    let shared: Arc<str> = text.into();
    stanzas.iter().map(|stanza| macro_of(file, &shared, &default, stanza)).collect()
}

fn macro_of(
    file: &str,
    text: &Arc<str>,
    default: &Stanza,
    stanza: &Stanza,
) -> Result<MacroDef, ContentError> {
    let get = |key: &str| stanza.get(key).or_else(|| default.get(key));
    let value = |key: &str| get(key).map(|s| s.value.clone());
    let (name, count) = split_name(&stanza.name);
    let Some(definition) = get("definition") else {
        let message = format!("macro `{}` has no definition", stanza.name);
        return Err(ContentError::new("SPL4102", file, message).at(stanza.line, 0));
    };
    let arguments: Vec<String> = value("args")
        .unwrap_or_default()
        .split(',')
        .map(|a| a.trim().to_owned())
        .filter(|a| !a.is_empty())
        .collect();
    let iseval = match get("iseval") {
        None => false,
        Some(setting) => boolean(&setting.value).ok_or_else(|| {
            let message = format!("`iseval` takes true or false, not `{}`", setting.value);
            ContentError::new("SPL4102", file, message).at(setting.line, 0)
        })?,
    };
    let def = MacroDef {
        name: name.to_owned(),
        arguments,
        definition: definition.value.clone(),
        iseval,
        validation: value("validation").filter(|v| !v.is_empty()),
        errormsg: value("errormsg").filter(|v| !v.is_empty()),
        origin: Origin {
            file: file.into(),
            text: text.clone(),
            lines: definition.lines.clone().into(),
        },
    };
    // without brackets a stanza has no arguments, whatever `args` says
    check(file, &def, Some(count.unwrap_or(0))).map_err(|e| e.at(stanza.line, 0))?;
    Ok(def)
}

fn stanzas(file: &str, text: &str) -> Result<(Stanza, Vec<Stanza>), ContentError> {
    let mut default = Stanza::default();
    let mut all: Vec<Stanza> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut current: Option<usize> = None; // index in `all`; None is the default stanza
    let mut at = 0;
    let mut rows = text.split_inclusive('\n').enumerate();
    while let Some((number, row)) = rows.next() {
        let start = at;
        at += row.len();
        let line = without_end(row);
        let (skip, line) = match line.strip_prefix('\u{feff}') {
            Some(rest) if number == 0 => ('\u{feff}'.len_utf8(), rest),
            _ => (0, line),
        };
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            let name = name.trim();
            current = if name == "default" {
                None
            } else {
                Some(*places.entry(name).or_insert_with(|| {
                    let name = name.to_owned();
                    all.push(Stanza { name, line: number + 1, settings: Vec::new() });
                    all.len() - 1
                }))
            };
            continue;
        }
        let Some((key, first)) = line.split_once('=') else {
            let message = format!("`{}` is neither `[stanza]` nor `key = value`", short(trimmed));
            let error = ContentError::new("SPL4101", file, message).at(number + 1, 1);
            return Err(error.help("a value that goes on in the next line ends in `\\`"));
        };
        let mut value_at = start + skip + key.len() + 1;
        let mut setting = Setting { line: number + 1, ..Setting::default() };
        let mut part = first.trim_start();
        value_at += first.len() - part.len();
        loop {
            setting.lines.push(value_at);
            let Some(more) = part.strip_suffix('\\') else {
                setting.value.push_str(part.trim_end());
                break;
            };
            setting.value.push_str(more);
            let Some((_, row)) = rows.next() else { break };
            setting.value.push('\n');
            value_at = at;
            at += row.len();
            part = without_end(row);
        }
        let stanza = current.and_then(|i| all.get_mut(i)).unwrap_or(&mut default);
        stanza.settings.push((key.trim().to_owned(), setting));
    }
    Ok((default, all))
}

fn without_end(row: &str) -> &str {
    row.strip_suffix('\n').map_or(row, |r| r.strip_suffix('\r').unwrap_or(r))
}

fn short(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    if cut.len() < text.len() { format!("{cut}...") } else { cut }
}

/// Splunk's spellings of true and false in .conf files.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "on" => Some(true),
        "0" | "false" | "f" | "no" | "n" | "off" | "" => Some(false),
        _ => None,
    }
}
