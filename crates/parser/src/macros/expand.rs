//! Macro calls become the text of their definitions, before anything is parsed.
//!
//! Source: Splunk `macros.conf.spec`; Knowledge Manager Manual, "Use search macros in searches".

use super::builtin::find;
use super::call::{Argument, Call, read};
use super::source_map::{Piece, Source, SourceMap};
use super::{MacroDef, MacroSet, Origin};
use crate::ast::{Expr, Span};
use crate::input::MAX_DIAGNOSTICS;
use crate::lex::raw::{RawKind, raw};
use crate::suggest::did_you_mean;
use crate::{Diagnostic, parse_expr};
use std::ops::Range;
use std::sync::Arc;

/// How deep macros may call macros.
const MAX_DEPTH: usize = 32;
/// How long the expanded text may become, in bytes.
const MAX_TEXT: usize = 1 << 20;
/// How many calls one search may lead to.
const MAX_CALLS: usize = 10_000;

/// What an eval expression of a macro gives.
#[derive(Clone, Debug, PartialEq)]
pub enum MacroValue {
    /// Null.
    Null,
    /// True or false.
    Bool(bool),
    /// A text, or a number as text.
    Text(String),
}

/// Computes the eval expressions of macros: `iseval` definitions and `validation`.
pub trait MacroEval {
    /// The value of `expr`, where `arguments` are fields.
    ///
    /// # Errors
    /// What went wrong, in one sentence.
    fn eval(&self, expr: &Expr, arguments: &[(String, String)]) -> Result<MacroValue, String>;
}

/// A text without macro calls and comments, and where its parts come from.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    /// The text that is parsed.
    pub text: String,
    /// Where it comes from.
    pub map: SourceMap,
    /// Unknown macros, cycles, limits.
    pub diagnostics: Vec<Diagnostic>,
    /// Calls that gave nothing: an error right there needs no second message.
    failed: Vec<Range<usize>>,
}

impl Expanded {
    /// Whether a parse error is only the consequence of a call that could not be expanded.
    pub(crate) fn explains(&self, d: &Diagnostic) -> bool {
        let at = d.span.range();
        self.failed.iter().any(|f| {
            let gap = f.start.min(at.start)..f.end.max(at.start);
            self.text.get(gap).is_some_and(|s| s.trim_start_matches('|').trim().is_empty())
        }) || d.code == "SPL0011" && self.comes_from_macro(at)
    }

    /// Whether a `|` stands next to another because a definition begins or ends with one.
    fn comes_from_macro(&self, at: Range<usize>) -> bool {
        let near = |n: usize| self.map.in_macro(n);
        let before = self.text.get(..at.start).map_or("", str::trim_end).len();
        let after = self.text.get(at.end..).map_or(0, |s| s.len() - s.trim_start().len());
        near(at.start) || near(before.saturating_sub(1)) || near(at.end + after)
    }
}

/// A text that is being built, and where its parts come from.
#[derive(Clone, Default)]
struct Built {
    text: String,
    pieces: Vec<Piece>,
}

impl Built {
    fn push(&mut self, s: &str, source: usize, from: Range<usize>) {
        if s.is_empty() {
            return;
        }
        self.pieces.push(Piece { start: self.text.len(), len: s.len(), source, from });
        self.text.push_str(s);
    }

    /// Appends `range` of another built text.
    fn copy(&mut self, other: &Built, range: Range<usize>) {
        let first = other.pieces.partition_point(|p| p.start + p.len <= range.start);
        for p in &other.pieces[first..] {
            let (from, to) = (p.start.max(range.start), (p.start + p.len).min(range.end));
            if from >= to {
                break;
            }
            let taken = match p.from.len() == p.len {
                true => p.from.start + (from - p.start)..p.from.start + (to - p.start),
                false => p.from.clone(),
            };
            self.push(&other.text[from..to], p.source, taken);
        }
    }

    /// The place that `range` was taken from.
    fn origin(&self, range: Range<usize>) -> (usize, Range<usize>) {
        let mut taken = Built::default();
        taken.copy(self, range);
        let Some(first) = taken.pieces.first() else { return (0, 0..0) };
        let end = taken.pieces.iter().rev().find(|p| p.source == first.source);
        (first.source, first.from.start..end.map_or(first.from.end, |p| p.from.end))
    }
}

