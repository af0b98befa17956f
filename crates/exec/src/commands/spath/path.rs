//! Location paths: `a.b`, `a{}.b`, `a{0}`, `a{@attr}`.

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key of an object, or an element.
    Name(String),
    /// Every member of an array; every element of the name before.
    Each,
    /// One member: JSON counts from 0, XML from 1.
    Index(usize),
    /// An XML attribute.
    Attribute(String),
}

/// Deeper than any text that is read.
const MOST: usize = 128;

/// Reads a path; none for an unclosed or unknown index or an empty step.
///
/// Source: Splunk Search Reference, spath, "path".
pub fn parse(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = path.trim();
    loop {
        let len = rest.find(['.', '{']).unwrap_or(rest.len());
        let (name, mut after) = rest.split_at(len);
        if !name.is_empty() {
            steps.push(Step::Name(name.to_owned()));
        } else if !after.starts_with('{') {
            return None;
        }
        while let Some(inner) = after.strip_prefix('{') {
            let (index, more) = inner.split_once('}')?;
            steps.push(match (index, index.strip_prefix('@')) {
                ("", _) => Step::Each,
                (_, Some("")) => return None,
                (_, Some(attribute)) => Step::Attribute(attribute.to_owned()),
                (n, None) => Step::Index(n.parse().ok()?),
            });
            after = more;
        }
        if steps.len() > MOST {
            return None;
        }
        match after.strip_prefix('.') {
            Some(more) => rest = more,
            None => return after.is_empty().then_some(steps),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_as_steps() {
        let name = |s: &str| Step::Name(s.to_owned());
        assert_eq!(parse("a.b"), Some(vec![name("a"), name("b")]));
        assert_eq!(parse("{}.a"), Some(vec![Step::Each, name("a")]));
        assert_eq!(parse("a{}{0}"), Some(vec![name("a"), Step::Each, Step::Index(0)]));
        assert_eq!(parse("E.D{2}{@N}").unwrap()[3], Step::Attribute("N".to_owned()));
        // a dot inside an attribute's name is part of it
        assert_eq!(parse("a{@b.c}").unwrap()[1], Step::Attribute("b.c".to_owned()));
        for wrong in ["", ".", "a.", "a..b", "a{", "a{x}", "a{-1}", "a{@}", "a{}b"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
