//! How the events of an input lie in its text, told from its beginning.

use super::cursor::Cursor;
use super::frame::{Frame, FrameStatus, Framer, Framing};
use super::lex::skip_ws;
use super::{PathSet, Slots, scan_until};

/// More than this is not looked at.
pub const SAMPLE: usize = 64 << 10;

/// How events lie in an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// One JSON object on each line.
    Lines,
    /// Pretty-printed values, or several on a line.
    Concatenated,
    /// The elements of one top-level array.
    Array,
    /// The elements of the array under this key of a top-level object: a Kubernetes list's `items`,
    /// CloudTrail's `Records`, the `value` of Microsoft's APIs.
    Wrapped(String),
    /// Not JSON: plain text lines.
    NotJson,
}

impl Layout {
    /// The framing that reads it; None for the two kinds that are read line by line.
    pub fn framing(&self) -> Option<Framing> {
        match self {
            Layout::Lines | Layout::NotJson => None,
            Layout::Concatenated => Some(Framing::Concatenated),
            Layout::Array => Some(Framing::Array),
            Layout::Wrapped(key) => Some(Framing::Wrapped(key.clone())),
        }
    }
}

/// Tells the layout from the first bytes of an input (up to [`SAMPLE`] of them are used); `eof` says
/// that they are all of it. A byte order mark and empty lines at the beginning are skipped.
pub fn detect(sample: &[u8], eof: bool) -> Layout {
    let eof = eof && sample.len() <= SAMPLE;
    let b = &sample[..sample.len().min(SAMPLE)];
    let b = b.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(b);
    let b = &b[skip_ws(b, 0)..];
    match b.first() {
        Some(b'{') => object(b, eof),
        Some(b'[') => array(b),
        _ => Layout::NotJson,
    }
}

/// The first value of the text, where it is whole in it.
fn first_value(b: &[u8]) -> Option<&[u8]> {
    let mut framer = Framer::new(Framing::Concatenated);
    let mut first: Option<(usize, FrameStatus)> = None;
    framer.push(b, &mut |f: Frame<'_>| {
        first.get_or_insert((f.bytes.len(), f.status));
    });
    let (len, status) = first?;
    b.get(..len).filter(|_| status == FrameStatus::Complete)
}

/// Whether the framer finds the beginning of the text damaged.
fn starts_damaged(b: &[u8]) -> bool {
    let mut first = None;
    Framer::new(Framing::Concatenated).push(b, &mut |f: Frame<'_>| {
        first.get_or_insert(f.status);
    });
    first == Some(FrameStatus::Damaged)
}

fn first_line(b: &[u8]) -> &[u8] {
    b.split(|&c| c == b'\n').next().unwrap_or_default().trim_ascii_end()
}

fn object(b: &[u8], eof: bool) -> Layout {
    if let Some(key) = wrapper(b) {
        return Layout::Wrapped(key.to_owned());
    }
    let line = first_line(b);
    match first_value(b) {
        Some(value) if value.contains(&b'\n') => Layout::Concatenated,
        // a second value on the first line
        Some(value) if value.len() < line.len() => {
            let rest = line[value.len()..].trim_ascii_start();
            if rest.starts_with(b"{") { Layout::Concatenated } else { Layout::Lines }
        }
        Some(_) => Layout::Lines,
        // a value that goes on behind the sample, over several lines
        None if line.len() < b.len() && !eof && !starts_damaged(b) => Layout::Concatenated,
        None => Layout::Lines,
    }
}

fn array(b: &[u8]) -> Layout {
    // `[2024-01-01 12:00] text` is a log line
    let json = matches!(b.get(skip_ws(b, 1)), Some(b'{' | b'[' | b']' | b'"'));
    let line = first_line(b);
    let lines = first_value(b).is_some_and(|v| v.len() == line.len())
        && b[line.len()..].trim_ascii_start().starts_with(b"[");
    match (json, lines) {
        (_, true) => Layout::Lines,
        (true, false) => Layout::Array,
        (false, false) => match first_value(b) {
            Some(v) if super::validate(v).is_ok() => Layout::Array,
            _ => Layout::NotJson,
        },
    }
}

