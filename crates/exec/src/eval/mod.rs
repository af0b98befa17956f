//! Eval expressions: compiled once against field names, bound once a batch, run by row.

mod cell;
mod compile;
mod ops;

pub use cell::Cell;
pub use compile::{Bound, Compiler, Node, NodeBox, Program, Row};
