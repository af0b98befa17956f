//! ArcSight's Common Event Format: `CEF:0|vendor|product|version|id|name|severity|key=value...`,
//! after whatever header a collector wrote.
//!
//! A value goes to the next ` key=`; `\=`, `\\`, `\|`, `\n` and `\r` are escapes. What
//! `cs1Label=Rule` calls `cs1` is also known as `Rule`.
//!
//! Source: ArcSight Common Event Format, "Definitions of extension fields"; the header's fields are
//! named as Splunk's CEF Extraction Add-on does.

use super::{Extraction, Options, only};
use std::borrow::Cow;
use std::sync::Arc;

pub(super) fn make(options: &Options) -> Result<Arc<dyn Extraction>, String> {
    only("cef", &[], options)?;
    Ok(Arc::new(Cef))
}

#[derive(Debug)]
struct Cef;

const HEADER: [&str; 7] = [
    "cef_version",
    "cef_vendor",
    "cef_product",
    "cef_product_version",
    "cef_signature_id",
    "cef_name",
    "cef_severity",
];

impl Extraction for Cef {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        let Some((_, mut rest)) = text.split_once("CEF:") else { return };
        for name in HEADER {
            let Some(len) = bar(rest) else { return };
            let value = unescaped(rest.get(..len).unwrap_or_default().trim());
            if !value.is_empty() {
                put(name, value);
            }
            rest = rest.get(len + 1..).unwrap_or_default();
        }
        let mut labels: Vec<(&'t str, Cow<'t, str>)> = Vec::new();
        let mut values: Vec<(&'t str, Cow<'t, str>)> = Vec::new();
        pairs(rest, &mut |key, value| {
            let value = unescaped(value);
            match key.strip_suffix("Label") {
                Some(of) if !of.is_empty() => labels.push((of, value.clone())),
                _ if custom(key) => values.push((key, value.clone())),
                _ => {}
            }
            put(key, value);
        });
        for (of, label) in labels {
            let name = super::kv::clean(&label);
            if let Some((_, value)) = values.iter().find(|(k, _)| *k == of)
                && !name.is_empty()
            {
                put(&name, value.clone());
            }
        }
    }

    /// Values stand in the text as they are, but for what is escaped.
    fn witness(&self, _: &str, value: &str) -> Option<Vec<String>> {
        match value.contains(['\\', '=', '|', '\n', '\r']) {
            true => None,
            false => Some(vec![format!("*{value}*")]),
        }
    }
}

/// Whether a label can name the key: `cs1`, `cn2`, `cfp1`, `c6a2`, `deviceCustomDate1`, `flexString1`.
fn custom(key: &str) -> bool {
    key.ends_with(|c: char| c.is_ascii_digit())
}

/// Where the next bar without a backslash is.
fn bar(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'|', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'|') {
            return Some(at);
        }
        at += 2;
    }
}

fn in_key(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'[' | b']')
}

/// Calls `put` with each key and its value.
fn pairs<'t>(text: &'t str, put: &mut dyn FnMut(&'t str, &'t str)) {
    let bytes = text.as_bytes();
    let mut open: Option<(&str, usize)> = None;
    let mut from = 0;
    let mut give = |key: &'t str, value: Option<&'t str>| {
        if let Some(value) = value.map(str::trim_end).filter(|v| !v.is_empty()) {
            put(key, value);
        }
    };
    while let Some(n) = memchr::memchr2(b'=', b'\\', bytes.get(from..).unwrap_or_default()) {
        let at = from + n;
        if bytes.get(at) == Some(&b'\\') {
            from = at + 2;
            continue;
        }
        let begin = open.map_or(0, |(_, at)| at);
        let key_at =
            bytes[begin..at].iter().rposition(|b| !in_key(*b)).map_or(begin, |n| begin + n + 1);
        let key = text.get(key_at..at).unwrap_or_default();
        from = at + 1;
        // a `=` without a blank and a key before it is part of a value
        let first = open.is_none() && key_at == 0;
        let blank = key_at > begin && bytes.get(key_at - 1).is_some_and(u8::is_ascii_whitespace);
        if key.is_empty() || !(first || blank) {
            continue;
        }
        if let Some((old, value_at)) = open {
            give(old, text.get(value_at..key_at));
        }
        open = Some((key, at + 1));
    }
    if let Some((key, value_at)) = open {
        give(key, text.get(value_at..));
    }
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some(e @ ('\\' | '=' | '|'))) => out.push(e),
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('r')) => out.push('\r'),
            _ => {
                out.push(c);
                continue;
            }
        }
        chars.next();
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn of(text: &str) -> Vec<(String, String)> {
        testing::fields(&Cef, text)
    }

    #[test]
    fn header_extension_escapes_and_labels() {
        let text = r"<13>Jan  1 00:00:00 fw CEF:0|Ac\|me|Wall|1.0|100|worm \\ stopped|10|src=192.0.2.1 msg=a b\=c d\nnext cs1Label=Rule Name cs1=x y spt=80 empty= request=http://a/?q=1&r=2";
        let want = [
            ("cef_version", "0"),
            ("cef_vendor", "Ac|me"),
            ("cef_product", "Wall"),
            ("cef_product_version", "1.0"),
            ("cef_signature_id", "100"),
            ("cef_name", r"worm \ stopped"),
            ("cef_severity", "10"),
            ("src", "192.0.2.1"),
            ("msg", "a b=c d\nnext"),
            ("cs1Label", "Rule Name"),
            ("cs1", "x y"),
            ("spt", "80"),
            ("request", "http://a/?q=1&r=2"),
            ("Rule_Name", "x y"),
        ];
        assert_eq!(of(text), testing::pairs(&want));
    }

    #[test]
    fn a_key_needs_a_blank_before_it() {
        let all = of("CEF:0|a|b|c|d|e|f|filePath=C:\\x=1 act=b cn1=5 cn1Label=Seen");
        let want = [("filePath", "C:\\x=1"), ("act", "b"), ("cn1", "5"), ("cn1Label", "Seen")];
        assert_eq!(all[7..11], testing::pairs(&want));
        assert_eq!(all[11], ("Seen".to_owned(), "5".to_owned()));
    }

    #[test]
    fn what_is_odd_is_harmless() {
        for odd in ["", "CEF:", "CEF:0|a", "CEF:0|||||||", "CEF:0|a|b|c|d|e|f|=", "CEF:0|\\", "no"]
        {
            let _ = of(odd);
        }
        assert!(of("CEF:0|a|b|c|d|e|f|=x =").iter().all(|(n, _)| n.starts_with("cef_")));
        let _ = of("CEF:0|a|b|c|d|e|f|é=ü ä=1 \\");
    }

    #[test]
    fn witnesses_hold_for_what_is_found() {
        let fits = |w: &String, text: &str| sepal_data::wildcard::Pattern::new(w).is_match(text);
        for text in [r"CEF:0|A\|b|P|1|2|n|3|a=b\=c d=e f g=C:\x cs1Label=L m cs1=v", ""] {
            Cef.fields(text, &mut |name, value| {
                if let Some(all) = Cef.witness(name, &value) {
                    assert!(all.iter().any(|w| fits(w, text)), "{name}={value}");
                }
            });
        }
    }
}