/// The key of a wrapping object that begins the text, if it is one.
///
/// An ordinary event may have a member `items` or `value` too, so each needs a sign: `kind` or
/// `apiVersion` beside `items`, an array of objects as first member `Records`, an `@odata.` member
/// before `value` (or `value` as first member).
fn wrapper(b: &[u8]) -> Option<&'static str> {
    let names = ["kind", "apiVersion", "@odata.context", "items{}", "Records{}", "value{}"];
    let paths = PathSet::compile(&names).ok()?;
    let mut out = Slots::new(paths.len());
    // only the beginning is there: an error at the cut is normal
    let _ = scan_until(&paths, b, &mut out, |_, _| std::ops::ControlFlow::Continue(()));
    let text = |slot| out.get(slot).map(|s| s.text(b));
    let key = |key: &'static str| holds_objects(b, key).map(|first| (key, first));
    if let Some((key, _)) = key("items") {
        let list = text(0).is_some_and(|kind| kind.ends_with("List"));
        // members are in alphabetical order where a serialiser sorts them: `kind` after `items`
        let api = text(1).is_some() && text(0).is_none_or(|kind| kind.ends_with("List"));
        return (list || api).then_some(key);
    }
    if let Some((key, first)) = key("Records") {
        return first.then_some(key);
    }
    let (key, first) = key("value")?;
    (first || text(2).is_some()).then_some(key)
}

/// Whether the top-level member `key` is an array whose first element is an object (or is empty);
/// true inside if it is the object's first member.
fn holds_objects(b: &[u8], key: &str) -> Option<bool> {
    let mut i = skip_ws(b, 1);
    let mut first = true;
    let mut cursor = Cursor::new(b);
    while b.get(i) == Some(&b'"') {
        let k = cursor.key(i).ok()?;
        if &b[k.start..k.end] == key.as_bytes() {
            let at = (b.get(k.value) == Some(&b'[')).then(|| skip_ws(b, k.value + 1))?;
            return matches!(b.get(at), Some(b'{' | b']')).then_some(first);
        }
        first = false;
        i = match b.get(k.value)? {
            b'{' | b'[' => cursor.skip_container(k.value, 1).ok()?,
            b'"' => cursor.string_end(k.value + 1).ok()?.0 + 1,
            _ => k.value + b[k.value..].iter().position(|c| matches!(c, b',' | b'}'))?,
        };
        i = skip_ws(b, i);
        if b.get(i) != Some(&b',') {
            return None;
        }
        i = skip_ws(b, i + 1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts() {
        let wrapped = |k: &str| Layout::Wrapped(k.to_owned());
        let long = format!("{{\n\"a\":[{}", "1,\n".repeat(40_000));
        let long_line = format!("{{\"a\":\"{}", "x".repeat(SAMPLE));
        for (text, want) in [
            ("{\"a\":1}\n{\"b\":2}\n", Layout::Lines),
            ("\u{FEFF}\r\n{\"a\":1}\r\n{\"b\":2}", Layout::Lines),
            ("{\"a\":1}", Layout::Lines),
            ("{\"a\":1}{\"b\":2}\n", Layout::Concatenated),
            ("{\n \"a\": 1\n}\n{\n \"a\": 2\n}", Layout::Concatenated),
            ("{\"a\":\"cut\n{\"b\":2}\n", Layout::Lines),
            ("{\"a\":[1,2\n{\"b\":2}\n", Layout::Lines),
            ("{\"a\":1} trailing\n{\"b\":2}\n", Layout::Lines),
            (&long, Layout::Concatenated),
            (&long_line, Layout::Lines),
            ("[{\"a\":1},\n{\"b\":2}]", Layout::Array),
            ("[\n  {\n", Layout::Array),
            ("[]", Layout::Array),
            ("[1, 2]", Layout::Array),
            ("[1]\n[2]\n", Layout::Lines),
            ("[2024-01-01 12:00:00] GET /\n", Layout::NotJson),
            ("[error] x\n", Layout::NotJson),
            ("Jan  1 12:00:00 host\n", Layout::NotJson),
            ("", Layout::NotJson),
            (
                "{\"kind\":\"EventList\",\"apiVersion\":\"v1\",\"items\":[{\"a\":1}",
                wrapped("items"),
            ),
            ("{\"apiVersion\":\"v1\",\"items\":[{}],\"kind\":\"List\"}", wrapped("items")),
            ("{\n \"Records\": [\n {", wrapped("Records")),
            ("{\"Records\":[]}", wrapped("Records")),
            ("{\"@odata.context\":\"x\",\"value\":[{\"id\":1}]}", wrapped("value")),
            ("{\"value\":[{\"id\":1}],\"nextLink\":\"x\"}", wrapped("value")),
            ("{\"user\":\"x\",\"items\":[{\"id\":1}]}\n", Layout::Lines),
            ("{\"value\":[1,2]}\n", Layout::Lines),
            ("{\"a\":{\"Records\":[{}]}}\n", Layout::Lines),
            ("{\"kind\":\"Event\",\"apiVersion\":\"audit\",\"items\":[{}]}\n", Layout::Lines),
        ] {
            let head: String = text.chars().take(60).collect();
            assert_eq!(detect(text.as_bytes(), text.len() <= SAMPLE), want, "{head}");
        }
    }
}
