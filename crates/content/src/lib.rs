//! Detections, macros, lookup definitions and risk of ESCU-style content.
//!
//! The core reads text that the caller gives: [`Detection::load`], [`macros::read_yaml`],
//! [`macros::read_conf`], [`LookupDef::load`]. Only [`fs`] touches the file system.
//!
//! ```
//! let text = "name: N\nid: 1\nsearch: |-\n  index=main\n  | head 1\n";
//! let detection = sepal_content::Detection::load("n.yml", text)?;
//! assert_eq!(detection.search, "index=main\n| head 1");
//! # Ok::<(), sepal_content::ContentError>(())
//! ```

mod detection;
mod drilldown;
mod error;
pub mod fs;
mod lookups;
pub mod macros;
mod risk;
mod stamp;
pub mod yaml;

pub use detection::{
    AttackData, DeclaredTest, Detection, Drilldown, Generation, RiskConfig, RiskObject,
    ThreatObject,
};
pub use drilldown::{FilledDrilldown, fill_drilldown};
pub use error::{ContentError, Note};
pub use lookups::{LookupDef, LookupFolders, MatchKind, read_transforms};
pub use risk::{RiskEvents, Row, fill_tokens, risk_events};
pub use stamp::{Stamp, stamp};
