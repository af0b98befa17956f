use regex::{Regex, RegexBuilder};
use sepal_parser::ast::{SearchValue, TermKind};

/// A bare word or phrase, sought in the event's text as Splunk's index would find it: between
/// breakers, any letter case.
///
/// Source: Splunk Search Manual, "Use CASE() and TERM() to match phrases" and "Event segmentation
/// and searching": major breakers part terms, minor breakers part them further.
#[derive(Clone, Debug)]
pub struct TermMatcher {
    any: bool,
    regex: Option<Regex>,
}

/// Splunk's default major breakers, as the inside of a regex class.
const MAJOR: &str = r#"\s\[\]<>(){}|!;,'"*&?+"#;

/// Whether the character parts terms of the index.
pub fn is_major_breaker(c: char) -> bool {
    c.is_whitespace() || r#"[]<>(){}|!;,'"*&?+"#.contains(c)
}

impl TermMatcher {
    /// Compiles a term. Its size is bounded; a term over the bound is an error.
    pub fn new(value: &SearchValue) -> Result<TermMatcher, String> {
        let text = value.text.as_str();
        if !text.is_empty() && text.chars().all(|c| c == '*') {
            return Ok(TermMatcher { any: true, regex: None });
        }
        // a wildcard stays inside a term, except in a quoted phrase
        let gap = if value.quoted { "(?s:.*?)".to_owned() } else { format!("[^{MAJOR}]*?") };
        let (before, after) = match value.kind {
            TermKind::Term => (format!("(?:^|[{MAJOR}])"), format!("(?:$|[{MAJOR}])")),
            _ => (r"(?:^|[^\p{L}\p{N}])".to_owned(), r"(?:$|[^\p{L}\p{N}])".to_owned()),
        };
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let mut pattern = String::new();
        if word(text.chars().next()) || value.kind == TermKind::Term {
            pattern.push_str(&before);
        }
        let parts: Vec<&str> = text.split('*').collect();
        pattern.push_str(&parts.iter().map(|p| regex::escape(p)).collect::<Vec<_>>().join(&gap));
        if value.kind != TermKind::Prefix
            && (word(text.chars().last()) || value.kind == TermKind::Term)
        {
            pattern.push_str(&after);
        }
        let regex = RegexBuilder::new(&pattern)
            .case_insensitive(value.kind != TermKind::Case)
            .size_limit(10 << 20)
            .build()
            .map_err(|e| e.to_string())?;
        Ok(TermMatcher { any: false, regex: Some(regex) })
    }

    /// Whether the event's text holds the term.
    pub fn is_match(&self, raw: &str) -> bool {
        self.any || self.regex.as_ref().is_some_and(|r| r.is_match(raw))
    }

    /// Whether every event holds it (`*`).
    pub fn is_any(&self) -> bool {
        self.any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sepal_parser::ast::Span;

    fn finds(text: &str, kind: TermKind, quoted: bool, raw: &str) -> bool {
        let v = SearchValue { text: text.into(), quoted, kind, span: Span::default() };
        TermMatcher::new(&v).unwrap().is_match(raw)
    }

    #[test]
    fn words_are_found_between_breakers() {
        let plain = |t, raw| finds(t, TermKind::Plain, false, raw);
        assert!(
            plain("error", "an ERROR occurred")
                && plain("error", "x=error,")
                && plain("foo", "foo_bar")
        );
        assert!(!plain("error", "errors") && !plain("error", "terror"));
        assert!(plain("err*", "errors") && plain("*ror", "terror") && plain("f*d", "failed"));
        assert!(!plain("f*d", "fail and"));
        assert!(plain("10.0.0.1", "from 10.0.0.1:80") && !plain("10.0.0.1", "110.0.0.1"));
        assert!(plain("*", "") && plain("**", "x"));
    }

    #[test]
    fn phrases_and_directives() {
        assert!(finds("Pulling image", TermKind::Plain, true, "pulling IMAGE now"));
        assert!(finds("a*z", TermKind::Plain, true, "a b z"));
        assert!(
            finds("Error", TermKind::Case, false, "Error")
                && !finds("Error", TermKind::Case, false, "error")
        );
        assert!(
            finds("10.0.0.1", TermKind::Term, false, "ip 10.0.0.1 x")
                && !finds("10.0.0.1", TermKind::Term, false, "10.0.0.1:80")
        );
        assert!(finds("ab", TermKind::Prefix, false, "abc"));
    }
}
