//! The results of tests, for people and for programs.

mod annotations;
mod json;
mod junit;
mod markdown;
mod summary;
mod text;

use super::case::{Case, Counts};
use crate::args::TestFormat;
use crate::cmd::count;
use sepal_hunt::test::{Diagnosis, Nearest};
use std::io;
use std::time::Duration;

pub(super) fn write(format: TestFormat, cases: &[Case], elapsed: Duration) -> io::Result<String> {
    Ok(match format {
        TestFormat::Text => text::text(cases),
        TestFormat::Json => json::json(cases, elapsed),
        TestFormat::Ndjson => json::ndjson(cases),
        TestFormat::Junit => junit::junit(cases).map_err(io::Error::other)?,
        TestFormat::Sarif => annotations::sarif(cases),
        TestFormat::Github => annotations::github(cases),
        TestFormat::Markdown => markdown::write(cases),
        TestFormat::Summary => summary::summary(cases),
    })
}

/// `3 passed, 1 failed, 0 errors, 2 skipped`.
pub(super) fn counted(all: &Counts) -> String {
    let mut text = format!(
        "{} passed, {} failed, {}, {} skipped",
        all.passed,
        all.failed,
        count(all.errors, "error"),
        all.skipped
    );
    if all.not_run > 0 {
        text.push_str(&format!(", {} not run", all.not_run));
    }
    text
}

/// Why a test fails, a line each.
fn explained(diagnosis: &Diagnosis) -> Vec<String> {
    let mut flow = format!("events {}", diagnosis.events);
    for stage in &diagnosis.stages {
        flow.push_str(&format!(" -> {} {}", stage.name, stage.rows));
    }
    let mut out = vec![flow];
    if let Some(nearest) = &diagnosis.nearest {
        out.extend(explained_nearest(nearest));
    }
    out
}

fn explained_nearest(n: &Nearest) -> Vec<String> {
    let rows = |rows: u64| count(rows, "row");
    if n.rows == 0 {
        return vec![format!("{}: no event is of what it reads", n.stage)];
    }
    let mut out = vec![format!("{} keeps what meets all of these, of {}:", n.stage, rows(n.rows))];
    let width = n.terms.iter().map(|t| t.rows.to_string().len()).max().unwrap_or(1);
    for term in &n.terms {
        out.push(format!("  {:>width$} meet  {}", term.rows, term.text));
    }
    if n.more_terms > 0 {
        out.push(format!("  and {} met more often", count(n.more_terms as u64, "condition")));
    }
    for miss in &n.misses {
        let values = miss.values.iter().map(|(field, value)| match value {
            Some(value) => format!("{field} is \"{value}\""),
            None => format!("no {field}"),
        });
        let values: Vec<String> = values.collect();
        let why =
            if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
        let verb = if miss.rows == 1 { "misses" } else { "miss" };
        out.push(format!("nearest: {} {verb} {}{why}", rows(miss.rows), miss.missed.join(" and ")));
    }
    out
}
