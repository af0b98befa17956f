//! Why an event could not be read as JSON.

use thiserror::Error;

/// A fault in the text of one event. The event itself is not lost: its caller keeps it with `_raw`
/// only and counts it as damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{kind} at byte {offset}")]
pub struct ScanError {
    /// Byte offset inside the event.
    pub offset: usize,
    /// What is wrong there.
    pub kind: ScanErrorKind,
}

/// The kinds of [`ScanError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ScanErrorKind {
    /// Nothing but white space.
    #[error("empty event")]
    Empty,
    /// The event begins with something other than `{` or `[`.
    #[error("not an object or array")]
    NotContainer,
    /// More than [`MAX_DEPTH`](super::MAX_DEPTH) levels.
    #[error("nested deeper than 128 levels")]
    Depth,
    /// The text ends inside a string.
    #[error("string without an end")]
    UnterminatedString,
    /// The text ends inside an object or array.
    #[error("object or array without an end")]
    Unterminated,
    /// A key (a string) must stand here.
    #[error("expected a key")]
    ExpectedKey,
    /// A colon must stand here.
    #[error("expected a colon")]
    ExpectedColon,
    /// A value must stand here.
    #[error("expected a value")]
    ExpectedValue,
    /// A comma or the closing bracket must stand here.
    #[error("expected a comma or the closing bracket")]
    ExpectedEnd,
    /// A number that JSON does not allow.
    #[error("malformed number")]
    Number,
    /// A word other than `true`, `false` and `null`.
    #[error("unknown word")]
    Word,
    /// Text after the end of the object or array.
    #[error("text after the end")]
    Trailing,
    /// The event is longer than 4 GiB.
    #[error("event longer than 4 GiB")]
    TooLong,
    /// A control character in a string, not written as an escape (only [`validate`](super::validate)).
    #[error("control character in a string")]
    Control,
    /// An escape that JSON does not know (only [`validate`](super::validate)).
    #[error("unknown escape")]
    Escape,
    /// Bytes that are not UTF-8 (only [`validate`](super::validate)).
    #[error("invalid UTF-8")]
    Utf8,
}

impl ScanErrorKind {
    /// The error of this kind at `offset`.
    pub(crate) fn at(self, offset: usize) -> ScanError {
        ScanError { offset, kind: self }
    }
}
