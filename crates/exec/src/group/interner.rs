//! Byte strings numbered in the order in which they came, in one arena.

use crate::run_cx::RunError;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

/// More different keys than a 32-bit number can count.
pub(crate) const TOO_MANY_KEYS: &str = "SPL3022";

/// A map from byte strings to dense numbers. A string costs its bytes, 12 for its end and hash, and
/// 5 to 10 in the table.
#[derive(Clone, Default)]
pub(crate) struct Interner {
    bytes: Vec<u8>,
    /// Where each string ends in `bytes`; it begins where the one before ends.
    ends: Vec<u64>,
    /// Hashes, so that growing the table does not read the strings again.
    hashes: Vec<u32>,
    table: HashTable<u32>,
}

/// The hash of a byte string: the same in every run, thread and process.
pub(crate) fn hash(key: &[u8]) -> u32 {
    let mut h = FixedState::with_seed(0x5e9a1).build_hasher();
    h.write(key);
    let h = h.finish();
    (h ^ h >> 32) as u32
}

/// 32 hash bits over the 64 that the table looks at: its place in the low, its tag in the high.
pub(crate) fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Interner {
    /// How many strings there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The number of `key`, a new one if it was not there.
    #[inline]
    pub fn intern(&mut self, key: &[u8]) -> Result<u32, RunError> {
        let h = hash(key);
        let place = spread(h);
        let Interner { bytes, ends, hashes, table } = self;
        if let Some(id) = table
            .find(place, |id| hashes[*id as usize] == h && slice(bytes, ends, *id as usize) == key)
        {
            return Ok(*id);
        }
        let id = u32::try_from(ends.len())
            .ok()
            .filter(|id| *id < u32::MAX)
            .ok_or_else(|| RunError::failed(TOO_MANY_KEYS, "more than 4 billion groups"))?;
        bytes.extend_from_slice(key);
        ends.push(bytes.len() as u64);
        hashes.push(h);
        table.insert_unique(place, id, |id| spread(hashes[*id as usize]));
        Ok(id)
    }

    /// The string of that number.
    pub fn get(&self, id: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, id as usize)
    }

    /// The hash of the string of that number.
    pub fn hash_of(&self, id: u32) -> u32 {
        self.hashes[id as usize]
    }

    /// An estimate of the bytes held.
    pub fn heap_bytes(&self) -> usize {
        self.bytes.capacity()
            + self.ends.capacity() * 8
            + self.hashes.capacity() * 4
            + self.table.allocation_size()
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[u64], id: usize) -> &'a [u8] {
    let from = if id == 0 { 0 } else { ends[id - 1] as usize };
    &bytes[from..ends[id] as usize]
}
