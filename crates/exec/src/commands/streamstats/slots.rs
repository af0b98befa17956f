//! The aggregates of a `streamstats`, one by one, and their states over all rows so far.

use super::Place;
use crate::aggregates::{Aggregate, AggregateSet};
use crate::commands::stats::{Arg, StatsPlan};
use crate::group::Assigned;
use crate::run_cx::{RunCx, RunError};
use sepal_data::{Batch, Col, FieldName, OrderKey, Value};
use std::collections::HashMap;

/// The aggregates: those that are named, then one for each field that a wildcard stands for.
pub(super) struct Slots(Vec<Slot>);

struct Slot {
    aggregate: Aggregate,
    name: FieldName,
    source: Source,
}

enum Source {
    /// The aggregate of that number.
    Fixed(usize),
    /// A field that the wildcard aggregate of that number stands for.
    Field(usize, FieldName),
}

/// The columns of a batch that the aggregates read.
pub(super) struct Rows<'a> {
    pub columns: Vec<Option<&'a Col>>,
    pub order: Vec<OrderKey>,
    pub times: Vec<i64>,
}

impl Slots {
    pub fn new(plan: &StatsPlan) -> Slots {
        let slot = |(i, f): (usize, &crate::commands::stats::Fixed)| Slot {
            aggregate: f.aggregate,
            name: f.name.clone(),
            source: Source::Fixed(i),
        };
        Slots(plan.fixed.iter().enumerate().map(slot).collect())
    }

    /// Adds the fields of a batch that wildcards stand for.
    pub fn discover(&mut self, plan: &StatsPlan, batch: &Batch) {
        for (at, w) in plan.wild.iter().enumerate() {
            for (field, col) in &batch.cols {
                let is_new =
                    |s: &Slot| !matches!(&s.source, Source::Field(a, f) if *a == at && f == field);
                if w.takes(field, &plan.by) && !col.is_all_null() && self.0.iter().all(is_new) {
                    self.0.push(Slot {
                        aggregate: w.aggregate,
                        name: w.name_of(field),
                        source: Source::Field(at, field.clone()),
                    });
                }
            }
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The fields that are written.
    pub fn names(&self) -> impl Iterator<Item = &FieldName> {
        self.0.iter().map(|s| &s.name)
    }

    /// An empty state of an aggregate.
    pub fn start(&self, plan: &StatsPlan, slot: usize) -> AggregateSet {
        let aggregates: Vec<Aggregate> =
            self.0.get(slot).map(|s| s.aggregate).into_iter().collect();
        plan.start(&aggregates)
    }

    /// The arguments in a batch; `computed` are those that are expressions.
    pub fn columns<'a>(
        &self,
        plan: &StatsPlan,
        batch: &'a Batch,
        computed: &'a [Option<Col>],
    ) -> Vec<Option<&'a Col>> {
        let one = |s: &Slot| match &s.source {
            Source::Field(_, f) => batch.col(f),
            Source::Fixed(i) => match &plan.fixed[*i].argument {
                Arg::None => None,
                Arg::Field(f) => batch.col(f),
                Arg::Eval(_) => computed[*i].as_ref(),
            },
        };
        self.0.iter().map(one).collect()
    }

    /// Writes the results of the rows that have any.
    pub fn write(&self, batch: &mut Batch, mut results: Vec<Option<Vec<Value>>>) {
        for (slot, s) in self.0.iter().enumerate() {
            let column = batch.values_mut(&s.name);
            for (cell, row) in column.iter_mut().zip(&mut results) {
                if let Some(value) = row.as_mut().and_then(|r| r.get_mut(slot)) {
                    *cell = std::mem::take(value);
                }
            }
        }
    }
}

/// The states over all rows since the last reset.
#[derive(Default)]
pub(super) struct Running {
    sets: Vec<AggregateSet>,
    /// The place in the states of each group that was seen since the last reset.
    places: HashMap<u32, u32>,
    one: Assigned,
}

impl Running {
    /// The place of a group; a new one, with room in every state, where it was not seen.
    fn place(&mut self, plan: &StatsPlan, slots: &Slots, group: u32) -> u32 {
        let next = self.places.len() as u32;
        let place = *self.places.entry(group).or_insert(next);
        for slot in self.sets.len()..slots.len() {
            self.sets.push(slots.start(plan, slot));
        }
        let groups = self.places.len();
        self.sets.iter_mut().for_each(|s| s.resize(groups));
        place
    }

    /// Counts a row.
    pub fn update(
        &mut self,
        plan: &StatsPlan,
        slots: &Slots,
        at: Place<'_>,
        cx: &RunCx,
    ) -> Result<(), RunError> {
        let place = self.place(plan, slots, at.group);
        self.one.groups.clear();
        self.one.groups.push(place);
        self.one.rows.clear();
        self.one.rows.push(at.row);
        let groups = self.places.len();
        for (set, column) in self.sets.iter_mut().zip(&at.rows.columns) {
            set.update(groups, &self.one, &[*column], &at.rows.order, &at.rows.times, cx)?;
        }
        Ok(())
    }

    /// The results in a group.
    pub fn results(
        &mut self,
        plan: &StatsPlan,
        slots: &Slots,
        group: u32,
        cx: &RunCx,
    ) -> Vec<Value> {
        let place = self.place(plan, slots, group);
        self.sets.iter().flat_map(|s| s.finish_group(place, cx)).collect()
    }
}
