//! JSON: a row is an object; a multivalue an array; a field that the row lacks is left out.

use super::escape::json_visible;
use crate::engine::Results;
use serde_json::{Map, Value as Json};
use std::io::{self, Write};

fn object(results: &Results, row: &[sepal_data::Value]) -> String {
    let map: Map<String, Json> = results
        .columns
        .iter()
        .zip(row)
        .filter(|(_, v)| !v.is_null())
        .map(|(name, v)| (name.to_string(), v.to_json()))
        .collect();
    let text = Json::Object(map).to_string();
    json_visible(&text).into_owned()
}

/// An object a line.
pub(super) fn write_lines(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    for row in &results.rows {
        writeln!(out, "{}", object(results, row))?;
    }
    Ok(())
}

/// One array, a row a line.
pub(super) fn write_array(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    if results.rows.is_empty() {
        return writeln!(out, "[]");
    }
    out.write_all(b"[")?;
    for (i, row) in results.rows.iter().enumerate() {
        let lead = if i == 0 { "\n" } else { ",\n" };
        write!(out, "{lead}  {}", object(results, row))?;
    }
    out.write_all(b"\n]\n")
}
