//! `list`: the values in event order.

use crate::aggregates::{AggregateSpec, AggregateState, Argument, Input, MULTIVALUE_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{ReadResult, Reader, Writer};
use sepal_data::{OrderKey, Value};

/// How many values of a group are listed: `list_maxsize` of limits.conf.
pub const LIST_LIMIT: usize = 100;

/// The notice of a list that was cut, as Splunk cuts it.
pub const LIST_CUT: &str = "SPL3020";

/// `list(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "list",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The values in the order of the events, with repetitions",
        syntax: "list(<value>)",
        details: "Only the first 100 values of a group, as in Splunk, with a notice where there \
            were more. Every member of a multivalue counts; null without a value.",
        source: MULTIVALUE_PAGE,
        examples: &[
            FunctionExample {
                expr: "list(x)",
                input: r#"["b", "a", null, "b"]"#,
                result: r#"["b", "a", "b"]"#,
            },
            FunctionExample {
                expr: "list(x)",
                input: r#"[["2", "1"], "3"]"#,
                result: r#"["2", "1", "3"]"#,
            },
            FunctionExample { expr: "list(x)", input: r#"["a"]"#, result: r#""a""# },
        ],
    },
    start: |_| Box::new(Lists { groups: Vec::new(), held: 0 }),
};

/// The first values of each group with their places: 32 bytes a group, 48 a value.
struct Lists {
    groups: Vec<List>,
    held: usize,
}

#[derive(Clone, Default)]
struct List {
    /// In order of coming; the values of one row follow each other, so sorting by place keeps
    /// their order.
    entries: Vec<(OrderKey, Value)>,
    cut: bool,
}

impl List {
    fn push(&mut self, key: OrderKey, value: Value) {
        self.entries.push((key, value));
        if self.entries.len() >= 2 * LIST_LIMIT {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.entries.sort_by_key(|(key, _)| *key);
        self.cut |= self.entries.len() > LIST_LIMIT;
        self.entries.truncate(LIST_LIMIT);
    }
}

impl AggregateState for Lists {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, List::default());
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        input.members(|group, row, value| {
            let list = &mut self.groups[group];
            if list.entries.len() < 2 * LIST_LIMIT - 1 && !list.cut {
                self.held += size_of::<(OrderKey, Value)>() + value.heap_bytes();
            }
            list.push(input.order_of(row), value.clone());
        });
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        let mut list = self.groups[group as usize].clone();
        list.cut();
        w.u8(u8::from(list.cut));
        w.uint(list.entries.len() as u64);
        for (key, value) in &list.entries {
            w.order(*key);
            w.value(value);
        }
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        let list = &mut self.groups[group as usize];
        list.cut |= r.u8()? == 1;
        for _ in 0..r.len()? {
            let key = r.order()?;
            let value = r.value()?;
            self.held += size_of::<(OrderKey, Value)>() + value.heap_bytes();
            list.push(key, value);
        }
        Ok(())
    }

    fn finish(&self, group: u32, cx: &RunCx) -> Value {
        let mut list = self.groups[group as usize].clone();
        list.cut();
        if list.cut {
            // Splunk's result is cut at the same place
            let message = format!("list() shows the first {LIST_LIMIT} values of a group only");
            cx.notice(LIST_CUT, message, false);
        }
        Value::from_members(list.entries.into_iter().map(|(_, value)| value))
    }

    fn bytes(&self) -> usize {
        self.groups.capacity() * size_of::<List>() + self.held
    }
}
