//! Finds the rows of a table that match an event.

use super::chains::{Chains, hash};
use super::cidr::{self, CidrIndex, Net};
use super::definition::{Definition, MatchKind, TimeBound};
use super::table::Column;
use super::times::NO_TIME;
use super::wild::{WildIndex, glob};

/// Rows that match, in the order in which their values are given.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The rows.
    pub rows: Vec<u32>,
    /// More rows match than may.
    pub cut: bool,
    candidates: Vec<u32>,
}

struct Key {
    column: Column,
    kind: MatchKind,
}

/// How the first candidates are found; the other keys are asked of each candidate.
enum Driver {
    /// By all exactly compared keys at once.
    Exact(Chains),
    Cidr(usize, CidrIndex),
    Wild(usize, WildIndex),
    /// Every row: only where an index could not be built.
    All,
}

/// An index over the key columns of a table, built once.
pub struct Matcher {
    keys: Vec<Key>,
    driver: Driver,
    /// Time of each row, and how far back of an event it may be, in microseconds.
    times: Option<(Vec<i64>, i64, i64)>,
    limit: usize,
    folds: bool,
    rows: u32,
}

impl Matcher {
    /// An index over key columns in the order in which inputs will be given. `times` are those of
    /// the rows for a time-bounded lookup.
    pub fn new(
        definition: &Definition,
        keys: Vec<(&str, Column)>,
        times: Option<Vec<i64>>,
    ) -> Matcher {
        let folds = !definition.case_sensitive;
        let rows = keys.first().map_or(0, |(_, c)| c.len() as u32);
        let keys: Vec<Key> = keys
            .into_iter()
            .map(|(name, column)| Key {
                kind: definition.kind(name),
                column: if folds { column.folded() } else { column },
            })
            .collect();
        let times = times.zip(definition.time.as_ref()).map(|(times, bound)| {
            let (newest, oldest) = window(bound);
            (times, newest, oldest)
        });
        let driver = driver(&keys, rows, times.as_ref().map(|t| t.0.as_slice()));
        Matcher { keys, driver, times, limit: definition.limit(), folds, rows }
    }

    /// Whether inputs must come with letter case taken away.
    pub fn folds(&self) -> bool {
        self.folds
    }

    /// The rows that match; inputs as many as there are keys, each folded where [`Matcher::folds`]
    /// says so. `time` is the event's, in microseconds.
    ///
    /// Source: Splunk transforms.conf.spec, `max_matches`: the first rows in file order; of a
    /// time-bounded lookup those nearest before the event.
    pub fn find(&self, inputs: &[String], time: Option<i64>, found: &mut Found) {
        found.rows.clear();
        found.cut = false;
        if self.times.is_some() && time.is_none() {
            return;
        }
        match &self.driver {
            Driver::Exact(chains) => {
                let h = hash(self.exact().map(|(i, _)| text(inputs, i).as_bytes()));
                let is_key = |row| self.exact().all(|(i, k)| k.column.get(row) == text(inputs, i));
                self.collect(chains.rows(h, is_key), inputs, time, found);
            }
            driver => {
                let mut candidates = std::mem::take(&mut found.candidates);
                candidates.clear();
                match driver {
                    Driver::Cidr(i, tree) => {
                        tree.find(&self.keys[*i].column, text(inputs, *i), &mut candidates);
                    }
                    Driver::Wild(i, index) => {
                        index.find(&self.keys[*i].column, text(inputs, *i), &mut candidates);
                    }
                    _ => candidates.extend(0..self.rows),
                }
                match &self.times {
                    None => candidates.sort_unstable(),
                    Some((times, ..)) => {
                        candidates.sort_unstable_by_key(|&r| later_first(times, r))
                    }
                }
                candidates.dedup();
                self.collect(candidates.iter().copied(), inputs, time, found);
                found.candidates = candidates;
            }
        }
    }

    fn exact(&self) -> impl Iterator<Item = (usize, &Key)> {
        self.keys.iter().enumerate().filter(|(_, k)| k.kind == MatchKind::Exact)
    }

    /// Takes the candidates that match up to the limit.
    fn collect(
        &self,
        candidates: impl Iterator<Item = u32>,
        inputs: &[String],
        time: Option<i64>,
        found: &mut Found,
    ) {
        for row in candidates {
            if !self.in_time(row, time) || !self.takes(row, inputs) {
                continue;
            }
            if found.rows.len() >= self.limit {
                found.cut = true;
                return;
            }
            found.rows.push(row);
        }
    }

    fn in_time(&self, row: u32, time: Option<i64>) -> bool {
        let Some((times, newest, oldest)) = &self.times else { return true };
        let (Some(&at), Some(time)) = (times.get(row as usize), time) else { return false };
        at != NO_TIME && {
            let behind = time.saturating_sub(at);
            behind >= *newest && behind <= *oldest
        }
    }

    /// Whether a row takes the inputs, apart from what the driver has looked at.
    fn takes(&self, row: u32, inputs: &[String]) -> bool {
        self.keys.iter().enumerate().all(|(i, key)| {
            let done = match (&self.driver, key.kind) {
                (Driver::Exact(_), MatchKind::Exact) => true,
                (Driver::Cidr(k, _) | Driver::Wild(k, _), _) => *k == i,
                _ => false,
            };
            done || {
                let (cell, input) = (key.column.get(row), text(inputs, i));
                !cell.is_empty()
                    && match key.kind {
                        MatchKind::Exact => cell == input,
                        MatchKind::Wildcard => glob(cell, input),
                        MatchKind::Cidr => cidr::matches(cell, input, Net::parse(input).as_ref()),
                    }
            }
        })
    }
}

fn text(inputs: &[String], i: usize) -> &str {
    inputs.get(i).map_or("", String::as_str)
}

/// By how many microseconds an event must and may be later than a row.
fn window(bound: &TimeBound) -> (i64, i64) {
    let micros = |secs: i64| secs.saturating_mul(1_000_000);
    (micros(bound.min_offset_secs), micros(bound.max_offset_secs))
}

fn later_first(times: &[i64], row: u32) -> (std::cmp::Reverse<i64>, u32) {
    (std::cmp::Reverse(times.get(row as usize).copied().unwrap_or(NO_TIME)), row)
}

fn driver(keys: &[Key], rows: u32, times: Option<&[i64]>) -> Driver {
    let exact: Vec<&Column> =
        keys.iter().filter(|k| k.kind == MatchKind::Exact).map(|k| &k.column).collect();
    if !exact.is_empty() {
        let mut order: Vec<u32> =
            (0..rows).filter(|&r| exact.iter().all(|c| !c.get(r).is_empty())).collect();
        if let Some(times) = times {
            order.sort_by_key(|&r| later_first(times, r));
        }
        return Driver::Exact(Chains::build(
            order.into_iter(),
            |r| hash(exact.iter().map(|c| c.get(r).as_bytes())),
            |a, b| exact.iter().all(|c| c.get(a) == c.get(b)),
        ));
    }
    if let Some(i) = keys.iter().position(|k| k.kind == MatchKind::Cidr) {
        return Driver::Cidr(i, CidrIndex::build(&keys[i].column));
    }
    // of several wildcard columns the one with the fewest cells that match anything
    let open = |k: &Key| (0..rows).filter(|&r| k.column.get(r).bytes().all(|b| b == b'*')).count();
    let best = (0..keys.len()).min_by_key(|&i| open(&keys[i]));
    match best.and_then(|i| Some((i, WildIndex::build(&keys[i].column)?))) {
        Some((i, index)) => Driver::Wild(i, index),
        None => Driver::All,
    }
}
