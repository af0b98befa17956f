//! Plans and runs SPL pipelines over events.

pub mod aggregates;
pub mod commands;
pub mod doc;
pub mod eval;
pub mod functions;
pub mod group;
pub mod host;
pub mod plan;
pub mod regex_engine;
pub mod rows;
pub mod run;
mod run_cx;
pub mod scan;
pub mod search;
mod subsearch;
pub mod sum;

pub use run_cx::{Notice, RunCx, RunError, Subsearches};
pub use subsearch::{MAX_ROWS as MAX_SUBSEARCH_ROWS, Unresolved};
