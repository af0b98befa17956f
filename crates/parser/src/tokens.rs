//! Token classes for colouring; total over any text.

use crate::ast::Span;
use crate::complete::is_eval_command;
use crate::grammar::pipeline::{name_len, starts_with_command};
use crate::lex::raw::{Raw, RawKind, raw};

/// What a piece of a search is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenClass {
    /// A command's name.
    Command,
    /// A function's name before its parenthesis.
    Function,
    /// `AND`, `BY`, `AS`, `OUTPUT`...
    Keyword,
    /// A field's name.
    Field,
    /// A text in double quotes.
    String,
    /// A number.
    Number,
    /// `=`, `<`, `+`...
    Operator,
    /// A macro call.
    Macro,
    /// A comment.
    Comment,
    /// `|`
    Pipe,
    /// `[`, `]`, `(`, `)`
    Bracket,
    /// Anything else.
    Plain,
}

const KEYWORDS: &[&str] = &[
    "and",
    "as",
    "by",
    "from",
    "in",
    "like",
    "not",
    "or",
    "output",
    "outputnew",
    "over",
    "where",
    "xor",
];

/// The tokens of `text` in order, white space left out. Never overlaps, always on character
/// boundaries, also for a text that does not parse.
pub fn tokens(text: &str) -> Vec<(Span, TokenClass)> {
    let list: Vec<Raw> = raw(text).collect();
    let mut out = Vec::new();
    // the command of each open pipeline; empty: its name comes next
    let mut open: Vec<Stage> = vec![Stage::first(false)];
    for (n, t) in list.iter().enumerate() {
        let mut push = |start: usize, end: usize, class| out.push((Span::new(start, end), class));
        let s = t.text(text);
        let depth = open.len();
        match t.kind {
            RawKind::Space => {}
            RawKind::Comment => push(t.start, t.end, TokenClass::Comment),
            RawKind::Macro => {
                push(t.start, t.end, TokenClass::Macro);
                begin(&mut open, text, t.start);
            }
            RawKind::Pipe => {
                push(t.start, t.end, TokenClass::Pipe);
                if let Some(stage) = open.last_mut() {
                    *stage = Stage::default();
                }
            }
            RawKind::Bracket => {
                push(t.start, t.end, TokenClass::Bracket);
                match s {
                    "[" => {
                        begin(&mut open, text, t.start);
                        open.push(Stage::first(true));
                    }
                    _ if depth > 1 => {
                        open.pop();
                    }
                    _ => {}
                }
            }
            RawKind::Punct if s == "," => push(t.start, t.end, TokenClass::Plain),
            RawKind::Punct => push(t.start, t.end, TokenClass::Bracket),
            RawKind::Op => push(t.start, t.end, TokenClass::Operator),
            RawKind::Str => {
                push(t.start, t.end, TokenClass::String);
                begin(&mut open, text, t.start);
            }
            RawKind::Name => {
                push(t.start, t.end, TokenClass::Field);
                begin(&mut open, text, t.start);
            }
            RawKind::Word => {
                let name = begin(&mut open, text, t.start);
                let from = t.start + name;
                if name > 0 {
                    push(t.start, from.min(t.end), TokenClass::Command);
                }
                if from < t.end {
                    let eval = open.last().is_some_and(|s| is_eval_command(&s.command));
                    let next = list.get(n + 1).map_or("", |t| t.text(text));
                    let after = list[n + 1..].iter().find(|t| t.kind != RawKind::Space);
                    let compared = after.is_some_and(|t| t.kind == RawKind::Op);
                    word(&text[from..t.end], from, eval, next, compared, &mut push);
                }
            }
        }
    }
    out
}

#[derive(Default)]
struct Stage {
    command: String,
    /// No pipe before it.
    first: bool,
    inner: bool,
}

impl Stage {
    fn first(inner: bool) -> Self {
        Stage { command: String::new(), first: true, inner }
    }
}

/// Sets the command of the innermost stage if this token begins it; gives the length of its name.
fn begin(open: &mut [Stage], text: &str, at: usize) -> usize {
    let Some(stage) = open.last_mut() else { return 0 };
    if !stage.command.is_empty() {
        return 0;
    }
    let s = &text[at..];
    let name = s[..name_len(s)].to_ascii_lowercase();
    if stage.first && !starts_with_command(s, &name, stage.inner) || name.is_empty() {
        stage.command = "search".into();
        return 0;
    }
    stage.command = name;
    stage.command.len()
}

/// A word; in eval it may hold operators.
fn word(
    s: &str,
    start: usize,
    eval: bool,
    next: &str,
    compared: bool,
    push: &mut impl FnMut(usize, usize, TokenClass),
) {
    let mut at = 0;
    while at < s.len() {
        let rest = &s[at..];
        let len = match eval {
            false => rest.len(),
            true => {
                let ok = |c: char| {
                    c.is_alphanumeric() || matches!(c, '_' | '{' | '}' | '$' | ':' | '@' | '#')
                };
                let digit = rest.starts_with(|c: char| c.is_ascii_digit());
                let end = rest.find(|c: char| !(ok(c) || digit && c == '.')).unwrap_or(rest.len());
                end.max(rest.chars().next().map_or(1, char::len_utf8))
            }
        };
        let piece = &rest[..len];
        let last = at + len == s.len();
        let class = if KEYWORDS.contains(&piece.to_ascii_lowercase().as_str()) {
            TokenClass::Keyword
        } else if last && next == "(" {
            TokenClass::Function
        } else if piece.parse::<f64>().is_ok()
            && piece.starts_with(|c: char| c.is_ascii_digit() || "-.".contains(c))
        {
            TokenClass::Number
        } else if eval && !piece.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '{')
        {
            TokenClass::Operator
        } else if last && compared || eval {
            TokenClass::Field
        } else {
            TokenClass::Plain
        };
        push(start + at, start + at + len, class);
        at += len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(text: &str) -> String {
        let show =
            |(span, class): &(Span, TokenClass)| format!("{}:{class:?}", &text[span.range()]);
        tokens(text).iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_class() {
        assert_eq!(
            classes("`m` a=1 OR \"b\" ``` c ``` | eval x=lower(y)+2 | append [search z]"),
            "`m`:Macro a:Field =:Operator 1:Number OR:Keyword \"b\":String ``` c ```:Comment |:Pipe \
             eval:Command x:Field =:Operator lower:Function (:Bracket y:Field ):Bracket +:Operator 2:Number \
             |:Pipe append:Command [:Bracket search:Command z:Plain ]:Bracket"
        );
        assert_eq!(
            classes("| stats dc('a b') BY host"),
            "|:Pipe stats:Command dc:Function (:Bracket 'a b':Field ):Bracket BY:Keyword host:Plain"
        );
    }

    #[test]
    fn broken_text_has_tokens() {
        assert_eq!(classes("a \"b"), "a:Plain \"b:String");
        assert_eq!(classes("]] | |"), "]:Bracket ]:Bracket |:Pipe |:Pipe");
    }
}
