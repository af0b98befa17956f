//! Raw tokens: enough of SPL's lexing to find quotes, comments, macros, brackets and pipes in
//! any text, expanded or not. Every byte of the text belongs to exactly one token.

/// What a raw token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RawKind {
    /// White space.
    Space,
    /// Three backticks to three backticks.
    Comment,
    /// A macro call with its backticks.
    Macro,
    /// `"..."`
    Str,
    /// `'...'`
    Name,
    /// `|`
    Pipe,
    /// `[` or `]`
    Bracket,
    /// `(`, `)` or `,`
    Punct,
    /// `=`, `==`, `!=`, `<`, `<=`, `>`, `>=`
    Op,
    /// Anything else up to white space or one of the above.
    Word,
}

/// A raw token: `start..end` of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw {
    pub kind: RawKind,
    pub start: usize,
    pub end: usize,
    /// False where a quote, comment or macro call is not closed.
    pub closed: bool,
}

impl Raw {
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }
}

/// The raw tokens of `text`.
pub(crate) fn raw(text: &str) -> RawTokens<'_> {
    RawTokens { text, at: 0 }
}

pub(crate) struct RawTokens<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for RawTokens<'_> {
    type Item = Raw;

    fn next(&mut self) -> Option<Raw> {
        let s = self.text.get(self.at..)?;
        let c = s.chars().next()?;
        let (kind, len, closed) =
            match c {
                _ if c.is_whitespace() => (RawKind::Space, s.len() - s.trim_start().len(), true),
                '`' if s.starts_with("```") => match s[3..].find("```") {
                    Some(n) => (RawKind::Comment, n + 6, true),
                    None => (RawKind::Comment, s.len(), false),
                },
                '`' => macro_len(s)
                    .map_or((RawKind::Macro, s.len(), false), |n| (RawKind::Macro, n, true)),
                '"' => string_len(s)
                    .map_or((RawKind::Str, s.len(), false), |n| (RawKind::Str, n, true)),
                '|' => (RawKind::Pipe, 1, true),
                '[' | ']' => (RawKind::Bracket, 1, true),
                '(' | ')' | ',' => (RawKind::Punct, 1, true),
                '=' | '<' | '>' => (RawKind::Op, if s[1..].starts_with('=') { 2 } else { 1 }, true),
                '!' if s[1..].starts_with('=') => (RawKind::Op, 2, true),
                '\'' => match name_len(s) {
                    Some(n) => (RawKind::Name, n, true),
                    None => (RawKind::Word, word_len(s), true),
                },
                _ => (RawKind::Word, word_len(s), true),
            };
        let start = self.at;
        self.at += len;
        Some(Raw { kind, start, end: self.at, closed })
    }
}

/// The length of a word: at least one character.
fn word_len(s: &str) -> usize {
    let mut chars = s.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|&(_, c)| c);
        match c {
            '\\' if matches!(next, Some('"' | '\\' | '|')) => {
                chars.next();
            }
            '"' | '`' | '|' | '[' | ']' | '(' | ')' | ',' | '=' | '<' | '>' if at > 0 => return at,
            '!' if at > 0 && next == Some('=') => return at,
            _ if c.is_whitespace() => return at,
            _ => {}
        }
    }
    s.len()
}

/// The length of the `"..."` at the beginning of `s`; `None` where it is not closed.
pub(crate) fn string_len(s: &str) -> Option<usize> {
    let bytes = s.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// The length of a field name in single quotes. In `search` an apostrophe is a letter like any
/// other, so the closing one must come before anything that cannot be in a name.
fn name_len(s: &str) -> Option<usize> {
    let body = &s[1..];
    let n = body.find(['\'', '|', '"', '`'])?;
    (n > 0 && body[n..].starts_with('\'')).then_some(n + 2)
}

/// The length of a macro call. Inside its parentheses double quotes protect backticks, and a
/// backtick opens an inner call.
fn macro_len(s: &str) -> Option<usize> {
    nested_macro_len(s).or_else(|| s[1..].find('`').map(|n| n + 2))
}

/// How deep macro calls may stand in the arguments of others.
const MAX_CALLS: usize = 16;

fn nested_macro_len(s: &str) -> Option<usize> {
    let bytes = s.as_bytes();
    // parentheses open in each call, outermost first
    let mut open: Vec<u32> = vec![0];
    let mut at = 1;
    while at < bytes.len() {
        let calls = open.len();
        let depth = open.last_mut()?;
        match bytes[at] {
            b'"' if *depth > 0 => at += string_len(&s[at..])? - 1,
            b'(' => *depth += 1,
            b')' => *depth = depth.checked_sub(1)?,
            b'`' if *depth > 0 && calls >= MAX_CALLS => return None,
            b'`' if *depth > 0 => open.push(0),
            b'`' => {
                open.pop();
                if open.is_empty() {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}
