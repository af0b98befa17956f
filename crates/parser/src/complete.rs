//! For the prompt: whether a text is complete, and what is being typed at the cursor.

use crate::ast::Span;
use crate::grammar::pipeline::{name_len, starts_with_command};
use crate::lex::raw::{Raw, RawKind, raw};

/// Whether a search can be run as it is: no quote, comment, macro call, bracket or parenthesis
/// is open, and it does not end with a `|`.
pub fn is_complete(text: &str) -> bool {
    let (mut brackets, mut parens) = (0_i64, 0_i64);
    let mut last = RawKind::Space;
    for t in raw(text) {
        if !t.closed {
            return false;
        }
        match t.text(text) {
            "[" => brackets += 1,
            "]" => brackets -= 1,
            "(" if t.kind == RawKind::Punct => parens += 1,
            ")" if t.kind == RawKind::Punct => parens -= 1,
            _ => {}
        }
        if !matches!(t.kind, RawKind::Space | RawKind::Comment) {
            last = t.kind;
        }
    }
    brackets <= 0 && parens <= 0 && last != RawKind::Pipe
}

/// What is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorContext {
    /// The part of a word before the cursor, maybe empty: what a completion replaces.
    pub word: Span,
    /// What may stand there.
    pub place: CursorPlace,
}

/// What may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CursorPlace {
    /// A command's name.
    Command,
    /// A field, an option or a keyword of this command (`search` for the implied one).
    Argument(String),
    /// An eval expression of this command: a field or a function.
    Eval(String),
    /// A function of `stats` and its like.
    StatsFunction(String),
    /// A macro's name.
    Macro,
    /// A text in quotes or a comment.
    Text,
}

/// What is being typed at byte `offset` of `text`, which may be incomplete.
pub fn cursor_context(text: &str, offset: usize) -> CursorContext {
    let offset = crate::macros::floor(text, offset);
    let before = &text[..offset];
    let here = |from: usize, place| CursorContext { word: Span::new(from, offset), place };
    // the pipelines that are open, outermost first: where the current stage's tokens begin
    let mut open: Vec<Vec<Raw>> = vec![Vec::new()];
    let mut first = vec![true];
    for t in raw(before) {
        if !t.closed {
            return match t.kind {
                RawKind::Macro => here(t.start + 1, CursorPlace::Macro),
                RawKind::Str => here(t.start + 1, CursorPlace::Text),
                _ => here(t.start, CursorPlace::Text),
            };
        }
        match (t.kind, t.text(before)) {
            (RawKind::Bracket, "[") => {
                open.push(Vec::new());
                first.push(true);
            }
            (RawKind::Bracket, _) if open.len() > 1 => {
                open.pop();
                first.pop();
            }
            (RawKind::Pipe, _) => {
                if let (Some(stage), Some(first)) = (open.last_mut(), first.last_mut()) {
                    stage.clear();
                    *first = false;
                }
            }
            (RawKind::Comment, _) => {}
            _ => {
                if let Some(stage) = open.last_mut() {
                    stage.push(t);
                }
            }
        }
    }
    let stage = open.pop().unwrap_or_default();
    let is_first = first.pop().unwrap_or(true);
    let inner = !open.is_empty();
    place(before, &stage, is_first, inner)
}

/// The place after the tokens of one stage.
fn place(before: &str, stage: &[Raw], is_first: bool, inner: bool) -> CursorContext {
    let offset = before.len();
    let tokens: Vec<&Raw> = stage.iter().filter(|t| t.kind != RawKind::Space).collect();
    // a word ends right at the cursor
    let word = match stage.last() {
        Some(t) if t.kind == RawKind::Word => {
            let s = t.text(before);
            s.rfind(['+', '/', '%']).map_or(t.start, |n| t.start + n + 1)
        }
        _ => offset,
    };
    let here = |place| CursorContext { word: Span::new(word, offset), place };
    let Some(head) = tokens.first() else {
        return here(match is_first && !inner {
            true => CursorPlace::Argument("search".into()),
            false => CursorPlace::Command,
        });
    };
    let from_head = &before[head.start..];
    let name = from_head[..name_len(from_head)].to_ascii_lowercase();
    let typed_name = head.start + name.len() == offset;
    if is_first && !starts_with_command(from_head, &name, inner) || is_first && !inner && typed_name
    {
        return here(match inner && typed_name {
            true => CursorPlace::Command,
            false => CursorPlace::Argument("search".into()),
        });
    }
    if typed_name {
        return here(CursorPlace::Command);
    }
    let args: Vec<&str> = tokens[1..]
        .iter()
        .filter(|t| !(t.end == offset && t.start <= word && t.kind == RawKind::Word))
        .map(|t| t.text(before))
        .collect();
    here(argument_place(name, &args))
}

