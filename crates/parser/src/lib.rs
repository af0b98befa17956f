//! SPL text to AST.
//!
//! Parsing never fails and does no I/O: it gives what was understood and a list of
//! [`Diagnostic`]s.

pub mod ast;
pub mod commands;
mod diagnostic;
pub mod macros;

pub use diagnostic::{Diagnostic, Severity};
