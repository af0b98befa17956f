//! Plans and runs SPL pipelines over events.

pub mod aggregates;
pub mod doc;
pub mod eval;
pub mod functions;
pub mod group;
pub mod host;
mod run_cx;
pub mod sum;

pub use run_cx::{Notice, RunCx, RunError};
