//! Cutting a cell's text into lines of a given width.

use super::escape::{char_width, width};

/// The most lines that one wrapped value takes before the rest is elided.
const MOST_LINES: usize = 6;

/// The text in lines of at most `limit` columns (at least 2), broken after spaces and punctuation
/// where one is near. The end of what is left out is marked with `…`.
pub(super) fn wrap(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(2);
    if width(text) <= limit {
        return vec![text.to_owned()];
    }
    let mut lines = Vec::new();
    let mut rest = text;
    while width(rest) > limit {
        if lines.len() + 1 == MOST_LINES {
            lines.push(elide(rest, limit));
            return lines;
        }
        let hard = fitting(rest, limit);
        // a break in the last third is better than one in the middle of a word
        let soft = rest[..hard]
            .char_indices()
            .filter(|(_, c)| {
                matches!(c, ' ' | ',' | ';' | '/' | '\\' | '-' | '=' | '&' | '?' | ':')
            })
            .map(|(i, c)| i + c.len_utf8())
            .rfind(|&i| i * 3 >= hard * 2);
        let at = soft.unwrap_or(hard);
        lines.push(rest[..at].trim_end().to_owned());
        rest = &rest[at..];
    }
    if !rest.is_empty() {
        lines.push(rest.to_owned());
    }
    lines
}

/// The text cut to `limit` columns with `…` at its end; as it is where it fits.
pub(super) fn elide(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let cut = fitting(text, limit.saturating_sub(1));
    let kept = &text[..cut];
    if width(kept) < limit { format!("{kept}…") } else { "…".to_owned() }
}

/// How many bytes of the text fit into `limit` columns; at least one character.
fn fitting(text: &str, limit: usize) -> usize {
    let mut used = 0;
    for (i, c) in text.char_indices() {
        used += char_width(c);
        if used > limit && i > 0 {
            return i;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_after_punctuation_and_the_cut_is_marked() {
        assert_eq!(wrap("system:serviceaccount:kube", 12), ["system:servi", "ceaccount:", "kube"]);
        assert_eq!(wrap("a b", 10), ["a b"]);
        let long = wrap(&"x".repeat(1000), 10);
        assert_eq!(long.len(), MOST_LINES);
        assert_eq!(long[MOST_LINES - 1], "xxxxxxxxx…");
        assert_eq!(wrap("日本語", 4), ["日本", "語"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(text in "\\PC{0,80}", limit in 2usize..30) {
            for line in wrap(&text, limit) {
                prop_assert!(width(&line) <= limit, "{line:?} of {text:?}");
            }
        }
    }
}
