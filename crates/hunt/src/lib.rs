//! Many detections over the same events: `sepal hunt`.
//!
//! [`Loaded::add`] reads, parses and plans detections once. A [`Hunt`] then runs each over data sets
//! whose inputs are read into memory once. One pass over a data set finds for each detection the
//! events that can meet its first condition (the module `route`): it runs over those alone, and
//! where there are none, its answer is the one that it gives over no events. That is only a shorter
//! way:
//! the rows are those of single runs, in a fixed order, whatever the number of threads.

mod events;
mod load;
mod ready;
mod route;
mod run;
pub mod test;
mod timeless;

pub use events::{DataSet, Limits};
pub use load::{Choice, Content, Failure, LeftOut, Loaded, Why};
pub use ready::Ready;
pub use run::{Entity, Finding, Hunt, Options, Progress, Report, SetReport};
