//! Whether a text is a table, told from its beginning.

use super::{Dialect, Header, TableFramer};

/// The fewest columns of a table that nobody named.
const COLUMNS: usize = 3;
/// How many rows are looked at.
const ROWS: usize = 50;

/// The dialect of a text that is a table beyond doubt; `eof` says that the text is all of it.
///
/// Zeek's and the W3C's begin with their own lines. CSV and tab-separated values have a header of
/// names, all of them different, and rows with as many cells.
pub fn sniff(head: &[u8], eof: bool) -> Option<Dialect> {
    let text = head.trim_ascii_start();
    if text.starts_with(b"#separator ") || text.starts_with(b"#fields\t") {
        return Some(Dialect::Zeek);
    }
    if text.starts_with(b"#") {
        let mut lines = text.split(|b| *b == b'\n').take_while(|l| l.starts_with(b"#"));
        return lines.any(|l| l.starts_with(b"#Fields:")).then_some(Dialect::W3c);
    }
    [Dialect::Tsv, Dialect::Csv].into_iter().find(|d| is_table(text, eof, *d))
}

fn is_table(text: &[u8], eof: bool, dialect: Dialect) -> bool {
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
    if !line.contains(&Header::new(dialect).delimiter) {
        return false;
    }
    let mut framer = TableFramer::new(dialect, usize::MAX / 2);
    let (mut rows, mut same, mut names) = (0, true, Vec::new());
    let mut cells = Vec::new();
    let mut see = |frame: crate::json::Frame<'_>, header: &std::sync::Arc<Header>| {
        if rows >= ROWS {
            return;
        }
        rows += 1;
        if names.is_empty() {
            names.clone_from(&header.names);
        }
        same &= header.cells(frame.bytes, &mut cells).is_ok() && cells.len() == names.len();
    };
    framer.push(text, &mut see);
    if eof && !framer.finish(&mut see) {
        return false;
    }
    // the names as they stand: what became `_` in a field is no letter
    let header = Header::new(dialect);
    let mut cells = Vec::new();
    let first = first_row(text);
    if header.cells(first, &mut cells).is_err() {
        return false;
    }
    let texts: Vec<_> = cells
        .iter()
        .map(|c| String::from_utf8_lossy(&header.bytes(first, c)).into_owned())
        .collect();
    if texts.len() < COLUMNS && !texts.iter().any(|t| t == "_raw") {
        return false;
    }
    let mut sorted: Vec<&String> = texts.iter().collect();
    sorted.sort();
    sorted.dedup();
    // what Splunk exports names its own fields, and others as they are (`tag::action`)
    let result = texts.iter().any(|t| t == "_raw" || t == "_time");
    let names = result || texts.iter().all(|t| is_name(t));
    rows > 0 && same && names && sorted.len() == texts.len()
}

/// The first line; a header that is surely one has no newline in it.
fn first_row(text: &[u8]) -> &[u8] {
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_name(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '@'));
    let inside = |c: char| c.is_alphanumeric() || " _-.@/(){}[]#%".contains(c);
    begins && text.len() <= 128 && text.trim() == text && text.chars().all(inside)
}
