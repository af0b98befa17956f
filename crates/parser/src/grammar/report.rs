//! What the parser says about a wrong search.

use crate::Diagnostic;
use crate::ast::Span;
use crate::input::In;
use crate::lex::raw::{RawKind, raw};
use crate::names;
use crate::suggest::did_you_mean;

/// The message for a stage whose arguments `args` did not parse: `own`, or what was expected at
/// the furthest place reached.
#[cold]
pub(crate) fn syntax(args: In<'_>, name: &str, own: Option<Box<Diagnostic>>) -> Diagnostic {
    if let Some(mut d) = own {
        let at = (d.span.start as usize).saturating_sub(args.off).min(args.s.len());
        if matches!(d.code, "SPL2001" | "SPL2004")
            && let Some(pipe) = missing_pipe_before(args, args.skip(at))
        {
            d.help = Some(pipe);
        }
        return *d;
    }
    let (at, mut expected) = args.cx.furthest();
    // a place, not a thing
    if expected.len() > 1 {
        expected.retain(|e| *e != "the end of the command" && *e != "an option");
    }
    // "a name after AS" says more than "a field name"
    let telling = |e: &str| [" after ", " before ", " such as "].iter().any(|w| e.contains(w));
    if expected.iter().any(|e| telling(e)) {
        expected.retain(|e| telling(e) || *e == "BY");
    }
    let end = args.off + args.s.len();
    let at = at.clamp(args.off, end);
    let here = args.skip(at - args.off).ws();
    let found = raw(here.s).next();
    let (span, found_text) = match found {
        Some(t) => (Span::new(here.off, here.off + t.end), t.text(here.s)),
        None => (Span::new(end, end), ""),
    };
    if found_text == ")" {
        return unmatched_or_early(span, &expected);
    }
    let wanted = list(&expected);
    let d = match found {
        Some(_) if wanted == "the end of the command" => {
            Diagnostic::error("SPL0003", span, format!("unexpected `{}`", short(found_text)))
                .label(format!("`{name}` ends before this"))
        }
        Some(_) => Diagnostic::error(
            "SPL0003",
            span,
            format!("expected {wanted}, found `{}`", short(found_text)),
        )
        .label(format!("expected {wanted}")),
        None => {
            Diagnostic::error("SPL0003", span, format!("expected {wanted}, but `{name}` ends here"))
                .label(format!("expected {wanted}"))
        }
    };
    match help(args, name, here, found_text) {
        Some(h) => d.help(h),
        None => d,
    }
}

