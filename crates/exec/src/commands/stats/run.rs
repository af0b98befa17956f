//! The groups and states of a running `stats`: taking rows in, handing states over, results.

use super::plan::{Arg, Place, StatsPlan};
use crate::aggregates::{Aggregate, AggregateSet};
use crate::commands::PartialRun;
use crate::group::{Assigned, GroupOptions, GroupTable};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::codec::{Reader, Writer};
use sepal_data::{Batch, Col, FieldName, OrderKey, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(in crate::commands) struct StatsRun {
    pub(super) plan: Arc<StatsPlan>,
    pub groups: GroupTable,
    pub(super) set: AggregateSet,
    /// The states of wildcard aggregates, by their place and field.
    pub(super) wild: IndexMap<(usize, FieldName), AggregateSet>,
    pub(super) assigned: Assigned,
    seq: u64,
}

impl StatsRun {
    pub fn new(plan: Arc<StatsPlan>) -> StatsRun {
        let aggregates: Vec<Aggregate> = plan.fixed.iter().map(|f| f.aggregate).collect();
        StatsRun {
            set: plan.start(&aggregates),
            plan,
            groups: GroupTable::new(),
            wild: IndexMap::new(),
            assigned: Assigned::default(),
            seq: 0,
        }
    }

    /// The state of a wildcard aggregate for one field.
    pub(super) fn wild_state<'w>(
        wild: &'w mut IndexMap<(usize, FieldName), AggregateSet>,
        plan: &StatsPlan,
        at: usize,
        field: &FieldName,
    ) -> &'w mut AggregateSet {
        wild.entry((at, field.clone())).or_insert_with(|| plan.start(&[plan.wild[at].aggregate]))
    }

    /// The same states in `len` other groups: group `g` goes to `to[g]`, or is left out. Groups
    /// that nothing goes to are those of no rows.
    pub fn regrouped(&mut self, to: &[Option<u32>], len: u32) -> Result<StatsRun, RunError> {
        let plan = Arc::clone(&self.plan);
        let mut run = StatsRun::new(Arc::clone(&plan));
        for g in 0..len {
            run.groups.assign_key(&g.to_le_bytes())?;
        }
        let before = self.groups.len();
        self.set.resize(before);
        run.set.resize(len as usize);
        for ((at, field), state) in &mut self.wild {
            state.resize(before);
            Self::wild_state(&mut run.wild, &plan, *at, field).resize(len as usize);
        }
        let mut w = Writer::new();
        for (g, to) in (0..).zip(to) {
            let Some(to) = *to else { continue };
            w.buf.clear();
            self.set.encode_group(g, &mut w);
            self.wild.values().for_each(|s| s.encode_group(g, &mut w));
            let mut r = Reader::new(&w.buf);
            run.set.merge_group(to, &mut r)?;
            for state in run.wild.values_mut() {
                state.merge_group(to, &mut r)?;
            }
        }
        Ok(run)
    }

    /// The groups with the deferred fill settled: null is the fill where some row had the field,
    /// else the row goes.
    fn settle(&mut self, fill: &Value, cx: &RunCx) -> Result<(), RunError> {
        let n = self.plan.by.len();
        let mut exists = vec![false; n];
        let count = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        for g in 0..count {
            for (e, v) in exists.iter_mut().zip(self.groups.key(g)) {
                *e |= !v.is_null();
            }
        }
        let mut settled = StatsRun::new(Arc::clone(&self.plan));
        let (mut from, mut keys) = (Vec::new(), vec![Vec::new(); n]);
        for g in 0..count {
            let key: Vec<Value> = self.groups.key(g).collect();
            if key.iter().zip(&exists).any(|(v, e)| v.is_null() && !e) {
                continue;
            }
            from.push(g);
            for (col, v) in keys.iter_mut().zip(key) {
                col.push(if v.is_null() { fill.clone() } else { v });
            }
        }
        let mut batch = Batch::with_len(from.len());
        for (name, col) in self.plan.by.iter().zip(keys) {
            batch.set(name.clone(), Col::Values(col));
        }
        let mut assigned = Assigned::default();
        settled.groups.assign(&batch, &self.plan.by, GroupOptions::default(), cx, &mut assigned)?;
        let mut w = Writer::new();
        for (&group, &row) in assigned.groups.iter().zip(&assigned.rows) {
            w.buf.clear();
            self.set.encode_group(from[row as usize], &mut w);
            settled.set.merge_group(group, &mut Reader::new(&w.buf))?;
        }
        *self = settled;
        Ok(())
    }
}

