//! Plans and runs SPL pipelines over events.
//!
//! [`Search`] runs a search from Rust; the detections of ESCU become one through
//! `sepal_content::Detection::to_search`. Rows come out as JSON objects:
//!
//! ```
//! use sepal_exec::Search;
//!
//! let found = Search::new("`failed_logins` | stats count BY user | where count > 1")
//!     .define("failed_logins", "action=failure")
//!     .events("logins", r#"
//!         {"_time": "2026-02-11T08:00:00Z", "user": "eve", "action": "failure"}
//!         {"_time": "2026-02-11T08:00:05Z", "user": "eve", "action": "failure"}
//!         {"_time": "2026-02-11T08:00:09Z", "user": "bob", "action": "failure"}
//!     "#)
//!     .run()?;
//! assert_eq!(found.rows[0]["user"], "eve");
//! assert!(!found.summary.is_cut());
//! # Ok::<(), sepal_exec::SearchError>(())
//! ```
//!
//! What cannot run is an error that names its cause and place, never an empty result:
//!
//! ```
//! let error = sepal_exec::Search::new("* | stats cuont").run().unwrap_err();
//! assert!(error.to_string().starts_with("search:1:11: "), "{error}");
//! ```
//!
//! Below that are the parts: [`plan`] makes operators of a syntax tree, [`run`] drives map, merge
//! and tail over threads, [`commands`], [`functions`] and [`aggregates`] hold what SPL offers, a
//! file each.

pub mod aggregates;
mod api;
pub mod commands;
pub mod datamodel;
pub mod doc;
pub mod eval;
pub mod functions;
pub mod group;
pub mod host;
pub mod knowledge;
pub mod lookup;
mod macro_eval;
pub(crate) mod mltk;
pub mod plan;
pub mod regex_engine;
pub mod rows;
pub mod run;
mod run_cx;
pub mod scan;
pub mod search;
mod subsearch;
pub mod sum;

pub use api::{Found, Problem, Row, Search, SearchError};
pub use macro_eval::KernelEval;
pub use run_cx::{Notice, RunCx, RunError, Subsearches};
pub use subsearch::{MAX_ROWS as MAX_SUBSEARCH_ROWS, Unresolved};
