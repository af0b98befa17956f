//! Windows event log files: their records as the XML that Splunk indexes.
//!
//! Source: Splunk Getting Data In, "Monitor Windows event log data", renderXml.

use crate::run_cx::RunError;
use evtx::{EvtxChunkData, ParserSettings};
use std::sync::{Arc, LazyLock};

/// What a file begins with.
pub(super) const MAGIC: &[u8] = b"ElfFile\0";
/// Bytes before the first chunk.
pub(super) const HEADER: usize = 4096;
/// Bytes of a chunk.
pub(super) const CHUNK: usize = 65536;

/// Bytes of a record before its content.
const RECORD_HEADER: u64 = 24;

static SETTINGS: LazyLock<Arc<ParserSettings>> =
    LazyLock::new(|| Arc::new(ParserSettings::default().indent(false)));

/// Takes a record's place in its chunk, and its text or why it cannot be read.
pub(super) type Give<'g> = dyn FnMut(u64, Result<&[u8], String>) -> Result<(), RunError> + 'g;

/// Gives each record of a chunk with its place there: its text, or why it cannot be read.
///
/// # Errors
/// Those of `give`.
pub(super) fn records(chunk: &[u8], give: &mut Give<'_>) -> Result<(), RunError> {
    // room that was never used
    if chunk.iter().all(|b| *b == 0) {
        return Ok(());
    }
    let mut data = chunk.to_vec();
    // the end of a file that was cut off
    data.resize(CHUNK, 0);
    let mut data = match EvtxChunkData::new(data, false) {
        Ok(data) => data,
        Err(e) => return give(0, Err(reason(&e))),
    };
    // a file that is in use has old sums; its records are read all the same
    let sums = data.validate_checksum();
    let mut parsed = match data.parse(Arc::clone(&SETTINGS)) {
        Ok(parsed) => parsed,
        Err(e) => return give(0, Err(reason(&e))),
    };
    let mut text = Vec::new();
    for record in parsed.iter() {
        let (at, record) = match record {
            Ok(r) => (r.binxml_offset.saturating_sub(RECORD_HEADER), r.into_xml_bytes()),
            Err(e) => (0, Err(e)),
        };
        match record {
            Ok(r) => {
                as_windows_writes(&r.data, &mut text);
                give(at, Ok(&text))?;
            }
            Err(e) => give(at, Err(reason(&e)))?,
        }
    }
    if sums { Ok(()) } else { give(0, Err("a chunk whose checksum is wrong".to_owned())) }
}

/// An error with what caused it, on one line.
fn reason(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut source = e.source();
    while let Some(e) = source {
        text.push_str(": ");
        text.push_str(&e.to_string());
        source = e.source();
    }
    text.replace('\n', " ")
}

/// Without a declaration, attributes in single quotes, quotes in text as they are.
fn as_windows_writes(xml: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rest = xml;
    if rest.starts_with(b"<?xml")
        && let Some(end) = memchr::memmem::find(rest, b"?>")
    {
        rest = &rest[end + 2..];
    }
    rest = rest.trim_ascii();
    // outside of tags, inside, and in an attribute's value
    let (mut tag, mut value) = (false, false);
    while let Some(b) = rest.first() {
        let mut taken = 1;
        match b {
            b'<' if !tag => {
                tag = true;
                out.push(*b);
            }
            b'>' if tag && !value => {
                tag = false;
                out.push(*b);
            }
            b'"' if tag => {
                value = !value;
                out.push(b'\'');
            }
            b'\'' if value => out.extend_from_slice(b"&apos;"),
            b'&' if rest.starts_with(b"&quot;") => {
                out.push(b'"');
                taken = 6;
            }
            b'&' if !tag && rest.starts_with(b"&apos;") => {
                out.push(b'\'');
                taken = 6;
            }
            _ => {
                let stop = |b: &u8| matches!(b, b'<' | b'>' | b'"' | b'\'' | b'&');
                taken = rest.iter().skip(1).position(stop).map_or(rest.len(), |n| n + 1);
                out.extend_from_slice(&rest[..taken]);
            }
        }
        rest = &rest[taken..];
    }
}

#[cfg(test)]
mod tests {
    use super::as_windows_writes;

    #[test]
    fn quotes() {
        let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Event xmlns=\"x\" \
            a=\"&quot;it's>&amp;&quot;\"><D>&quot;a&quot; &amp; 'b' &apos;c&apos; &lt;</D><E/></Event>\n";
        let mut out = Vec::new();
        as_windows_writes(text.as_bytes(), &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "<Event xmlns='x' a='\"it&apos;s>&amp;\"'><D>\"a\" &amp; 'b' 'c' &lt;</D><E/></Event>"
        );
    }
}