struct Expander<'m> {
    macros: &'m MacroSet,
    eval: Option<&'m dyn MacroEval>,
    out: Built,
    sources: Vec<Source>,
    diagnostics: Vec<Diagnostic>,
    failed: Vec<Range<usize>>,
    /// The macros that are being expanded, outermost first.
    chain: Vec<(String, usize)>,
    calls: usize,
    /// How many bytes of definitions were copied so far.
    copied: usize,
    /// A limit was reached: nothing more is expanded.
    full: bool,
}

/// Replaces the macro calls of `text` by their definitions and its comments by a space. Calls
/// inside double quotes stay. `origin` says where the text stands.
pub fn expand(
    text: &str,
    origin: Origin,
    macros: &MacroSet,
    eval: Option<&dyn MacroEval>,
) -> Expanded {
    let origin = match origin.text.is_empty() && origin.lines.is_empty() {
        true => Origin { text: text.into(), ..origin },
        false => origin,
    };
    let source = Source { origin, text: text.into(), macro_name: None, call: None };
    let mut x = Expander {
        macros,
        eval,
        out: Built::default(),
        sources: vec![source],
        diagnostics: Vec::new(),
        failed: Vec::new(),
        chain: Vec::new(),
        calls: 0,
        copied: 0,
        full: false,
    };
    let mut built = Built::default();
    built.push(text, 0, 0..text.len());
    x.text(&built);
    Expanded {
        text: x.out.text,
        map: SourceMap { sources: x.sources, pieces: x.out.pieces },
        diagnostics: x.diagnostics,
        failed: x.failed,
    }
}

