//! Search macros: definitions, and their expansion as text before parsing.

mod builtin;
mod call;
mod def;
mod expand;
mod source_map;

pub use builtin::is_builtin;
pub use def::{MacroDef, MacroSet, Origin};
pub use expand::{Expanded, MacroEval, MacroValue, expand};
pub(crate) use source_map::floor;
pub use source_map::{Frame, SourceMap};
