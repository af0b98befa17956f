//! Results at their places in the files: SARIF, and GitHub's annotations.

use super::explained;
use crate::cmd::test::case::Case;
use crate::output::{json_visible, visible};
use sepal_lint::output::{annotation, log, uri};
use serde_json::{Value, json};

/// What is said of a test that fails or cannot run.
fn said(c: &Case) -> Option<(&'static str, String)> {
    let (_, code, why) = c.verdict();
    let (code, why) = (code.filter(|_| c.is_bad())?, why?);
    let test = if c.test.is_empty() { String::new() } else { format!(": {}", c.test) };
    let mut text = format!("{}{test}: {why}", c.about.title());
    for line in c.diagnosis.iter().flat_map(explained) {
        text.push('\n');
        text.push_str(&line);
    }
    Some((code, text))
}

/// Source: OASIS SARIF 2.1.0.
pub(super) fn sarif(cases: &[Case]) -> String {
    let (mut rules, mut index, mut results): (Vec<Value>, Vec<&str>, Vec<Value>) =
        Default::default();
    for c in cases {
        let Some((code, text)) = said(c) else { continue };
        let number = index.iter().position(|known| *known == code).unwrap_or_else(|| {
            let meaning = sepal_parser::codes::meaning(code).unwrap_or("a test");
            rules.push(json!({ "id": code, "shortDescription": { "text": meaning } }));
            index.push(code);
            index.len() - 1
        });
        results.push(json!({
            "ruleId": code,
            "ruleIndex": number,
            "level": "error",
            "message": { "text": text },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": uri(&c.about.file) },
                    "region": { "startLine": c.line.max(1) },
                },
            }],
        }));
    }
    json_visible(&log(&rules, &results)).into_owned()
}

/// Source: docs.github.com, "Workflow commands for GitHub Actions".
pub(super) fn github(cases: &[Case]) -> String {
    let one = |c: &Case| {
        let (code, text) = said(c)?;
        let (verdict, ..) = c.verdict();
        let title = format!("{code} test {verdict}");
        let place = format!("line={}", c.line.max(1));
        // a control character is shown, a line break is the command's escape
        let text = visible(&text, true);
        Some(annotation("error", &visible(&c.about.file, false), &place, &title, &text))
    };
    cases.iter().filter_map(one).collect()
}
