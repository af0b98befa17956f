//! `reverse`: the rows in the other order.

use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reverse {}
