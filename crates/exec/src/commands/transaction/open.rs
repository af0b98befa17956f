//! Which rows belong together. Rows come newest first.

use foldhash::{HashMap, HashMapExt};
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::transaction::Transaction as Options;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One row.
pub(super) struct Row {
    pub batch: Arc<Batch>,
    pub row: usize,
}

impl Row {
    pub fn get(&self, field: &str) -> &Value {
        self.batch.get(field, self.row)
    }

    pub fn time(&self) -> Option<f64> {
        self.get("_time").number()
    }
}

/// Rows that belong together, the newest first.
#[derive(Default)]
pub(super) struct Txn {
    pub rows: Vec<Row>,
    /// The value of each field, once a row had one.
    values: Vec<Option<SmolStr>>,
    /// How many values rows had in the fields, all together.
    pub matches: u64,
    /// Whether it begins and ends as the filters ask.
    has_start: bool,
    has_end: bool,
    /// Whether a limit or the start ended it.
    pub closed: bool,
    /// Whether it is given though evicted ones are not.
    pub kept: bool,
    used: u64,
}

impl Txn {
    fn newest(&self) -> Option<f64> {
        self.rows.first().and_then(Row::time)
    }
    fn last(&self) -> Option<f64> {
        self.rows.last().and_then(Row::time)
    }
}

/// The open transactions.
pub(super) struct Pool {
    options: Options,
    max_open: u64,
    max_rows: u64,
    open: HashMap<u64, Txn>,
    /// By the last use.
    by_use: BTreeMap<u64, u64>,
    /// Open transactions by the number of a field and its value, the latest last.
    by_value: HashMap<(usize, SmolStr), Vec<u64>>,
    /// By the time after which no row can join them any more, as ordered bits.
    by_limit: BTreeMap<(u64, u64), ()>,
    limits: HashMap<u64, u64>,
    rows: u64,
    next: u64,
    clock: u64,
    /// Transactions that are over.
    pub ended: Vec<Txn>,
    /// Rows that belong to none.
    pub orphans: Vec<Row>,
    /// How many were evicted since this was last read.
    pub evicted: u64,
}

impl Pool {
    pub fn new(options: &Options) -> Pool {
        Pool {
            options: options.clone(),
            max_open: options.maxopentxn.as_ref().map_or(super::MAX_OPEN, |n| n.node.max(1)),
            max_rows: options
                .maxopenevents
                .as_ref()
                .map_or(super::MAX_OPEN_ROWS, |n| n.node.max(1)),
            open: HashMap::new(),
            by_use: BTreeMap::new(),
            by_value: HashMap::new(),
            by_limit: BTreeMap::new(),
            limits: HashMap::new(),
            rows: 0,
            next: 0,
            clock: 0,
            ended: Vec::new(),
            orphans: Vec::new(),
            evicted: 0,
        }
    }

    /// Takes in the next row.
    pub fn take(&mut self, row: Row, fields: &[FieldName], start: bool, end: bool) {
        if let Some(time) = row.time() {
            self.close_before(time);
        }
        let values: Vec<Option<SmolStr>> = fields
            .iter()
            .map(|f| {
                let v = row.get(f);
                (!v.is_null()).then(|| v.to_smol())
            })
            .collect();
        let known = values.iter().flatten().count();
        let at_end = (start || end) && !self.options.unifyends;
        if !fields.is_empty() && known == 0 && !at_end {
            self.orphans.push(row);
            return;
        }
        let mut found = self.matching(&values, known, at_end);
        if end && let Some(id) = found {
            // an end begins the next one; the one that is open never finds its start
            self.close(id, false);
            found = None;
        }
        let id = found.unwrap_or_else(|| self.open_one(fields.len()));
        self.add(id, row, values, start, end);
    }

    /// The open transaction that a row belongs to: of several the one used last.
    fn matching(&self, values: &[Option<SmolStr>], known: usize, at_end: bool) -> Option<u64> {
        if values.is_empty() {
            return self.by_use.last_key_value().map(|(_, id)| *id);
        }
        let agrees = |id: &u64| {
            let txn = self.open.get(id)?;
            let pairs = || txn.values.iter().zip(values);
            let both = |(a, b): (&Option<SmolStr>, &Option<SmolStr>)| {
                a.as_ref().zip(b.as_ref()).map(|(a, b)| a == b)
            };
            match pairs().any(|p| both(p) == Some(false)) {
                true => None,
                false => Some((txn.used, *id)),
            }
        };
        let keyed = values.iter().enumerate().filter_map(|(n, v)| Some((n, v.clone()?)));
        let shared = keyed
            .filter_map(|key| self.by_value.get(&key))
            .flatten()
            .filter_map(agrees)
            .max()
            .map(|(_, id)| id);
        if shared.is_some() || (self.options.connected && known > 0 && !at_end) {
            return shared;
        }
        // those that know none of the row's fields
        self.by_use.values().rev().find(|id| agrees(id).is_some()).copied()
    }

