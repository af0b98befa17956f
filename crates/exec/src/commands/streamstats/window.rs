//! Windows: the last rows of each group.
//!
//! States cannot give rows back. The rows of a window are therefore cut into blocks, each with its
//! finished state, and a result is merged of the blocks and of the rows of the two at the ends:
//! with blocks of the square root of the window a row costs twice that root.

use super::slots::Slots;
use super::{Place, Plan};
use crate::aggregates::AggregateSet;
use crate::commands::stats::StatsPlan;
use crate::group::Assigned;
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{Reader, Writer};
use sepal_data::{Col, OrderKey, Value};
use std::collections::{HashMap, VecDeque};

/// The least number of rows of a block: below that, merging costs more than counting.
const MIN_BLOCK: u64 = 32;

/// The notice that a time window met the limit of its rows.
const TIME_WINDOW_CUT: &str = "SPL3130";

/// The windows of all groups.
pub(super) struct Windows {
    groups: HashMap<u32, Window>,
    /// All rows in the windows, where the window is one for all groups.
    shared: VecDeque<(u32, u64, i64)>,
    by_group: bool,
    rows: u64,
    time: Option<u64>,
    block: usize,
}

impl Windows {
    pub fn new(rows: u64, by_group: bool, time: Option<u64>) -> Windows {
        let block = usize::try_from(rows.isqrt().max(MIN_BLOCK)).unwrap_or(usize::MAX);
        Windows { groups: HashMap::new(), shared: VecDeque::new(), by_group, rows, time, block }
    }

    fn too_old(&self, time: i64, now: i64) -> bool {
        self.time.is_some_and(|t| time.abs_diff(now) >= t)
    }

    /// Lets the rows go that are not in the window of the row of that number and time.
    fn evict(&mut self, group: u32, first: u64, now: i64, limit: bool, cx: &RunCx) {
        if self.by_group {
            let time = self.time;
            if let Some(w) = self.groups.get_mut(&group) {
                while w.oldest().is_some_and(|o| time.is_some_and(|t| o.abs_diff(now) >= t)) {
                    w.pop();
                }
            }
            return;
        }
        while let Some(&(g, seq, time)) = self.shared.front() {
            let old = self.too_old(time, now);
            if !old && seq >= first {
                break;
            }
            if limit && !old {
                cut(cx);
            }
            self.shared.pop_front();
            if let Some(w) = self.groups.get_mut(&g) {
                w.pop();
                if w.len == 0 {
                    self.groups.remove(&g);
                }
            }
        }
    }

    fn push(
        &mut self,
        plan: &Plan,
        slots: &Slots,
        at: Place<'_>,
        cx: &RunCx,
    ) -> Result<(), RunError> {
        let row = at.row as usize;
        let entry = Entry {
            values: at
                .rows
                .columns
                .iter()
                .map(|c| c.map_or(Value::Null, |c| c.get(row).clone()))
                .collect(),
            order: at.rows.order.get(row).copied().unwrap_or_default(),
            time: at.rows.times.get(row).copied().unwrap_or(OrderKey::NO_TIME),
        };
        if !self.by_group {
            self.shared.push_back((at.group, at.seq, entry.time));
        }
        let block = self.block;
        let w = self.groups.entry(at.group).or_default();
        w.push(entry, block, &plan.stats, slots, cx)?;
        if self.by_group && w.len > self.rows {
            w.pop();
            if plan.limit {
                cut(cx);
            }
        }
        Ok(())
    }

    /// Counts a row and gives the results in its window.
    pub fn count(
        &mut self,
        plan: &Plan,
        slots: &Slots,
        at: Place<'_>,
        cx: &RunCx,
    ) -> Result<Vec<Value>, RunError> {
        let now = at.rows.times.get(at.row as usize).copied().unwrap_or(OrderKey::NO_TIME);
        let seq = at.seq;
        if plan.current {
            self.evict(
                at.group,
                seq.saturating_add(1).saturating_sub(self.rows),
                now,
                plan.limit,
                cx,
            );
            self.push(plan, slots, at, cx)?;
            return self.results(plan, slots, at.group, cx);
        }
        self.evict(at.group, seq.saturating_sub(self.rows), now, plan.limit, cx);
        let results = self.results(plan, slots, at.group, cx);
        self.push(plan, slots, at, cx)?;
        results
    }

