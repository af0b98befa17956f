//! A text is split into stages by its pipes first, so that an error in one stage does not hide
//! those in the next.

use super::report;
use crate::Diagnostic;
use crate::ast::{Pipeline, Span, Spanned, Stage};
use crate::commands::other::{Other, Token};
use crate::commands::{self, Command};
use crate::input::{In, Res, stop};
use crate::lex::raw::{RawKind, raw};
use crate::names;

/// How much deeper one subsearch counts than one parenthesis: its parsers use more stack.
const SUBSEARCH_WEIGHT: u32 = 8;

/// The stages of `i`. Never fails: what is wrong is reported, and the stage keeps its tokens.
pub(crate) fn pipeline(i: In<'_>, inner: bool) -> Pipeline {
    let mut stages = Vec::new();
    let pieces = split(i);
    let last = pieces.len().saturating_sub(1);
    for (n, piece) in pieces.iter().enumerate() {
        let at = piece.ws();
        if at.is_empty() {
            // before a leading pipe
            if n > 0 || last == 0 {
                report::empty_stage(*piece, n, last);
            }
            continue;
        }
        let state = at.cx.restart(at.off);
        stages.push(stage(at, n == 0, inner));
        at.cx.restore(state);
    }
    let start = stages.first().map_or(i.off, |s| s.span.start as usize);
    let end = stages.last().map_or(i.off, |s| s.span.end as usize);
    Pipeline { stages, span: Span::new(start, end) }
}

/// The pieces between the pipes that are not inside quotes or brackets.
fn split(i: In<'_>) -> Vec<In<'_>> {
    let mut pieces = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for t in raw(i.s) {
        match (t.kind, t.text(i.s)) {
            (RawKind::Bracket, "[") => depth += 1,
            (RawKind::Bracket, _) => depth = depth.saturating_sub(1),
            (RawKind::Pipe, _) if depth == 0 => {
                pieces.push(i.first(t.start).skip(from));
                from = t.end;
            }
            _ => {}
        }
    }
    pieces.push(i.skip(from));
    pieces
}

/// The command's name at the beginning of a stage; its length may be 0.
pub(crate) fn name_len(s: &str) -> usize {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut n = s.find(|c| !word(c)).unwrap_or(s.len());
    while n > 0 && s[n..].starts_with('-') && s[n + 1..].starts_with(word) {
        n += 1 + s[n + 1..].find(|c| !word(c)).unwrap_or(s.len() - n - 1);
    }
    n
}

/// Whether the stage at `s`, that no pipe precedes, begins with its command `name`, not with
/// search terms. `inner`: it is the first of a subsearch.
pub(crate) fn starts_with_command(s: &str, name: &str, inner: bool) -> bool {
    let rest = &s[name.len()..];
    let ends =
        rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || "([\"".contains(c));
    // `search = x` is a comparison
    let compares =
        rest.trim_start().starts_with(['=', '<', '>']) || rest.trim_start().starts_with("!=");
    ends && !compares && (name == "search" || inner && names::is_command(name))
}

fn stage<'a>(i: In<'a>, first: bool, inner: bool) -> Stage {
    let n = name_len(i.s);
    let name = i.s[..n].to_ascii_lowercase();
    let body = i.first(i.s.trim_end().len());
    if first && !starts_with_command(i.s, &name, inner) {
        if names::is_command(&name) && name != "search" {
            report::command_without_pipe(i, &name);
        }
        let (command, span) = run(body, body, "search");
        return Stage {
            name: Spanned::new("search".into(), Span::new(i.off, i.off)),
            command,
            span,
        };
    }
    let span = Span::new(i.off, i.off + n);
    if n == 0 {
        i.cx.report(report::no_command(i));
        let command = other(i, "", true);
        return Stage {
            name: Spanned::new(name, span),
            command,
            span: i.span_to(i.skip(body.s.len())),
        };
    }
    let (command, span_all) = run(body, body.skip(n), &name);
    Stage { name: Spanned::new(name, span), command, span: span_all }
}

