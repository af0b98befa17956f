//! The `_raw` of each row; an empty line for a row without one, so that rows can be counted.

use super::Style;
use super::escape::visible;
use crate::engine::Results;
use std::io::{self, Write};

pub(super) fn write(results: &Results, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let Some(raw) = results.columns.iter().position(|c| c == "_raw") else {
        return Ok(());
    };
    for row in &results.rows {
        let text = row.get(raw).map(|v| v.text()).unwrap_or_default();
        if style.terminal {
            writeln!(out, "{}", visible(&text, true))?;
        } else {
            writeln!(out, "{text}")?;
        }
    }
    Ok(())
}
