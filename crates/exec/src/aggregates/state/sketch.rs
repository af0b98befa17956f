//! Estimates of how many distinct values there are, for `estdc`.

use crate::aggregates::{AggregateState, Input};
use crate::run_cx::{RunCx, RunError};
use foldhash::quality::FixedState;
use hashbrown::HashTable;
use sepal_data::Value;
use sepal_data::codec::{CodecError, ReadResult, Reader, Writer};
use std::hash::{BuildHasher, Hasher};

/// From this many distinct values on they are estimated: `approx_dc_threshold` of limits.conf.
pub const EXACT_BELOW: usize = 1_000;

/// A hash's first bits name a register.
const BITS: u32 = 12;
const REGISTERS: usize = 1 << BITS;

/// What is known of the distinct values of a group; depends on nothing but them.
pub enum Sketch {
    /// The hashes of all, while there are less than [`EXACT_BELOW`].
    Exact(HashTable<u64>),
    /// A HyperLogLog: in each register the longest run of zeros that a hash began with.
    Registers(Box<[u8]>),
}

impl Default for Sketch {
    fn default() -> Self {
        Sketch::Exact(HashTable::new())
    }
}

impl Sketch {
    fn insert(&mut self, hash: u64) {
        match self {
            Sketch::Exact(set) => {
                set.entry(hash, |h| *h == hash, |h| *h).or_insert(hash);
                if set.len() >= EXACT_BELOW {
                    self.registers();
                }
            }
            Sketch::Registers(registers) => {
                let run = (hash << BITS | 1 << (BITS - 1)).leading_zeros() as u8 + 1;
                let register = &mut registers[(hash >> (64 - BITS)) as usize];
                *register = run.max(*register);
            }
        }
    }

    /// Turns to registers.
    fn registers(&mut self) {
        if let Sketch::Exact(set) = self {
            let set = std::mem::take(set);
            *self = Sketch::Registers(vec![0; REGISTERS].into());
            for hash in set {
                self.insert(hash);
            }
        }
    }

    /// The number of distinct values.
    pub fn estimate(&self) -> u64 {
        let registers = match self {
            Sketch::Exact(set) => return set.len() as u64,
            Sketch::Registers(registers) => registers,
        };
        let m = REGISTERS as f64;
        let sum: f64 = registers.iter().map(|r| 0.5f64.powi(i32::from(*r))).sum();
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let empty = registers.iter().filter(|r| **r == 0).count();
        if raw <= 2.5 * m && empty > 0 {
            return (m * (m / empty as f64).ln()).round() as u64;
        }
        raw.round() as u64
    }

    /// The standard error of [`Sketch::estimate`], as a ratio.
    pub fn error(&self) -> f64 {
        match self {
            Sketch::Exact(_) => 0.0,
            Sketch::Registers(_) => 1.04 / (REGISTERS as f64).sqrt(),
        }
    }
}

/// The sketches of all groups: 32 bytes a group, 8 to 16 a value up to 4 KiB.
pub struct Sketches {
    groups: Vec<Sketch>,
    hasher: FixedState,
    finish: fn(&Sketch) -> Value,
}

impl Sketches {
    /// No groups; `finish` makes the result.
    pub fn start(finish: fn(&Sketch) -> Value) -> Box<dyn AggregateState> {
        Box::new(Sketches { groups: Vec::new(), hasher: FixedState::with_seed(0x5e9a1), finish })
    }
}

impl AggregateState for Sketches {
    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups, Sketch::default);
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        input.members(|group, _, value| {
            let mut h = self.hasher.build_hasher();
            match value {
                Value::Text(s) => h.write(s.as_bytes()),
                other => h.write(other.text().as_bytes()),
            }
            self.groups[group].insert(h.finish());
        });
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        match &self.groups[group as usize] {
            Sketch::Exact(set) => {
                w.u8(0);
                w.uint(set.len() as u64);
                for hash in set {
                    w.bytes(&hash.to_le_bytes());
                }
            }
            Sketch::Registers(registers) => {
                w.u8(1);
                w.bytes(registers);
            }
        }
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        let sketch = &mut self.groups[group as usize];
        if r.u8()? == 0 {
            for _ in 0..r.len()? {
                let at = r.position();
                let bytes = r.bytes()?;
                let bytes = bytes.try_into().map_err(|_| CodecError { at, what: "a hash" })?;
                sketch.insert(u64::from_le_bytes(bytes));
            }
            return Ok(());
        }
        let at = r.position();
        let theirs = r.bytes()?;
        if theirs.len() != REGISTERS {
            return Err(CodecError { at, what: "registers" });
        }
        sketch.registers();
        if let Sketch::Registers(mine) = sketch {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine = (*mine).max((*theirs).min(64));
            }
        }
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        (self.finish)(&self.groups[group as usize])
    }

    fn bytes(&self) -> usize {
        let heap = |s: &Sketch| match s {
            Sketch::Exact(set) => set.allocation_size(),
            Sketch::Registers(r) => r.len(),
        };
        self.groups.capacity() * size_of::<Sketch>() + self.groups.iter().map(heap).sum::<usize>()
    }
}
