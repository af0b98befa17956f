//! Risk events of a detection's results, as Enterprise Security writes them into its index `risk`.

mod annotations;
mod event;
mod fill;
mod index;
mod reads;

pub use event::{RiskEvents, RiskMaker, SearchTimes, risk_events};
pub use fill::{Row, fill_tokens};
pub(crate) use fill::{split_tokens, values};
pub use index::{AddedRisk, RiskIndex};
pub use reads::reads_risk;
