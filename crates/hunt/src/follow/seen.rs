//! What was told already.

use sepal_data::Batch;
use sepal_exec::RunError;
use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

/// So many rows are known; the ones told first are forgotten first.
const MOST: usize = 1_000_000;

/// The rows that were told, by a hash of 64 bits.
#[derive(Default)]
pub(super) struct Seen {
    known: HashSet<u64>,
    order: VecDeque<u64>,
    state: RandomState,
}

impl Seen {
    /// The numbers of the rows that were not told.
    pub fn unseen(&self, detection: (usize, &str), rows: &Batch) -> Vec<usize> {
        let hashes = (0..rows.len).map(|row| (row, self.hash(detection, rows, row)));
        hashes.filter(|(_, hash)| !self.known.contains(hash)).map(|(row, _)| row).collect()
    }

    /// Makes those of `rows` known that are not, and gives their numbers.
    pub fn take(&mut self, detection: (usize, &str), rows: &Batch, of: &[usize]) -> Vec<usize> {
        let mut new = Vec::new();
        for &row in of {
            if self.learn(self.hash(detection, rows, row)) {
                new.push(row);
            }
        }
        new
    }

    /// Whether an error of a detection is new.
    pub fn error(&mut self, detection: (usize, &str), e: &RunError) -> bool {
        self.learn(self.state.hash_one((detection, e.to_string())))
    }

    fn learn(&mut self, hash: u64) -> bool {
        if !self.known.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }

    fn hash(&self, detection: (usize, &str), rows: &Batch, row: usize) -> u64 {
        let mut hasher = self.state.build_hasher();
        detection.hash(&mut hasher);
        for (name, value) in rows.row(row) {
            name.hash(&mut hasher);
            let members = value.members();
            members.len().hash(&mut hasher);
            members.iter().for_each(|m| m.text().hash(&mut hasher));
        }
        hasher.finish()
    }
}
