//! Feeding all detections of a data set with the events that were found for them.

use super::evidence::{Looked, behind};
use super::workers::over;
use super::{Done, Hunt, Known, Nothing};
use crate::Ready;
use crate::route::{Conditions, Events, Feeding, Given, Parts, Router, joined};
use crate::run::workers::Stops;
use sepal_content::parallel::in_order;
use sepal_exec::plan::{Plan, PlanCx};
use sepal_exec::{RunCx, RunError, Subsearches};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// By detection: what it gave; none where it could not be fed.
pub(super) type AllFed = Vec<Option<Nothing>>;

impl Hunt<'_> {
    /// Feeds the detections of each data set.
    pub(super) fn feed(&self, known: &mut [Known<'_>], router: &Router, stops: &Stops) {
        let threads = if known.len() == 1 { self.options.threads } else { 1 };
        let fed = over(known.len(), stops, |at, flag| {
            let set = known.get(at)?;
            let fed = || self.feed_one(set, router, threads, flag);
            catch_unwind(AssertUnwindSafe(fed)).ok()
        });
        for (set, fed) in known.iter_mut().zip(fed) {
            // what could not be fed reads the events itself, and tells what is wrong with them
            set.fed = fed.flatten().and_then(Result::ok).unwrap_or_default();
        }
    }

    fn feed_one(
        &self,
        set: &Known<'_>,
        router: &Router,
        threads: usize,
        flag: &Arc<AtomicBool>,
    ) -> Result<AllFed, RunError> {
        let mut out: AllFed = self.ready.iter().map(|_| None).collect();
        let Some(routed) = &set.routed else { return Ok(out) };
        let rules = set.knowledge.as_ref().map(|k| self.content.rule_set(k));
        let planning: &PlanCx = rules.as_ref().map_or(&self.content.cx, |r| &r.cx);
        let cx = || RunCx::with_stop(Arc::clone(&self.host), Arc::clone(flag));
        let options = self.run_options();
        let read = |feeding: &mut Feeding<'_>| {
            feeding.read(routed, &set.held.inputs, planning, threads, &cx())
        };

        let mut first = Feeding::new(&options);
        let mut parts: Vec<(usize, &Ready, Parts<'_>)> = Vec::new();
        for (n, ready) in self.ready.iter().enumerate() {
            if matches!(routed.of(n), Events::None) && self.nothing(ready).is_some() {
                continue;
            }
            if let Some(all) = Parts::add(&mut first, n, ready, router, routed, &cx) {
                parts.push((n, ready, all));
            }
        }
        read(&mut first)?;

        // those whose conditions become what they are only now
        let conditions: HashMap<usize, Conditions> = parts
            .iter()
            .filter_map(|(n, ready, parts)| Some((*n, parts.conditions(ready, &first)?)))
            .collect();
        let resolve = |(n, ready, _): &(usize, &Ready, Parts<'_>)| {
            let plan = conditions.get(n)?.resolve(&ready.plain, cx()).transpose()?;
            Some((*n, plan))
        };
        let resolved: Vec<(usize, Result<Plan, RunError>)> =
            parts.iter().filter_map(resolve).collect();
        let mut second = Feeding::new(&options);
        let mut units = Vec::new();
        for (n, plan) in &resolved {
            let plan = plan.as_ref().ok().filter(|p| p.event_fields().is_some());
            units.push(plan.map(|p| (p, second.add(p, &routed.of(*n), false, cx()))));
        }
        read(&mut second)?;

        let end = |(n, ready, parts): &(usize, &Ready, Parts<'_>)| {
            let later = resolved.iter().zip(&units).find(|((of, _), _)| of == n);
            let later = match later {
                Some((_, Some((plan, unit)))) => Some((*plan, &second, *unit)),
                // it fails, or reads all fields
                Some((_, None)) => return None,
                None => None,
            };
            let end = || parts.finish(ready, &first, later, cx());
            let bug = || RunError::failed("SPL5301", "the run stopped with a bug");
            let ended = catch_unwind(AssertUnwindSafe(end)).unwrap_or_else(|_| Some(Err(bug())))?;
            let done = ended.map(|(rows, summary)| Arc::new(self.done(ready, &rows, summary)));
            Some((*n, done))
        };
        for (n, done) in in_order(&parts, Some(threads), end) {
            if let Some(place) = out.get_mut(n) {
                *place = Some(done);
            }
        }
        self.feed_evidence(&mut out, &|n| routed.of(n), &conditions, &options, &read, &cx);
        Ok(out)
    }

    /// The events behind the rows of those that found something, in one more pass.
    fn feed_evidence(
        &self,
        found: &mut AllFed,
        events: &dyn Fn(usize) -> Events,
        conditions: &HashMap<usize, Conditions>,
        options: &sepal_exec::run::RunOptions,
        read: &dyn Fn(&mut Feeding<'_>) -> Result<(), RunError>,
        cx: &dyn Fn() -> RunCx,
    ) {
        if self.options.events == 0 {
            return;
        }
        let wants = |done: &Done| done.rows > 0 && done.events.is_empty();
        let plan = |(n, done): (usize, &Option<Nothing>)| {
            let done = done.as_ref()?.as_ref().ok().filter(|done| wants(done))?;
            let plan = self.ready.get(n)?.planned_anew(None)?;
            let plan = match conditions.get(&n) {
                Some(conditions) => conditions.resolve(&plan, cx()).ok()??,
                None => plan,
            };
            let plan = plan.into_events(Looked::MOST, &Looked::fields(&done.first))?;
            Some((n, plan))
        };
        let plans: Vec<(usize, Plan)> = found.iter().enumerate().filter_map(plan).collect();
        let mut feeding = Feeding::new(options);
        let units: Vec<usize> =
            plans.iter().map(|(n, plan)| feeding.add(plan, &events(*n), false, cx())).collect();
        // nothing of it fails a finding: where it cannot run there are no events
        if read(&mut feeding).is_err() {
            return;
        }
        for ((n, _), unit) in plans.iter().zip(units) {
            let given: Arc<dyn Subsearches> = Arc::new(Given::new(options));
            let Ok((rows, _)) = feeding.end(unit, given) else { continue };
            if let Some(Some(Ok(done))) = found.get_mut(*n) {
                let mut with = Done::clone(done);
                with.events = behind(&joined(rows), &with.first, self.options.events);
                *done = Arc::new(with);
            }
        }
    }
}
