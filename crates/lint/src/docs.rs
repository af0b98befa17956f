//! docs/lint.md and `sepal lint --explain`, made of the registry.

use crate::rules::{RULES, Rule};
use std::fmt::Write;

const HEAD: &str = "\
# Rules of `sepal lint`

Made from the registry in `crates/lint/src/rules` (`UPDATE_DOCS=1 cargo test -p sepal-lint --test
docs`); the tests run every example. `sepal lint --explain CODE` shows the same.

    sepal lint detections --macros macros --lookups lookups
    sepal lint -q 'index=web | where user=null'
    sepal lint detections --format sarif > lint.sarif

What the parser itself has to say (`SPL0xxx` to `SPL4xxx`, docs/errors.md) comes along. An error is
wrong, a warning is probably not as meant, a note is style or performance: notes alone leave the
exit status 0, findings above make it 1, a file that cannot be read 2.

Levels stand for the worst finding of a rule. \"Fix\" means that `--fix` repairs it where the place
is in the file itself; all else in the file stays as it is, byte by byte.

To accept a finding, name its code in a comment of the search, or on a line of the YAML outside of
its values; it counts for the whole file:

    search: |-  # sepal: ignore SPL6019
      index=web ```noqa: SPL6004, SPL6008``` | ...

The examples know the macros `web` and `since(1)` and a lookup `hosts` with the columns ip and name.

";

/// Rules with a repair.
fn fixes(rule: &Rule) -> bool {
    const FIXED: &[&str] = &["SPL6010", "SPL6012", "SPL6014", "SPL6015", "SPL6018", "SPL6020"];
    FIXED.contains(&rule.code)
}

/// docs/lint.md.
pub fn markdown() -> String {
    let mut out = String::from(HEAD);
    out.push_str("| code | name | level | fix | finds |\n| --- | --- | --- | --- | --- |\n");
    for r in RULES {
        let off = if r.on { "" } else { ", off" };
        let fix = if fixes(r) { "yes" } else { "" };
        let (code, name, level) = (r.code, r.name, r.level.word());
        let _ = writeln!(out, "| {code} | `{name}` | {level}{off} | {fix} | {} |", r.summary);
    }
    for r in RULES {
        let _ = write!(out, "\n## {} {}\n\n{}\n", r.code, r.name, body(r, "    "));
    }
    out
}

/// The page of one rule as plain text.
pub fn explain(r: &Rule) -> String {
    let fix = if fixes(r) { ", --fix repairs it" } else { "" };
    let off = if r.on { "" } else { ", off unless selected" };
    let body: String = body(r, "    ").split_inclusive('\n').map(wrapped).collect();
    format!("{} {} ({}{off}{fix})\n\n{body}", r.code, r.name, r.level.word())
}

/// A line of prose in lines of at most 80 characters; examples stay.
fn wrapped(line: &str) -> String {
    if line.starts_with(' ') || line.trim().is_empty() {
        return line.to_owned();
    }
    let (mut out, mut width) = (String::new(), 0);
    for word in line.split_whitespace() {
        let len = word.chars().count();
        if width > 0 && width + 1 + len > 80 {
            out.push('\n');
            width = 0;
        } else if width > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += len;
    }
    out + "\n"
}

fn body(r: &Rule, indent: &str) -> String {
    let example = |text: &str| {
        let lines = text.trim_end().lines();
        lines.map(|l| format!("{indent}{l}").trim_end().to_owned() + "\n").collect::<String>()
    };
    let mut summary = r.summary.to_owned();
    if let Some(first) = summary.get(..1).map(str::to_uppercase) {
        summary.replace_range(..1, &first);
    }
    format!(
        "{summary}.\n\n{}\n\nFinds something in\n\n{}\nand nothing in\n\n{}\nSource: {}.\n",
        r.why,
        example(r.bad),
        example(r.good),
        r.source.trim_end_matches('.'),
    )
}
