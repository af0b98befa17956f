//! What the registry says of a command or function: help, completion, the reference pages and the
//! coverage table are made of it.

/// The documentation of a command.
#[derive(Debug)]
pub struct CommandDoc {
    /// One sentence.
    pub summary: &'static str,
    /// The syntax as Splunk's reference writes it.
    pub syntax: &'static str,
    /// Semantics worth knowing; paragraphs of plain text.
    pub details: &'static str,
    /// Splunk's page.
    pub source: &'static str,
    /// Run by the tests.
    pub examples: &'static [CommandExample],
}

/// A search that the tests run.
#[derive(Debug)]
pub struct CommandExample {
    /// What it shows.
    pub title: &'static str,
    /// The search.
    pub search: &'static str,
    /// The events as JSON lines; empty for searches that begin with `| makeresults`.
    pub events: &'static str,
    /// The rows as JSON lines.
    pub rows: &'static str,
}

/// The documentation of an eval or stats function.
#[derive(Debug)]
pub struct FunctionDoc {
    /// One sentence.
    pub summary: &'static str,
    /// The signature, such as `substr(<str>, <start>, <length>)`.
    pub syntax: &'static str,
    /// Semantics worth knowing: nulls, multivalues, types.
    pub details: &'static str,
    /// Splunk's page.
    pub source: &'static str,
    /// Run by the tests.
    pub examples: &'static [FunctionExample],
}

/// An expression and its value. For stats functions: the aggregate and, in `input`, the values.
#[derive(Debug)]
pub struct FunctionExample {
    /// The eval expression, or the aggregate over field `x`.
    pub expr: &'static str,
    /// For stats functions: the values of `x` as a JSON array, newest event first. Else empty.
    pub input: &'static str,
    /// The result as JSON: `null`, a number, text, or an array for a multivalue.
    pub result: &'static str,
}
