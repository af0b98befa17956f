//! Field extractions of `transforms.conf`: what `extract STANZA` does.

use super::LookupError;

/// A stanza of `transforms.conf` that extracts fields when a search runs.
///
/// Source: Splunk transforms.conf.spec, `REGEX`, `FORMAT`, `DELIMS` and the settings after them.
#[derive(Clone, Debug, PartialEq)]
pub struct Extraction {
    /// The stanza's name.
    pub name: String,
    /// The file that it stands in, as messages show it.
    pub file: String,
    /// `REGEX`; none where `DELIMS` are used instead.
    pub regex: Option<String>,
    /// `FORMAT`; empty: the named groups are the fields.
    pub format: String,
    /// `SOURCE_KEY`: the fields whose text is looked at, `_raw` by default; of several the values
    /// with blanks between.
    pub source: Vec<String>,
    /// `DELIMS`: the characters between values, or those between pairs and those in them.
    pub delims: Vec<String>,
    /// `FIELDS`: the names of the values.
    pub fields: Vec<String>,
    /// `MV_ADD`: whether a value is added to those that the field has.
    pub mv_add: bool,
    /// `CLEAN_KEYS`: whether names are cleaned.
    pub clean_keys: bool,
    /// `KEEP_EMPTY_VALS`: whether empty values make a field.
    pub keep_empty: bool,
    /// Whether it changes events while they are indexed, which a search cannot do.
    pub index_time: bool,
}

/// A setting whose value does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongSetting {
    /// Its key.
    pub key: &'static str,
    /// What it takes.
    pub needs: &'static str,
}

impl Extraction {
    /// Reads a stanza by the values of its keys; none where it extracts nothing.
    ///
    /// # Errors
    /// The first setting that does not fit.
    pub fn read<'s>(
        name: &str,
        file: &str,
        get: impl Fn(&str) -> Option<&'s str>,
    ) -> Result<Option<Extraction>, WrongSetting> {
        let text = |key: &str| get(key).map(str::trim).filter(|v| !v.is_empty());
        let truth = |key: &'static str, default: bool| match text(key) {
            None => Ok(default),
            Some(v) => boolean(v).ok_or(WrongSetting { key, needs: "true or false" }),
        };
        let list = |key: &'static str| {
            let needs = "a list of texts in double quotes";
            text(key).map_or(Ok(Vec::new()), |v| quoted(v).ok_or(WrongSetting { key, needs }))
        };
        let mut delims = list("DELIMS")?;
        if delims.iter().all(String::is_empty) {
            delims.clear();
        }
        if !delims.iter().all(|d| d.is_ascii() && !d.is_empty()) || delims.len() > 2 {
            let needs = "one or two sets of ASCII characters";
            return Err(WrongSetting { key: "DELIMS", needs });
        }
        let regex = text("REGEX").map(str::to_owned);
        if regex.is_none() && delims.is_empty() {
            return Ok(None);
        }
        let index_time = ["DEST_KEY", "CLONE_SOURCETYPE", "INGEST_EVAL", "STOP_PROCESSING_IF"];
        let index_time =
            index_time.iter().any(|key| text(key).is_some()) || truth("WRITE_META", false)?;
        let source = text("SOURCE_KEY").unwrap_or("_raw");
        let many = source.strip_prefix("fields:").or_else(|| source.strip_prefix("field:"));
        let source = match many {
            Some(names) => names.split(',').map(|n| n.trim().to_owned()).collect(),
            None => vec![source.to_owned()],
        };
        Ok(Some(Extraction {
            name: name.to_owned(),
            file: file.to_owned(),
            regex,
            format: text("FORMAT").unwrap_or_default().to_owned(),
            source,
            delims,
            fields: list("FIELDS")?,
            mv_add: truth("MV_ADD", false)?,
            clean_keys: truth("CLEAN_KEYS", true)?,
            keep_empty: truth("KEEP_EMPTY_VALS", false)?,
            index_time,
        }))
    }

    /// "There is no extraction of that name", with the nearest of those that there are.
    pub fn unknown<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> LookupError {
        let help = match sepal_parser::suggest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "put a transforms.conf with it into a folder of --lookups, or write its \
                     regular expression with `rex`"
                .to_owned(),
        };
        LookupError::new("SPL2503", format!("no extraction `{name}` in a transforms.conf"))
            .help(help)
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "yes" | "y" => Some(true),
        "false" | "f" | "0" | "no" | "n" => Some(false),
        _ => None,
    }
}

/// `"a", b, "c d"`; none where a quote is not closed.
///
/// Source: the spec, `DELIMS`, "Special escape sequences", and `FIELDS`.
fn quoted(text: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(first) = chars.next() {
        if first == ',' || first.is_whitespace() {
            continue;
        }
        let in_quotes = first == '"';
        let mut item = String::new();
        let mut next = if in_quotes { chars.next() } else { Some(first) };
        loop {
            match next {
                None if in_quotes => return None,
                None => break,
                Some('"') if in_quotes => break,
                Some(c) if !in_quotes && (c == ',' || c.is_whitespace()) => break,
                Some('\\') => match chars.next() {
                    Some('t') => item.push('\t'),
                    Some('n') => item.push('\n'),
                    Some('r') => item.push('\r'),
                    Some(c) => item.push(c),
                    None => item.push('\\'),
                },
                Some(c) => item.push(c),
            }
            next = chars.next();
        }
        out.push(item);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        let list = |s: &str| quoted(s).unwrap();
        assert_eq!(list(r#""|", "=""#), ["|", "="]);
        assert_eq!(list("field1, field2,field3"), ["field1", "field2", "field3"]);
        assert_eq!(list(r#""a b", c\ d"#), ["a b", "c d"]);
        assert_eq!(list(r#""\t\\\"""#), ["\t\\\""]);
        assert_eq!(quoted(r#"",""#), Some(vec![",".into()]));
        assert_eq!(quoted(r#""|"#), None);
        assert!(list(" , ").is_empty());
    }

    #[test]
    fn what_is_no_extraction_and_what_is_wrong() {
        let read = |key: &'static str, value: &'static str| {
            let get = |k: &str| match k {
                k if k == key => Some(value),
                "REGEX" if key != "filename" => Some("(?<a>x)"),
                _ => None,
            };
            Extraction::read("s", "f", get)
        };
        assert_eq!(read("filename", "a.csv"), Ok(None));
        assert_eq!(read("MV_ADD", "maybe").unwrap_err().key, "MV_ADD");
        assert_eq!(read("DELIMS", "\"é\"").unwrap_err().key, "DELIMS");
        assert_eq!(read("DELIMS", "\"a\",\"b\",\"c\"").unwrap_err().key, "DELIMS");
        assert_eq!(read("FIELDS", "\"a").unwrap_err().key, "FIELDS");
        assert!(read("DEST_KEY", "queue").unwrap().unwrap().index_time);
        let source = |v| read("SOURCE_KEY", v).unwrap().unwrap().source;
        assert_eq!(source("fields:a, b"), ["a", "b"]);
        assert_eq!(source("user"), ["user"]);
    }
}
