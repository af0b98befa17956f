//! From bytes to batches: inputs, blocks, events, fields.

mod builder;
mod evtx;
mod extract;
mod frames;
mod input;
mod open;
mod queue;
mod shape;
mod tape;
mod time_rule;
mod worker;

pub use input::{Damage, Input, InputData, InputFormat, Meta, ScanCounts};
pub use open::{Opened, counts_lines, expand_folders, line_at};
pub use queue::{Looks, Queue, Work};
pub use shape::Shape;
pub use tape::{Keeper, KeptEvents, Tape};
pub use time_rule::TimeRule;
pub(crate) use worker::in_range;
pub use worker::{RowSink, ScanSpec, Scanner};
