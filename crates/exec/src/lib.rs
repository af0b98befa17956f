//! Plans and runs SPL pipelines over events.

pub mod aggregates;
pub mod doc;
pub mod eval;
pub mod functions;
pub mod host;
pub mod regex_engine;
mod run_cx;

pub use run_cx::{Notice, RunCx, RunError};