/// The place after the arguments `args` of the command `name`.
fn argument_place(name: String, args: &[&str]) -> CursorPlace {
    let mut depth = 0_usize;
    let mut eval_depth = None;
    let (mut assigned, mut by, mut names_field) = (false, false, false);
    for (n, &a) in args.iter().enumerate() {
        names_field = false;
        match a {
            "(" => {
                depth += 1;
                if n > 0 && args[n - 1].eq_ignore_ascii_case("eval") && eval_depth.is_none() {
                    eval_depth = Some(depth);
                }
            }
            ")" => {
                if eval_depth == Some(depth) {
                    eval_depth = None;
                }
                depth = depth.saturating_sub(1);
            }
            "," if depth == 0 => assigned = false,
            "=" if depth == 0 => assigned = true,
            _ if a.eq_ignore_ascii_case("by") && depth == 0 => by = true,
            _ if a.eq_ignore_ascii_case("as") => names_field = true,
            _ => {}
        }
    }
    match name.as_str() {
        "where" => CursorPlace::Eval(name),
        "eval" if assigned || depth > 0 => CursorPlace::Eval(name),
        "stats" | "eventstats" | "streamstats" | "chart" | "timechart" | "tstats" => {
            match (eval_depth, depth) {
                (Some(_), _) => CursorPlace::Eval(name),
                (None, 0) if !by && !names_field => CursorPlace::StatsFunction(name),
                _ => CursorPlace::Argument(name),
            }
        }
        _ => CursorPlace::Argument(name),
    }
}

/// The commands whose whole argument is one expression, for colours.
pub(crate) fn is_eval_command(name: &str) -> bool {
    matches!(name, "where" | "eval" | "fieldformat")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_things_are_incomplete() {
        for text in [
            "a \"b",
            "a |",
            "a | ",
            "x [search y",
            "| eval a=if(b",
            "`m",
            "``` note",
            "a | ``` c ```",
        ] {
            assert!(!is_complete(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a | stats count",
            "x [search y]",
            "\"(\"",
            "`m(\"a`b\")`",
            "a ``` c ```",
            ")",
        ] {
            assert!(is_complete(text), "{text}");
        }
    }

    fn at(text: &str) -> (String, CursorPlace) {
        let offset = text.find('^').unwrap();
        let text = text.replace('^', "");
        let c = cursor_context(&text, offset);
        (text[c.word.range()].to_owned(), c.place)
    }

    #[test]
    fn cursor_places() {
        let arg = |s: &str| CursorPlace::Argument(s.into());
        let eval = |s: &str| CursorPlace::Eval(s.into());
        let stats = |s: &str| CursorPlace::StatsFunction(s.into());
        assert_eq!(at("^"), ("".into(), arg("search")));
        assert_eq!(at("ver^"), ("ver".into(), arg("search")));
        assert_eq!(at("a | st^"), ("st".into(), CursorPlace::Command));
        assert_eq!(at("| ^"), ("".into(), CursorPlace::Command));
        assert_eq!(at("a | append [ma^"), ("ma".into(), CursorPlace::Command));
        assert_eq!(at("a | table us^er, x"), ("us".into(), arg("table")));
        assert_eq!(at("a | where lo^"), ("lo".into(), eval("where")));
        assert_eq!(at("a | eval x^"), ("x".into(), arg("eval")));
        assert_eq!(at("a | eval x=le^"), ("le".into(), eval("eval")));
        assert_eq!(at("a | eval x=1, y^"), ("y".into(), arg("eval")));
        assert_eq!(at("a | eval x=if(a, b^"), ("b".into(), eval("eval")));
        assert_eq!(at("a | stats co^"), ("co".into(), stats("stats")));
        assert_eq!(at("a | stats dc(us^"), ("us".into(), arg("stats")));
        assert_eq!(at("a | stats count(eval(is^"), ("is".into(), eval("stats")));
        assert_eq!(at("a | stats count by us^"), ("us".into(), arg("stats")));
        assert_eq!(at("a | stats count as us^"), ("us".into(), arg("stats")));
        assert_eq!(at("`kube^"), ("kube".into(), CursorPlace::Macro));
        assert_eq!(at("a \"qu^"), ("qu".into(), CursorPlace::Text));
        assert_eq!(at("a | append [search x] | ta^"), ("ta".into(), CursorPlace::Command));
    }
}
