//! CSV: a header, then a line a row; the members of a multivalue joined by newlines, as Splunk's
//! outputcsv and export do.

use super::Style;
use super::escape::visible;
use crate::engine::Results;
use std::borrow::Cow;
use std::io::{self, Write};

/// A cell that a spreadsheet would run as a formula gets a leading apostrophe.
///
/// Source: OWASP, CSV Injection. A plain number such as `-1` is no formula and stays.
fn defused(cell: Cow<'_, str>) -> Cow<'_, str> {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if formula && sepal_data::number::parse(&cell).is_none() {
        Cow::Owned(format!("'{cell}"))
    } else {
        cell
    }
}

pub(super) fn write(results: &Results, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if results.columns.is_empty() {
        return Ok(());
    }
    let cell = |text: Cow<'_, str>| -> String {
        let text = if style.terminal { visible(&text, true).into_owned() } else { text.into() };
        if style.csv_safe { defused(text.into()).into_owned() } else { text }
    };
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    writer
        .write_record(results.columns.iter().map(|c| cell(Cow::Borrowed(c))))
        .map_err(io_error)?;
    for row in &results.rows {
        writer.write_record(row.iter().map(|v| cell(v.text()))).map_err(io_error)?;
    }
    writer.flush()
}

fn io_error(e: csv::Error) -> io::Error {
    match e.into_kind() {
        csv::ErrorKind::Io(e) => e,
        other => io::Error::other(format!("{other:?}")),
    }
}
