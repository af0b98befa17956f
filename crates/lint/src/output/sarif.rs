use crate::rules::RULES;
use crate::{Finding, Level};
use serde_json::{Value, json};

/// All findings as one SARIF log. Columns count Unicode code points.
///
/// Source: OASIS SARIF 2.1.0.
pub fn sarif(findings: &[Finding]) -> String {
    let mut rules: Vec<Value> = RULES
        .iter()
        .map(|r| {
            json!({
                "id": r.code,
                "name": r.name,
                "shortDescription": { "text": r.summary },
                "fullDescription": { "text": r.why },
                "help": { "text": crate::docs::explain(r) },
                "defaultConfiguration": { "enabled": r.on, "level": r.level.word() },
            })
        })
        .collect();
    let mut index: Vec<&str> = RULES.iter().map(|r| r.code).collect();
    // what the parser says has codes of its own
    for f in findings {
        if !index.contains(&f.code) {
            index.push(f.code);
            let meaning = sepal_parser::codes::meaning(f.code).unwrap_or("a message of the parser");
            rules.push(json!({ "id": f.code, "shortDescription": { "text": meaning } }));
        }
    }
    let results: Vec<Value> = findings.iter().map(|f| result(f, &index)).collect();
    log(&rules, &results)
}

/// A SARIF log of one run.
pub fn log(rules: &[Value], results: &[Value]) -> String {
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "sepal",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn result(f: &Finding, index: &[&str]) -> Value {
    let (from, to) = f.lines();
    let level = match f.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let text = match &f.help {
        Some(help) => format!("{}; {help}", f.message),
        None => f.message.clone(),
    };
    json!({
        "ruleId": f.code,
        "ruleIndex": index.iter().position(|c| *c == f.code),
        "level": level,
        "message": { "text": text },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(f.file()) },
                "region": {
                    "startLine": from.line,
                    "startColumn": from.column,
                    "endLine": to.line,
                    "endColumn": to.column,
                },
            },
        }],
    })
}

/// A path as a relative or file URI: what is not allowed there is escaped.
pub fn uri(path: &str) -> String {
    let mut out = String::new();
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for b in path.replace('\\', "/").bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(b));
            }
            _ => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn uris() {
        assert_eq!(super::uri("a b/c.yml"), "a%20b/c.yml");
        assert_eq!(super::uri("/tmp/ä"), "file:///tmp/%C3%A4");
    }
}
