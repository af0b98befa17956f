//! `mode`: the most frequent value.

use crate::aggregates::state::texts::{intern, intern_read, text};
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, AggregateState, Argument, Input};
use crate::doc::{FunctionDoc, FunctionExample};
use crate::group::{Interner, spread};
use crate::run_cx::{RunCx, RunError};
use hashbrown::HashTable;
use sepal_data::Value;
use sepal_data::codec::{ReadResult, Reader, Writer};

/// `mode(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "mode",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The most frequent value",
        syntax: "mode(<value>)",
        details: "Values are compared as text. The page does not say which of equally frequent \
            values it is; here it is the first by text. Every member of a multivalue counts.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "mode(x)", input: "[32, 45, 29, 45, 37]", result: r#""45""# },
            FunctionExample {
                expr: "mode(x)",
                input: r#"["Garcia", "Mayer", "Garcia", "Zhang", "Garcia"]"#,
                result: r#""Garcia""#,
            },
            FunctionExample { expr: "mode(x)", input: r#"["b", "a"]"#, result: r#""a""# },
        ],
    },
    start: |_| Box::new(Modes { texts: Interner::default(), groups: Vec::new(), held: 0 }),
};

/// How often each text occurs in each group: every text once for all groups, 32 bytes a group,
/// about 20 a text in a group.
struct Modes {
    texts: Interner,
    groups: Vec<HashTable<(u32, u64)>>,
    held: usize,
}

fn add(table: &mut HashTable<(u32, u64)>, id: u32, count: u64, held: &mut usize) {
    let before = table.allocation_size();
    table
        .entry(spread(id), |(i, _)| *i == id, |(i, _)| spread(*i))
        .and_modify(|(_, n)| *n = n.saturating_add(count))
        .or_insert((id, count));
    *held += table.allocation_size() - before;
}

impl AggregateState for Modes {
    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups, HashTable::new);
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        input.try_members(|group, _, value| {
            let id = intern(&mut self.texts, value)?;
            add(&mut self.groups[group], id, 1, &mut self.held);
            Ok(())
        })
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        let table = &self.groups[group as usize];
        w.uint(table.len() as u64);
        for (id, count) in table {
            w.bytes(self.texts.get(*id));
            w.uint(*count);
        }
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        for _ in 0..r.len()? {
            let id = intern_read(&mut self.texts, r)?;
            let count = r.uint()?;
            add(&mut self.groups[group as usize], id, count, &mut self.held);
        }
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        let best = self.groups[group as usize]
            .iter()
            .map(|(id, count)| (text(&self.texts, *id), count))
            .max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        best.map_or(Value::Null, |(text, _)| Value::from(text))
    }

    fn bytes(&self) -> usize {
        self.texts.heap_bytes()
            + self.groups.capacity() * size_of::<HashTable<(u32, u64)>>()
            + self.held
    }
}
