//! The formatter: one stage a line, BY on a line of its own, long lines wrapped.
//!
//! It works on raw tokens of the unexpanded text: macros and comments stay, and only white space
//! where white space was before is changed (and the letter case of BY), so the search means the
//! same.

use crate::Diagnostic;
use crate::ast::Span;
use crate::commands::TYPED;
use crate::grammar::pipeline::{name_len, starts_with_command, unbalanced};
use crate::lex::raw::{Raw, RawKind, raw};

/// Where lines are wrapped, if there is white space.
const WIDTH: usize = 100;

/// How many subsearches inside each other are still indented.
const MAX_INDENT: usize = 8;

/// The text with one stage a line, as Splunk's security content is written.
///
/// # Errors
/// Quotes, comments, macro calls, brackets or parentheses that are not closed: what belongs to
/// which stage cannot be told.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    if let Some(d) = unbalanced(text) {
        return Err(vec![d]);
    }
    if let Some(t) = raw(text).find(|t| t.kind == RawKind::Macro && !t.closed) {
        let span = Span::new(t.start, t.start + 1);
        return Err(vec![
            Diagnostic::error("SPL0007", span, "unclosed macro call")
                .label("this backtick opens it")
                .help("a macro call ends with a backtick, as it begins"),
        ]);
    }
    if let Some(d) = unclosed(text) {
        return Err(vec![d]);
    }
    let mut printer = Printer { text, out: String::with_capacity(text.len() + 64), line: 0 };
    let mut stages = 0;
    for (n, stage) in stages_of(text).into_iter().enumerate() {
        let stage = trim(&stage);
        let empty = stage.iter().all(|t| t.kind == RawKind::Space);
        if empty {
            continue;
        }
        if n > 0 {
            if stages > 0 {
                printer.newline(2);
            }
            printer.push("| ");
        }
        printer.stage(stage, n == 0);
        stages += 1;
    }
    // a search that is nothing but pipes stays what it is
    if stages == 0 { Ok(text.trim().to_owned()) } else { Ok(printer.out) }
}

/// A parenthesis that is never closed, or never opened, as parsing finds it.
fn unclosed(text: &str) -> Option<Diagnostic> {
    let mut plain = String::with_capacity(text.len());
    for t in raw(text) {
        match t.kind {
            // a word as long as the call: what it stands for is not known here
            RawKind::Macro => plain.extend(std::iter::repeat_n('x', t.end - t.start)),
            _ => plain.push_str(t.text(text)),
        }
    }
    let found = crate::parse(&plain).diagnostics;
    let code = if found.iter().any(|d| d.code == "SPL0002") {
        "SPL0002"
    } else if open_parens(&plain) != 0 {
        // the parser gave up before the end: it expected something else inside
        "SPL0003"
    } else {
        return None;
    };
    found.into_iter().find(|d| d.code == code)
}

/// How many more parentheses are opened than closed.
fn open_parens(text: &str) -> i64 {
    raw(text)
        .filter(|t| t.kind == RawKind::Punct)
        .map(|t| match t.text(text) {
            "(" => 1,
            ")" => -1,
            _ => 0,
        })
        .sum()
}

