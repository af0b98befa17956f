//! One pass over a data set that finds, for each detection, the events which may meet its first
//! condition: the detection then runs over those alone.
//!
//! The pass makes the fields of events, with the rules of their sourcetypes, once for all
//! detections. Each different comparison of a field is asked once of each of its values; what a
//! detection's condition says of rows is then a few operations on bits. What the pass cannot judge,
//! such as a term in the event's text, it takes as met: too many events are found, never too few,
//! since a detection asks its condition again.

mod feed;
mod fields;
mod pass;
mod stamps;

pub(crate) use feed::{Conditions, Feeding, Given, Parts, joined};
pub(crate) use pass::{Events, Routed};
pub(crate) use stamps::{plain, stamps};

use self::fields::Field;
use self::pass::Pass;
use crate::Ready;
use sepal_data::FieldName;
use sepal_data::fieldset::FieldSet;
use sepal_exec::plan::{Plan, PlanCx, Source, plan_fields};
use sepal_exec::run::survey::survey;
use sepal_exec::run::{RunOptions, Summary};
use sepal_exec::scan::Input;
use sepal_exec::search::{Pred, SearchProgram, Test};
use sepal_exec::{RunCx, RunError};
use std::collections::HashMap;

/// The first conditions of all detections.
pub(crate) struct Router {
    fields: Vec<Field>,
    /// By search: those of the detections come first, then their subsearches.
    conditions: Vec<Condition>,
    /// By search: whether what it asks of an event is just that.
    exact: Vec<bool>,
    /// By detection: the number of its first subsearch.
    subsearches: Vec<usize>,
    /// How many different tests there are.
    tests: u32,
}

/// What a detection asks of an event, as far as the pass can say.
#[derive(Debug)]
enum Condition {
    /// Nothing that it can judge.
    True,
    False,
    /// Some value passes the test of this number.
    Some(u32),
    /// None does.
    None(u32),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// Fields that nearly every event has its own value of.
const OWN: [&str; 2] = ["_raw", "_time"];

impl Router {
    /// For the first conditions of all detections.
    pub fn new(ready: &[Ready]) -> Router {
        let mut fields = Fields::default();
        let (mut conditions, mut exact) = (Vec::new(), Vec::new());
        let mut add = |plan: &Plan| {
            fields.part = false;
            let of = |f: &SearchProgram, fields: &mut Fields| fields.condition(&f.pred, f, false);
            conditions.push(match &plan.source {
                Source::Scan(filter) => of(&filter.exact, &mut fields),
                Source::Generate(_) => Condition::False,
            });
            exact.push(!fields.part);
        };
        ready.iter().for_each(|r| add(&r.plain));
        let (mut next, mut subsearches) = (ready.len(), Vec::with_capacity(ready.len()));
        for r in ready {
            subsearches.push(next);
            let all = feed::subsearches(&r.plain);
            next += all.len();
            all.into_iter().for_each(&mut add);
        }
        let Fields { fields, tests, .. } = fields;
        Router { fields, conditions, exact, subsearches, tests }
    }

    /// Reads the events of a data set; where it is not to be routed only to count them. At most
    /// about `memory` bytes of events are kept.
    pub fn take(
        &self,
        inputs: &[Input],
        planning: &PlanCx,
        memory: Option<usize>,
        options: &RunOptions,
        cx: &RunCx,
    ) -> Result<(Option<Routed>, Summary), RunError> {
        let mut fields = FieldSet::new();
        self.fields.iter().for_each(|f| fields.insert(&f.name));
        let plan = memory.and_then(|memory| {
            let plan = plan_fields(&fields, false, &mut planning.clone()).ok()?;
            Some((plan, memory))
        });
        let Some((plan, memory)) = plan else {
            let plan = plain("search * | stats count")?;
            let (_, summary) = sepal_exec::run::run_to_batch(&plan, inputs, options, cx)?;
            return Ok((None, summary));
        };
        let budget = pass::Budget::new(memory);
        let done = survey(&plan, inputs, options, cx, &|| Pass::new(self, &budget))?;
        let routed = Routed::new(self, done.surveyors, inputs, done.looks);
        Ok((Some(routed), done.summary))
    }
}

#[derive(Default)]
struct Fields {
    fields: Vec<Field>,
    places: HashMap<FieldName, usize>,
    tests: u32,
    /// Whether something of the condition was left out.
    part: bool,
}

impl Fields {
    /// What follows from a condition, or from its opposite.
    fn condition(&mut self, pred: &Pred, program: &SearchProgram, not: bool) -> Condition {
        match pred {
            Pred::True | Pred::False => match matches!(pred, Pred::True) != not {
                true => Condition::True,
                false => Condition::False,
            },
            Pred::Not(p) => self.condition(p, program, !not),
            Pred::And(ps) | Pred::Or(ps) => {
                let parts = ps.iter().map(|p| self.condition(p, program, not)).collect();
                let all = matches!(pred, Pred::And(_)) != not;
                if all { every(parts) } else { one(parts) }
            }
            Pred::Field(slot, test) => match program.fields.get_index(*slot as usize) {
                Some(name) if may_ask(name) => {
                    let number = self.test(name, test);
                    if not { Condition::None(number) } else { Condition::Some(number) }
                }
                _ => self.left_out(),
            },
            Pred::Named(..) | Pred::Term(..) | Pred::Expression(_) | Pred::Subsearch => {
                self.left_out()
            }
        }
    }

    fn left_out(&mut self) -> Condition {
        self.part = true;
        Condition::True
    }

    fn test(&mut self, name: &FieldName, test: &Test) -> u32 {
        let at = *self.places.entry(name.clone()).or_insert_with(|| {
            self.fields.push(Field::new(name));
            self.fields.len() - 1
        });
        let Some(field) = self.fields.get_mut(at) else { return u32::MAX };
        let number = field.number(test, self.tests);
        if number == self.tests {
            self.tests += 1;
        }
        number
    }
}

fn may_ask(name: &str) -> bool {
    !OWN.contains(&name) && !name.contains('*')
}

fn every(parts: Vec<Condition>) -> Condition {
    let mut all = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Condition::True => {}
            Condition::False => return Condition::False,
            Condition::All(more) => all.extend(more),
            part => all.push(part),
        }
    }
    match all.len() {
        0 => Condition::True,
        1 => all.remove(0),
        _ => Condition::All(all),
    }
}

fn one(parts: Vec<Condition>) -> Condition {
    let mut any = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Condition::False => {}
            Condition::True => return Condition::True,
            Condition::Any(more) => any.extend(more),
            part => any.push(part),
        }
    }
    match any.len() {
        0 => Condition::False,
        1 => any.remove(0),
        _ => Condition::Any(any),
    }
}
