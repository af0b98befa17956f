use super::input::InputFormat;
use sepal_data::json::{Frame, Framer, Framing};
use sepal_data::text::TextFramer;
use sepal_data::text::table::{Header, TableFramer};
use std::sync::Arc;

/// Cuts a stream into events that are not lines.
pub(super) enum AnyFramer {
    Json(Framer),
    Text(TextFramer),
    Table(Box<TableFramer>),
}

/// The framer of JSON that does not stand line by line.
pub(super) fn json_framer(format: &InputFormat, max_event: usize) -> Option<Framer> {
    let kind = match format {
        InputFormat::Concatenated => Framing::Concatenated,
        InputFormat::Array => Framing::Array,
        InputFormat::Wrapped(key) => Framing::Wrapped(key.clone()),
        _ => return None,
    };
    Some(Framer::with_max_event(kind, max_event))
}

impl AnyFramer {
    /// The framer of a format; none where events are lines, or chunks hold them.
    pub fn of(format: &InputFormat, max_event: usize) -> Option<AnyFramer> {
        if let InputFormat::Broken(breaker) = format {
            return Some(AnyFramer::Text(TextFramer::new(breaker, max_event)));
        }
        match format.dialect() {
            Some(d) => Some(AnyFramer::Table(Box::new(TableFramer::new(d, max_event)))),
            None => json_framer(format, max_event).map(AnyFramer::Json),
        }
    }

    /// How many bytes it was fed.
    pub fn offset(&self) -> u64 {
        match self {
            AnyFramer::Json(f) => f.offset(),
            AnyFramer::Text(f) => f.offset(),
            AnyFramer::Table(f) => f.offset(),
        }
    }

    /// Takes a block and gives out the events that end in it; those of a table with its header.
    pub fn push(&mut self, block: &[u8], emit: &mut impl FnMut(Frame<'_>, Option<&Arc<Header>>)) {
        match self {
            AnyFramer::Json(f) => f.push(block, &mut |frame| emit(frame, None)),
            AnyFramer::Text(f) => f.push(block, &mut |frame| emit(frame, None)),
            AnyFramer::Table(f) => f.push(block, &mut |frame, header| emit(frame, Some(header))),
        }
    }

    /// Ends the input; what it ended inside of, as a code and a sentence.
    pub fn finish(
        self,
        emit: &mut impl FnMut(Frame<'_>, Option<&Arc<Header>>),
    ) -> Option<(&'static str, &'static str)> {
        let (whole, code, message) = match self {
            AnyFramer::Json(f) => (
                f.finish(&mut |frame| emit(frame, None)),
                "SPL5004",
                "an input ended inside a JSON value",
            ),
            AnyFramer::Text(f) => (
                f.finish(&mut |frame| emit(frame, None)),
                "SPL5010",
                "an input ended inside an XML element",
            ),
            AnyFramer::Table(f) => (
                f.finish(&mut |frame, header| emit(frame, Some(header))),
                "SPL5010",
                "an input ended inside a quoted cell",
            ),
        };
        (!whole).then_some((code, message))
    }
}
