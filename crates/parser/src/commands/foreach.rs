//! `foreach`: a template of commands, once for each field or each value.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::options::{missing, mixed, options};
use crate::grammar::report;
use crate::input::{In, Res, stop};
use crate::lex::raw::{RawKind, raw};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Foreach {
    /// What the template runs over.
    pub mode: Mode,
    /// Names and wildcards, or the one field whose values are gone through; none only with
    /// `mode=auto_collections`: all that hold several values.
    pub fields: Vec<Field>,
    /// What stands for what in the template.
    pub places: Places,
    /// The text between the brackets.
    pub template: Spanned<String>,
}

/// `mode=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Over fields.
    Multifield,
    /// Over the values of a multivalue field.
    Multivalue,
    /// Over the members of a JSON array.
    JsonArray,
    /// Over either.
    AutoCollections,
}

/// The placeholders of a template.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Places {
    /// `fieldstr=`: the field's name.
    pub field: String,
    /// `matchstr=`: what the wildcards of the name stand for.
    pub matched: String,
    /// `matchseg1=` to `matchseg3=`: what each wildcard stands for.
    pub segments: [String; 3],
    /// `itemstr=`: the value.
    pub item: String,
    /// `iterstr=`: the value's number from 0.
    pub iter: String,
}

impl Default for Places {
    fn default() -> Self {
        Places {
            field: "<<FIELD>>".into(),
            matched: "<<MATCHSTR>>".into(),
            segments: ["<<MATCHSEG1>>".into(), "<<MATCHSEG2>>".into(), "<<MATCHSEG3>>".into()],
            item: "<<ITEM>>".into(),
            iter: "<<ITER>>".into(),
        }
    }
}

const KNOWN: &[&str] =
    &["mode", "fieldstr", "matchstr", "matchseg1", "matchseg2", "matchseg3", "itemstr", "iterstr"];

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Foreach> {
    let (i, (mut given, fields)) = mixed(i, name, KNOWN, &[])?;
    if !i.ws().s.starts_with('[') {
        return missing(i, "`foreach` needs a template", "write `foreach f* [eval <<FIELD>>=...]`");
    }
    let (i, template) = template(i)?;
    let (i, after) = options(i, name, KNOWN)?;
    given.extend(after);
    let (mut mode, mut places) = (Mode::Multifield, Places::default());
    for o in given {
        let text = o.value.node.clone();
        if text.is_empty() {
            return Err(o.wrong("a text"));
        }
        match o.name.node.as_str() {
            "mode" => {
                mode = match text.to_ascii_lowercase().as_str() {
                    "multifield" => Mode::Multifield,
                    "multivalue" => Mode::Multivalue,
                    "json_array" => Mode::JsonArray,
                    "auto_collections" => Mode::AutoCollections,
                    _ => {
                        return Err(
                            o.wrong("multifield, multivalue, json_array or auto_collections")
                        );
                    }
                }
            }
            "fieldstr" => places.field = text,
            "matchstr" => places.matched = text,
            "matchseg1" => places.segments[0] = text,
            "matchseg2" => places.segments[1] = text,
            "matchseg3" => places.segments[2] = text,
            "itemstr" => places.item = text,
            _ => places.iter = text,
        }
    }
    if let Some(call) = fields.iter().find(|f| f.node.contains('(')) {
        let what = "an expression in place of a field of foreach";
        return stop(
            Diagnostic::unsupported("SPL2263", call.span, what)
                .help("compute it with `eval` before and name the field"),
        );
    }
    match (mode, fields.as_slice()) {
        (Mode::Multifield | Mode::Multivalue | Mode::JsonArray, []) => {
            missing(i, "`foreach` needs a field", "write `foreach f* [eval <<FIELD>>=...]`")
        }
        (Mode::Multivalue | Mode::JsonArray | Mode::AutoCollections, [_, second, ..]) => stop(
            Diagnostic::error("SPL2263", second.span, "this mode of `foreach` takes one field")
                .label("one too many"),
        ),
        _ => Ok((i, Foreach { mode, fields, places, template })),
    }
}

/// The text in the brackets.
fn template(i: In<'_>) -> Res<'_, Spanned<String>> {
    let open = i.ws();
    let mut depth = 0_usize;
    for t in raw(open.s) {
        match (t.kind, t.text(open.s)) {
            (RawKind::Bracket, "[") => depth += 1,
            (RawKind::Bracket, _) if depth == 1 => {
                let text = &open.s[1..t.start];
                let at = open.skip(1).span_to(open.skip(t.start));
                if text.trim().is_empty() {
                    return missing(
                        open.skip(1),
                        "`foreach` needs a template",
                        "write `[eval ...]`",
                    );
                }
                return Ok((open.skip(t.end), Spanned::new(text.to_owned(), at)));
            }
            (RawKind::Bracket, _) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    stop(report::unclosed_bracket(Span::new(open.off, open.off + 1)))
}
