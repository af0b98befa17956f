//! Pairs of a key and a value in a text.

/// How pairs are told apart.
pub struct Pairs {
    /// The characters between two pairs; none: what ends a value in the automatic mode.
    pair: Option<String>,
    /// The characters between key and value; none: the automatic mode.
    kv: Option<String>,
}

/// What ends a value that is not in quotes where no pairdelim is given.
fn ends_value(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '|' | '&' | '"')
}

/// What a key is made of in the automatic mode: a capture shows `ip:port=x` as the field port, and
/// `zone-found` and `user.name` as keys.
fn in_key(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-')
}

impl Pairs {
    /// `key=value` anywhere in the text.
    pub fn auto() -> Pairs {
        Pairs { pair: None, kv: None }
    }

    /// Delimiters; `=` where those between key and value are not given.
    pub fn delimited(pair: Option<String>, kv: Option<String>) -> Pairs {
        Pairs { pair, kv: Some(kv.unwrap_or_else(|| "=".to_owned())) }
    }

    /// The pairs in order, those without a value left out.
    pub fn of<'t>(&'t self, text: &'t str) -> Box<dyn Iterator<Item = (&'t str, &'t str)> + 't> {
        match &self.kv {
            None => Box::new(Auto { text, at: 0 }),
            Some(kv) => {
                let pieces = Pieces { text: Some(text), pair: self.pair.as_deref(), kv };
                Box::new(pieces.filter_map(|p| pair(p, kv)))
            }
        }
    }
}

struct Auto<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Auto<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.text.get(self.at..)?;
            let equals = rest.find('=')?;
            let before = &rest[..equals];
            let key = &before[before.trim_end_matches(in_key).len()..];
            let after = &rest[equals + 1..];
            let start = self.at + equals + 1;
            if key.is_empty() {
                self.at = start;
                continue;
            }
            let (value, len) = value(after, ends_value);
            self.at = start + len;
            if !value.is_empty() {
                return Some((key, value));
            }
        }
    }
}

/// The value at the start of the text, and how long it is there: up to the closing quote, or to
/// what ends it.
fn value(text: &str, ends: impl Fn(char) -> bool) -> (&str, usize) {
    if let Some(inner) = text.strip_prefix('"')
        && let Some(close) = inner.find('"')
    {
        return (&inner[..close], close + 2);
    }
    let quote = usize::from(text.starts_with('"'));
    let len = text[quote..].find(ends).map_or(text.len(), |n| n + quote);
    (&text[quote..len], len)
}

/// The pieces between pair delimiters outside of quotes.
struct Pieces<'t> {
    text: Option<&'t str>,
    pair: Option<&'t str>,
    kv: &'t str,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let text = self.text?;
        let ends = |c: char| match self.pair {
            Some(pair) => pair.contains(c),
            None => c != '"' && ends_value(c) && !self.kv.contains(c),
        };
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            if c == '"'
                && let Some(close) = text[at + 1..].find('"')
            {
                at += close + 2;
            } else if ends(c) {
                self.text = Some(&text[at + c.len_utf8()..]);
                return Some(&text[..at]);
            } else {
                at += c.len_utf8();
            }
        }
        self.text = None;
        Some(text)
    }
}

/// The key and value of a piece; none where it has no delimiter, or a second one outside quotes.
///
/// Source: Splunk Search Reference, extract, "kvdelim".
fn pair<'t>(piece: &'t str, kv: &str) -> Option<(&'t str, &'t str)> {
    let is_delim = |c: char| kv.contains(c);
    let at = piece.find(is_delim)?;
    let width = piece[at..].chars().next().map_or(1, char::len_utf8);
    let key = piece[..at].trim().trim_matches('"');
    let value = piece[at + width..].trim();
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    if inner.is_none() && value.contains(is_delim) {
        return None;
    }
    let value = inner.unwrap_or(value);
    (!value.is_empty() && !key.is_empty()).then_some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_text_panics(s in "[a=:;,\"& é|]{0,40}") {
            Pairs::auto().of(&s).count();
            Pairs::delimited(Some(";é".into()), Some(":".into())).of(&s).count();
            Pairs::delimited(None, Some("=:".into())).of(&s).count();
        }
    }
}
