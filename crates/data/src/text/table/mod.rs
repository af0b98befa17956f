//! Tables as text: CSV, tab-separated values, Zeek's logs, the W3C's extended log files.
//!
//! Sources: RFC 4180; Zeek, "Zeek Log Formats and Inspection"; W3C, "Extended Log File Format";
//! Splunk Getting Data In, "Extract fields from files with structured data".

mod framer;
mod header;
mod row;
mod sniff;

#[cfg(test)]
mod tests;

pub use framer::TableFramer;
pub use header::Header;
pub use row::{Cell, RowError};
pub use sniff::sniff;

/// The most columns of a table.
pub const MAX_COLUMNS: usize = 1 << 16;

/// How the cells of a table are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A header, then rows with commas between cells; quotes as in RFC 4180.
    Csv,
    /// The same with tabs.
    Tsv,
    /// Zeek's logs: `#fields`, `#types` and other lines that begin with `#`.
    Zeek,
    /// The W3C's extended log files: `#Fields:`.
    W3c,
}

impl Dialect {
    /// The sourcetype of its events, where the table does not say another one.
    pub fn sourcetype(self) -> &'static str {
        match self {
            Dialect::Csv => "csv",
            Dialect::Tsv => "tsv",
            Dialect::Zeek => "zeek",
            Dialect::W3c => "w3c",
        }
    }

    /// Whether a quoted cell may hold newlines.
    fn rows_span_lines(self) -> bool {
        matches!(self, Dialect::Csv | Dialect::Tsv)
    }
}
