//! The table for reading.
//!
//! On a terminal it fits: wide columns are wrapped, and where even that leaves too little, each row
//! becomes a block of `field  value` lines. Elsewhere nothing is cut.

use super::Style;
use super::escape::{visible, width};
use super::records;
use super::wrap::wrap;
use crate::engine::Results;
use anstyle::{Effects, Style as Paint};
use sepal_data::Value;
use sepal_data::time::{Time, strftime};
use std::io::{self, Write};

/// Columns are not squeezed below this; the rows are shown as blocks instead.
const NARROWEST: usize = 10;

/// More columns than this, with the event's text among them, are an event and not a table.
const WIDEST_EVENT: usize = 12;

const BOLD: Paint = Paint::new().effects(Effects::BOLD);
const DIM: Paint = Paint::new().effects(Effects::DIMMED);

/// Whether a column holds numbers only, and at least one.
pub(super) fn is_numeric(results: &Results, column: usize) -> bool {
    let mut some = false;
    for row in &results.rows {
        match row.get(column) {
            None | Some(Value::Null) => {}
            Some(v) if v.number().is_some() => some = true,
            Some(_) => return false,
        }
    }
    some
}

/// The lines of a cell: one for each member of a multivalue, and for each line of a text.
/// `_time` is shown as a date.
pub(super) fn lines(name: &str, value: &Value, style: &Style) -> Vec<String> {
    if name == "_time"
        && let Some(date) = value.number().and_then(|secs| date(secs, &style.time_zone))
    {
        return vec![date];
    }
    let mut out = Vec::new();
    for member in value.members() {
        let text = member.text();
        out.extend(visible(&text, true).split('\n').map(str::to_owned));
    }
    if out.is_empty() {
        out.push(String::new());
    }
    out
}

/// As Splunk's statistics tab shows `_time`: to the second, with milliseconds where there are any.
fn date(secs: f64, zone: &jiff::tz::TimeZone) -> Option<String> {
    let time = Time::from_secs_f64(secs)?;
    let form =
        if time.subsec_micros() == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S.%3N" };
    Some(strftime(time, form, zone))
}

/// Which columns are shown: all, or of an event with many fields `_time` and `_raw`.
fn shown_columns(results: &Results) -> Vec<usize> {
    let all = 0..results.columns.len();
    let event = results.columns.iter().any(|c| c == "_raw");
    if event && results.columns.len() > WIDEST_EVENT {
        return ["_time", "_raw"]
            .iter()
            .filter_map(|name| results.columns.iter().position(|c| c == name))
            .collect();
    }
    all.collect()
}

/// How many columns a table of these results leaves out.
pub(super) fn hidden_columns(results: &Results) -> usize {
    results.columns.len() - shown_columns(results).len()
}

pub(super) struct Column {
    pub name: String,
    pub right: bool,
    pub width: usize,
}

pub(super) fn write(results: &Results, style: &Style, out: &mut dyn Write) -> io::Result<usize> {
    let shown = results.rows.len().min(style.max_rows.unwrap_or(usize::MAX));
    if shown == 0 || results.columns.is_empty() {
        return Ok(results.rows.len() - shown);
    }
    let picked = shown_columns(results);
    let mut columns: Vec<Column> = picked
        .iter()
        .map(|&i| {
            let name = visible(&results.columns[i], false).into_owned();
            let right = is_numeric(results, i) && results.columns[i] != "_time";
            Column { width: width(&name), name, right }
        })
        .collect();
    let rows: Vec<Vec<Vec<String>>> = results.rows[..shown]
        .iter()
        .map(|row| {
            picked
                .iter()
                .map(|&i| match row.get(i) {
                    Some(value) => lines(&results.columns[i], value, style),
                    None => vec![String::new()],
                })
                .collect()
        })
        .collect();
    for row in &rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            column.width = cell.iter().map(|l| width(l)).fold(column.width, usize::max);
        }
    }
    if let Some(screen) = style.width
        && !fit(&mut columns, screen)
    {
        records::write(&columns, &rows, screen, style, out)?;
    } else {
        grid(&columns, &rows, style, out)?;
    }
    Ok(results.rows.len() - shown)
}