impl Expander<'_> {
    /// Appends `built` with its calls expanded.
    fn text(&mut self, built: &Built) {
        let mut from = 0;
        for t in raw(&built.text) {
            if self.full {
                return;
            }
            match t.kind {
                RawKind::Comment if t.closed => {
                    self.out.copy(built, from..t.start);
                    self.blank(built, t.start..t.end);
                    from = t.end;
                }
                RawKind::Macro => {
                    self.out.copy(built, from..t.start);
                    self.call(built, t.start..t.end, t.closed);
                    from = t.end;
                }
                _ => {}
            }
            if self.out.text.len() + (built.text.len() - from) > MAX_TEXT {
                self.out.copy(built, from..from);
                let what =
                    format!("the search is longer than {MAX_TEXT} bytes after macro expansion");
                self.stop(built, t.start..t.end, "SPL4005", what);
                return;
            }
        }
        self.out.copy(built, from..built.text.len());
    }

    /// One space that stands for `range`.
    fn blank(&mut self, built: &Built, range: Range<usize>) -> Span {
        let at = self.out.text.len();
        let (source, from) = built.origin(range);
        self.out.push(" ", source, from);
        Span::new(at, at + 1)
    }

    /// Reports a call that gives nothing.
    fn fail(&mut self, built: &Built, range: Range<usize>, make: impl FnOnce(Span) -> Diagnostic) {
        let span = self.blank(built, range);
        self.failed.push(span.range());
        self.diagnostics.push(make(span));
    }

    fn stop(&mut self, built: &Built, range: Range<usize>, code: &'static str, message: String) {
        self.full = true;
        self.fail(built, range, |span| {
            Diagnostic::error(code, span, message).label("the limit is reached here")
        });
    }

    fn call(&mut self, built: &Built, range: Range<usize>, closed: bool) {
        if self.diagnostics.len() >= MAX_DIAGNOSTICS {
            self.full = true;
            return;
        }
        if !closed {
            return self.fail(built, range.start..range.start + 1, |span| {
                Diagnostic::error("SPL0007", span, "unclosed macro call")
                    .label("this backtick opens it")
                    .help("a macro call ends with a backtick, as it begins")
            });
        }
        let Some(call) = read(&built.text, range.clone()) else {
            let typed = built.text[range.clone()].to_owned();
            return self.fail(built, range, |span| {
                Diagnostic::error("SPL4002", span, format!("{typed} is not a macro call"))
                    .label("expected a name, or a name with arguments in parentheses")
            });
        };
        let key = (call.name.clone(), call.arguments.len());
        let Some(def) = find(self.macros, &call.name, call.arguments.len()) else {
            return self.unknown(built, range, &call);
        };
        if self.chain.contains(&key) {
            return self.cycle(built, range, &key);
        }
        if self.chain.len() >= MAX_DEPTH {
            return self.stop(
                built,
                range,
                "SPL4004",
                format!("macros call macros more than {MAX_DEPTH} levels deep"),
            );
        }
        self.calls += 1;
        if self.calls > MAX_CALLS {
            let message = format!("the search leads to more than {MAX_CALLS} macro calls");
            return self.stop(built, range, "SPL4004", message);
        }
        let values = match arguments(&def, &call) {
            Ok(values) => values,
            Err(message) => {
                return self.fail(built, range, |span| {
                    Diagnostic::error("SPL4002", span, message).label("in this call")
                });
            }
        };
        let place = built.origin(range.clone());
        self.sources.push(Source {
            origin: def.origin.clone(),
            text: Arc::from(def.definition.as_str()),
            macro_name: Some(def.name.clone()),
            call: Some(place),
        });
        let source = self.sources.len() - 1;
        let mut body = substitute(&def, source, built, &values);
        self.copied += body.text.len();
        if body.text.len() > MAX_TEXT || self.copied > 16 * MAX_TEXT {
            return self.stop(built, range, "SPL4005", too_long());
        }
        let fields = || -> Vec<(String, String)> {
            let value = |v: &Range<usize>| built.text[v.clone()].to_owned();
            def.arguments.iter().cloned().zip(values.iter().map(value)).collect()
        };
        if let Some(validation) = &def.validation
            && let Some(d) = self.validate(&def, validation, &fields())
        {
            return self.fail(built, range, |span| Diagnostic { span, ..d });
        }
        if def.iseval {
            match self.computed(&def, &body.text, &fields()) {
                Ok(text) => {
                    let whole = 0..def.definition.len();
                    body = Built::default();
                    body.push(&text, source, whole);
                }
                Err(d) => return self.fail(built, range, |span| Diagnostic { span, ..*d }),
            }
        }
        self.chain.push(key);
        self.text(&body);
        self.chain.pop();
    }

    fn unknown(&mut self, built: &Built, range: Range<usize>, call: &Call) {
        let arguments = call.arguments.len();
        let name = &call.name;
        let mut counts: Vec<usize> =
            self.macros.iter().filter(|m| m.name == *name).map(|m| m.arguments.len()).collect();
        counts.dedup();
        let help = match counts.as_slice() {
            [] => crate::elsewhere::help(crate::elsewhere::Kind::Macro, name)
                .or_else(|| did_you_mean(name, self.macros.iter().map(|m| m.name.as_str())))
                .unwrap_or_else(|| "define it in a file of the macros folder".into()),
            counts => {
                let list = counts.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ");
                let noun = if list == "1" { "argument" } else { "arguments" };
                format!("`{name}` takes {list} {noun}, not {arguments}")
            }
        };
        let shown = match arguments {
            0 => name.clone(),
            n => format!("{name}({n})"),
        };
        self.fail(built, range, |span| {
            Diagnostic::error("SPL4001", span, format!("unknown macro `{shown}`"))
                .label("no such macro")
                .help(help)
        });
    }

    fn cycle(&mut self, built: &Built, range: Range<usize>, key: &(String, usize)) {
        let show = |(name, n): &(String, usize)| match n {
            0 => name.clone(),
            n => format!("{name}({n})"),
        };
        let from = self.chain.iter().position(|k| k == key).unwrap_or(0);
        let mut names: Vec<String> = self.chain[from..].iter().map(show).collect();
        names.push(show(key));
        let message = format!("macro `{}` calls itself", key.0);
        let help = names.join(" -> ");
        self.fail(built, range, |span| {
            Diagnostic::error("SPL4003", span, message).label("the circle closes here").help(help)
        });
    }

    /// What is wrong with the arguments, by the macro's own rule.
    fn validate(
        &self,
        def: &MacroDef,
        validation: &str,
        fields: &[(String, String)],
    ) -> Option<Diagnostic> {
        let text = substitute_text(validation, fields);
        let message = match self.value(def, &text, fields) {
            Err(d) => return Some(*d),
            Ok(MacroValue::Bool(true)) => return None,
            Ok(MacroValue::Text(message)) => message,
            Ok(MacroValue::Null) if def.errormsg.is_none() => return None,
            Ok(MacroValue::Null | MacroValue::Bool(false)) => def
                .errormsg
                .clone()
                .unwrap_or_else(|| format!("the arguments of `{}` are not valid", def.name)),
        };
        let d = Diagnostic::error("SPL4006", Span::default(), message)
            .label(format!("refused by the validation of `{}`", def.name))
            .help(format!("validation: {validation}"));
        Some(d)
    }

    fn computed(
        &self,
        def: &MacroDef,
        text: &str,
        fields: &[(String, String)],
    ) -> Result<String, Box<Diagnostic>> {
        match self.value(def, text, fields)? {
            MacroValue::Text(text) => Ok(text),
            _ => Err(Box::new(
                Diagnostic::error(
                    "SPL4007",
                    Span::default(),
                    format!("the eval macro `{}` gives no text", def.name),
                )
                .label("its definition must give a text")
                .help(format!("definition: {text}")),
            )),
        }
    }

    fn value(
        &self,
        def: &MacroDef,
        text: &str,
        fields: &[(String, String)],
    ) -> Result<MacroValue, Box<Diagnostic>> {
        let wrong = |message: String| {
            let d = Diagnostic::error("SPL4007", Span::default(), message);
            Box::new(d.label(format!("expression: {text}")))
        };
        let Some(eval) = self.eval else {
            let d = Diagnostic::unsupported("SPL4007", Span::default(), "an eval macro here");
            return Err(Box::new(d));
        };
        let expr = parse_expr(text).map_err(|list| {
            let first = list.into_iter().next().map_or_else(String::new, |d| d.message);
            wrong(format!("the expression of macro `{}` is wrong: {first}", def.name))
        })?;
        eval.eval(&expr, fields)
            .map_err(|e| wrong(format!("the expression of macro `{}` failed: {e}", def.name)))
    }
}

