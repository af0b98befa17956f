//! Detections, macros, lookup definitions and risk of ESCU-style content.
//!
//! The core reads text that the caller gives: [`Detection::load`], [`macros::read_yaml`],
//! [`macros::read_conf`], [`LookupDef::load`]. Only [`fs`], [`LookupFolders`] and [`project`] touch the
//! file system.
//! [`Detection::to_search`] gives a [`Search`](sepal_exec::Search) that runs over events:
//!
//! ```
//! use sepal_content::Detection;
//!
//! let text = "name: N\nid: 1\nsearch: |-\n  status=500\n  | stats count BY host\n";
//! let detection = Detection::load("n.yml", text)?;
//! let found = detection
//!     .to_search()
//!     .events("web.jsonl", r#"{"host": "www1", "status": 500}"#)
//!     .run()?;
//! assert_eq!(found.rows.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `examples/run_detection.rs` runs a detection from its file with the macros of a folder, and
//! shows how to keep its rows as a snapshot.

mod datamodels;
mod detection;
mod drilldown;
mod error;
pub mod fs;
mod lookups;
pub mod macros;
pub mod parallel;
pub mod project;
mod risk;
mod sourcetypes;
mod stamp;
pub mod yaml;

pub use datamodels::{CimModels, add_data_model, read_data_model, read_model_form};
pub use detection::{
    AttackData, DeclaredBaseline, DeclaredTest, Detection, Drilldown, Generation, RiskConfig,
    RiskObject, ThreatObject,
};
pub use drilldown::{FilledDrilldown, fill_drilldown};
pub use error::{ContentError, Note};
pub use lookups::{
    Access, FolderKind, LookupDef, LookupFolder, LookupFolders, MatchKind, read_saved,
    read_transforms, sandbox,
};
pub use project::Project;
pub use risk::{RiskEvents, Row, fill_tokens, risk_events};
pub use sourcetypes::{SourcetypeRules, read_sourcetype};
pub use stamp::{Stamp, stamp};
