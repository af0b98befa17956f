use crate::rules::RULES;
use crate::{Finding, Level};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How many findings each rule has in how many files, then the errors and warnings file by file.
pub fn markdown(findings: &[Finding], files: usize) -> String {
    let mut by_code: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for f in findings {
        by_code.entry(f.code).or_default().push(f);
    }
    let mut out = format!(
        "{} findings in {files} files.\n\n| code | rule | errors | warnings | notes | files |\n\
         | --- | --- | --- | --- | --- | --- |\n",
        findings.len(),
    );
    let of = |list: &[&Finding], level: Level| list.iter().filter(|f| f.level == level).count();
    let none = Vec::new();
    let codes: BTreeSet<&str> =
        RULES.iter().filter(|r| r.on).map(|r| r.code).chain(by_code.keys().copied()).collect();
    for code in codes {
        let list = by_code.get(code).unwrap_or(&none);
        let name = crate::rule(code).map_or("syntax", |r| r.name);
        let count = |level| match of(list, level) {
            0 => String::new(),
            n => n.to_string(),
        };
        let in_files: BTreeSet<&str> = list.iter().map(|f| f.file()).collect();
        let _ = writeln!(
            out,
            "| {code} | `{name}` | {} | {} | {} | {} |",
            count(Level::Error),
            count(Level::Warning),
            count(Level::Note),
            in_files.len(),
        );
    }
    for (code, list) in &by_code {
        let shown: Vec<&&Finding> = list.iter().filter(|f| f.level > Level::Note).collect();
        if shown.is_empty() {
            continue;
        }
        let name = crate::rule(code).map_or("syntax", |r| r.name);
        let _ = write!(out, "\n## {code} {name}\n\n");
        for f in shown {
            let (from, _) = f.lines();
            let text = f.message.replace(['\n', '\r'], " ");
            let _ = writeln!(out, "- `{}:{}` {}: {text}", f.file(), from.line, f.level.word());
        }
    }
    out
}
