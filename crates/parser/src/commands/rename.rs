//! `rename`: new names for fields; `*` stands for the same text on both sides.

use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rename {
    /// `(old, new)` pairs in order.
    pub pairs: Vec<(Field, Field)>,
}
