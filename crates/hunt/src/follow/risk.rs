//! The risk events of a hunt that follows files.
//!
//! Rows that are told make risk events. They go to the index where that may be added to; what does not
//! is kept here, the newest of them. Whenever there are new ones, the detections that ask for risk
//! events run over the index and what is kept.

use crate::{RiskEvent, SetReport};
use sepal_content::{AddedRisk, ContentError, RiskIndex};
use sepal_exec::scan::Input;
use sepal_exec::{Notice, RunError};
use std::collections::VecDeque;
use std::path::PathBuf;

/// The most risk events that are kept in memory.
const MOST: usize = 100_000;

/// Risk events as a hunt goes on.
pub(super) struct Kept<'a> {
    index: Option<&'a RiskIndex>,
    may_add: bool,
    /// Those that do not stand in the index.
    events: VecDeque<RiskEvent>,
    /// The file of the index that was written last.
    file: Option<PathBuf>,
    /// How many were added.
    added: AddedRisk,
    /// What went wrong last.
    error: Option<String>,
    told_cut: bool,
    begun: bool,
}

impl<'a> Kept<'a> {
    pub fn new(index: Option<&'a RiskIndex>, may_add: bool) -> Kept<'a> {
        Kept {
            index,
            may_add,
            events: VecDeque::new(),
            file: None,
            added: AddedRisk::default(),
            error: None,
            told_cut: false,
            begun: false,
        }
    }

    /// Takes new ones; whether those that ask for risk events have something new to look at.
    pub fn take(&mut self, new: Vec<RiskEvent>, set: &mut SetReport) -> bool {
        let news = !new.is_empty() || (!self.begun && self.index.is_some());
        self.begun = true;
        if new.is_empty() {
            return news;
        }
        self.events.extend(new);
        if let Some(index) = self.index.filter(|_| self.may_add) {
            let all: Vec<RiskEvent> = self.events.iter().cloned().collect();
            match index.add_to(self.file.as_deref(), all) {
                Ok(added) => {
                    self.events.clear();
                    self.added.new += added.new;
                    self.added.known += added.known;
                    self.file = added.file.or(self.file.take());
                }
                Err(e) => self.failed(&e, set),
            }
        }
        if self.events.len() > MOST {
            self.events.drain(..self.events.len() - MOST);
            if !self.told_cut {
                self.told_cut = true;
                let message =
                    format!("only the newest {MOST} risk events are kept that are in no index");
                set.notices.push((Notice { code: "SPL5491", message, cuts_result: true }, 1));
            }
        }
        news
    }

    /// All of them; empty where the index cannot be read, which is told.
    pub fn inputs(&mut self, set: &mut SetReport) -> Vec<Input> {
        let mut inputs = match self.index.map(RiskIndex::inputs).transpose() {
            Ok(inputs) => inputs.unwrap_or_default(),
            Err(e) => {
                self.failed(&e, set);
                return Vec::new();
            }
        };
        if !self.events.is_empty() {
            inputs.push(RiskIndex::input_of(self.events.make_contiguous()));
        }
        inputs
    }

    /// How many were added to the index.
    pub fn added(self) -> AddedRisk {
        self.added
    }

    /// Says it once.
    fn failed(&mut self, e: &ContentError, set: &mut SetReport) {
        let message = format!("{}: {}", e.file, e.message);
        if self.error.as_ref() != Some(&message) {
            self.error = Some(message.clone());
            set.errors.push(RunError::Failed { code: e.code, message, span: None });
        }
    }
}