/// The raw tokens between the outer pipes.
fn stages_of(text: &str) -> Vec<Vec<Raw>> {
    let mut stages = vec![Vec::new()];
    let mut depth = 0_usize;
    for t in raw(text) {
        match (t.kind, t.text(text)) {
            (RawKind::Bracket, "[") => depth += 1,
            (RawKind::Bracket, _) => depth = depth.saturating_sub(1),
            (RawKind::Pipe, _) if depth == 0 => {
                stages.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(stage) = stages.last_mut() {
            stage.push(t);
        }
    }
    stages
}

fn trim(mut tokens: &[Raw]) -> &[Raw] {
    while let [first, rest @ ..] = tokens
        && first.kind == RawKind::Space
    {
        tokens = rest;
    }
    while let [rest @ .., last] = tokens
        && last.kind == RawKind::Space
    {
        tokens = rest;
    }
    tokens
}

struct Printer<'t> {
    text: &'t str,
    out: String,
    /// Where the current line begins in `out`.
    line: usize,
}

impl Printer<'_> {
    fn push(&mut self, s: &str) {
        self.out.push_str(s);
        if let Some(n) = s.rfind('\n') {
            self.line = self.out.len() - (s.len() - n - 1);
        }
    }

    fn newline(&mut self, indent: usize) {
        self.out.push('\n');
        self.line = self.out.len();
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn column(&self) -> usize {
        self.out[self.line..].chars().count()
    }

    fn stage(&mut self, tokens: &[Raw], first: bool) {
        let Some(head) = tokens.first() else { return };
        let (start, end) = (head.start, tokens.last().map_or(head.end, |t| t.end));
        let s = &self.text[start..end];
        let mut name = s[..name_len(s)].to_ascii_lowercase();
        if first && !starts_with_command(s, &name, false) {
            name = "search".into();
        }
        let quoted = tokens.iter().any(|t| t.kind == RawKind::Str);
        // a name in single quotes may reach over a macro call
        let apostrophe = |t: &Raw| t.kind == RawKind::Word && t.text(self.text).starts_with('\'');
        // a pattern without quotes holds its own white space
        if name == "regex" && !quoted || tokens.iter().any(apostrophe) {
            return self.push(s);
        }
        let by = groups(&name).then(|| by_at(self.text, tokens)).flatten();
        let clauses = match one_line(self.text, tokens) + 4 > WIDTH {
            true => clauses_at(&name, self.text, tokens, by),
            false => vec![],
        };
        let typed = TYPED.contains(&name.as_str());
        let mut indent = 4;
        // parentheses right after a word: what is inside may be the name of a column
        let mut parens: Vec<bool> = Vec::new();
        let mut attached = 0_usize;
        let mut brackets = 0_usize;
        for (n, t) in tokens.iter().enumerate() {
            let s = t.text(self.text);
            let next = tokens.get(n + 1);
            match t.kind {
                RawKind::Space if attached > 0 => self.push(s),
                RawKind::Space if brackets == 0 && next.is_some_and(|x| Some(x.start) == by) => {
                    indent = 7;
                    self.newline(4);
                }
                RawKind::Space if next.is_some_and(|x| clauses.contains(&x.start)) => {
                    indent = 6;
                    self.newline(4);
                }
                // the name of an aggregate's column holds this space
                RawKind::Space if groups(&name) && is_open(self.text, next) => self.push(s),
                RawKind::Space => self.space(s, &tokens[n + 1..], indent, brackets),
                RawKind::Word if Some(t.start) == by && typed => self.push("BY"),
                RawKind::Pipe if after_bracket(self.text, &tokens[..n]) => self.push(s),
                RawKind::Pipe => {
                    let kept = self.out.trim_end_matches(' ').len();
                    if !self.out[..kept].ends_with('\n') {
                        self.out.truncate(kept);
                        self.newline(2 + 4 * brackets.min(MAX_INDENT));
                    }
                    self.push(s);
                    if next.is_some_and(|x| x.kind != RawKind::Space) {
                        self.push(" ");
                    }
                }
                _ => {
                    match s {
                        "[" if t.kind == RawKind::Bracket => brackets += 1,
                        "]" if t.kind == RawKind::Bracket => brackets = brackets.saturating_sub(1),
                        "(" if t.kind == RawKind::Punct => {
                            let function = n > 0 && is_function(self.text, &tokens[n - 1]);
                            parens.push(function);
                            attached += usize::from(function);
                        }
                        ")" if t.kind == RawKind::Punct => {
                            attached -= usize::from(parens.pop() == Some(true));
                        }
                        _ => {}
                    }
                    self.push(s);
                }
            }
        }
    }

    /// White space between two tokens: one space, or a new line where what follows up to the next
    /// white space or pipe, which begins a line, would be too long.
    fn space(&mut self, typed: &str, next: &[Raw], indent: usize, brackets: usize) {
        let indent = indent + 4 * brackets.min(MAX_INDENT);
        if next.first().is_some_and(|t| t.kind == RawKind::Comment) && typed.contains('\n') {
            return self.newline(2);
        }
        // a pipe begins a line of its own
        if next.first().is_some_and(|t| t.kind == RawKind::Pipe) {
            return self.push(" ");
        }
        let width: usize = next
            .iter()
            .take_while(|t| !matches!(t.kind, RawKind::Space | RawKind::Pipe))
            .map(|t| t.text(self.text).lines().next().unwrap_or("").chars().count())
            .sum();
        if self.column() + 1 + width > WIDTH && self.column() > indent {
            let comment = next.first().is_some_and(|t| t.kind == RawKind::Comment);
            self.newline(if comment { 2 } else { indent });
        } else {
            self.push(" ");
        }
    }
}

/// How many bytes a stage has with one space between its tokens, however it was laid out before: a
/// stage that is formatted again is as long as the first time.
fn one_line(text: &str, tokens: &[Raw]) -> usize {
    let end = tokens.iter().rposition(|t| t.kind != RawKind::Space).map_or(0, |n| n + 1);
    let length = |t: &Raw| if t.kind == RawKind::Space { 1 } else { t.text(text).len() };
    tokens[..end].iter().map(length).sum()
}

/// Whether `BY` of this command gets its own line.
fn groups(name: &str) -> bool {
    matches!(
        name,
        "stats"
            | "eventstats"
            | "streamstats"
            | "tstats"
            | "mstats"
            | "chart"
            | "timechart"
            | "top"
            | "rare"
            | "sistats"
            | "sichart"
            | "sitimechart"
    )
}

/// Where the BY of a stage stands: outside of parentheses and brackets, not named by AS.
fn by_at(text: &str, tokens: &[Raw]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = "";
    let mut found = None;
    let words: Vec<&Raw> =
        tokens.iter().filter(|t| !matches!(t.kind, RawKind::Space | RawKind::Comment)).collect();
    for (n, t) in words.iter().enumerate() {
        let s = t.text(text);
        match s {
            "(" | "[" if t.kind != RawKind::Str => depth += 1,
            ")" | "]" if t.kind != RawKind::Str => depth = depth.saturating_sub(1),
            _ if depth == 0
                && n > 1
                && t.kind == RawKind::Word
                && s.eq_ignore_ascii_case("by")
                && !before.eq_ignore_ascii_case("as")
                && words.get(n + 1).is_some_and(|t| t.kind != RawKind::Op) =>
            {
                found = found.or(Some(t.start));
            }
            _ => {}
        }
        before = s;
    }
    found
}

/// Where the FROM and WHERE of a long `tstats` stand, before its BY.
fn clauses_at(name: &str, text: &str, tokens: &[Raw], by: Option<usize>) -> Vec<usize> {
    if !matches!(name, "tstats" | "mstats") {
        return Vec::new();
    }
    let mut depth = 0_usize;
    let mut found = Vec::new();
    let mut before = "";
    for t in tokens.iter().filter(|t| !matches!(t.kind, RawKind::Space | RawKind::Comment)) {
        let s = t.text(text);
        match s {
            "(" | "[" if t.kind != RawKind::Str => depth += 1,
            ")" | "]" if t.kind != RawKind::Str => depth = depth.saturating_sub(1),
            _ if depth == 0
                && t.kind == RawKind::Word
                && by.is_none_or(|by| t.start < by)
                && ["from", "where"].iter().any(|w| s.eq_ignore_ascii_case(w))
                && !before.eq_ignore_ascii_case("as")
                && !before.is_empty() =>
            {
                found.push(t.start);
            }
            _ => {}
        }
        before = s;
    }
    found
}

/// `[|` stays together.
fn after_bracket(text: &str, before: &[Raw]) -> bool {
    before.iter().rev().find(|t| t.kind != RawKind::Space).is_some_and(|t| t.text(text) == "[")
}

fn is_open(text: &str, token: Option<&Raw>) -> bool {
    token.is_some_and(|t| t.kind == RawKind::Punct && t.text(text) == "(")
}

fn is_function(text: &str, before: &Raw) -> bool {
    let word = before.text(text);
    before.kind == RawKind::Word
        && !["and", "or", "not", "in", "where", "by", "search"]
            .contains(&word.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let once = format(text).unwrap();
        assert_eq!(once, want);
        assert_eq!(format(&once).unwrap(), once, "not idempotent");
    }

    #[test]
    fn one_stage_a_line() {
        check("a  b|stats count by  x|  table x", "a b\n  | stats count\n    BY x\n  | table x");
        check("| makeresults|eval a = 1,b=2", "| makeresults\n  | eval a = 1,b=2");
        check("a | | b |", "a\n  | b");
    }

    #[test]
    fn texts_macros_and_comments_stay() {
        check(
            "`m(\"a  b\")` x=\"1  2\" ``` why  so ```\n``` two ``` | where  y",
            "`m(\"a  b\")` x=\"1  2\" ``` why  so ```\n  ``` two ```\n  | where y",
        );
    }

    #[test]
    fn column_names_keep_their_spaces() {
        check("a | stats count(eval(x =  1))  by y", "a\n  | stats count(eval(x =  1))\n    BY y");
    }

    #[test]
    fn long_by_lists_wrap_under_the_first_field() {
        let fields = ["some.long.field.name"; 8].join(" ");
        let f4 = ["some.long.field.name"; 4].join(" ");
        check(
            &format!("a | stats count by {fields}"),
            &format!("a\n  | stats count\n    BY {f4}\n       {f4}"),
        );
    }

    #[test]
    fn subsearches() {
        check(
            "a | append [search b|stats count]|table x",
            "a\n  | append [search b\n      | stats count]\n  | table x",
        );
        check("a | append [| makeresults]", "a\n  | append [| makeresults]");
    }

    #[test]
    fn open_quotes_are_refused() {
        assert_eq!(format("a \"b").unwrap_err()[0].code, "SPL0001");
        assert_eq!(format("`m").unwrap_err()[0].code, "SPL0007");
    }

    #[test]
    fn open_parentheses_are_refused() {
        for text in
            ["a (b", "a | where (x=1", "a | stats count(x by y", "a b) c", "`m(1)` (b | head"]
        {
            let code = format(text).unwrap_err()[0].code;
            assert!(matches!(code, "SPL0002" | "SPL0003"), "{text}: {code}");
        }
        assert!(format("`m(\"(\")` (a OR `n`) | regex _raw=\"\\(\"").is_ok());
    }
}
