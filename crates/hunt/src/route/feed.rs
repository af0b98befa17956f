//! Running many detections over the events that were found for them, with the fields of each event
//! made once.
//!
//! The fields that any of the searches needs are made of the events that any of them needs, batch
//! by batch, with the rules of the events' sourcetypes. Each search takes its own rows and fields of
//! each batch, asks its condition of them, and goes on with its plan without rules; so do its
//! subsearches, whose rows are there when it asks for them.

mod given;

use self::given::{Given, address};
use super::{Events, Routed, Router};
use crate::Ready;
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_exec::plan::{Plan, PlanCx, Source, plan_fields};
use sepal_exec::run::survey::{Surveyor, survey};
use sepal_exec::run::{Fed, RunOptions, Summary, run_to_batch};
use sepal_exec::scan::{Input, KeptEvents, Tape};
use sepal_exec::{RunCx, RunError, Subsearches};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Detections that are fed with the events of a data set.
pub(crate) struct Feeding<'r> {
    units: Vec<Unit<'r>>,
    /// By detection.
    parts: Vec<Option<Parts<'r>>>,
    /// What the searches read of events.
    fields: FieldSet,
    /// The events that any of them takes, in order.
    events: Vec<u32>,
    options: RunOptions,
}

/// The searches of a detection, as places in the list of units.
struct Parts<'r> {
    /// None where it makes rows of its own.
    main: Option<usize>,
    /// With their addresses; each before those that stand inside of it.
    subsearches: Vec<(&'r Plan, usize)>,
}

/// A search that is fed.
struct Unit<'r> {
    /// None: it takes no event.
    events: Option<Arc<[u32]>>,
    fed: Mutex<Result<Fed<'r>, RunError>>,
}

