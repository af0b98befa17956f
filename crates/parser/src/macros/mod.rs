//! Search macros: definitions, and their expansion as text before parsing.

mod def;
pub use def::{MacroDef, MacroSet, Origin};