    fn results(
        &self,
        plan: &Plan,
        slots: &Slots,
        group: u32,
        cx: &RunCx,
    ) -> Result<Vec<Value>, RunError> {
        match self.groups.get(&group) {
            Some(w) => w.results(&plan.stats, slots, cx),
            None => Window::default().results(&plan.stats, slots, cx),
        }
    }
}

#[cold]
fn cut(cx: &RunCx) {
    let message = "a time_window of streamstats held more than 10,000 rows: the oldest were left out, as Splunk does";
    cx.notice(TIME_WINDOW_CUT, message, true);
}

/// A row in a window: the arguments of the aggregates known then.
struct Entry {
    values: Vec<Value>,
    order: OrderKey,
    time: i64,
}

/// Neighbouring rows of a group.
#[derive(Default)]
struct Block {
    rows: Vec<Entry>,
    /// Of each aggregate known then, the state of all rows; empty while rows come.
    states: Vec<Vec<u8>>,
    /// How many of the rows are no longer in the window.
    gone: usize,
}

/// The rows of one group that are in its window.
#[derive(Default)]
struct Window {
    blocks: VecDeque<Block>,
    len: u64,
}

impl Window {
    /// The time of the row that goes next.
    fn oldest(&self) -> Option<i64> {
        let block = self.blocks.front()?;
        block.rows.get(block.gone).map(|e| e.time)
    }

    fn pop(&mut self) {
        if let Some(block) = self.blocks.front_mut() {
            block.gone += 1;
            self.len = self.len.saturating_sub(1);
            if block.gone >= block.rows.len() {
                self.blocks.pop_front();
            }
        }
    }

    fn push(
        &mut self,
        entry: Entry,
        size: usize,
        plan: &StatsPlan,
        slots: &Slots,
        cx: &RunCx,
    ) -> Result<(), RunError> {
        if self.blocks.back().is_none_or(|b| b.rows.len() >= size) {
            self.blocks.push_back(Block::default());
        }
        self.len += 1;
        let Some(block) = self.blocks.back_mut() else { return Ok(()) };
        block.rows.push(entry);
        if block.rows.len() >= size {
            let rows: Vec<&Entry> = block.rows.iter().collect();
            for slot in 0..slots.len() {
                let mut set = slots.start(plan, slot);
                add(&mut set, slot, &rows, cx)?;
                let mut w = Writer::new();
                set.encode_group(0, &mut w);
                block.states.push(w.buf);
            }
        }
        Ok(())
    }

    fn results(&self, plan: &StatsPlan, slots: &Slots, cx: &RunCx) -> Result<Vec<Value>, RunError> {
        let (whole, cut): (Vec<&Block>, Vec<&Block>) =
            self.blocks.iter().partition(|b| b.gone == 0 && !b.states.is_empty());
        let rows: Vec<&Entry> = cut.iter().flat_map(|b| b.rows.iter().skip(b.gone)).collect();
        let mut out = Vec::with_capacity(slots.len());
        for slot in 0..slots.len() {
            let mut set = slots.start(plan, slot);
            set.resize(1);
            // a field that was not known yet had no values in the block
            for state in whole.iter().filter_map(|b| b.states.get(slot)) {
                set.merge_group(0, &mut Reader::new(state))?;
            }
            add(&mut set, slot, &rows, cx)?;
            out.extend(set.finish_group(0, cx));
        }
        Ok(out)
    }
}

/// Counts rows in group 0.
fn add(set: &mut AggregateSet, slot: usize, rows: &[&Entry], cx: &RunCx) -> Result<(), RunError> {
    let values = rows.iter().map(|e| e.values.get(slot).cloned().unwrap_or_default()).collect();
    let column = Col::Values(values);
    let order: Vec<OrderKey> = rows.iter().map(|e| e.order).collect();
    let times: Vec<i64> = rows.iter().map(|e| e.time).collect();
    let assigned = Assigned {
        groups: vec![0; rows.len()],
        rows: (0..rows.len()).filter_map(|r| u32::try_from(r).ok()).collect(),
    };
    set.update(1, &assigned, &[Some(&column)], &order, &times, cx)
}
