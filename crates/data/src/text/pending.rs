//! The event that is being put together.

use crate::json::{Frame, FrameStatus};

/// The bytes of an event so far: no more than `max` of them.
#[derive(Debug)]
pub(super) struct Pending {
    bytes: Vec<u8>,
    max: usize,
    start: u64,
    cut: bool,
    open: bool,
}

impl Pending {
    pub fn new(max: usize) -> Pending {
        Pending { bytes: Vec::new(), max: max.max(1), start: 0, cut: false, open: false }
    }

    pub fn max(&self) -> usize {
        self.max
    }

    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether it got more than it keeps.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Begins an event at this offset of the input.
    pub fn begin(&mut self, at: u64) {
        self.bytes.clear();
        (self.start, self.cut, self.open) = (at, false, true);
    }

    /// Adds bytes. White space at the end of an event does not make it too long.
    pub fn extend(&mut self, bytes: &[u8]) {
        let room = self.max.saturating_sub(self.bytes.len()).min(bytes.len());
        let (kept, rest) = bytes.split_at(room);
        self.bytes.extend_from_slice(kept);
        self.cut |= !rest.trim_ascii().is_empty();
    }

    /// Bytes were left out.
    pub fn cut(&mut self) {
        self.cut = true;
    }

    /// How many bytes are kept.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Takes off what was added behind this length; what is left is no longer too long for it.
    pub fn split_off(&mut self, len: usize) -> Vec<u8> {
        self.cut &= len >= self.max;
        self.bytes.split_off(len.min(self.bytes.len()))
    }

    /// Forgets the event.
    pub fn discard(&mut self) {
        self.open = false;
    }

    /// Gives the event out without the white space around it, and nothing where that is all.
    pub fn emit(&mut self, status: FrameStatus, emit: &mut impl FnMut(Frame<'_>)) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let text = self.bytes.trim_ascii_start();
        let offset = self.start + (self.bytes.len() - text.len()) as u64;
        let status = if self.cut { FrameStatus::Truncated } else { status };
        if !text.trim_ascii().is_empty() {
            emit(Frame { bytes: text.trim_ascii_end(), offset, status });
        }
    }
}