/// Narrows the widest columns until all fit; false where they would become too narrow to read.
fn fit(columns: &mut [Column], screen: usize) -> bool {
    let gaps = columns.len().saturating_sub(1) * 3;
    let room = screen.saturating_sub(gaps);
    let total = |cap: usize| columns.iter().map(|c| c.width.min(cap)).sum::<usize>();
    let widest = columns.iter().map(|c| c.width).max().unwrap_or(0);
    if total(widest) <= room {
        return true;
    }
    if total(NARROWEST) > room {
        return false;
    }
    let (mut low, mut high) = (NARROWEST, widest);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if total(middle) <= room { low = middle } else { high = middle - 1 }
    }
    let mut spare = room - total(low);
    for column in columns {
        if column.width > low {
            column.width = low + usize::from(spare > 0);
            spare = spare.saturating_sub(1);
        }
    }
    true
}

fn grid(
    columns: &[Column],
    rows: &[Vec<Vec<String>>],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (bold, dim) = if style.colour { (BOLD, DIM) } else { (Paint::new(), Paint::new()) };
    let head: Vec<Vec<String>> = columns.iter().map(|c| wrap(&c.name, c.width)).collect();
    row_lines(columns, &head, Look::All(bold), dim, out)?;
    rule(columns, '─', dim, out)?;
    let wrapped: Vec<Vec<Vec<String>>> = rows
        .iter()
        .map(|row| {
            let cells = row.iter().zip(columns);
            cells.map(|(cell, c)| cell.iter().flat_map(|l| wrap(l, c.width)).collect()).collect()
        })
        .collect();
    // rows of several lines need something between them
    let tall = wrapped.iter().any(|row| row.iter().any(|cell| cell.len() > 1));
    for (i, row) in wrapped.iter().enumerate() {
        if tall && i > 0 {
            rule(columns, '┄', dim, out)?;
        }
        row_lines(columns, row, Look::Of(style), dim, out)?;
    }
    Ok(())
}

fn rule(columns: &[Column], dash: char, dim: Paint, out: &mut dyn Write) -> io::Result<()> {
    let dashes = |n: usize| std::iter::repeat_n(dash, n).collect::<String>();
    let parts: Vec<String> = columns.iter().map(|c| dashes(c.width)).collect();
    writeln!(out, "{dim}{}{dim:#}", parts.join(&format!("{dash}┼{dash}")))
}

/// How cells look.
#[derive(Clone, Copy)]
enum Look<'s> {
    All(Paint),
    Of(&'s Style),
}

/// How a cell of rows looks.
pub(super) fn paint(style: &Style, column: &str, text: &str) -> Paint {
    match style.paint {
        Some(paint) if style.colour => paint(column, text),
        _ => Paint::new(),
    }
}

fn row_lines(
    columns: &[Column],
    cells: &[Vec<String>],
    look: Look<'_>,
    dim: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let height = cells.iter().map(Vec::len).max().unwrap_or(1).max(1);
    for i in 0..height {
        let mut line = String::new();
        let mut pending = 0;
        for (c, (column, cell)) in columns.iter().zip(cells).enumerate() {
            if c > 0 {
                line.extend(std::iter::repeat_n(' ', pending + 1));
                line.push_str(&format!("{dim}│{dim:#} "));
            }
            let text = cell.get(i).map_or("", String::as_str);
            let gap = column.width.saturating_sub(width(text));
            if column.right && !text.is_empty() {
                line.extend(std::iter::repeat_n(' ', gap));
            }
            if !text.is_empty() {
                let paint = match look {
                    Look::All(paint) => paint,
                    Look::Of(style) => paint(style, &column.name, text),
                };
                line.push_str(&format!("{paint}{text}{paint:#}"));
            }
            pending = if column.right && !text.is_empty() { 0 } else { gap };
        }
        writeln!(out, "{}", line.trim_end_matches(' '))?;
    }
    Ok(())
}