impl<'r> Feeding<'r> {
    /// For the detections of these numbers, as far as they can be fed: where it is known which
    /// events and fields they read. `cx` makes what a run knows.
    pub fn new(
        router: &Router,
        routed: &Routed,
        ready: &'r [Ready],
        wanted: &dyn Fn(usize) -> bool,
        options: &RunOptions,
        cx: &dyn Fn() -> RunCx,
    ) -> Feeding<'r> {
        let (units, parts) = (Vec::new(), Vec::with_capacity(ready.len()));
        let (fields, events, options) = (FieldSet::new(), Vec::new(), options.clone());
        let mut out = Feeding { units, parts, fields, events, options };
        for (n, ready) in ready.iter().enumerate() {
            let parts = wanted(n).then(|| out.detection(n, ready, router, routed, cx));
            out.parts.push(parts.flatten());
        }
        // so many keep rows at the same time
        out.events.sort_unstable();
        out.events.dedup();
        out
    }

    fn detection(
        &mut self,
        number: usize,
        ready: &'r Ready,
        router: &Router,
        routed: &Routed,
        cx: &dyn Fn() -> RunCx,
    ) -> Option<Parts<'r>> {
        let first = *router.subsearches.get(number)?;
        let all = || ready.plain.all_subsearches().into_iter().zip(first..);
        let mut each = std::iter::once((&ready.plain, number)).chain(all());
        if !each.all(|(plan, n)| can_be_fed(plan, &routed.of(n))) {
            return None;
        }
        let main = self.unit(&ready.plain, routed.of(number), cx);
        let of = |(plan, n)| self.unit(plan, routed.of(n), cx).map(|unit| (plan, unit));
        Some(Parts { main, subsearches: all().filter_map(of).collect() })
    }

    fn unit(&mut self, plan: &'r Plan, events: Events, cx: &dyn Fn() -> RunCx) -> Option<usize> {
        if matches!(plan.source, Source::Generate(_)) {
            return None;
        }
        let events = match events {
            Events::Some(events) => Some(events),
            Events::None | Events::All => None,
        };
        if let (Some(events), Some(fields)) = (&events, plan.event_fields()) {
            self.fields.union(&fields);
            self.events.extend(events.iter());
        }
        let fed = Mutex::new(Fed::new(plan, self.options.clone(), cx()));
        self.units.push(Unit { events, fed });
        Some(self.units.len() - 1)
    }

    /// Reads the events, over threads.
    ///
    /// # Errors
    /// Those of a run. What fails one search alone is told when it ends.
    pub fn read(
        &self,
        routed: &Routed,
        inputs: &[Input],
        planning: &PlanCx,
        threads: usize,
        cx: &RunCx,
    ) -> Result<(), RunError> {
        if self.events.is_empty() {
            return Ok(());
        }
        let plan = plan_fields(&self.fields, true, &mut planning.clone());
        let plan = plan.map_err(|_| RunError::failed("SPL3015", "the search has no plan"))?;
        let inputs = routed.inputs(inputs, &self.events);
        let options = RunOptions { threads: 1, ..self.options.clone() };
        let start = || Spread { units: &self.units, kept: &routed.kept, threads };
        survey(&plan, &inputs, &options, cx, &start)?;
        if cx.was_cut_short() { Err(RunError::Stopped) } else { Ok(()) }
    }

    /// Runs a detection to its end; none where it was not fed.
    pub fn finish(
        &self,
        number: usize,
        ready: &Ready,
        cx: &dyn Fn() -> RunCx,
    ) -> Option<Result<(Batch, Summary), RunError>> {
        let parts = self.parts.get(number)?.as_ref()?;
        let given = Arc::new(Given::new(&self.options));
        // those inside of others first
        for (plan, unit) in parts.subsearches.iter().rev() {
            let done = self.end(*unit, Arc::clone(&given) as Arc<dyn Subsearches>);
            given.add(address(plan), done.map(|(rows, summary)| (rows, summary.notices)));
        }
        let subsearches = Arc::clone(&given) as Arc<dyn Subsearches>;
        let done = match parts.main {
            Some(unit) => self.end(unit, subsearches).map(|(rows, summary)| {
                let mut all = Batch::default();
                rows.into_iter().for_each(|batch| all.append(batch));
                (all, summary)
            }),
            None => {
                let cx = cx().with_subsearches(subsearches);
                run_to_batch(&ready.plain, &[], &self.options, &cx)
            }
        };
        (!given.lacks()).then_some(done)
    }

    fn end(
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

/// Whether a search can do with the events that were found for it.
fn can_be_fed(plan: &Plan, events: &Events) -> bool {
    match (&plan.source, events) {
        (Source::Generate(_), _) => plan.subsearches.is_none(),
        (_, Events::All) => false,
        (_, Events::None) => plan.subsearches.is_none(),
        (_, Events::Some(_)) => plan.subsearches.is_none() && plan.event_fields().is_some(),
    }
}

/// Gives the rows of each batch to the searches that they are for.
struct Spread<'f, 'r> {
    units: &'f [Unit<'r>],
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
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(unit) = self.units.get(next.fetch_add(1, Ordering::Relaxed)) {
                let Some(events) = &unit.events else { continue };
                let from = events.partition_point(|n| *n < first);
                let to = events.partition_point(|n| *n <= last);
                let rows = events.get(from..to).unwrap_or_default().iter();
                let row = |n: &u32| places.get((n - first) as usize).copied().flatten();
                let rows: Vec<usize> = rows.filter_map(row).collect();
                if !rows.is_empty() {
                    unit.feed(batch, &rows);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads {
                scope.spawn(work);
            }
            work();
        });
        Ok(())
    }
}

impl Unit<'_> {
    fn feed(&self, batch: &Batch, rows: &[usize]) {
        let mut fed = self.fed.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(search) = &mut *fed else { return };
        let fails = catch_unwind(AssertUnwindSafe(|| search.feed(batch, rows)))
            .unwrap_or_else(|_| Err(RunError::failed("SPL5301", "the run stopped with a bug")));
        if let Err(e) = fails {
            *fed = Err(e);
        }
    }
}
