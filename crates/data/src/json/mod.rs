//! JSON text, read without building a tree.
//!
//! Everything here works on the bytes of one event (or of one input block) and gives spans into
//! them. Field names are those of Splunk's `KV_MODE=json`: `a.b` for nested objects, `a{}` for the
//! members of an array, `a{}.b` for a key of the objects in an array.
//!
//! Two levels of strictness. [`scan`](fn@scan) and [`flatten`] check the structure that they walk
//! through, never panic and always notice truncation; text that [`scan`](fn@scan) skips is only
//! balanced (brackets counted outside strings). [`validate`] checks a whole event against RFC 8259.

mod cursor;
pub mod detect;
mod error;
pub mod flatten;
pub mod frame;
mod lex;
mod members;
pub mod paths;
pub mod scan;
mod slots;
pub mod unescape;
mod validate;

pub use detect::{Layout, detect};
pub use error::{ScanError, ScanErrorKind};
pub use flatten::{FieldId, Flattener, Leaf};
pub use frame::{Frame, FrameStatus, Framer, Framing};
pub use members::{elements, members};
pub use paths::{PathSet, PathSetError};
pub use scan::{Scan, scan, scan_early, scan_until};
pub use slots::{Kind, Slots, Span};
pub use unescape::{lossy, unescape, unescape_into};
pub use validate::validate;

/// Deepest nesting of objects and arrays that is read; one more is [`ScanErrorKind::Depth`].
pub const MAX_DEPTH: usize = 128;
