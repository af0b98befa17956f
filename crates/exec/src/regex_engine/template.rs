use super::Captures;

/// What matches are replaced by: text with `\1` to `\99` for groups, `\0` for the whole match and
/// `\\` for a backslash. Any other backslash stands for itself, and so does `$`.
///
/// Source: Splunk Search Reference, Text functions, `replace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Group(usize),
}

impl Template {
    /// Reads a template; every text is one. Group numbers of the pattern decide whether `\12` is
    /// group 12 or group 1 and a 2.
    pub fn new(template: &str, groups: usize) -> Template {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut chars = template.chars().peekable();
        while let Some(c) = chars.next() {
            let Some(next) = (c == '\\').then(|| chars.peek().copied()).flatten() else {
                text.push(c);
                continue;
            };
            if let Some(d) = next.to_digit(10) {
                chars.next();
                let mut n = d as usize;
                if let Some(d2) = chars.peek().and_then(|c| c.to_digit(10))
                    && n > 0
                    && n * 10 + (d2 as usize) < groups
                {
                    chars.next();
                    n = n * 10 + d2 as usize;
                }
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                parts.push(Part::Group(n));
            } else {
                if next == '\\' {
                    chars.next();
                }
                text.push('\\');
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Template { parts }
    }

    /// Text that stands for itself.
    pub fn literal(text: &str) -> Template {
        Template { parts: vec![Part::Text(text.to_owned())] }
    }

    /// Whether it refers to groups.
    pub(super) fn uses_groups(&self) -> bool {
        self.parts.iter().any(|p| matches!(p, Part::Group(n) if *n > 0))
    }

    /// Appends what one match is replaced by. A group that took no part is empty.
    pub(super) fn expand(&self, text: &str, c: &Captures, out: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(t) => out.push_str(t),
                Part::Group(n) => out.push_str(c.text(text, *n).unwrap_or_default()),
            }
        }
    }
}
