//! Whether a search asks for risk events.

use regex::Regex;
use std::sync::LazyLock;

/// A data model is named behind `datamodel`, an index behind `index` and a comparison.
static ASKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let model = r#"\bdatamodel\s*[=:]?\s*["']?\s*risk\b"#;
    let index = r#"\bindex["']?\s*(?:=|::)\s*([^\s)|\]]+)"#;
    let list = r#"\bindex["']?\s*\bin\s*\(([^)|\]]*)"#;
    Regex::new(&format!("(?is)(?:{model}|{index}|{list})")).ok()
});

/// Whether a search with its macros expanded names the data model Risk or the index `risk`, also by a
/// pattern such as `index=*`. In Splunk a search that names no index does not see `risk` either: it is
/// none of those that are searched by default.
pub fn reads_risk(search: &str) -> bool {
    let Some(asked) = ASKED.as_ref() else { return false };
    asked.captures_iter(search).any(|found| match (found.get(1), found.get(2)) {
        (Some(name), _) => is_risk(name.as_str()),
        (_, Some(names)) => {
            let names = names.as_str().split(|c: char| c == ',' || c.is_whitespace());
            names.filter(|n| !n.is_empty()).any(is_risk)
        }
        (None, None) => true,
    })
}

/// Whether a pattern with `*` takes in `risk`.
fn is_risk(pattern: &str) -> bool {
    let pattern = pattern.trim_matches(['"', '\'', ')']).to_ascii_lowercase();
    let mut parts = pattern.split('*');
    let Some(mut left) = parts.next().and_then(|first| "risk".strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            match left.find(part) {
                Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
    }
    match last {
        None => left.is_empty(),
        Some(last) => left.ends_with(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_that_ask_for_risk_events() {
        for text in [
            "index=risk",
            "search INDEX = \"risk\" user=bob",
            "index::risk",
            "index=* user=bob",
            "index=r*k",
            "index IN (main, risk)",
            "index in (\"risk\")",
            "(index=main OR index=risk) x=1",
            "| tstats count from datamodel=Risk.All_Risk where x=1",
            "| tstats count from datamodel = \"Risk\" by host",
            "| from datamodel Risk.All_Risk | search a=1",
            "| from datamodel:\"Risk.All_Risk\"",
            "| datamodel Risk All_Risk search",
            "index=main | append [search index=risk]",
        ] {
            assert!(reads_risk(text), "{text}");
        }
    }

    #[test]
    fn searches_that_do_not() {
        for text in [
            "*",
            "risk",
            "index=main risk",
            "index=main | search source=risk",
            "index=risky",
            "index=r*y",
            "index IN (main, web) risk",
            "index!=risk",
            "| tstats count from datamodel=Endpoint.Processes",
            "| from datamodel Risky.All_Risk",
            "| eval risk_index=1 | where risk_index=2",
        ] {
            assert!(!reads_risk(text), "{text}");
        }
    }
}
