//! A command whose syntax is not typed yet, or that is unknown: its name and tokens.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Other {
    /// Whether Splunk has a command of this name.
    pub known: bool,
    /// The arguments as tokens.
    pub tokens: Vec<Token>,
    /// The subsearches among the arguments, in order.
    pub subsearches: Vec<Pipeline>,
}

/// One token of a command's arguments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Token {
    /// The text as written, quotes included.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}