fn too_long() -> String {
    format!("the search is longer than {MAX_TEXT} bytes after macro expansion")
}

/// The range of each argument's value in the order of the definition.
fn arguments(def: &MacroDef, call: &Call) -> Result<Vec<Range<usize>>, String> {
    let known = |a: &Argument| a.name.as_ref().is_some_and(|n| def.arguments.contains(n));
    if !call.arguments.iter().any(known) {
        return Ok(call.arguments.iter().map(|a| a.whole.clone()).collect());
    }
    if let Some(wrong) = call.arguments.iter().find(|a| !known(a)) {
        let name = wrong.name.as_deref().unwrap_or("without a name");
        return Err(format!(
            "macro `{}` has no argument `{name}`, only `{}`",
            def.name,
            def.arguments.join("`, `")
        ));
    }
    def.arguments
        .iter()
        .map(|name| {
            call.arguments
                .iter()
                .find(|a| a.name.as_ref() == Some(name))
                .map(|a| a.value.clone())
                .ok_or_else(|| format!("macro `{}` misses its argument `{name}`", def.name))
        })
        .collect()
}

/// The definition with each `$name$` replaced, even inside quotes.
fn substitute(def: &MacroDef, source: usize, call: &Built, values: &[Range<usize>]) -> Built {
    let text = def.definition.as_str();
    let mut out = Built::default();
    let mut from = 0;
    while let Some((at, len, n)) = next_argument(text, from, &def.arguments) {
        out.push(&text[from..at], source, from..at);
        if let Some(value) = values.get(n) {
            out.copy(call, value.clone());
        }
        from = at + len;
        if out.text.len() > MAX_TEXT {
            return out;
        }
    }
    out.push(&text[from..], source, from..text.len());
    out
}

fn substitute_text(text: &str, fields: &[(String, String)]) -> String {
    let names: Vec<String> = fields.iter().map(|f| f.0.clone()).collect();
    let mut out = String::new();
    let mut from = 0;
    while let Some((at, len, n)) = next_argument(text, from, &names) {
        out.push_str(&text[from..at]);
        out.push_str(fields.get(n).map_or("", |f| f.1.as_str()));
        from = at + len;
    }
    out.push_str(&text[from..]);
    out
}

/// The next `$name$` at or after `from`: where, how long, which argument.
fn next_argument(text: &str, from: usize, names: &[String]) -> Option<(usize, usize, usize)> {
    let mut at = from;
    while let Some(n) = text[at..].find('$') {
        let start = at + n;
        let rest = &text[start + 1..];
        let end = rest.find('$')?;
        if let Some(which) = names.iter().position(|name| *name == rest[..end]) {
            return Some((start, end + 2, which));
        }
        at = start + 1;
    }
    None
}
