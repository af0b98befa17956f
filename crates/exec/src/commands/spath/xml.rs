//! Values at a path of an XML text, and all its fields.

use super::path::Step;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use sepal_data::{FieldName, Value};
use std::ops::Range;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 128;

/// An element in document order.
#[derive(Debug, Default)]
pub struct Element {
    /// With its prefix.
    pub name: String,
    /// Names and values.
    pub attributes: Vec<(String, String)>,
    /// Its own text, that of elements inside left out.
    pub text: String,
    /// Its place in the document; none for the outermost.
    pub parent: Option<usize>,
    /// Their places in the document.
    pub children: Vec<usize>,
    /// What stands between its tags; an empty range at the start until it is closed.
    inner: Range<usize>,
    closed: bool,
}

impl Element {
    /// Its text, or the XML inside where it has elements; none where it was not closed.
    pub fn value(&self, source: &str) -> Option<Value> {
        match (self.closed, self.children.is_empty()) {
            (false, _) => None,
            (true, false) => Some(Value::from(source.get(self.inner.clone())?.trim())),
            (true, true) => Some(Value::from(self.text.trim())),
        }
    }
}

/// The elements of a text; of one that is no XML, or that ends too early, those before the fault.
pub fn read(source: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(source);
    let mut all: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        let at = position(&reader);
        let Ok(event) = reader.read_event() else { return all };
        match event {
            Event::Start(tag) => {
                if open.len() == MAX_DEPTH {
                    return all;
                }
                let start = position(&reader);
                let Some(element) = element(&tag, &mut all, &open, start) else { return all };
                open.push(all.len());
                all.push(element);
            }
            Event::Empty(tag) => {
                let start = position(&reader);
                let Some(mut element) = element(&tag, &mut all, &open, start) else { return all };
                element.closed = true;
                all.push(element);
            }
            Event::End(_) => {
                if let Some(e) = open.pop().and_then(|i| all.get_mut(i)) {
                    e.inner.end = at.max(e.inner.start);
                    e.closed = true;
                }
            }
            Event::Text(t) => add(&mut all, &open, &t.xml10_content()),
            Event::CData(t) => add(&mut all, &open, &t.xml10_content()),
            Event::GeneralRef(r) => match r.resolve_char_ref() {
                Ok(Some(c)) => add(&mut all, &open, c.encode_utf8(&mut [0; 4])),
                _ => match quick_xml::escape::resolve_predefined_entity(&r) {
                    Some(s) => add(&mut all, &open, s),
                    // not known here: as it is written
                    None => add(&mut all, &open, &format!("&{};", &*r)),
                },
            },
            Event::Eof => return all,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn element(
    tag: &BytesStart<'_>,
    all: &mut [Element],
    open: &[usize],
    start: usize,
) -> Option<Element> {
    let parent = open.last().copied();
    let this = all.len();
    if let Some(p) = parent.and_then(|p| all.get_mut(p)) {
        p.children.push(this);
    }
    let mut e = Element {
        name: tag.name().as_ref().to_owned(),
        parent,
        inner: start..start,
        ..Element::default()
    };
    for a in tag.attributes() {
        let a = a.ok()?;
        let value = a
            .normalized_value(XmlVersion::Implicit1_0)
            .map_or_else(|_| a.value.to_string(), |v| v.into_owned());
        e.attributes.push((a.key.as_ref().to_owned(), value));
    }
    Some(e)
}

fn add(all: &mut [Element], open: &[usize], text: &str) {
    if let Some(e) = open.last().and_then(|i| all.get_mut(*i)) {
        e.text.push_str(text);
    }
}

/// Puts the fields of a text into `out`: `a.b` for the text of an element, `a.b{@c}` for an
/// attribute. An element without text and attributes gives none.
pub fn flatten(source: &str, out: &mut Vec<(FieldName, Value)>) {
    let all = read(source);
    let mut paths: Vec<FieldName> = Vec::with_capacity(all.len());
    for e in &all {
        let path = match e.parent.and_then(|p| paths.get(p)) {
            Some(parent) => FieldName::from(format!("{parent}.{}", e.name)),
            None => FieldName::new(&e.name),
        };
        for (name, value) in &e.attributes {
            out.push((FieldName::from(format!("{path}{{@{name}}}")), Value::from(value.as_str())));
        }
        let text = e.text.trim();
        if e.closed && !text.is_empty() {
            out.push((path.clone(), Value::from(text)));
        }
        paths.push(path);
    }
}

/// The values at a path, in document order.
pub fn extract(source: &str, steps: &[Step]) -> Vec<Value> {
    let all = read(source);
    let roots: Vec<usize> = (0..all.len()).filter(|i| all[*i].parent.is_none()).collect();
    // the document itself, whose elements are the roots, until the first step
    let mut at: Option<Vec<usize>> = None;
    for (i, step) in steps.iter().enumerate() {
        match step {
            Step::Name(name) => {
                let index = match steps.get(i + 1) {
                    Some(Step::Index(n)) => Some(*n),
                    _ => None,
                };
                let named = |inside: &[usize]| -> Vec<usize> {
                    let named = inside.iter().copied().filter(|i| all[*i].name == *name);
                    match index {
                        None => named.collect(),
                        Some(0) => Vec::new(),
                        Some(n) => named.skip(n - 1).take(1).collect(),
                    }
                };
                at = Some(match at {
                    None => named(&roots),
                    Some(at) => at.into_iter().flat_map(|i| named(&all[i].children)).collect(),
                });
            }
            Step::Each => {}
            // taken with the name before it
            Step::Index(_)
                if matches!(i.checked_sub(1).map(|i| &steps[i]), Some(Step::Name(_))) => {}
            Step::Index(_) => return Vec::new(),
            Step::Attribute(name) => {
                if i + 1 < steps.len() {
                    return Vec::new();
                }
                let of = |e: &Element| {
                    e.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())
                };
                let at = at.unwrap_or_default();
                return at.into_iter().filter_map(|i| of(&all[i])).map(Value::from).collect();
            }
        }
    }
    at.unwrap_or_default().into_iter().filter_map(|i| all[i].value(source)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::spath::path;

    fn at(source: &str, p: &str) -> Vec<String> {
        let values = extract(source, &path::parse(p).unwrap());
        values.iter().map(|v| v.text().into_owned()).collect()
    }

    const XML: &str = r#"<?xml version="1.0"?><a x="1"><b>one</b><b y='2 &lt; 3'>t&amp;o<![CDATA[<c>]]></b><d><e/></d></a>"#;

    #[test]
    fn paths_count_from_one_and_attributes_have_an_at() {
        assert_eq!(at(XML, "a.b"), ["one", "t&o<c>"]);
        assert_eq!(at(XML, "a.b{2}"), ["t&o<c>"]);
        assert_eq!(at(XML, "a.b{0}"), [""; 0]);
        assert_eq!(at(XML, "a.b{@y}"), ["2 < 3"]);
        assert_eq!(at(XML, "a{@x}"), ["1"]);
        assert_eq!(at(XML, "a.d"), ["<e/>"]);
        assert_eq!(at(XML, "b"), [""; 0]);
    }

    #[test]
    fn damaged_text_gives_what_stands_before() {
        let all = |s: &str| {
            let mut out = Vec::new();
            flatten(s, &mut out);
            out.iter().map(|(n, v)| format!("{n}={}", v.text())).collect::<Vec<_>>()
        };
        assert_eq!(all("<a><b>1</b><c>2</c"), ["a.b=1"]);
        assert_eq!(all("<a><b>1</a>"), [""; 0]);
        assert_eq!(all("<"), [""; 0]);
        assert_eq!(all(&"<a>".repeat(100_000)), [""; 0]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(s in "[<>/a='\"&;! \\[\\]é-]{0,60}") {
            let mut out = Vec::new();
            flatten(&s, &mut out);
            extract(&s, &path::parse("a.a{1}").unwrap());
        }
    }
}
