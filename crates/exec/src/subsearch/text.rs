//! Rows as the text of a search: what `format` gives, and what stands in place of a subsearch.

use sepal_data::{FieldName, Value};

/// How rows and fields are put together.
///
/// Source: Splunk Search Reference, `format`.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub row_prefix: String,
    pub column_prefix: String,
    pub column_separator: String,
    pub column_end: String,
    pub row_separator: String,
    pub row_end: String,
    /// Between the values of a multivalue field.
    pub mvsep: String,
    /// For no rows.
    pub empty: String,
}

impl Default for Style {
    fn default() -> Self {
        let own = str::to_owned;
        Style {
            row_prefix: own("("),
            column_prefix: own("("),
            column_separator: own("AND"),
            column_end: own(")"),
            row_separator: own("OR"),
            row_end: own(")"),
            mvsep: own("OR"),
            empty: own("NOT ()"),
        }
    }
}

/// `field="value"`, or the value of a field named `search` or `query`, as terms.
pub(crate) fn pair(name: &str, value: &Value) -> String {
    let text = value.text();
    match name {
        "search" | "query" => text.into_owned(),
        _ => format!("{}={}", field(name), quoted(&text)),
    }
}

/// A value in double quotes, so that it reads back as it is.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// A field name; in quotes where it would not read back as one word.
fn field(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '{' | '}' | ':');
    if name.chars().all(plain) { name.to_owned() } else { quoted(name) }
}

/// Whether a field is part of the text: internal ones are not.
pub(crate) fn is_shown(name: &str) -> bool {
    !name.starts_with('_')
}

impl Style {
    /// One row; none where it has no field that counts.
    pub fn row<'a>(&self, row: impl Iterator<Item = (&'a FieldName, &'a Value)>) -> Option<String> {
        let mut out = String::new();
        for (name, value) in row.filter(|(n, _)| is_shown(n)) {
            let values = value.members();
            let one = match values {
                [] => continue,
                [v] => pair(name, v),
                vs => {
                    let all: Vec<String> = vs.iter().map(|v| pair(name, v)).collect();
                    format!("( {} )", all.join(&format!(" {} ", self.mvsep)))
                }
            };
            match out.is_empty() {
                true => out = format!("{} {one}", self.column_prefix),
                false => out.push_str(&format!(" {} {one}", self.column_separator)),
            }
        }
        if out.is_empty() {
            return None;
        }
        out.push(' ');
        out.push_str(&self.column_end);
        Some(out)
    }

    /// All rows together.
    pub fn rows(&self, rows: &[String]) -> String {
        if rows.is_empty() {
            return self.empty.clone();
        }
        let between = format!(" {} ", self.row_separator);
        format!("{} {} {}", self.row_prefix, rows.join(&between), self.row_end)
    }
}
