//! The events that detections over several events see.

use super::files::New;
use crate::Content;
use crate::route::plain;
use sepal_data::time::duration_text;
use sepal_exec::host::Host;
use sepal_exec::knowledge::known;
use sepal_exec::run::{RunOptions, run_to_batch};
use sepal_exec::scan::{Input, InputData};
use sepal_exec::{Notice, RunCx};
use std::collections::VecDeque;
use std::sync::Arc;

/// Parts of a file smaller than this are joined.
const SMALL: usize = 256 << 10;

/// Events of one file that came together.
struct Part {
    new: New,
    bytes: usize,
    /// The time of the newest; microseconds.
    newest: i64,
}

/// The newest events, by their own time.
pub(super) struct Window {
    length: i64,
    most: usize,
    parts: VecDeque<Part>,
    bytes: usize,
    /// The time of the newest of all.
    newest: Option<i64>,
    /// Whether it was said that there are too many bytes.
    told: bool,
}

impl Window {
    pub fn new(length: i64, most: usize) -> Window {
        Window { length, most, parts: VecDeque::new(), bytes: 0, newest: None, told: false }
    }

    /// Where it begins; not known before there are events with times.
    pub fn from(&self) -> Option<i64> {
        self.newest.map(|newest| newest.saturating_sub(self.length))
    }

    pub fn inputs(&self) -> Vec<Input> {
        self.parts.iter().map(|p| p.new.input.clone()).collect()
    }

    /// Takes new events, and lets those go that are too old; what there is to tell where bytes cut
    /// it, the first time.
    pub fn add(
        &mut self,
        new: Vec<New>,
        content: &Content,
        host: &Arc<dyn Host>,
    ) -> Option<Notice> {
        for new in new {
            // a file that is read as a whole stays on the disk
            let bytes = match &new.input.data {
                InputData::Bytes(bytes) => bytes.len(),
                InputData::Path(_) | InputData::Kept(..) => 0,
            };
            if bytes == 0 {
                // it is read again from its beginning
                self.parts.retain(|p| p.bytes > 0 || p.new.input.name != new.input.name);
            }
            let newest = newest(&new.input, content, host);
            self.newest = self.newest.max(newest);
            let newest = newest.or(self.newest).unwrap_or(i64::MIN);
            self.parts.push_back(Part { new, bytes, newest });
        }
        let from = self.from().unwrap_or(i64::MIN);
        self.parts.retain(|p| p.newest >= from);
        self.bytes = self.parts.iter().map(|p| p.bytes).sum();
        let mut cut = false;
        while self.bytes > self.most && self.parts.len() > 1 {
            let Some(part) = self.parts.pop_front() else { break };
            self.bytes -= part.bytes;
            cut = true;
        }
        self.join();
        if !cut || self.told {
            return None;
        }
        self.told = true;
        let oldest = self.parts.front().map_or(0, |p| p.newest);
        let kept = self.newest.unwrap_or(oldest).saturating_sub(oldest) as f64 / 1e6;
        let message = format!(
            "{} MiB of events are less than the window: about {} of them are kept (--window-size)",
            self.most >> 20,
            duration_text(kept.floor()).unwrap_or_default()
        );
        Some(Notice { code: "SPL6050", message, cuts_result: true })
    }

    /// Small parts of one file that came one after the other become one: each costs a run something.
    fn join(&mut self) {
        let near = (self.length / 16).unsigned_abs();
        let mut out: VecDeque<Part> = VecDeque::with_capacity(self.parts.len());
        for part in std::mem::take(&mut self.parts) {
            let of_same = |p: &&mut Part| p.new.input.name == part.new.input.name;
            let joined = out.iter_mut().rev().find(of_same).and_then(|last| {
                let fits = last.bytes + part.bytes <= SMALL
                    && last.new.joins
                    && part.new.joins
                    && part.newest.abs_diff(last.newest) <= near;
                let (InputData::Bytes(a), InputData::Bytes(b)) =
                    (&last.new.input.data, &part.new.input.data)
                else {
                    return None;
                };
                let joined: Arc<[u8]> = fits.then(|| [&a[..], &b[..]].concat().into())?;
                last.bytes = joined.len();
                last.newest = last.newest.max(part.newest);
                last.new.input.data = InputData::Bytes(joined);
                Some(())
            });
            if joined.is_none() {
                out.push_back(part);
            }
        }
        self.parts = out;
    }
}

/// The time of the newest event of an input.
fn newest(input: &Input, content: &Content, host: &Arc<dyn Host>) -> Option<i64> {
    let inputs = match &content.knowledge {
        Some(k) => known(k, vec![input.clone()], true, &**host).inputs,
        None => vec![input.clone()],
    };
    let plan = plain("search * | stats max(_time) AS newest").ok()?;
    let options = RunOptions { threads: 1, explain_empty: false, ..RunOptions::default() };
    let cx = RunCx::new(Arc::clone(host));
    let (rows, _) = run_to_batch(&plan, &inputs, &options, &cx).ok()?;
    let secs = rows.get("newest", 0).number()?;
    Some((secs * 1e6) as i64)
}
