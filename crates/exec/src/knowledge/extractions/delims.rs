//! Values between separators, named by their place: `DELIMS` and `FIELDS` of Splunk's
//! transforms.conf.
//!
//! ```yaml
//! extract:
//!   - delims: {separator: ",", fields: [time, '', user]}
//! ```
//!
//! `separator` is one character, or several of which each separates; without it a comma. An empty
//! name in `fields` leaves its place out. As in CSV, a value that begins with a double quote goes
//! to the closing one, separators inside it are text, and `""` is a quote. Two separators have an
//! empty value between them, which gives no field. What follows the last name has none.
//!
//! Source: Splunk Admin Manual, transforms.conf, `DELIMS` and `FIELDS`.

use super::{Extraction, Options, one, only};
use std::borrow::Cow;
use std::sync::Arc;

pub(super) fn make(options: &Options) -> Result<Arc<dyn Extraction>, String> {
    only("delims", &["separator", "fields"], options)?;
    let separators = one(options, "separator")?.unwrap_or(",");
    if separators.is_empty() || separators.contains('"') {
        return Err("`separator` takes characters other than a double quote".to_owned());
    }
    let fields = options.iter().find(|(k, _)| k == "fields").map(|(_, v)| v.clone());
    match fields.filter(|names| names.iter().any(|n| !n.is_empty())) {
        Some(fields) => Ok(Arc::new(Delims { separators: separators.chars().collect(), fields })),
        None => Err("`delims` needs `fields`: the names of the values in order".to_owned()),
    }
}

#[derive(Debug)]
struct Delims {
    separators: Vec<char>,
    fields: Vec<String>,
}

impl Extraction for Delims {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        let mut rest = Some(text.trim_end_matches(['\r', '\n']));
        for name in &self.fields {
            let Some(from) = rest else { return };
            let (value, after) = self.next(from);
            if !name.is_empty() && !value.is_empty() {
                put(name, value);
            }
            rest = after;
        }
    }

    fn outputs(&self) -> Option<Vec<String>> {
        Some(self.fields.iter().filter(|n| !n.is_empty()).cloned().collect())
    }

    /// Values stand in the text as they are, or with their quotes doubled.
    fn witness(&self, _: &str, value: &str) -> Option<Vec<String>> {
        let mut all = vec![format!("*{value}*")];
        if value.contains('"') {
            all.push(format!("*{}*", value.replace('"', "\"\"")));
        }
        Some(all)
    }
}

impl Delims {
    /// The first value, and the text after its separator.
    fn next<'t>(&self, text: &'t str) -> (Cow<'t, str>, Option<&'t str>) {
        match text.strip_prefix('"').and_then(closing) {
            // what stands between the closing quote and the separator is no part of the value
            Some((value, after)) => (value, self.split(after).1),
            None => {
                let (value, after) = self.split(text);
                (Cow::Borrowed(value), after)
            }
        }
    }

    fn split<'t>(&self, text: &'t str) -> (&'t str, Option<&'t str>) {
        match text.split_once(self.separators.as_slice()) {
            Some((value, after)) => (value, Some(after)),
            None => (text, None),
        }
    }
}

/// The text up to the closing quote, and what follows it; none where no quote closes.
fn closing(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut from = 0;
    let mut doubled = false;
    loop {
        let end = from + text.get(from..)?.find('"')?;
        let after = text.get(end + 1..)?;
        if after.starts_with('"') {
            doubled = true;
            from = end + 2;
            continue;
        }
        let value = text.get(..end)?;
        return Some(match doubled {
            true => (Cow::Owned(value.replace("\"\"", "\"")), after),
            false => (Cow::Borrowed(value), after),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(separator: &str, fields: &[&str]) -> Result<Arc<dyn Extraction>, String> {
        let fields = fields.iter().map(|f| (*f).to_owned()).collect();
        make(&vec![
            ("separator".to_owned(), vec![separator.to_owned()]),
            ("fields".to_owned(), fields),
        ])
    }

    fn of(separator: &str, fields: &[&str], text: &str) -> String {
        let mut all = Vec::new();
        let by = by(separator, fields).unwrap_or_else(|e| panic!("{e}"));
        by.fields(text, &mut |n, v| all.push(format!("{n}={v}")));
        all.join("|")
    }

    #[test]
    fn values_go_by_place() {
        assert_eq!(of(",", &["a", "b", "c"], "1,2,3\r\n"), "a=1|b=2|c=3");
        assert_eq!(of(",", &["a", "", "c"], "1,2,3,4"), "a=1|c=3");
        assert_eq!(of("\t", &["a", "b", "c"], "1\t2 x"), "a=1|b=2 x");
        // with names given, two separators are an empty value: transforms.conf, DELIMS
        assert_eq!(of(",", &["a", "b", "c"], "1,,3"), "a=1|c=3");
        assert_eq!(of("|;", &["a", "b", "c"], "1|2;3"), "a=1|b=2|c=3");
    }

    #[test]
    fn quotes_are_those_of_csv() {
        assert_eq!(of(",", &["a", "b"], r#""x,y",z"#), "a=x,y|b=z");
        assert_eq!(of(",", &["a", "b"], r#""say ""hi""",z"#), r#"a=say "hi"|b=z"#);
        assert_eq!(of(",", &["a", "b"], r#""x" y,z"#), "a=x|b=z");
        // a quote inside a value is text, one that does not close too
        assert_eq!(of(",", &["a", "b"], r#"x"y,z"#), r#"a=x"y|b=z"#);
        assert_eq!(of(",", &["a", "b"], r#""x,z"#), r#"a="x|b=z"#);
        assert_eq!(of(",", &["a", "b"], r#""",z"#), "b=z");
        for odd in ["", "\"", "\"\"\"", ",", "é,\"ü", "\n"] {
            let _ = of(",", &["a", "b"], odd);
        }
    }

    #[test]
    fn a_value_is_witnessed_by_the_text() {
        let by = by(",", &["a"]).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(by.outputs(), Some(vec!["a".to_owned()]));
        assert_eq!(by.witness("a", "x*"), Some(vec!["*x**".to_owned()]));
        let both = Some(vec!["*a\"b*".to_owned(), "*a\"\"b*".to_owned()]);
        assert_eq!(by.witness("a", "a\"b"), both);
    }

    #[test]
    fn what_is_missing_is_said() {
        for (separator, fields, want) in [
            ("", &["a"][..], "`separator`"),
            ("\"", &["a"], "`separator`"),
            (",", &[""], "`fields`"),
        ] {
            let e = by(separator, fields).map(|_| ()).expect_err("an error");
            assert!(e.contains(want), "{e}");
        }
    }
}
