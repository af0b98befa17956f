//! The three grammars (search terms, eval expressions, command arguments) and the pipeline
//! that joins them.

pub(crate) mod args;
pub(crate) mod eval;
pub(crate) mod options;
pub(crate) mod pipeline;
pub(crate) mod report;
pub(crate) mod search;
