//! `searchmatch`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use crate::search::{Pred, RowSource, SearchProgram};
use sepal_data::Value;
use sepal_data::wildcard::Pattern;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, SearchExpr, Span};
use std::borrow::Cow;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "searchmatch",
    aliases: &[],
    arity: (1, 1),
    category: "conditional",
    doc: FunctionDoc {
        summary: "Whether the event matches a search condition.",
        syntax: "searchmatch(<search_str>)",
        details: "The text is in the language of the search command: letter case does not matter, `*` is a wildcard, a bare word is looked for in _raw. It must be in quotes. A field that is missing does not match.",
        source: pages::CONDITION,
        examples: &[
            ex(r#"searchmatch("x=hi")"#, r#""False""#),
            ex(r#"searchmatch("NOT x=hi")"#, r#""True""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let node = c.node(&args[0]);
    let span = args[0].span;
    let Some(text) = node.constant().and_then(Cell::single_text) else {
        let d = Diagnostic::error("SPL2141", span, "searchmatch needs text in quotes");
        return c.fail(d.label("its fields must be known before the search starts"));
    };
    let program = terms(&text).and_then(|e| {
        SearchProgram::compile(&e).map_err(|ds| {
            ds.first().map_or_else(String::new, |d| format!("{} {}", d.message, d.label))
        })
    });
    match program {
        Ok(program) => Box::new(SearchMatch::new(c, program)),
        Err(why) => {
            let d = Diagnostic::error("SPL2141", span, "this is no search condition");
            c.fail(d.label(why.trim().to_owned()))
        }
    }
}

/// Reads the condition; it may begin with the command's name.
fn terms(text: &str) -> Result<SearchExpr, String> {
    let text = text.trim_start();
    let body = match text.strip_prefix("search") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest,
        _ => text,
    };
    sepal_parser::parse_terms(body)
        .map_err(|ds| ds.into_iter().next().map_or_else(String::new, |d| d.message))
}

/// A condition over rows. What a row lacks does not match, so it is never null.
///
/// Source: Splunk Search Reference, search; Search Manual, "Difference between != and NOT".
struct SearchMatch {
    program: SearchProgram,
    /// The number in the expression of the condition's field number `i`.
    slots: Vec<u32>,
    /// That of _raw, where a word is looked for.
    raw: Option<u32>,
}

impl SearchMatch {
    fn new(c: &mut Compiler, program: SearchProgram) -> SearchMatch {
        let slots = program.fields.iter().map(|f| c.slot(f)).collect();
        let needed = program.needed();
        if needed.is_all() || !needed.wildcards().is_empty() {
            c.read_whole_row();
        }
        for f in needed.exact() {
            c.slot(f);
        }
        let mut words = false;
        program.pred.leaves(&mut |leaf| words |= matches!(leaf, Pred::Term(..)));
        SearchMatch { program, slots, raw: words.then(|| c.slot("_raw")) }
    }
}

impl Node for SearchMatch {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        Some(self.program.pred.matches(&Source { of: self, row, cx }))
    }
}

struct Source<'a> {
    of: &'a SearchMatch,
    row: &'a Row<'a>,
    cx: &'a RunCx,
}

fn any_value(v: &Value, mut test: impl FnMut(&str) -> bool) -> bool {
    v.members().iter().any(|m| test(&m.text()))
}

impl RowSource for Source<'_> {
    fn any(&self, slot: u32, test: impl FnMut(&str) -> bool) -> bool {
        match self.of.slots.get(slot as usize) {
            Some(slot) => any_value(self.row.field(*slot), test),
            None => false,
        }
    }

    fn any_named(&self, name: &Pattern, mut test: impl FnMut(&str) -> bool) -> bool {
        let mut fields = self.row.batch().row(self.row.row).filter(|(n, _)| name.is_match(n));
        fields.any(|(_, v)| any_value(v, &mut test))
    }

    fn raw(&self) -> Option<Cow<'_, str>> {
        let v = self.row.field(self.of.raw?);
        if v.is_null() { None } else { Some(v.text()) }
    }

    fn expression(&self, index: usize) -> bool {
        let Some(p) = self.of.program.expression(index) else { return false };
        let batch = self.row.batch();
        p.test(&p.bind(batch), self.row.row, self.cx) == Some(true)
    }
}
