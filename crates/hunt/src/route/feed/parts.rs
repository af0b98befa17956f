//! A detection that is fed: its search and its subsearches.

use super::given::{Given, Rows, address};
use super::{Feeding, joined};
use crate::Ready;
use crate::route::{Events, Routed, Router};
use sepal_data::Batch;
use sepal_exec::plan::{Plan, Source};
use sepal_exec::run::{RunOptions, Summary, run_to_batch};
use sepal_exec::{RunCx, RunError, Subsearches};
use std::sync::Arc;

/// The searches of a detection: their numbers in what they are fed by, for those that read events.
pub(crate) struct Parts<'r> {
    main: Option<usize>,
    /// Those of its conditions, whose rows become a part of it.
    conditions: Vec<(&'r Plan, Option<usize>)>,
    /// Those of its commands.
    commands: Vec<(&'r Plan, Option<usize>)>,
}

/// What the subsearches of a detection's conditions gave.
pub(crate) struct Conditions {
    /// None of those that read no events: they run again.
    rows: Vec<Option<Rows>>,
    options: RunOptions,
}

impl Conditions {
    /// The plan of the detection, made at any time, as it is with them.
    ///
    /// # Errors
    /// Those of a run.
    pub fn resolve(&self, plan: &Plan, cx: RunCx) -> Result<Option<Plan>, RunError> {
        let given = Given::new(&self.options);
        for (plan, rows) in plan.condition_subsearches().into_iter().zip(&self.rows) {
            if let Some(rows) = rows {
                given.add(address(plan), rows.clone());
            }
        }
        plan.resolve(&cx.with_subsearches(Arc::new(given)))
    }
}

/// The subsearches of a plan, in the order in which they are numbered.
pub(crate) fn subsearches(plan: &Plan) -> Vec<&Plan> {
    let mut all = plan.condition_subsearches();
    all.extend(plan.command_subsearches());
    all
}

/// Whether a search can do with the events that were found for it.
fn can_be_fed(plan: &Plan, events: &Events) -> bool {
    match (&plan.source, events) {
        (Source::Generate(_), _) => true,
        (_, Events::All) => false,
        (_, Events::None) => true,
        (_, Events::Some(_)) => plan.event_fields().is_some(),
    }
}

/// Whether rows of a plan find no match in a `join`, since no event is for its subsearch and it
/// gives no rows then.
fn lacks_match(
    plan: &Plan,
    numbers: &[(&Plan, usize)],
    routed: &Routed,
    options: &RunOptions,
    cx: &dyn Fn() -> RunCx,
) -> bool {
    plan.matched_with().into_iter().any(|other| {
        let number = numbers.iter().find(|(p, _)| std::ptr::eq(*p, other)).map(|(_, n)| *n);
        let Some(number) = number.filter(|_| matches!(other.source, Source::Scan(_))) else {
            return false;
        };
        let none = matches!(routed.of(number), Events::None)
            || lacks_match(other, numbers, routed, options, cx);
        // it may give a row without any event, as `stats count` does, or by a subsearch of its own
        let cx = cx().with_subsearches(Arc::new(Given::new(options)));
        none && run_to_batch(other, &[], options, &cx).is_ok_and(|(rows, _)| rows.len == 0)
    })
}

impl<'r> Parts<'r> {
    /// Has the searches of a detection fed; none where they cannot be.
    pub fn add(
        to: &mut Feeding<'r>,
        number: usize,
        ready: &'r Ready,
        router: &Router,
        routed: &Routed,
        cx: &dyn Fn() -> RunCx,
    ) -> Option<Parts<'r>> {
        let plain = &ready.plain;
        let first = *router.subsearches.get(number)?;
        let all = subsearches(plain);
        // a condition inside a subsearch that waits for a subsearch
        if all.iter().any(|plan| plan.subsearches.is_some()) {
            return None;
        }
        let mut each = std::iter::once((plain, number)).chain(all.into_iter().zip(first..));
        if !each.clone().all(|(plan, n)| can_be_fed(plan, &routed.of(n))) {
            return None;
        }
        let numbers: Vec<(&Plan, usize)> = each.clone().collect();
        let mut add = |(plan, n): (&'r Plan, usize)| {
            let reads = matches!(plan.source, Source::Scan(_)) && plan.subsearches.is_none();
            let sure = router.exact.get(n).copied().unwrap_or(false);
            let in_vain = || lacks_match(plan, &numbers, routed, &to.options, cx);
            let events = match routed.of(n) {
                Events::Some(_) if in_vain() => Events::None,
                events => events,
            };
            reads.then(|| to.add(plan, &events, sure, cx()))
        };
        let main = each.next().and_then(&mut add);
        let mut units = each.map(|part| (part.0, add(part)));
        let conditions = units.by_ref().take(plain.condition_subsearches().len()).collect();
        Some(Parts { main, conditions, commands: units.collect() })
    }

    /// What the subsearches of its conditions gave; none where it has none.
    pub fn conditions(&self, ready: &Ready, from: &Feeding<'_>) -> Option<Conditions> {
        ready.plain.subsearches.as_ref()?;
        let given = Arc::new(Given::new(&from.options));
        self.give(&given, from, &self.conditions, |plan, _| address(plan));
        let rows = self.conditions.iter().map(|(plan, _)| given.of(address(plan))).collect();
        Some(Conditions { rows, options: from.options.clone() })
    }

    /// Ends subsearches, those inside of others first.
    fn give(
        &self,
        given: &Arc<Given>,
        from: &Feeding<'_>,
        which: &[(&Plan, Option<usize>)],
        key: impl Fn(&Plan, usize) -> usize,
    ) {
        for (at, (plan, unit)) in which.iter().enumerate().rev() {
            let Some(unit) = unit else { continue };
            let done = from.end(*unit, Arc::clone(given) as Arc<dyn Subsearches>);
            given.add(key(plan, at), done.map(|(rows, summary)| (rows, summary.notices)));
        }
    }

    /// Runs the detection to its end; none where it asks for more than it was fed with. With the
    /// plan that it has become, and what that was fed by.
    pub fn finish(
        &self,
        ready: &Ready,
        from: &Feeding<'_>,
        resolved: Option<(&Plan, &Feeding<'_>, usize)>,
        cx: RunCx,
    ) -> Option<Result<(Batch, Summary), RunError>> {
        let given = Arc::new(Given::new(&from.options));
        let plan = resolved.map_or(&ready.plain, |(plan, ..)| plan);
        let now = plan.command_subsearches();
        // planned once more they are others, in the same order
        let key = |_: &Plan, at: usize| now.get(at).map_or(0, |plan| address(plan));
        self.give(&given, from, &self.commands, key);
        let subsearches = Arc::clone(&given) as Arc<dyn Subsearches>;
        let ended = match (resolved, self.main) {
            (Some((_, by, unit)), _) => Some(by.end(unit, subsearches.clone())),
            (None, Some(unit)) => Some(from.end(unit, subsearches.clone())),
            (None, None) => None,
        };
        let done = match ended {
            Some(done) => done.map(|(rows, summary)| (joined(rows), summary)),
            None => run_to_batch(plan, &[], &from.options, &cx.with_subsearches(subsearches)),
        };
        (!given.lacks()).then_some(done)
    }
}
