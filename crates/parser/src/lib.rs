//! SPL text to AST.
//!
//! Parsing never fails and does no I/O: it gives what was understood and a list of
//! [`Diagnostic`]s.
//!
//! ```
//! use sepal_parser::{macros::{MacroSet, Origin}, parse_search};
//! let parsed = parse_search("index=main | stats count BY host", Origin::default(), &MacroSet::new(), None);
//! assert!(parsed.diagnostics.is_empty());
//! assert_eq!(parsed.pipeline.stages.len(), 2);
//! ```

pub mod ast;
pub mod codes;
pub mod commands;
mod complete;
mod diagnostic;
pub mod elsewhere;
mod format;
mod grammar;
mod input;
mod lex;
pub mod macros;
pub mod names;
mod suggest;
mod tokens;

pub use complete::{CursorContext, CursorPlace, cursor_context, is_complete};
pub use diagnostic::{Diagnostic, Severity};
pub use format::format;
pub use suggest::suggest;
pub use tokens::{TokenClass, tokens};

use ast::{Expr, Pipeline, SearchExpr};
use input::{Cx, In};
use macros::{Expanded, MacroEval, MacroSet, Origin};

/// What was understood of a macro-expanded text.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The stages. A stage with an error is kept as [`commands::Command::Other`].
    pub pipeline: Pipeline,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether the search cannot run.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

/// Parses a text without macro calls.
pub fn parse(text: &str) -> Parsed {
    let cx = Cx::new();
    let pipeline = grammar::pipeline::pipeline(In::new(text, &cx), false);
    let mut diagnostics = cx.diagnostics.into_inner();
    // what follows an open quote or bracket is misread: only the cause is told
    if let Some(d) = grammar::pipeline::unbalanced(text) {
        diagnostics = vec![d];
    }
    diagnostics.sort_by_key(|d| d.span.start);
    Parsed { pipeline, diagnostics }
}

/// Parses an eval expression, such as the `validation` of a macro.
///
/// # Errors
/// What is wrong with the expression; never empty.
pub fn parse_expr(text: &str) -> Result<Expr, Vec<Diagnostic>> {
    whole(text, "eval", grammar::eval::expr)
}

/// Parses the terms of a `search`, such as what a subsearch returns or the text that
/// `searchmatch()` takes.
///
/// # Errors
/// What is wrong with the terms; never empty. Warnings alone are none.
pub fn parse_terms(text: &str) -> Result<SearchExpr, Vec<Diagnostic>> {
    whole(text, "search", grammar::search::terms)
}

/// Parses all of `text`, the arguments of `command`, with one parser.
fn whole<T>(
    text: &str,
    command: &str,
    parser: impl for<'a> Fn(In<'a>) -> input::Res<'a, T>,
) -> Result<T, Vec<Diagnostic>> {
    let cx = Cx::new();
    let i = In::new(text, &cx);
    let failed = match parser(i) {
        Ok((rest, parsed)) if rest.ws().is_empty() => {
            let reported = cx.diagnostics.into_inner();
            return if has_errors(&reported) { Err(reported) } else { Ok(parsed) };
        }
        Ok((rest, _)) => {
            cx.expect(rest.ws().off, "the end of the command");
            None
        }
        Err(nom::Err::Error(f) | nom::Err::Failure(f)) => f.0,
        Err(nom::Err::Incomplete(_)) => None,
    };
    let d = grammar::report::syntax(i, command, failed);
    let mut reported = cx.diagnostics.into_inner();
    reported.push(d);
    Err(reported)
}

/// A search with its macros expanded and parsed.
#[derive(Clone, Debug)]
pub struct ParsedSearch {
    /// The text that was parsed, and where each part of it comes from.
    pub expanded: Expanded,
    /// The stages. A stage with an error is kept as [`commands::Command::Other`].
    pub pipeline: Pipeline,
    /// What is wrong, with spans in the expanded text; those of the expansion first.
    pub diagnostics: Vec<Diagnostic>,
}

impl ParsedSearch {
    /// Whether the search cannot run.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }
}

/// Expands the macros of `text` and parses the result. `origin` says where the text stands;
/// `eval` computes `iseval` macros and `validation`s.
pub fn parse_search(
    text: &str,
    origin: Origin,
    macros: &MacroSet,
    eval: Option<&dyn MacroEval>,
) -> ParsedSearch {
    let expanded = macros::expand(text, origin, macros, eval);
    let parsed = parse(&expanded.text);
    let mut diagnostics = expanded.diagnostics.clone();
    diagnostics.extend(parsed.diagnostics.into_iter().filter(|d| !expanded.explains(d)));
    ParsedSearch { expanded, pipeline: parsed.pipeline, diagnostics }
}
