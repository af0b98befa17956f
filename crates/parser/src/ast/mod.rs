//! The syntax tree of an SPL search.
//!
//! Every node carries the [`Span`] of the macro-expanded text that it was read from. Two trees
//! that differ only in spans are equal, so that `parse(print(tree)) == tree` can be asked.

mod expr;
mod search;

pub use expr::{BinaryOp, Expr, ExprKind, UnaryOp};
pub use search::{CompareOp, SearchExpr, SearchValue, TermKind};

use crate::commands::Command;
use serde::Serialize;

/// A byte range `start..end` of the macro-expanded text.
///
/// All spans are equal to each other: a span says where a node stands, not what it is.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span `start..end`; offsets beyond `u32::MAX` are cut there.
    pub fn new(start: usize, end: usize) -> Self {
        let cut = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { start: cut(start), end: cut(end) }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The span as a range for slicing the expanded text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Span) -> bool {
        true
    }
}
impl Eq for Span {}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spanned<T> {
    /// The value.
    pub node: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `node` at `span`.
    pub fn new(node: T, span: Span) -> Self {
        Spanned { node, span }
    }
}

/// A field name as the user wrote it, without its quotes; may hold wildcards where the command
/// allows them.
pub type Field = Spanned<String>;

/// A search: stages joined by `|`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Pipeline {
    /// The stages in the order in which they run. A search that does not begin with `|` has an
    /// implied `search` as its first stage.
    pub stages: Vec<Stage>,
    /// The whole text.
    pub span: Span,
}

/// One command of a pipeline with its arguments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// The command's name in lower case (aliases such as `bucket` stay as typed); its span is
    /// empty for an implied `search`.
    pub name: Spanned<String>,
    /// What the command was asked to do.
    pub command: Command,
    /// From the command's name to the end of its arguments.
    pub span: Span,
}
