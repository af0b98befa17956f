//! Eval expressions: compiled once against field names, bound once a batch, run by row.

mod arithmetic;
mod cell;
mod compare;
mod compile;
pub(crate) mod like;
mod logic;
pub(crate) mod ops;
mod precision;

pub use arithmetic::numeric;
pub use cell::Cell;
pub use compare::{ConstSet, compare, equal};
pub use compile::{Bound, Compiler, Node, NodeBox, Over, Program, Row};
pub use like::LikePattern;
pub use precision::{Precision, magnitude};