    fn open_one(&mut self, fields: usize) -> u64 {
        let id = self.next;
        self.next += 1;
        let txn = Txn { values: vec![None; fields], used: self.clock, ..Txn::default() };
        self.by_use.insert(self.clock, id);
        self.clock += 1;
        self.open.insert(id, txn);
        if self.open.len() as u64 > self.max_open {
            self.evict(id);
        }
        id
    }

    fn add(&mut self, id: u64, row: Row, values: Vec<Option<SmolStr>>, start: bool, end: bool) {
        let Some(txn) = self.open.get_mut(&id) else { return };
        self.by_use.remove(&txn.used);
        txn.used = self.clock;
        self.by_use.insert(self.clock, id);
        self.clock += 1;
        for (n, (own, value)) in txn.values.iter_mut().zip(values).enumerate() {
            let Some(value) = value else { continue };
            txn.matches += 1;
            if own.is_none() {
                *own = Some(value.clone());
                self.by_value.entry((n, value)).or_default().push(id);
            }
        }
        txn.rows.push(row);
        txn.has_start |= start;
        txn.has_end |= end;
        self.rows += 1;
        let full = self.options.maxevents.is_some_and(|most| txn.rows.len() as u64 >= most);
        let limit = limit(&self.options, txn);
        if start {
            let complete = self.options.endswith.is_none() || txn.has_end;
            self.close(id, complete);
        } else if full {
            self.close(id, true);
        } else {
            if let Some(limit) = limit {
                let bits = ordered(limit);
                if let Some(old) = self.limits.insert(id, bits) {
                    self.by_limit.remove(&(old, id));
                }
                self.by_limit.insert((bits, id), ());
            }
            if self.rows > self.max_rows {
                self.evict(id);
            }
        }
    }

    /// Ends those that no row of this time or before can join.
    fn close_before(&mut self, time: f64) {
        let now = ordered(time);
        while let Some((&(limit, id), ())) = self.by_limit.last_key_value() {
            if limit <= now {
                return;
            }
            self.close(id, true);
        }
    }

    /// Ends the one not used for the longest time, other than `but`.
    fn evict(&mut self, but: u64) {
        let oldest = self.by_use.values().find(|id| **id != but).copied();
        if let Some(id) = oldest {
            self.evicted += 1;
            if let Some(mut txn) = self.remove(id) {
                txn.kept = false;
                self.ended.push(txn);
            }
        }
    }

    fn remove(&mut self, id: u64) -> Option<Txn> {
        let txn = self.open.remove(&id)?;
        self.by_use.remove(&txn.used);
        if let Some(limit) = self.limits.remove(&id) {
            self.by_limit.remove(&(limit, id));
        }
        self.rows = self.rows.saturating_sub(txn.rows.len() as u64);
        for (n, value) in txn.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let key = (n, value.clone());
            if let Some(ids) = self.by_value.get_mut(&key) {
                ids.retain(|other| *other != id);
                if ids.is_empty() {
                    self.by_value.remove(&key);
                }
            }
        }
        Some(txn)
    }

    /// Ends one. `closed`: by a limit or its start.
    fn close(&mut self, id: u64, closed: bool) {
        let Some(mut txn) = self.remove(id) else { return };
        // a limit does not make up for a start or end that is missing
        let whole = (self.options.startswith.is_none() || txn.has_start)
            && (self.options.startswith.is_none()
                || self.options.endswith.is_none()
                || txn.has_end);
        txn.closed = closed && whole;
        txn.kept = whole;
        self.ended.push(txn);
    }

    /// Ends all, in the order in which they were opened.
    pub fn end(&mut self) {
        let mut ids: Vec<u64> = self.open.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter().for_each(|id| self.close(id, false));
    }
}

/// The time below which no row can join: rows must be later than, or at, it. As rows come newest
/// first, one of a time below ends the transaction.
fn limit(options: &Options, txn: &Txn) -> Option<f64> {
    // maxspan must not be reached, maxpause not exceeded
    let span = options.maxspan.zip(txn.newest()).map(|(s, t)| (t - s as f64).next_up());
    let pause = options.maxpause.zip(txn.last()).map(|(p, t)| t - p as f64);
    match (span, pause) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

/// Bits that compare as the number does.
fn ordered(n: f64) -> u64 {
    let bits = (n + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

#[cfg(test)]
mod tests {
    use super::ordered;

    #[test]
    fn bits_compare_as_numbers_do() {
        let numbers = [f64::NEG_INFINITY, -2.5, -1.0, 0.0, 1e-9, 1.0, 1.7e9, f64::INFINITY];
        assert!(numbers.windows(2).all(|w| ordered(w[0]) < ordered(w[1])));
        assert_eq!(ordered(-0.0), ordered(0.0));
    }
}
