//! An extraction of transforms.conf, made ready once.

use super::cleaned;
use super::pairs::Pairs;
use crate::commands::rex::each_match;
use crate::lookup::Extraction;
use crate::regex_engine::{Captures, GaveUp, SplRegex};
use sepal_data::FieldName;
use sepal_parser::Diagnostic;
use sepal_parser::ast::Span;
use std::borrow::Cow;

/// What a stanza extracts and how.
pub(crate) struct Stanza {
    /// The fields whose text is looked at.
    pub source: Vec<FieldName>,
    pub mv_add: bool,
    clean: bool,
    keep_empty: bool,
    how: How,
}

enum How {
    /// The pairs of name and value in each match; of the first one only unless `all`.
    Regex { regex: SplRegex, pairs: Vec<(Part, Part)>, all: bool },
    /// Pairs between delimiters.
    Pairs(Pairs),
    /// Values between delimiters, and their names; none: names and values take turns.
    Values { delims: String, fields: Vec<String> },
}

/// A name or a value.
enum Part {
    Text(String),
    Group(usize),
}

impl Part {
    fn of<'t>(&'t self, captures: &Captures, text: &'t str) -> Option<&'t str> {
        match self {
            Part::Text(s) => Some(s),
            Part::Group(n) => captures.text(text, *n),
        }
    }
}

/// What the command says in place of the stanza.
#[derive(Clone, Copy)]
pub(crate) struct Said {
    pub clean: Option<bool>,
    pub mv_add: Option<bool>,
}

impl Stanza {
    /// Makes an extraction ready; `at` is where the search names it.
    pub fn new(e: &Extraction, said: Said, at: Span) -> Result<Stanza, Vec<Diagnostic>> {
        let refuse = |why: String| {
            let text = format!("the extraction {} of {} cannot be used", e.name, e.file);
            vec![Diagnostic::error("SPL2502", at, text).label(why)]
        };
        if e.index_time {
            let text = format!("the extraction {}", e.name);
            let d = Diagnostic::unsupported("SPL2280", at, text)
                .label("a stanza of transforms.conf for the time of indexing");
            return Err(vec![d.help("write its regular expression with `rex`")]);
        }
        let clean = said.clean.unwrap_or(e.clean_keys);
        let mv_add = said.mv_add.unwrap_or(e.mv_add);
        let how = match (&e.regex, e.delims.as_slice()) {
            (Some(pattern), _) => {
                let regex =
                    SplRegex::new(pattern).map_err(|why| refuse(format!("REGEX: {why}")))?;
                let mut pairs = match e.format.is_empty() {
                    true => of_groups(&regex),
                    false => of_format(&e.format, regex.groups()),
                }
                .map_err(refuse)?;
                let varies = |(name, _): &(Part, Part)| matches!(name, Part::Group(_));
                let all = mv_add || pairs.iter().any(varies);
                for (name, _) in &mut pairs {
                    if let Part::Text(name) = name
                        && clean
                    {
                        *name = cleaned(name);
                    }
                }
                How::Regex { regex, pairs, all }
            }
            (None, [pair, kv]) => {
                How::Pairs(Pairs::delimited(Some(pair.clone()), Some(kv.clone())))
            }
            (None, [delims]) => {
                let clean = |f: &String| if clean { cleaned(f) } else { f.clone() };
                let fields = e.fields.iter().map(clean).collect();
                How::Values { delims: delims.clone(), fields }
            }
            (None, _) => return Err(refuse("it has neither REGEX nor DELIMS".to_owned())),
        };
        let source = e.source.iter().map(FieldName::new).collect();
        Ok(Stanza { source, mv_add, clean, keep_empty: e.keep_empty, how })
    }

    /// The fields that it can give; none: any.
    pub fn outputs(&self) -> Option<Vec<String>> {
        match &self.how {
            How::Regex { pairs, .. } => {
                let name = |(name, _): &(Part, Part)| match name {
                    Part::Text(name) => Some(name.clone()),
                    Part::Group(_) => None,
                };
                pairs.iter().map(name).collect()
            }
            How::Values { fields, .. } if !fields.is_empty() => Some(fields.clone()),
            How::Pairs(_) | How::Values { .. } => None,
        }
    }

