//! Many detections over the same events: `sepal hunt`.
//!
//! [`Loaded::add`] reads, parses and plans detections once. A [`Hunt`] then runs each over data sets
//! whose inputs are read into memory once. One pass over a data set finds for each detection the
//! events that can meet its first condition (the module `route`): it runs over those alone, and
//! where there are none, its answer is the one that it gives over no events. That is only a shorter
//! way:
//! the rows are those of single runs, in a fixed order, whatever the number of threads.

mod events;
mod follow;
mod load;
mod ready;
mod risk;
mod route;
mod run;
mod severity;
pub mod snap;
pub mod test;
mod timeless;

pub use events::{DataSet, Limits};
pub use follow::{Follow, Now, arrange};
pub use load::{Choice, Content, Failure, LeftOut, Loaded, Why};
pub use ready::Ready;
pub use risk::{MOST_RISK_ROWS, Risk};
pub use run::{
    Entity, Event, Finding, Hunt, Options, Progress, Report, RiskEvent, SetReport, Times,
};
pub use severity::Severity;
pub use timeless::without_time;