impl StatsRun {
    /// Takes in rows none of which is of `prestats=true`.
    pub(super) fn update_rows(&mut self, batch: &Batch, cx: &RunCx) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        self.groups.assign(batch, &plan.keys, plan.group_options(), cx, &mut self.assigned)?;
        let (mut order, mut times) = (Vec::new(), Vec::new());
        if batch.order.is_empty() {
            // the rows are in order already: their number is their place
            order = OrderKey::following(self.seq, batch.len);
            self.seq += batch.len as u64;
        }
        if plan.needs_order {
            // the field, not the place: `bin` and `eval` change it
            times = times_of(batch);
        }
        let order = if batch.order.is_empty() { &order } else { &batch.order };
        let made = plan.computed(batch, cx);
        let columns: Vec<Option<&Col>> = plan
            .fixed
            .iter()
            .zip(&made)
            .map(|(f, made)| match &f.argument {
                Arg::None => None,
                Arg::Field(n) => batch.col(n),
                Arg::Eval(_) => made.as_ref(),
            })
            .collect();
        self.set.update(self.groups.len(), &self.assigned, &columns, order, &times, cx)?;
        for (at, w) in plan.wild.iter().enumerate() {
            for (name, col) in &batch.cols {
                if w.takes(name, &plan.by) && !col.is_all_null() {
                    Self::wild_state(&mut self.wild, &plan, at, name).update(
                        self.groups.len(),
                        &self.assigned,
                        &[Some(col)],
                        order,
                        &times,
                        cx,
                    )?;
                }
            }
        }
        Ok(())
    }

    /// The groups with their keys, sorted by the keys' texts.
    pub(super) fn sorted(&self) -> Vec<(Vec<Value>, u32)> {
        let count = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        let mut keys: Vec<(Vec<Value>, u32)> =
            (0..count).map(|g| (self.groups.key(g).collect(), g)).collect();
        keys.sort_by(|(a, _), (b, _)| {
            let texts = |k: &[Value]| k.iter().map(|v| v.to_smol()).collect::<Vec<_>>();
            texts(a).cmp(&texts(b))
        });
        keys
    }

    /// The BY fields of groups as rows.
    pub(super) fn by_columns(&self, keys: &[(Vec<Value>, u32)]) -> Batch {
        let mut batch = Batch::with_len(keys.len());
        for (i, name) in self.plan.by.iter().enumerate() {
            let one = |(k, _): &(Vec<Value>, u32)| k.get(i).cloned().unwrap_or_default();
            batch.set(name.clone(), Col::Values(keys.iter().map(one).collect()));
        }
        batch
    }
}

impl PartialRun for StatsRun {
    fn update(&mut self, batch: &Batch, cx: &RunCx) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        match &plan.prestats {
            None => self.update_rows(batch, cx),
            Some(states) => self.update_with_states(states, batch, cx),
        }
    }

    fn payloads(&mut self, _: &RunCx) -> Result<Vec<(u32, Vec<u8>)>, RunError> {
        let count = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        let mut w = Writer::new();
        w.uint(self.wild.len() as u64);
        for ((at, field), state) in &mut self.wild {
            state.resize(self.groups.len());
            w.uint(*at as u64);
            w.str(field);
        }
        self.set.resize(self.groups.len());
        w.uint(u64::from(count));
        for g in 0..count {
            w.bytes(self.groups.key_bytes(g));
            self.set.encode_group(g, &mut w);
            self.wild.values().for_each(|s| s.encode_group(g, &mut w));
        }
        *self = StatsRun::new(Arc::clone(&self.plan));
        Ok(vec![(0, w.buf)])
    }

    fn merge(&mut self, payload: &[u8], _: &RunCx) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        let mut r = Reader::new(payload);
        let mut wild = Vec::new();
        for _ in 0..r.len()? {
            let at = usize::try_from(r.uint()?).unwrap_or(usize::MAX);
            let field = FieldName::new(r.str()?);
            if at >= plan.wild.len() {
                return Err(RunError::failed("SPL3015", "a payload belongs to another search"));
            }
            Self::wild_state(&mut self.wild, &plan, at, &field);
            wild.push((at, field));
        }
        for _ in 0..r.uint()? {
            let group = self.groups.assign_key(r.bytes()?)?;
            self.set.merge_group(group, &mut r)?;
            for (at, field) in &wild {
                Self::wild_state(&mut self.wild, &plan, *at, field).merge_group(group, &mut r)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let plan = Arc::clone(&self.plan);
        if let Some(fill) = &plan.fill {
            self.settle(fill, cx)?;
        }
        if plan.by.is_empty() && self.groups.is_empty() {
            self.groups.assign_key(&[])?;
        }
        let keys = self.sorted();
        let mut batch = self.by_columns(&keys);
        let groups: Vec<u32> = keys.iter().map(|(_, g)| *g).collect();
        for (name, values) in self.results(&groups, cx) {
            if !batch.cols.contains_key(&name) {
                batch.set(name, Col::Values(values));
            }
        }
        Ok(vec![batch])
    }
}

impl StatsRun {
    /// The results of these groups, a column for each aggregate, in the order of the aggregates.
    pub fn results(&mut self, groups: &[u32], cx: &RunCx) -> Vec<(FieldName, Vec<Value>)> {
        let plan = Arc::clone(&self.plan);
        let len = self.groups.len();
        self.set.resize(len);
        self.wild.values_mut().for_each(|s| s.resize(len));
        let mut fixed: Vec<Vec<Value>> = vec![Vec::with_capacity(groups.len()); plan.fixed.len()];
        for g in groups {
            for (col, v) in fixed.iter_mut().zip(self.set.finish_group(*g, cx)) {
                col.push(v);
            }
        }
        let mut wild: BTreeMap<usize, Vec<(FieldName, Vec<Value>)>> = BTreeMap::new();
        for ((at, field), state) in &self.wild {
            let values = groups.iter().flat_map(|g| state.finish_group(*g, cx)).collect();
            wild.entry(*at).or_default().push((plan.wild[*at].name_of(field), values));
        }
        let mut out = Vec::new();
        for place in &plan.columns {
            match place {
                Place::Fixed(i) => {
                    out.push((plan.fixed[*i].name.clone(), std::mem::take(&mut fixed[*i])))
                }
                Place::Wild(at) => {
                    let mut cols = wild.remove(at).unwrap_or_default();
                    cols.sort_by(|a, b| a.0.cmp(&b.0));
                    out.append(&mut cols);
                }
            }
        }
        out
    }
}

/// Each row's `_time` in microseconds.
pub(in crate::commands) fn times_of(batch: &Batch) -> Vec<i64> {
    let micros = |v: &Value| {
        v.number()
            .and_then(sepal_data::time::Time::from_secs_f64)
            .map_or(OrderKey::NO_TIME, sepal_data::time::Time::as_micros)
    };
    (0..batch.len).map(|r| micros(batch.get("_time", r))).collect()
}