/// Parses the arguments at `args` of the command that begins at `whole`.
fn run<'a>(whole: In<'a>, args: In<'a>, name: &str) -> (Command, Span) {
    let span = whole.span_to(whole.skip(whole.s.len()));
    args.cx.restart(args.ws().off);
    let failed = match commands::parse(name, args) {
        Some(Ok((rest, command))) if rest.ws().is_empty() => return (command, span),
        Some(Ok((rest, _))) => {
            rest.cx.expect(rest.ws().off, "the end of the command");
            report::syntax(args, name, None)
        }
        Some(Err(nom::Err::Error(f) | nom::Err::Failure(f))) => report::syntax(args, name, f.0),
        Some(Err(nom::Err::Incomplete(_))) => report::syntax(args, name, None),
        None => {
            if !names::is_command(name) {
                whole.cx.report(report::unknown_command(whole, name));
            }
            return (other(args, name, names::is_command(name)), span);
        }
    };
    whole.cx.report(failed);
    (other_without_search(args), span)
}

/// A command without typed syntax: its tokens, with the subsearches among them parsed.
fn other(args: In<'_>, name: &str, known: bool) -> Command {
    let mut command = tokens(args);
    command.known = known;
    let mut i = args;
    // `foreach` holds a template with `<<FIELD>>`, not yet a search
    while name != "foreach"
        && let Some(n) = next_bracket(i.s)
    {
        let at = i.skip(n);
        match subsearch(at) {
            Ok((rest, p)) => {
                command.subsearches.push(p);
                i = rest;
            }
            Err(nom::Err::Failure(f) | nom::Err::Error(f)) => {
                if let Some(d) = f.0 {
                    at.cx.report(*d);
                }
                break;
            }
            Err(nom::Err::Incomplete(_)) => break,
        }
    }
    if let Some(d) = report::unbalanced_parens(args) {
        args.cx.report(d);
    }
    Command::Other(Box::new(command))
}

/// What is kept of a stage that could not be parsed.
fn other_without_search(args: In<'_>) -> Command {
    let mut command = tokens(args);
    command.known = true;
    Command::Other(Box::new(command))
}

fn tokens(args: In<'_>) -> Other {
    let tokens = raw(args.s)
        .filter(|t| !matches!(t.kind, RawKind::Space | RawKind::Comment))
        .map(|t| Token {
            text: t.text(args.s).to_owned(),
            span: Span::new(args.off + t.start, args.off + t.end),
        })
        .collect();
    Other { known: false, tokens, subsearches: Vec::new() }
}

fn next_bracket(s: &str) -> Option<usize> {
    raw(s).find(|t| t.kind == RawKind::Bracket && t.text(s) == "[").map(|t| t.start)
}

/// `[ ... ]`: a search whose rows are used by the outer one.
pub(crate) fn subsearch(open: In<'_>) -> Res<'_, Pipeline> {
    let open = open.ws();
    if !open.s.starts_with('[') {
        return open.fail("a subsearch in `[ ]`");
    }
    let mut depth = 0_usize;
    let close = raw(open.s).find(|t| match (t.kind, t.text(open.s)) {
        (RawKind::Bracket, "[") => {
            depth += 1;
            false
        }
        (RawKind::Bracket, _) => {
            depth -= 1;
            depth == 0
        }
        _ => false,
    });
    let Some(close) = close else {
        return stop(report::unclosed_bracket(Span::new(open.off, open.off + 1)));
    };
    let body = open.first(close.start).skip(1);
    let _deeper = open.deeper(SUBSEARCH_WEIGHT)?;
    Ok((open.skip(close.end), pipeline(body, true)))
}

/// Quotes, comments and brackets that are never closed or never opened, in the whole text.
pub(crate) fn unbalanced(text: &str) -> Option<Diagnostic> {
    let mut open: Vec<usize> = Vec::new();
    for t in raw(text) {
        let at = Span::new(t.start, t.start + 1);
        match (t.kind, t.closed, t.text(text)) {
            (RawKind::Str, false, _) => return Some(crate::lex::words::unclosed_quote(at)),
            (RawKind::Comment, false, _) => return Some(report::unclosed_comment(t.start)),
            (RawKind::Bracket, _, "[") => open.push(t.start),
            (RawKind::Bracket, _, _) if open.pop().is_none() => {
                return Some(report::unmatched(at, "]", "["));
            }
            _ => {}
        }
    }
    let at = open.pop()?;
    Some(report::unclosed_bracket(Span::new(at, at + 1)))
}
