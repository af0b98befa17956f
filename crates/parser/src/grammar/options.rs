//! `name=value` options of commands.

use super::args::{columns, field};
use crate::Diagnostic;
use crate::ast::{Field, Span, Spanned};
use crate::commands::NamedOption;
use crate::input::{Fail, In, Res, stop};
use crate::lex::words::string;
use crate::suggest::did_you_mean;
use nom::Err;

/// An option of `command`, one of `known`. Another name followed by `=` ends the stage with a
/// message; anything else is a mismatch.
pub(crate) fn option<'a>(
    i: In<'a>,
    command: &str,
    known: &'static [&'static str],
) -> Res<'a, NamedOption> {
    let i = i.ws();
    let (rest, name) = match field(i) {
        Ok(ok) if !i.s.starts_with(['"', '\'']) => ok,
        _ => return i.fail("an option"),
    };
    let after = rest.ws();
    if !after.s.starts_with('=') || after.s.starts_with("==") {
        return i.fail("an option");
    }
    let lower = name.node.to_ascii_lowercase();
    if !known.contains(&lower.as_str()) {
        return stop(unknown_option(&name, command, known));
    }
    let (rest, value) = value(after.skip(1))?;
    let span = i.span_to(rest);
    Ok((rest, NamedOption { name: Spanned::new(lower, name.span), value, span }))
}

/// "`command` has no option `x`".
pub(crate) fn unknown_option(
    name: &Spanned<String>,
    command: &str,
    known: &'static [&'static str],
) -> Diagnostic {
    let typed = name.node.to_ascii_lowercase();
    let list = known.iter().map(|o| format!("{o}=")).collect::<Vec<_>>().join(", ");
    let d = Diagnostic::error(
        "SPL2001",
        name.span,
        format!("`{command}` has no option `{}`", name.node),
    )
    .label("unknown option");
    let all = match known.is_empty() {
        true => format!("`{command}` has no options"),
        false => format!("options of `{command}`: {list}"),
    };
    d.help(match did_you_mean(&typed, known.iter().copied()) {
        Some(meant) => format!("{meant} ({all})"),
        None => all,
    })
}

/// The value of an option: quoted, or bare up to white space. A comma is part of a bare value
/// only inside it (`delim=,` is a comma).
pub(crate) fn value(i: In<'_>) -> Res<'_, Spanned<String>> {
    let i = i.ws();
    if i.s.starts_with('"') {
        return string(i);
    }
    let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '|' | '"');
    let mut n = i.s.find(ends).unwrap_or(i.s.len());
    if n > 1 {
        n = i.s[..n].trim_end_matches(',').len().max(1);
    }
    if n == 0 {
        return i.cut("a value");
    }
    Ok((i.skip(n), Spanned::new(i.s[..n].to_owned(), i.span_to(i.skip(n)))))
}

/// Options in a row, separated by white space or commas; maybe none.
pub(crate) fn options<'a>(
    mut i: In<'a>,
    command: &str,
    known: &'static [&'static str],
) -> Res<'a, Vec<NamedOption>> {
    let mut list = Vec::new();
    loop {
        match option(i, command, known) {
            Ok((rest, o)) => {
                list.push(o);
                i = rest;
                let at = i.ws();
                if at.s.starts_with(',') {
                    i = at.skip(1);
                }
            }
            Err(Err::Error(_)) => return Ok((i, list)),
            Err(e) => return Err(e),
        }
    }
}

/// Options and field names in any order, up to one of the words `until`.
pub(crate) fn mixed<'a>(
    mut i: In<'a>,
    command: &str,
    known: &'static [&'static str],
    until: &[&'static str],
) -> Res<'a, (Vec<NamedOption>, Vec<Field>)> {
    let (mut list, mut fields) = (Vec::new(), Vec::new());
    loop {
        let (rest, more) = options(i, command, known)?;
        let (rest, names) = columns(rest, until)?;
        if more.is_empty() && names.is_empty() {
            return Ok((i, (list, fields)));
        }
        list.extend(more);
        fields.extend(names);
        i = rest;
    }
}

/// The only field of a command that takes one.
pub(crate) fn one_field(command: &str, fields: Vec<Field>) -> Result<Field, Err<Fail>> {
    let mut fields = fields.into_iter();
    let first = fields.next();
    match (first, fields.next()) {
        (Some(field), None) => Ok(field),
        (_, extra) => {
            let extra = extra.unwrap_or_else(|| Spanned::new(String::new(), Span::default()));
            let d =
                Diagnostic::error("SPL2004", extra.span, format!("`{command}` takes one field"))
                    .label("one too many");
            Err(Err::Failure(Fail(Some(Box::new(match crate::names::is_command(&extra.node) {
                true => d.help(format!("is a `|` missing before `{}`?", extra.node)),
                false => d,
            })))))
        }
    }
}

impl NamedOption {
    /// The value as true or false.
    pub(crate) fn as_bool(&self) -> Result<bool, Err<Fail>> {
        match self.value.node.to_ascii_lowercase().as_str() {
            "true" | "t" | "1" | "yes" | "y" => Ok(true),
            "false" | "f" | "0" | "no" | "n" => Ok(false),
            _ => Err(self.wrong("true or false")),
        }
    }

    /// The value as a whole number.
    pub(crate) fn as_count(&self) -> Result<Spanned<u64>, Err<Fail>> {
        match self.value.node.parse() {
            Ok(n) => Ok(Spanned::new(n, self.value.span)),
            Err(_) => Err(self.wrong("a whole number")),
        }
    }

    /// The value as a number from `least` to `most`.
    pub(crate) fn as_number_in(&self, least: f64, most: f64) -> Result<f64, Err<Fail>> {
        match self.value.node.parse::<f64>() {
            Ok(n) if n >= least && n <= most => Ok(n),
            _ if most == f64::MAX => Err(self.wrong(&format!("a number from {least} on"))),
            _ => Err(self.wrong(&format!("a number from {least} to {most}"))),
        }
    }

    /// The value as a field name.
    pub(crate) fn as_field(&self) -> Field {
        self.value.clone()
    }

    /// "the option needs ...".
    pub(crate) fn wrong(&self, needs: &str) -> Err<Fail> {
        let d = Diagnostic::error(
            "SPL2002",
            self.value.span,
            format!("`{}=` needs {needs}, not `{}`", self.name.node, self.value.node),
        )
        .label(format!("expected {needs}"));
        Err::Failure(Fail(Some(Box::new(d))))
    }
}

/// "the command needs ..." at the end of what was read.
pub(crate) fn missing<'a, T>(i: In<'a>, message: &str, help: &str) -> Res<'a, T> {
    let at = i.ws();
    stop(
        Diagnostic::error("SPL2003", Span::new(at.off, at.off), message.to_owned())
            .label("missing here")
            .help(help.to_owned()),
    )
}