    /// Calls `put` with the fields of a text.
    ///
    /// # Errors
    /// The text was not looked at to its end.
    pub fn extract(&self, text: &str, mut put: impl FnMut(&str, &str)) -> Result<(), GaveUp> {
        let mut give = |name: &str, clean: bool, value: &str| {
            let name = if clean { Cow::Owned(cleaned(name)) } else { Cow::Borrowed(name) };
            if !name.is_empty() && (self.keep_empty || !value.is_empty()) {
                put(&name, value);
            }
        };
        match &self.how {
            How::Regex { regex, pairs, all } => {
                each_match(regex, text, |c| {
                    for (name, value) in pairs {
                        if let (Some(n), Some(v)) = (name.of(c, text), value.of(c, text)) {
                            give(n, self.clean && matches!(name, Part::Group(_)), v);
                        }
                    }
                    Ok(*all)
                })?;
            }
            How::Pairs(pairs) => pairs.of(text).for_each(|(k, v)| give(k, self.clean, v)),
            How::Values { delims, fields } if fields.is_empty() => {
                let mut tokens = Values::new(text, delims).filter(|t| !t.is_empty());
                while let (Some(name), Some(value)) = (tokens.next(), tokens.next()) {
                    give(name, self.clean, value);
                }
            }
            How::Values { delims, fields } => {
                for (name, value) in fields.iter().zip(Values::new(text, delims)) {
                    give(name, false, value);
                }
            }
        }
        Ok(())
    }
}

/// The fields of a regex without FORMAT: its named groups, `_KEY_x` with `_VAL_x` as a pair.
fn of_groups(regex: &SplRegex) -> Result<Vec<(Part, Part)>, String> {
    let mut pairs = Vec::new();
    for (number, name) in regex.named_groups() {
        if name.starts_with("_VAL_") {
            continue;
        }
        let Some(which) = name.strip_prefix("_KEY_") else {
            pairs.push((Part::Text(name.to_owned()), Part::Group(number)));
            continue;
        };
        let value = format!("_VAL_{which}");
        match regex.named_groups().find(|(_, n)| *n == value) {
            Some((v, _)) => pairs.push((Part::Group(number), Part::Group(v))),
            None => return Err(format!("REGEX has a group {name}, but none {value}")),
        }
    }
    if pairs.is_empty() {
        return Err("REGEX names no group, and there is no FORMAT".to_owned());
    }
    Ok(pairs)
}

/// `first::$1 $2::$3 third::text`
///
/// Source: the spec, "FORMAT for search-time extractions".
fn of_format(format: &str, groups: usize) -> Result<Vec<(Part, Part)>, String> {
    let mut in_quotes = false;
    let pieces = format.split(|c: char| {
        in_quotes ^= c == '"';
        c.is_whitespace() && !in_quotes
    });
    let part = |text: &str| {
        let number = text.strip_prefix('$').filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let Some(number) = number.filter(|n| !n.is_empty()) else {
            let ours = text.as_bytes().windows(2).any(|w| w[0] == b'$' && w[1].is_ascii_digit());
            return match ours {
                true => Err(format!("FORMAT joins texts (`{text}`), which only indexing can")),
                false => Ok(Part::Text(text.trim_matches('"').to_owned())),
            };
        };
        match number.parse() {
            Ok(n) if n > 0 && n < groups => Ok(Part::Group(n)),
            _ => Err(format!("FORMAT has ${number}, and REGEX has {} groups", groups - 1)),
        }
    };
    let mut pairs = Vec::new();
    for piece in pieces.filter(|p| !p.is_empty()) {
        let Some((name, value)) = piece.split_once("::") else {
            return Err(format!("FORMAT has `{piece}`, which is no name::value"));
        };
        pairs.push((part(name)?, part(value)?));
    }
    Ok(pairs)
}

/// The values between delimiters, without their quotes. A delimiter that follows another one
/// belongs to it (a comma and a blank); one that follows itself is an empty value.
struct Values<'t> {
    left: Option<&'t str>,
    delims: &'t str,
}

impl<'t> Values<'t> {
    fn new(text: &'t str, delims: &'t str) -> Values<'t> {
        Values { left: Some(text), delims }
    }
}

impl<'t> Iterator for Values<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let text = self.left?;
        let (mut in_quotes, mut escaped) = (false, false);
        let end = text.find(|c: char| {
            in_quotes ^= c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            !in_quotes && self.delims.contains(c)
        });
        let (value, mut rest) = match end {
            Some(at) => (&text[..at], &text[at..]),
            None => (text, ""),
        };
        // delimiters are ASCII
        let before = rest;
        while let Some(c) = rest.chars().next().filter(|c| self.delims.contains(*c)) {
            if before[..before.len() - rest.len()].contains(c) {
                break;
            }
            rest = &rest[c.len_utf8()..];
        }
        self.left = end.map(|_| rest);
        let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
        Some(inner.unwrap_or(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_between_delimiters() {
        let all = |text, delims| Values::new(text, delims).collect::<Vec<_>>();
        assert_eq!(all("a, b, c", ", "), ["a", "b", "c"]);
        assert_eq!(all("a,,c,", ","), ["a", "", "c", ""]);
        assert_eq!(all(r#""x, y",z"#, ", "), ["x, y", "z"]);
        assert_eq!(all("", ","), [""]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(s in "[a,; \"\\\\é]{0,30}", f in "[$0-9a:\" é]{0,20}") {
            proptest::prop_assert!(Values::new(&s, ",; ").count() <= s.len() + 1);
            let _ = of_format(&f, 3);
        }
    }
}
