//! Comments that suppress findings: ```` ```noqa: SPL6004``` ```` in the search, or
//! `# sepal: ignore SPL6004` on a line of the YAML outside of the search's text.

use crate::Subject;
use sepal_parser::{TokenClass, tokens};
use std::collections::BTreeSet;

/// The codes that this file wants nothing to hear of.
pub(crate) fn codes(subject: &Subject) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let search = subject.search();
    if search.contains("noqa") {
        for (span, class) in tokens(search) {
            let text = search.get(span.range()).unwrap_or_default();
            if class == TokenClass::Comment
                && let Some((_, list)) = text.split_once("noqa:")
            {
                add(list, &mut out);
            }
        }
    }
    if subject.detection().is_some() {
        for line in subject.file_text().lines() {
            if let Some((before, list)) = line.split_once("# sepal: ignore")
                && is_yaml_comment(before)
            {
                add(list, &mut out);
            }
        }
    }
    out
}

/// Whether a `#` after `before` begins a comment: at a line's beginning, or after a blank behind a
/// key with a block header or no value. Inside a value it might be text.
fn is_yaml_comment(before: &str) -> bool {
    let bare = before.trim();
    let header = |h: &str| h.trim().chars().all(|c| matches!(c, '|' | '>' | '-' | '+' | '0'..='9'));
    bare.is_empty() || before.ends_with(' ') && bare.split_once(':').is_some_and(|(_, h)| header(h))
}

fn add(list: &str, out: &mut BTreeSet<String>) {
    let codes = list.split(|c: char| !c.is_ascii_alphanumeric()).filter(|c| c.starts_with("SPL"));
    out.extend(codes.map(str::to_owned));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_both_kinds() {
        let list = |s: &Subject| codes(s).into_iter().collect::<Vec<_>>().join(" ");
        let spl = Subject::typed("a ```noqa: SPL6001, SPL6002``` | head ```SPL6003```", "x");
        assert_eq!(list(&spl), "SPL6001 SPL6002");
        assert_eq!(list(&Subject::typed("\"```noqa: SPL6001```\"", "x")), "");
        let yaml = "# sepal: ignore SPL6009\nname: a\nsearch: |- # sepal: ignore SPL6004\n  a\n\
                    description: 'x # sepal: ignore SPL6005'\n";
        assert_eq!(list(&Subject::load("x.yml", yaml).unwrap()), "SPL6004 SPL6009");
    }
}
