//! Text that is not JSON, broken into events: by regular expressions as Splunk's `props.conf` has
//! them, by XML elements, by the rows of a table.
//!
//! Sources: Splunk Getting Data In, "Configure event line breaking"; Admin Manual, props.conf.

mod breaker;
mod framer;
mod lines;
mod pending;
mod stream;
pub mod table;
mod xml;

#[cfg(test)]
mod tests;

pub use breaker::{BreakError, Breaker};
pub use framer::TextFramer;

/// The mark that a UTF-8 text may begin with.
pub(crate) const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];
