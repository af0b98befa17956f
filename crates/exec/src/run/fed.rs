//! A search that is fed with rows which were made for many.

use super::{Kernel, Mapped, RunOptions, Summary};
use crate::plan::{Plan, Source};
use crate::run_cx::{RunCx, RunError, Subsearches};
use crate::scan::in_range;
use sepal_data::{Batch, Col, FieldName, OrderKey, Value};
use std::sync::Arc;

/// A search over events that somebody else reads.
///
/// Its plan is one without rules of sourcetypes: the rows come with their fields
/// ([`plan_fields`](crate::plan::plan_fields)).
pub struct Fed<'p> {
    plan: &'p Plan,
    cx: RunCx,
    options: RunOptions,
    range: (Option<i64>, Option<i64>),
    state: Mapped,
    /// What its condition reads, and what the commands behind it do.
    asked: Vec<FieldName>,
    needed: Vec<FieldName>,
}

impl<'p> Fed<'p> {
    /// A search that has seen no event. Its fields must be known
    /// ([`Plan::event_fields`](crate::plan::Plan::event_fields)).
    ///
    /// # Errors
    /// A plan that cannot be run so, and wrong time modifiers.
    pub fn new(plan: &'p Plan, options: RunOptions, cx: RunCx) -> Result<Fed<'p>, RunError> {
        let Source::Scan(filter) = &plan.source else {
            return Err(RunError::failed("SPL3015", "the source makes no rows"));
        };
        let kernel = Kernel::new(plan, &options, &cx)?;
        let (range, state) = ((kernel.earliest, kernel.latest), kernel.start());
        let names = |set: &sepal_data::fieldset::FieldSet| {
            set.exact().iter().map(FieldName::new).collect::<Vec<_>>()
        };
        let (asked, needed) = (names(&filter.exact.needed()), names(&plan.needed));
        Ok(Fed { plan, cx, options, range, state, asked, needed })
    }

    /// Takes some rows of a batch, which come in the order of the events. With `sure` they are known
    /// to meet its condition.
    ///
    /// # Errors
    /// Those of a run.
    pub fn feed(&mut self, batch: &Batch, rows: &[usize], sure: bool) -> Result<(), RunError> {
        let Source::Scan(filter) = &self.plan.source else { return Ok(()) };
        let in_time = |row: &usize| {
            let time = batch.order.get(*row).map_or(OrderKey::NO_TIME, |key| key.time);
            in_range(time, self.range)
        };
        let mut kept: Vec<usize> = rows.iter().copied().filter(in_time).collect();
        if !sure {
            let mask = filter.exact.mask(&some(batch, &kept, &self.asked, false), &self.cx);
            let mut mask = mask.iter();
            kept.retain(|_| mask.next().is_some_and(|m| *m));
        }
        if kept.is_empty() {
            return self.cx.check_failed();
        }
        let kernel = Kernel::fed(self.plan, &self.options, &self.cx);
        // the order of the columns of a result must not depend on which rows come first
        let all = matches!(self.state, Mapped::Rows(_));
        self.state.take(&kernel, some(batch, &kept, &self.needed, all))
    }

    /// Ends the search: its rows go to `out`, which says whether it wants more.
    ///
    /// # Errors
    /// Those of a run.
    pub fn finish(
        self,
        subsearches: Arc<dyn Subsearches>,
        out: &mut dyn FnMut(Batch) -> Result<bool, RunError>,
    ) -> Result<Summary, RunError> {
        let cx = self.cx.with_subsearches(subsearches);
        let kernel = Kernel::fed(self.plan, &self.options, &cx);
        let rows = kernel.tail(self.state, out)?;
        let (notices, input_errors) = (cx.notices(), cx.input_errors());
        Ok(Summary { rows, notices, input_errors, ..Summary::default() })
    }
}

impl<'a> Kernel<'a> {
    /// For a plan whose events come from elsewhere.
    fn fed(plan: &'a Plan, options: &'a RunOptions, cx: &'a RunCx) -> Kernel<'a> {
        Kernel { plan, options, cx, earliest: None, latest: None, meters: Vec::new() }
    }
}

/// These fields of some rows; with `all` also those that no row has.
fn some(batch: &Batch, rows: &[usize], names: &[FieldName], all: bool) -> Batch {
    let mut out = Batch::with_len(rows.len());
    out.order = rows.iter().filter_map(|row| batch.order.get(*row).copied()).collect();
    for name in names {
        let col = match batch.col(name) {
            None => None,
            Some(Col::Const(value)) => Some(Col::Const(value.clone())),
            Some(col) => {
                let first = rows.iter().position(|row| !col.get(*row).is_null());
                first.map(|first| {
                    let mut values = Vec::with_capacity(rows.len());
                    values.resize(first, Value::Null);
                    let rest = rows.get(first..).unwrap_or_default();
                    values.extend(rest.iter().map(|row| col.get(*row).clone()));
                    Col::Values(values)
                })
            }
        };
        let none = || all.then(|| Col::Values(vec![Value::Null; rows.len()]));
        let Some(col) = col.or_else(none) else { continue };
        out.cols.insert(name.clone(), col);
    }
    out
}
