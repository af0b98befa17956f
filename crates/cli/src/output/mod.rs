//! Writers of results: one file a format.

mod csv;
mod escape;
mod json;
pub mod markdown;
mod raw;
mod records;
mod table;
mod wrap;

pub use escape::{json_visible, visible, width};

use crate::engine::Results;
use clap::ValueEnum;
use jiff::tz::TimeZone;
use std::io::{self, Write};

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for reading; as wide as the terminal
    Table,
    /// One JSON array of objects
    Json,
    /// One JSON object a line
    Ndjson,
    /// CSV with a header, as outputlookup writes it
    Csv,
    /// A Markdown table
    Md,
    /// The _raw of each row
    Raw,
}

impl Format {
    /// The format that a file name ends in, such as `csv` of `result.csv`.
    pub fn of_path(path: &std::path::Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(Format::Json),
            "ndjson" | "jsonl" => Some(Format::Ndjson),
            "csv" => Some(Format::Csv),
            "md" | "markdown" => Some(Format::Md),
            "log" | "raw" => Some(Format::Raw),
            "txt" => Some(Format::Table),
            _ => None,
        }
    }
}

/// What the output's reader is like.
#[derive(Clone, Debug)]
pub struct Style {
    /// The columns to fit a table into; none where nobody's screen is known.
    pub width: Option<usize>,
    /// Whether colours are shown.
    pub colour: bool,
    /// Whether control characters would reach a terminal.
    pub terminal: bool,
    /// Whether CSV cells that a spreadsheet would take for a formula are defused.
    pub csv_safe: bool,
    /// The most rows that a table shows.
    pub max_rows: Option<usize>,
    /// The zone in which a table shows `_time`.
    pub time_zone: TimeZone,
    /// How a cell looks where colours are shown, by its column and text.
    pub paint: Option<fn(&str, &str) -> anstyle::Style>,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            width: None,
            colour: false,
            terminal: false,
            csv_safe: false,
            max_rows: None,
            time_zone: TimeZone::UTC,
            paint: None,
        }
    }
}

/// What a writer did not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Rows beyond [`Style::max_rows`].
    pub rows: usize,
    /// Fields of events that are shown by their `_raw`.
    pub columns: usize,
}

/// Writes results. Returns what was left out; only a table leaves something out.
///
/// # Errors
/// When `out` cannot be written to; a closed pipe is [`io::ErrorKind::BrokenPipe`].
pub fn write(
    format: Format,
    results: &Results,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<Hidden> {
    let mut hidden = Hidden::default();
    match format {
        Format::Table => {
            hidden.rows = table::write(results, style, out)?;
            hidden.columns = table::hidden_columns(results);
        }
        Format::Json => json::write_array(results, out)?,
        Format::Ndjson => json::write_lines(results, out)?,
        Format::Csv => csv::write(results, style, out)?,
        Format::Md => markdown::write(results, out)?,
        Format::Raw => raw::write(results, style, out)?,
    }
    out.flush()?;
    Ok(hidden)
}

#[cfg(test)]
mod tests;
