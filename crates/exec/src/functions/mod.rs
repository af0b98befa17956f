//! The eval functions: one file each, named as the user types it.
//!
//! Adding a function: its file, one line in [`FUNCTIONS`], its cases.

use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, NodeBox};
use crate::run_cx::RunCx;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, Span, Spanned};

/// An eval function.
pub struct FunctionSpec {
    /// The name in lower case.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// The smallest and the largest number of arguments.
    pub arity: (usize, usize),
    /// The group on Splunk's pages: `text`, `multivalue`, `conversion`...
    pub category: &'static str,
    /// Help.
    pub doc: FunctionDoc,
    /// How it computes.
    pub imp: Imp,
}

/// How a function computes.
#[derive(Clone, Copy)]
pub enum Imp {
    /// From the values of all its arguments.
    Call(fn(&[Cell], &RunCx) -> Cell),
    /// By a node of its own, made once: conditions that are not always evaluated, regexes and
    /// formats compiled once, arguments that are not values.
    Compile(fn(&mut Compiler, &[Expr], Span) -> NodeBox),
}

/// All functions, sorted by name.
pub static FUNCTIONS: &[&FunctionSpec] = &[];

/// The function of that name or alias.
pub fn find(name: &str) -> Option<&'static FunctionSpec> {
    FUNCTIONS.iter().copied().find(|f| f.name == name || f.aliases.contains(&name))
}

/// Compiles a call.
pub(crate) fn compile(
    c: &mut Compiler,
    name: &Spanned<String>,
    args: &[Expr],
    span: Span,
) -> NodeBox {
    let _ = args;
    match find(&name.node) {
        Some(_) => c.constant(Cell::Null),
        None => c.fail(Diagnostic::unsupported("SPL1002", span, format!("function {}", name.node))),
    }
}
