//! Runs a detection over events from Rust, and keeps its rows as a snapshot.
//!
//! ```sh
//! cargo run --example run_detection       # prints the rows
//! cargo test --example run_detection      # compares them with the snapshot
//! cargo insta review                      # looks at what changed
//! ```
//!
//! A detection of your own needs only the three paths changed.

use sepal_content::fs;
use sepal_exec::Found;
use std::error::Error;
use std::io::Write;
use std::path::Path;

/// Runs the detection that stands in this repository over the audit log that stands beside it.
fn run() -> Result<Found, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let detection = fs::detection(&root.join("queries/kubernetes_suspicious_image_pulling.yml"))?;
    let (macros, _notes) = fs::macro_set(&[root.join("macros")])?;
    let found = detection
        .to_search()
        .macros(macros)
        .path(root.join("tests/data/kubernetes_audit.jsonl"))
        .run()?;
    Ok(found)
}

fn main() -> Result<(), Box<dyn Error>> {
    let found = run()?;
    let mut out = std::io::stdout().lock();
    write!(out, "{found}")?;
    let (read, damaged) = (found.summary.scan.events, found.summary.scan.damaged);
    writeln!(out, "{} rows from {read} events, {damaged} of them damaged", found.rows.len())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_finds_the_suspicious_pulls() -> Result<(), Box<dyn std::error::Error>> {
        let found = super::run()?;
        assert!(!found.summary.is_cut(), "rows may be missing: {:?}", found.summary.notices);
        insta::assert_snapshot!(found);
        Ok(())
    }
}
