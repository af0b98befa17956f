//! Running many searches over the events that were found for them, with the fields of each event
//! made once.
//!
//! The fields that any of the searches needs are made of the events that any of them needs, batch
//! by batch, with the rules of the events' sourcetypes. Each search takes its own rows and fields of
//! each batch, asks its condition of them, and goes on with its plan without rules.

mod given;
mod parts;

pub(crate) use given::Given;
pub(crate) use parts::{Conditions, Parts, subsearches};

use super::{Events, Routed};
use sepal_content::parallel::in_order;
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_exec::plan::{Plan, PlanCx, plan_fields};
use sepal_exec::run::survey::{Surveyor, survey};
use sepal_exec::run::{Fed, RunOptions, Summary};
use sepal_exec::scan::{Input, KeptEvents, Tape};
use sepal_exec::{RunCx, RunError, Subsearches};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// Searches that are fed with the events of a data set.
pub(crate) struct Feeding<'p> {
    units: Vec<Unit<'p>>,
    /// What the searches read of events.
    fields: FieldSet,
    /// The events that any of them takes.
    events: Vec<u32>,
    options: RunOptions,
}

/// A search that is fed.
struct Unit<'p> {
    /// None: it takes no event.
    events: Option<Arc<[u32]>>,
    /// Whether all of them meet its condition.
    sure: bool,
    fed: Mutex<Result<Fed<'p>, RunError>>,
}

/// So many searches that keep rows share the memory of a run.
const SHARES: usize = 128;

/// What a search may keep in any case.
const LEAST: usize = 1 << 20;

impl<'p> Feeding<'p> {
    /// None yet, each to be run so.
    pub fn new(options: &RunOptions) -> Feeding<'p> {
        let memory = (options.memory / SHARES).max(LEAST);
        let options = RunOptions { memory, threads: 1, ..options.clone() };
        Feeding { units: Vec::new(), fields: FieldSet::new(), events: Vec::new(), options }
    }

    /// Adds a search over some events, all of which meet its condition where that is `sure`. Gives
    /// its number.
    pub fn add(&mut self, plan: &'p Plan, events: &Events, sure: bool, cx: RunCx) -> usize {
        let events = match events {
            Events::Some(events) => Some(Arc::clone(events)),
            Events::None | Events::All => None,
        };
        if let (Some(events), Some(fields)) = (&events, plan.event_fields()) {
            self.fields.union(&fields);
            self.events.extend(events.iter());
        }
        let fed = Mutex::new(Fed::new(plan, self.options.clone(), cx));
        self.units.push(Unit { events, sure, fed });
        self.units.len() - 1
    }

    /// Reads the events and gives them to the searches, over threads.
    ///
    /// # Errors
    /// Those of a run. What fails one search alone is told when it ends.
    pub fn read(
        &mut self,
        routed: &Routed,
        inputs: &[Input],
        planning: &PlanCx,
        threads: usize,
        cx: &RunCx,
    ) -> Result<(), RunError> {
        self.events.sort_unstable();
        self.events.dedup();
        if self.events.is_empty() {
            return Ok(());
        }
        let plan = plan_fields(&self.fields, true, &mut planning.clone());
        let plan = plan.map_err(|_| RunError::failed("SPL3015", "the search has no plan"))?;
        let inputs = match routed.whole {
            true => routed.inputs(inputs, &self.events),
            false => inputs.to_vec(),
        };
        let start = || Spread { units: &self.units, kept: &routed.kept, threads };
        survey(&plan, &inputs, &self.options, cx, &start)?;
        if cx.was_cut_short() { Err(RunError::Stopped) } else { Ok(()) }
    }

    /// Runs a search to its end.
    ///
    /// # Errors
    /// Those of a run.
    pub fn end(
        &self,
        unit: usize,
        subsearches: Arc<dyn Subsearches>,
    ) -> Result<(Vec<Batch>, Summary), RunError> {
        let bug = || RunError::failed("SPL3015", "a search was ended twice");
        let unit = self.units.get(unit).ok_or_else(bug)?;
        let mut fed = unit.fed.lock().unwrap_or_else(PoisonError::into_inner);
        let fed = std::mem::replace(&mut *fed, Err(bug()))?;
        let mut rows = Vec::new();
        let summary = fed.finish(subsearches, &mut |batch| {
            rows.push(batch);
            Ok(true)
        })?;
        Ok((rows, summary))
    }
}

/// All rows as one batch.
pub(crate) fn joined(rows: Vec<Batch>) -> Batch {
    let mut all = Batch::default();
    rows.into_iter().for_each(|batch| all.append(batch));
    all
}

/// Gives the rows of each batch to the searches that they are for.
struct Spread<'f, 'p> {
    units: &'f [Unit<'p>],
    kept: &'f KeptEvents,
    threads: usize,
}

impl Surveyor for Spread<'_, '_> {
    fn rows(&mut self, batch: &Batch, _: &Tape) -> Result<(), RunError> {
        let numbers: Vec<Option<u32>> =
            batch.order.iter().map(|key| self.kept.number(key.unit, key.row)).collect();
        let known = || numbers.iter().flatten();
        let (Some(&first), Some(&last)) = (known().min(), known().max()) else { return Ok(()) };
        // the row of each event
        let mut places = vec![None; (last - first) as usize + 1];
        for (row, number) in numbers.iter().enumerate() {
            if let Some(place) = number.and_then(|n| places.get_mut((n - first) as usize)) {
                *place = Some(row);
            }
        }
        let feed = |unit: &Unit<'_>| -> Option<()> {
            let events = unit.events.as_ref()?;
            let from = events.partition_point(|n| *n < first);
            let to = events.partition_point(|n| *n <= last);
            let rows = events.get(from..to).unwrap_or_default().iter();
            let row = |n: &u32| places.get((n - first) as usize).copied().flatten();
            let rows: Vec<usize> = rows.filter_map(row).collect();
            if !rows.is_empty() {
                unit.feed(batch, &rows);
            }
            None
        };
        in_order(self.units, Some(self.threads), feed);
        Ok(())
    }
}

impl Unit<'_> {
    fn feed(&self, batch: &Batch, rows: &[usize]) {
        let mut fed = self.fed.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(search) = &mut *fed else { return };
        let fails = catch_unwind(AssertUnwindSafe(|| search.feed(batch, rows, self.sure)))
            .unwrap_or_else(|_| Err(RunError::failed("SPL5301", "the run stopped with a bug")));
        if let Err(e) = fails {
            *fed = Err(e);
        }
    }
}
