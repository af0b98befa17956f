//! The sed scripts of `rex mode=sed`: `s/regex/text/flags` and `y/abc/xyz/`.

use super::each_match;
use crate::regex_engine::{Captures, GaveUp, SplRegex};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Spanned;
use std::collections::HashMap;

/// Bytes that one replacement may make of a value.
const SIZE_LIMIT: usize = 64 << 20;

/// A script: its commands run one after another.
///
/// Source: Splunk Search Reference, rex, "Sed expressions"; props.conf, SEDCMD ("a space separated
/// list of sed commands").
pub(super) struct Sed {
    steps: Vec<Step>,
}

enum Step {
    Replace { regex: SplRegex, with: Vec<Part>, first: usize, all: bool },
    Translate(HashMap<char, char>),
}

/// A piece of the replacement: text, or `\1`.
enum Part {
    Text(String),
    Group(usize),
}

impl Sed {
    /// Reads a script and compiles its regular expressions.
    pub fn new(script: &Spanned<String>) -> Result<Sed, Vec<Diagnostic>> {
        let fail = |why: String| {
            vec![
                Diagnostic::error("SPL2103", script.span, "the sed expression is wrong")
                    .label(why)
                    .help("write `s/regex/replacement/`, with `g` or a number after it, or `y/abc/xyz/`"),
            ]
        };
        let mut steps = Vec::new();
        let mut rest = skip(&script.node);
        while let Some(command) = rest.chars().next() {
            if !matches!(command, 's' | 'y') {
                return Err(fail(format!("`{command}` is no sed command: there are s and y")));
            }
            let mut chars = rest[1..].chars();
            let mark = match chars.next() {
                Some(c) if !c.is_alphanumeric() && !c.is_whitespace() && c != '\\' => c,
                _ => return Err(fail(format!("a mark such as `/` must come after `{command}`"))),
            };
            let missing = || fail(format!("a `{mark}` is missing: there must be three"));
            let (from, after) = section(chars.as_str(), mark).ok_or_else(missing)?;
            let (to, after) = section(after, mark).ok_or_else(missing)?;
            let end = after.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(after.len());
            let (flags, after) = after.split_at(end);
            rest = skip(after);
            steps.push(if command == 'y' {
                if let Some(f) = flags.chars().next() {
                    return Err(fail(format!("`{f}` after y: it takes no flags")));
                }
                translate(from, to, mark).map_err(&fail)?
            } else {
                let pattern = Spanned::new(from.to_owned(), script.span);
                let (first, all) = read_flags(flags).map_err(&fail)?;
                Step::Replace {
                    regex: super::super::compile_regex(&pattern)?,
                    with: replacement(to, mark),
                    first,
                    all,
                }
            });
        }
        if steps.is_empty() { Err(fail("it is empty".to_owned())) } else { Ok(Sed { steps }) }
    }

    /// The text after all commands; none if nothing was found to change.
    pub fn apply(&self, text: &str) -> Result<Option<String>, GaveUp> {
        let mut changed: Option<String> = None;
        for step in &self.steps {
            let text = changed.as_deref().unwrap_or(text);
            let new = match step {
                Step::Translate(map) => text
                    .contains(|c| map.contains_key(&c))
                    .then(|| text.chars().map(|c| *map.get(&c).unwrap_or(&c)).collect()),
                Step::Replace { regex, with, first, all } => {
                    replace(text, regex, with, *first, *all)?
                }
            };
            changed = new.or(changed);
        }
        Ok(changed)
    }
}

fn skip(s: &str) -> &str {
    s.trim_start_matches(|c: char| c.is_whitespace() || c == ';')
}

/// The text up to the next mark that no backslash stands before, and what comes after the mark.
fn section(s: &str, mark: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, c) in s.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return Some((&s[..at], &s[at + c.len_utf8()..])),
            _ => {}
        }
    }
    None
}

/// Which match is the first to be replaced, and whether those after it are too.
fn read_flags(flags: &str) -> Result<(usize, bool), String> {
    let all = flags.contains('g');
    let number: String = flags.chars().filter(|c| *c != 'g').collect();
    if let Some(c) = number.chars().find(|c| !c.is_ascii_digit()) {
        return Err(format!("`{c}` is no flag: there are g and a number"));
    }
    match number.parse::<usize>() {
        _ if number.is_empty() => Ok((1, all)),
        Ok(n) if n > 0 => Ok((n, all)),
        _ => Err(format!("there is no match number {number}")),
    }
}

/// The characters of a section of `y`, escapes resolved.
fn unescaped(s: &str, mark: char) -> Vec<char> {
    let mut out = Vec::new();
    let mut chars = s.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some(c) if c == mark || c == '\\' => out.push(c),
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    out
}

fn translate(from: &str, to: &str, mark: char) -> Result<Step, String> {
    let (from, to) = (unescaped(from, mark), unescaped(to, mark));
    if from.len() != to.len() {
        return Err(format!(
            "y needs as many characters on both sides: {} and {}",
            from.len(),
            to.len()
        ));
    }
    let mut map = HashMap::new();
    for (a, b) in from.into_iter().zip(to) {
        map.entry(a).or_insert(b);
    }
    Ok(Step::Translate(map))
}

fn replacement(s: &str, mark: char) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut chars = s.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some(d) if d.is_ascii_digit() => {
                parts.push(Part::Text(std::mem::take(&mut text)));
                parts.push(Part::Group(d.to_digit(10).unwrap_or(0) as usize));
            }
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some(c) if c == mark || c == '\\' => text.push(c),
            Some(c) => text.extend(['\\', c]),
            None => text.push('\\'),
        }
    }
    parts.push(Part::Text(text));
    parts
}

fn replace(
    text: &str,
    regex: &SplRegex,
    with: &[Part],
    first: usize,
    all: bool,
) -> Result<Option<String>, GaveUp> {
    let mut out: Option<String> = None;
    let (mut seen, mut copied) = (0, 0);
    each_match(regex, text, |c: &Captures| {
        seen += 1;
        if seen < first {
            return Ok(true);
        }
        let whole = c.whole();
        let out = out.get_or_insert_default();
        out.push_str(text.get(copied..whole.start).unwrap_or_default());
        for part in with {
            match part {
                Part::Text(t) => out.push_str(t),
                Part::Group(n) => out.push_str(c.text(text, *n).unwrap_or_default()),
            }
        }
        copied = whole.end;
        if out.len() > SIZE_LIMIT {
            return Err(GaveUp::Size(regex.as_str().to_owned()));
        }
        Ok(all)
    })?;
    if let Some(out) = &mut out {
        out.push_str(text.get(copied..).unwrap_or_default());
    }
    Ok(out)
}
