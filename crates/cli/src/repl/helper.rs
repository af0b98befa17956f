//! What rustyline asks while a line is edited.

use super::commands::META;
use super::complete::{self, Candidates, SharedNames};
use crate::output::Format;
use anstyle::{AnsiColor, Color, Effects, Style};
use clap::ValueEnum;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};
use sepal_parser::{CursorPlace, TokenClass, cursor_context};
use std::borrow::Cow;

/// Hints longer than this wrap and jump.
const LONGEST_HINT: usize = 70;

/// Completion, colours, hints, and when a search is complete.
pub struct SplHelper {
    names: SharedNames,
    files: FilenameCompleter,
    colour: bool,
}

impl SplHelper {
    /// A helper over the session's names.
    pub fn new(names: SharedNames, colour: bool) -> SplHelper {
        SplHelper { names, files: FilenameCompleter::new(), colour }
    }
}

impl Helper for SplHelper {}

/// The `:command` of a line, and the offset of its arguments.
fn meta(line: &str) -> Option<(&str, usize)> {
    let rest = line.strip_prefix(':')?;
    let end = rest.find(char::is_whitespace)?;
    Some((&rest[..end], end + 2))
}

impl Completer for SplHelper {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        ctx: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = &line[..pos];
        let names = self.names.borrow();
        let found: Candidates = match meta(before) {
            Some(("load" | "save" | "run", _)) => {
                return self.files.complete(line, pos, ctx);
            }
            Some(("format", _)) => {
                let formats: Vec<String> = Format::value_variants()
                    .iter()
                    .filter_map(|f| Some(f.to_possible_value()?.get_name().to_owned()))
                    .collect();
                complete::words(before, formats.iter().map(String::as_str))
            }
            Some(("help", _)) => complete::topics(before),
            Some(("macros", _)) => complete::words(before, names.macros.iter().map(String::as_str)),
            Some(("fields", _)) => complete::words(before, names.fields.iter().map(String::as_str)),
            Some(("explain", from)) => {
                let (start, found) = complete::spl(&before[from..], &names);
                (start + from, found)
            }
            Some(_) => return Ok((pos, Vec::new())),
            None if before.starts_with(':') => {
                let names: Vec<String> = META.iter().map(|m| format!(":{}", m.name)).collect();
                complete::words(before, names.iter().map(String::as_str))
            }
            None if before.starts_with("help ") => complete::topics(before),
            None => complete::spl(before, &names),
        };
        let pairs = found.1.into_iter().map(|(display, replacement)| Pair { display, replacement });
        Ok((found.0, pairs.collect()))
    }
}

/// A hint that is only read: it cannot be taken over into the line.
pub struct Shown(String);

impl Hint for Shown {
    fn display(&self) -> &str {
        &self.0
    }
    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for SplHelper {
    type Hint = Shown;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<Shown> {
        // without colours a hint would look like typed text
        if pos < line.len() || !self.colour {
            return None;
        }
        if let Some((name, from)) = meta(line) {
            let meta = META.iter().find(|m| m.name == name)?;
            return (from >= line.len()).then(|| Shown(meta.arguments.to_owned()));
        }
        arguments(line).map(|text| Shown(one_line(&text)))
    }
}

/// What comes after a command's name, or in a function's brackets.
fn arguments(line: &str) -> Option<String> {
    if let Some(before) = line.strip_suffix('(') {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let start = before.len() - before.chars().rev().take_while(|&c| part(c)).count();
        let name = before.get(start..)?.to_lowercase();
        let eval = sepal_exec::functions::find(&name).map(|f| f.doc.syntax);
        let stats = sepal_exec::aggregates::find(&name).map(|f| f.doc.syntax);
        let syntax = match cursor_context(line, line.len()).place {
            CursorPlace::Eval(_) => eval.or(stats),
            CursorPlace::Text | CursorPlace::Macro => None,
            _ => stats.or(eval),
        };
        let (_, inside) = syntax?.split_once('(')?;
        return Some(inside.to_owned());
    }
    let named = line.trim_end();
    if named.len() == line.len() {
        return None;
    }
    let context = cursor_context(named, named.len());
    if context.place != CursorPlace::Command {
        return None;
    }
    let spec = sepal_exec::commands::find(&named.get(context.word.range())?.to_lowercase())?;
    let syntax = spec.doc.syntax.trim();
    Some(syntax.strip_prefix(spec.name).unwrap_or(syntax).trim_start().to_owned())
}

fn one_line(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= LONGEST_HINT {
        return flat;
    }
    let cut: String = flat.chars().take(LONGEST_HINT - 1).collect();
    format!("{cut}…")
}

impl Validator for SplHelper {
    fn validate(&self, ctx: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = ctx.input();
        if text.starts_with(':') || text.trim().is_empty() || sepal_parser::is_complete(text) {
            Ok(ValidationResult::Valid(None))
        } else {
            Ok(ValidationResult::Incomplete)
        }
    }
}

const fn colour(c: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(c)))
}

impl Highlighter for SplHelper {
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        if !self.colour || line.starts_with(':') {
            return Cow::Borrowed(line);
        }
        let mut out = String::with_capacity(line.len() * 2);
        let mut at = 0;
        for (span, class) in sepal_parser::tokens(line) {
            let range = span.range();
            let (Some(between), Some(text)) = (line.get(at..range.start), line.get(range.clone()))
            else {
                continue;
            };
            out.push_str(between);
            let style = style_of(class);
            out.push_str(&format!("{style}{text}{style:#}"));
            at = range.end;
        }
        out.push_str(line.get(at..).unwrap_or_default());
        Cow::Owned(out)
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        if !self.colour {
            return Cow::Borrowed(prompt);
        }
        let style = colour(AnsiColor::Green).effects(Effects::BOLD);
        Cow::Owned(format!("{style}{prompt}{style:#}"))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if !self.colour {
            return Cow::Borrowed(hint);
        }
        let style = Style::new().effects(Effects::DIMMED);
        Cow::Owned(format!("{style}{hint}{style:#}"))
    }

    fn highlight_char(&self, line: &str, _pos: usize, kind: CmdKind) -> bool {
        self.colour && !line.is_empty() && kind != CmdKind::MoveCursor
    }
}

/// Fields, which most words are, keep the terminal's own colour.
fn style_of(class: TokenClass) -> Style {
    match class {
        TokenClass::Command => colour(AnsiColor::Blue).effects(Effects::BOLD),
        TokenClass::Function => colour(AnsiColor::Cyan),
        TokenClass::Keyword => colour(AnsiColor::Magenta),
        TokenClass::String => colour(AnsiColor::Green),
        TokenClass::Number | TokenClass::Macro => colour(AnsiColor::Yellow),
        TokenClass::Comment => Style::new().effects(Effects::DIMMED),
        TokenClass::Pipe => Style::new().effects(Effects::BOLD),
        TokenClass::Field | TokenClass::Operator | TokenClass::Bracket | TokenClass::Plain => {
            Style::new()
        }
    }
}
