//! Sets of texts, for `values` and `dc`.

use crate::aggregates::{AggregateState, Input};
use crate::group::{Interner, spread};
use crate::run_cx::{RunCx, RunError};
use hashbrown::HashTable;
use sepal_data::Value;
use sepal_data::codec::{CodecError, ReadResult, Reader, Writer};

/// The distinct texts of each group: every text once for all groups, 32 bytes a group, 5 to 10 a
/// text in a group.
pub struct Texts {
    texts: Interner,
    groups: Vec<HashTable<u32>>,
    held: usize,
    finish: fn(&Interner, &HashTable<u32>) -> Value,
}

impl Texts {
    /// No groups; `finish` makes the result of all texts and the numbers of those in a group.
    pub fn start(finish: fn(&Interner, &HashTable<u32>) -> Value) -> Box<dyn AggregateState> {
        Box::new(Texts { texts: Interner::default(), groups: Vec::new(), held: 0, finish })
    }
}

/// The number of a value's text.
pub fn intern(texts: &mut Interner, value: &Value) -> Result<u32, RunError> {
    match value {
        Value::Text(s) => texts.intern(s.as_bytes()),
        other => texts.intern(other.text().as_bytes()),
    }
}

/// The number of a text in a payload.
pub fn intern_read(texts: &mut Interner, r: &mut Reader<'_>) -> ReadResult<u32> {
    let at = r.position();
    texts.intern(r.str()?.as_bytes()).map_err(|_| CodecError { at, what: "a text: too many" })
}

/// The text of that number.
pub fn text(texts: &Interner, id: u32) -> &str {
    // only texts were put in
    std::str::from_utf8(texts.get(id)).unwrap_or_default()
}

fn insert(set: &mut HashTable<u32>, id: u32, held: &mut usize) {
    let before = set.allocation_size();
    set.entry(spread(id), |i| *i == id, |i| spread(*i)).or_insert(id);
    *held += set.allocation_size() - before;
}

impl AggregateState for Texts {
    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups, HashTable::new);
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        input.try_members(|group, _, value| {
            let id = intern(&mut self.texts, value)?;
            insert(&mut self.groups[group], id, &mut self.held);
            Ok(())
        })
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        let set = &self.groups[group as usize];
        w.uint(set.len() as u64);
        for id in set {
            w.bytes(self.texts.get(*id));
        }
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        for _ in 0..r.len()? {
            let id = intern_read(&mut self.texts, r)?;
            insert(&mut self.groups[group as usize], id, &mut self.held);
        }
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        (self.finish)(&self.texts, &self.groups[group as usize])
    }

    fn bytes(&self) -> usize {
        self.texts.heap_bytes() + self.groups.capacity() * size_of::<HashTable<u32>>() + self.held
    }
}
