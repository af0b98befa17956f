//! `bin` (also `bucket`, `discretize`): rounds values down to the start of their bin.

use super::NamedOption;
use crate::ast::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// `span=`, `minspan=`, `bins=`, `start=`, `end=`, `aligntime=` as typed.
    pub options: Vec<NamedOption>,
    /// The field.
    pub field: Field,
    /// AS.
    pub alias: Option<Field>,
}
