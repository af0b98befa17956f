//! What the lines before its rows say of a table.

use super::row::Cell;
use super::{Dialect, MAX_COLUMNS};

/// The columns of a table, and how its cells are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The fields of the columns.
    pub names: Vec<String>,
    /// The sourcetype of the rows, where the header says it.
    pub sourcetype: Option<String>,
    pub(super) dialect: Dialect,
    pub(super) delimiter: u8,
    /// Of Zeek: columns with several values, and what stands between these.
    pub(super) sets: Vec<bool>,
    pub(super) set_separator: u8,
    pub(super) unset: Vec<u8>,
    pub(super) empty: Vec<u8>,
}

impl Header {
    pub(super) fn new(dialect: Dialect) -> Header {
        Header {
            names: Vec::new(),
            sourcetype: None,
            dialect,
            delimiter: match dialect {
                Dialect::Csv => b',',
                Dialect::Tsv | Dialect::Zeek => b'\t',
                Dialect::W3c => b' ',
            },
            sets: Vec::new(),
            set_separator: b',',
            unset: b"-".to_vec(),
            empty: b"(empty)".to_vec(),
        }
    }

    /// The header in the first row of CSV or tab-separated values.
    pub fn of_row(dialect: Dialect, row: &[u8]) -> Header {
        let mut header = Header::new(dialect);
        let mut cells = Vec::new();
        // a quote that is not closed ends with the row, and so do too many cells
        let _ = header.cells(row, &mut cells);
        let names = cells.iter().map(|c| String::from_utf8_lossy(&header.bytes(row, c)).into());
        let names: Vec<String> = names.collect();
        let rows = names.iter().any(|n| n == "_raw");
        header.names = names.iter().enumerate().map(|(i, n)| name(n, i, rows)).collect();
        header
    }

    /// The dialect.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Whether the rows are those of a search result, with the events' text in `_raw`.
    pub fn is_result(&self) -> bool {
        self.names.iter().any(|n| n == "_raw")
    }

    /// The columns of a name, also those that rows have and the header has not.
    pub fn columns(&self, name: &str) -> impl Iterator<Item = usize> {
        let beyond = name.strip_prefix(EXTRA).and_then(|n| n.parse::<usize>().ok()?.checked_sub(1));
        let beyond = beyond.filter(|n| (self.names.len()..MAX_COLUMNS).contains(n));
        let named = self.names.iter().enumerate().filter(move |(_, n)| *n == name).map(|(i, _)| i);
        named.chain(beyond)
    }

    /// The field of a column, also of one that rows have and the header has not.
    pub fn name(&self, column: usize) -> std::borrow::Cow<'_, str> {
        match self.names.get(column) {
            Some(name) => name.as_str().into(),
            None => extra(column).into(),
        }
    }

    /// Takes a line that begins with `#`; true if it names the columns.
    pub(super) fn directive(&mut self, line: &[u8]) -> bool {
        match self.dialect {
            Dialect::Zeek => self.zeek(line),
            Dialect::W3c => self.w3c(line),
            Dialect::Csv | Dialect::Tsv => false,
        }
    }

    fn zeek(&mut self, line: &[u8]) -> bool {
        if let Some(separator) = line.strip_prefix(b"#separator ") {
            self.delimiter = super::row::unescape(separator).first().copied().unwrap_or(b'\t');
            return false;
        }
        let mut parts = line.split(|b| *b == self.delimiter);
        let key = parts.next().unwrap_or_default();
        let texts = |parts: std::slice::Split<'_, u8, _>| -> Vec<String> {
            parts.take(MAX_COLUMNS).map(|p| String::from_utf8_lossy(p).into_owned()).collect()
        };
        match key {
            b"#set_separator" => {
                self.set_separator =
                    parts.next().and_then(|p| p.first().copied()).unwrap_or(self.set_separator);
            }
            b"#empty_field" => self.empty = parts.next().unwrap_or_default().to_vec(),
            b"#unset_field" => self.unset = parts.next().unwrap_or_default().to_vec(),
            b"#path" => {
                let path = parts.next().map(String::from_utf8_lossy);
                self.sourcetype = path.map(|p| format!("zeek:{p}"));
            }
            b"#fields" => {
                self.names = texts(parts);
                self.sets.clear();
                return true;
            }
            b"#types" => {
                let many = |t: &[u8]| t.starts_with(b"set[") || t.starts_with(b"vector[");
                self.sets = parts.take(MAX_COLUMNS).map(many).collect();
            }
            _ => {}
        }
        false
    }

    fn w3c(&mut self, line: &[u8]) -> bool {
        if let Some(software) = line.strip_prefix(b"#Software:") {
            let iis = software.trim_ascii().starts_with(b"Microsoft Internet Information Services");
            self.sourcetype = iis.then(|| "iis".to_owned());
            return false;
        }
        let Some(fields) = line.strip_prefix(b"#Fields:") else { return false };
        let fields = String::from_utf8_lossy(fields);
        let fields = fields.trim();
        let commas = !fields.contains([' ', '\t']) && fields.contains(',');
        self.delimiter = if commas { b',' } else { b' ' };
        let names: Vec<&str> = match commas {
            true => fields.split(',').take(MAX_COLUMNS).collect(),
            false => fields.split_ascii_whitespace().take(MAX_COLUMNS).collect(),
        };
        self.names = names.iter().enumerate().map(|(i, n)| name(n, i, false)).collect();
        true
    }

    /// What stands between the cells of a row.
    pub(super) fn delimiter_of(&self, row: &[u8]) -> u8 {
        // CloudFront names its fields with blanks between them, and writes tabs
        match (self.dialect, self.delimiter) {
            (Dialect::W3c, b' ') if memchr::memchr(b'\t', row).is_some() => b'\t',
            (_, delimiter) => delimiter,
        }
    }

    pub(super) fn is_set(&self, column: usize) -> bool {
        self.sets.get(column).copied().unwrap_or(false)
    }

    /// The bytes of a cell, without quotes and escapes.
    pub(super) fn bytes<'r>(&self, row: &'r [u8], cell: &Cell) -> std::borrow::Cow<'r, [u8]> {
        cell.bytes(row, self.dialect == Dialect::Zeek)
    }
}

/// The field of a column, as Splunk's structured data header extraction makes it of the name in
/// the header: what is neither a letter, a digit nor a blank is `_`
/// (`HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS`). The rows of a search result keep their names.
fn name(text: &str, column: usize, as_it_is: bool) -> String {
    if as_it_is {
        return text.to_owned();
    }
    let text = text.trim();
    if text.is_empty() {
        return extra(column);
    }
    let kept = |c: char| c.is_alphanumeric() || c == '_' || c == ' ';
    text.chars().map(|c| if kept(c) { c } else { '_' }).collect()
}

const EXTRA: &str = "EXTRA_FIELD_";

fn extra(column: usize) -> String {
    format!("{EXTRA}{}", column + 1)
}
