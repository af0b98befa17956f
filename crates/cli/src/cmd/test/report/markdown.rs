//! A summary for a pull request.

use super::{counted, explained};
use crate::cmd::test::case::{Case, Counts};
use crate::output::{markdown, visible};

pub(super) fn write(cases: &[Case]) -> String {
    let all = Counts::of(cases);
    let verdict = match (all.errors, all.failed, all.passed) {
        (0, 0, 0) => "No test ran",
        (0, 0, _) => "All tests pass",
        (0, ..) => "Tests fail",
        _ => "Tests could not run",
    };
    let mut out = format!("## {verdict}\n\n{}\n", counted(&all));
    let bad: Vec<&Case> = cases.iter().filter(|c| c.is_bad()).collect();
    if !bad.is_empty() {
        out.push_str("\n| verdict | detection | test | why |\n| --- | --- | --- | --- |\n");
    }
    for c in &bad {
        let (verdict, code, why) = c.verdict();
        let why = match (verdict, code) {
            ("error", Some(code)) => format!("{code} {}", why.unwrap_or_default()),
            _ => why.unwrap_or_default().to_owned(),
        };
        let row = [verdict, c.about.title(), c.test.as_str(), why.as_str()]
            .map(markdown::plain)
            .join(" | ");
        out.push_str(&format!("| {row} |\n"));
    }
    for c in &bad {
        let Some(diagnosis) = &c.diagnosis else { continue };
        let title = markdown::plain(&format!("{}: {}", c.about.title(), c.test));
        let lines = visible(&explained(diagnosis).join("\n"), true).replace("```", "` ` `");
        out.push_str(&format!(
            "\n<details><summary>{title}</summary>\n\n```text\n{lines}\n```\n\n</details>\n"
        ));
    }
    let skipped: Vec<&Case> = cases.iter().filter(|c| c.verdict().0 == "skip").collect();
    if !skipped.is_empty() {
        out.push_str("\n<details><summary>Skipped</summary>\n\n");
        for c in skipped {
            let why = c.verdict().2.unwrap_or_default();
            out.push_str(&format!(
                "- {}: {}\n",
                markdown::plain(c.about.title()),
                markdown::plain(why)
            ));
        }
        out.push_str("\n</details>\n");
    }
    out
}