fn unmatched_or_early(span: Span, expected: &[&'static str]) -> Diagnostic {
    let operand =
        expected.iter().find(|e| !matches!(**e, "an operator" | "the end of the command" | "`,`"));
    match operand {
        Some(what) => Diagnostic::error("SPL0003", span, format!("expected {what}, found `)`"))
            .label(format!("expected {what} before this")),
        None => unmatched(span, ")", "("),
    }
}

/// A hint for well-known slips.
fn help(args: In<'_>, name: &str, here: In<'_>, found: &str) -> Option<String> {
    let lower = found.to_ascii_lowercase();
    let eval_like = matches!(name, "where" | "eval" | "stats");
    if names::is_command(&lower) && !lower.is_empty() {
        return Some(format!("is a `|` missing before `{found}`?"));
    }
    if let Some(pipe) = missing_pipe_before(args, here) {
        return Some(pipe);
    }
    let eval_next = names_next_assignment(here, found);
    match found {
        "&&" | "&" if eval_like => Some("write `AND`".into()),
        _ if eval_like && found.starts_with('!') => Some("write `NOT`".into()),
        "=" if name == "stats" => Some("to count where something is true, write `count(eval(a=b))`".into()),
        "==" if name == "eval" => Some("`eval` assigns with one `=`".into()),
        _ if name == "eval" && eval_next => Some("assignments are separated by `,`".into()),
        _ if eval_like && found.starts_with('*') => Some(
            "`where` and `eval` have no wildcards: use `like(field, \"a%\")` or `match(field, \"regex\")`".into(),
        ),
        _ => None,
    }
}

/// The word before `here` is a command's name, and not the first word.
fn missing_pipe_before(args: In<'_>, here: In<'_>) -> Option<String> {
    let before = args.s[..here.off - args.off].trim();
    let last = before.split_whitespace().next_back()?;
    let command = names::is_command(&last.to_ascii_lowercase()) && before != last;
    command.then(|| format!("is a `|` missing before `{last}`?"))
}

/// Whether `word = ...` comes here.
fn names_next_assignment(here: In<'_>, word: &str) -> bool {
    let rest = here.s[word.len()..].trim_start();
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && rest.starts_with('=')
        && !rest.starts_with("==")
}

/// At most some characters of a token, for a message.
fn short(s: &str) -> String {
    match s.char_indices().nth(30) {
        Some((n, _)) => format!("{}...", &s[..n]),
        None => s.to_owned(),
    }
}

/// `a, b or c`.
fn list(items: &[&'static str]) -> String {
    match items {
        [] => "the end of the command".into(),
        [one] => (*one).into(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}

pub(crate) fn unmatched(span: Span, close: &str, open: &str) -> Diagnostic {
    Diagnostic::error("SPL0002", span, format!("unmatched `{close}`"))
        .label(format!("no `{open}` belongs to this"))
        .help(format!("remove it, or add the `{open}`"))
}

pub(crate) fn unclosed_bracket(span: Span) -> Diagnostic {
    Diagnostic::error("SPL0002", span, "unclosed `[`")
        .label("opened here")
        .help("add the `]` that ends the subsearch")
}

pub(crate) fn unclosed_comment(at: usize) -> Diagnostic {
    Diagnostic::error("SPL0005", Span::new(at, at + 3), "unclosed comment")
        .label("opened here")
        .help("a comment ends with three backticks, as it begins")
}

/// An empty place between pipes.
pub(crate) fn empty_stage(piece: In<'_>, n: usize, last: usize) {
    if last == 0 {
        piece.cx.report(
            Diagnostic::error("SPL0004", Span::new(piece.off, piece.off), "empty search")
                .label("a search or `|` and a command is expected here"),
        );
        return;
    }
    // the pipe stands before the piece
    let at = piece.off.saturating_sub(1);
    let span = Span::new(at, piece.off);
    let d = match n == last {
        true => Diagnostic::warning("SPL0011", span, "the search ends with a `|`")
            .label("nothing follows")
            .help("remove the pipe"),
        false => Diagnostic::warning("SPL0011", span, "nothing between two pipes")
            .label("a command is missing after this")
            .help(match piece.is_empty() {
                true => "remove one of the pipes; the operator of `where` and `eval` is `OR`",
                false => "remove one of the pipes",
            }),
    };
    piece.cx.report(d);
}

/// A stage that does not begin with a word.
pub(crate) fn no_command(i: In<'_>) -> Diagnostic {
    let t = raw(i.s).next();
    let end = t.map_or(i.off, |t| i.off + t.end);
    let found = t.map_or("", |t| t.text(i.s));
    let d = Diagnostic::error(
        "SPL0004",
        Span::new(i.off, end),
        format!("expected a command after `|`, found `{}`", short(found)),
    )
    .label("expected a command");
    match found {
        ")" | "]" => d.help("is a bracket closed too early?"),
        _ => d.help("to filter events here, write `| search ...`"),
    }
}

/// A name that no command has.
pub(crate) fn unknown_command(i: In<'_>, name: &str) -> Diagnostic {
    let d = Diagnostic::error(
        "SPL1001",
        Span::new(i.off, i.off + name.len()),
        format!("unknown command `{name}`"),
    )
    .label("not a command");
    let app = crate::elsewhere::help(crate::elsewhere::Kind::Command, name);
    match app.or_else(|| did_you_mean(name, names::COMMANDS.iter().copied())) {
        Some(h) => d.help(h),
        None => d.help("after `|` comes a command; to filter events, write `| search ...`"),
    }
}

/// A search without a leading pipe that begins with a command's name.
pub(crate) fn command_without_pipe(i: In<'_>, name: &str) {
    let rest = i.s[name.len()..].trim_start();
    // `table=x` and `host OR ...` are terms
    if rest.starts_with(['=', '!', '<', '>', ','])
        || rest.starts_with("IN")
        || rest.starts_with("OR ")
    {
        return;
    }
    i.cx.report(
        Diagnostic::warning(
            "SPL0012",
            Span::new(i.off, i.off + name.len()),
            format!("`{name}` at the beginning is a word to search for"),
        )
        .label("not read as the command")
        .help(format!("to run the command, write `| {name} ...`")),
    );
}

/// Parentheses of a command whose arguments are only tokens.
pub(crate) fn unbalanced_parens(args: In<'_>) -> Option<Diagnostic> {
    let mut open: Vec<usize> = Vec::new();
    for t in raw(args.s) {
        if t.kind != RawKind::Punct {
            continue;
        }
        match t.text(args.s) {
            "(" => open.push(args.off + t.start),
            ")" if open.pop().is_none() => {
                let at = args.off + t.start;
                return Some(unmatched(Span::new(at, at + 1), ")", "("));
            }
            _ => {}
        }
    }
    let at = open.pop()?;
    Some(super::eval::unclosed_paren(Span::new(at, at + 1)))
}
