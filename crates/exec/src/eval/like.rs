use super::Cell;
use super::compile::{Node, NodeBox, Row};
use crate::run_cx::RunCx;
use memchr::memmem;

/// A pattern of `like`: `%` is any text, `_` any one character, everything else itself, letter
/// case and backslashes too.
///
/// Source: Splunk Search Reference, eval, "Operators that produce booleans", and `like()`.
#[derive(Clone, Debug)]
pub struct LikePattern {
    /// The texts between the `%`s, in order.
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Literal(Box<[u8]>),
    /// With `_` as `None`.
    Chars(Box<[Option<char>]>),
}

impl Part {
    fn new(s: &str) -> Part {
        if s.contains('_') {
            Part::Chars(s.chars().map(|c| (c != '_').then_some(c)).collect())
        } else {
            Part::Literal(s.as_bytes().into())
        }
    }

    /// The bytes that the part takes at the beginning of `s`.
    fn at_start(&self, s: &str) -> Option<usize> {
        match self {
            Part::Literal(l) => s.as_bytes().starts_with(l).then_some(l.len()),
            Part::Chars(cs) => {
                let mut it = s.char_indices();
                for want in cs {
                    let (_, c) = it.next()?;
                    if want.is_some_and(|w| w != c) {
                        return None;
                    }
                }
                Some(it.next().map_or(s.len(), |(i, _)| i))
            }
        }
    }

    fn at_end(&self, s: &str) -> bool {
        match self {
            Part::Literal(l) => s.as_bytes().ends_with(l),
            Part::Chars(cs) => {
                let mut it = s.chars().rev();
                cs.iter().rev().all(|want| it.next().is_some_and(|c| want.is_none_or(|w| w == c)))
            }
        }
    }

    /// One past the first place where the part is found.
    fn find_end(&self, s: &str) -> Option<usize> {
        match self {
            Part::Literal(l) => Some(memmem::find(s.as_bytes(), l)? + l.len()),
            Part::Chars(_) => s
                .char_indices()
                .map(|(i, _)| i)
                .chain([s.len()])
                .find_map(|i| Some(i + self.at_start(&s[i..])?)),
        }
    }
}

impl LikePattern {
    /// Reads a pattern; every text is one.
    pub fn new(pattern: &str) -> LikePattern {
        LikePattern { parts: pattern.split('%').map(Part::new).collect() }
    }

    /// Whether the whole text fits.
    pub fn is_match(&self, s: &str) -> bool {
        let [first, middle @ .., last] = self.parts.as_slice() else {
            // no `%`
            return self.parts.first().is_some_and(|p| p.at_start(s) == Some(s.len()));
        };
        let Some(n) = first.at_start(s) else { return false };
        let mut rest = &s[n..];
        for part in middle {
            let Some(n) = part.find_end(rest) else { return false };
            rest = &rest[n..];
        }
        last.at_end(rest)
    }

    /// Whether a value or one of its members fits; none for null.
    pub fn test(&self, c: &Cell) -> Option<bool> {
        match c {
            Cell::Null => None,
            Cell::Mv(ms) => Some(ms.iter().any(|m| self.is_match(&m.text()))),
            one => Some(self.is_match(&one.text()?)),
        }
    }
}

/// `x LIKE pattern` and `like(x, pattern)`.
pub(crate) struct Like {
    pub lhs: NodeBox,
    pub pattern: NodeBox,
    /// The pattern, where it is a literal.
    pub fixed: Option<LikePattern>,
}
impl Like {
    pub fn node(lhs: NodeBox, pattern: NodeBox) -> NodeBox {
        let fixed = pattern.constant().and_then(Cell::single_text).map(|p| LikePattern::new(&p));
        Box::new(Like { lhs, pattern, fixed })
    }
}
impl Node for Like {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        let subject = self.lhs.eval(row, cx);
        match &self.fixed {
            Some(p) => p.test(&subject),
            None => {
                let pattern = self.pattern.eval(row, cx);
                LikePattern::new(&pattern.single_text()?).test(&subject)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_any_text_and_underscore_one_character() {
        for (p, s, want) in [
            ("198.%", "198.1.1.1", true),
            ("198.%", "19.8.1.1", false),
            ("%a%a", "aa", true),
            ("%a%a", "a", false),
            ("a%b_", "axxbz", true),
            ("a%b_", "axxb", false),
            ("_", "é", true),
            ("__", "é", false),
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("%%", "x", true),
            ("a%a", "a", false),
            ("%_b_%", "aaabc", true),
            ("Foo%", "foobar", false),
            ("%\\windows\\system32\\%", "c:\\windows\\system32\\cmd.exe", true),
        ] {
            assert_eq!(LikePattern::new(p).is_match(s), want, "{p} on {s}");
        }
    }
}
