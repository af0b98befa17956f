//! Rows as blocks of `field  value` lines, for results too wide for the terminal.

use super::Style;
use super::escape::width;
use super::table::{Column, paint};
use super::wrap::{elide, wrap};
use anstyle::{Effects, Style as Paint};
use std::io::{self, Write};

pub(super) fn write(
    columns: &[Column],
    rows: &[Vec<Vec<String>>],
    screen: usize,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (bold, dim) = if style.colour {
        (Paint::new().effects(Effects::BOLD), Paint::new().effects(Effects::DIMMED))
    } else {
        (Paint::new(), Paint::new())
    };
    let widest = columns.iter().map(|c| width(&c.name)).max().unwrap_or(0);
    let names = widest.min(screen / 2).max(4);
    let values = screen.saturating_sub(names + 2).max(10);
    for (i, row) in rows.iter().enumerate() {
        let title = format!("── row {} ", i + 1);
        let tail = screen.min(60).saturating_sub(width(&title));
        writeln!(out, "{dim}{title}{}{dim:#}", "─".repeat(tail))?;
        for (column, cell) in columns.iter().zip(row) {
            // a field that the row lacks would only take room
            if cell.iter().all(String::is_empty) {
                continue;
            }
            let name = elide(&column.name, names);
            let pad = " ".repeat(names - width(&name) + 2);
            for (n, line) in cell.iter().flat_map(|l| wrap(l, values)).enumerate() {
                let paint = paint(style, &column.name, &line);
                if n == 0 {
                    writeln!(out, "{bold}{name}{bold:#}{pad}{paint}{line}{paint:#}")?;
                } else {
                    writeln!(out, "{}{line}", " ".repeat(names + 2))?;
                }
            }
        }
    }
    Ok(())
}
