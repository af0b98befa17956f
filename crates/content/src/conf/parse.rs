//! The form of Splunk's .conf files.
//!
//! Stanzas `[name]` and settings `key = value`. Lines that begin with `#` are comments, and there
//! are no others; a line that ends in `\` goes on in the next, the line end stays in the value. A
//! stanza that stands twice is one; of a setting that stands twice the last counts. Settings of
//! `[default]` and before the first stanza hold for all.
//!
//! Source: Splunk Admin Manual, "Configuration file structure".

use crate::ContentError;
use std::collections::HashMap;

/// One `key = value` of a stanza.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setting {
    /// Its lines, joined.
    pub value: String,
    /// The file offset of each line of the value.
    pub lines: Vec<usize>,
    /// Where it stands.
    pub line: usize,
}

/// A `[name]` of a .conf file with its settings.
#[derive(Default)]
pub(crate) struct Stanza {
    /// What stands in the brackets.
    pub name: String,
    /// Where it stands.
    pub line: usize,
    pub settings: Vec<(String, Setting)>,
}

impl Stanza {
    /// A setting by its key.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        // the last one counts
        self.settings.iter().rev().find(|(k, _)| k == key).map(|(_, s)| s)
    }
}

/// The settings for all stanzas, and the stanzas in order of first mention.
pub(crate) fn stanzas(file: &str, text: &str) -> Result<(Stanza, Vec<Stanza>), ContentError> {
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
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "on" => Some(true),
        "0" | "false" | "f" | "no" | "n" | "off" | "" => Some(false),
        _ => None,
    }
}
