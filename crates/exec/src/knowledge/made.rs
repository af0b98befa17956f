//! The operator that makes the fields of the rules.

use super::{Extraction, Stamp, StampField, split, steps};
use crate::commands::{Operator, Streaming};
use crate::run_cx::{RunCx, RunError};
use crate::search::SearchProgram;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A rule ready to run.
pub(super) struct Ready {
    /// The rule holds where one of these does.
    pub holds: Vec<Stamp>,
    /// But not where one of these does.
    pub unless: Vec<Stamp>,
    /// What gives the events their own default fields, before all else.
    pub stamps: Vec<Box<dyn Streaming>>,
    pub steps: Vec<Do>,
    pub types: Vec<Type>,
    pub when_named: bool,
}

/// A step ready to run.
pub(super) enum Do {
    Extract { from: String, by: Arc<dyn Extraction> },
    Strip(Vec<String>),
    Alias { new: String, old: Vec<String>, only: bool },
    Command { outputs: Option<Vec<String>>, op: Box<dyn Streaming> },
}

/// An event type ready to be asked.
pub(super) struct Type {
    pub name: Value,
    pub program: SearchProgram,
    pub tags: Vec<Value>,
    /// Whether it is about event types or tags.
    pub of_types: bool,
}

/// Makes the fields that later commands need, and no others.
pub(super) struct Made {
    rules: Vec<Arc<Ready>>,
    /// All that was ever needed after it.
    after: Mutex<FieldSet>,
    /// What of the rules is needed, by which of them hold.
    active: Mutex<Vec<ByHolding>>,
    /// Whether any of them is.
    any: OnceLock<bool>,
}

/// For each rule whether it holds, and what of it is needed then.
type ByHolding = (Vec<bool>, Arc<[Active]>);

/// What is done with rows for which these rules hold.
type Run<'r> = dyn Fn(&[bool], Batch) -> Result<Batch, RunError> + 'r;

/// What of a rule is needed.
struct Active {
    /// For each step whether it runs, and the fields that are needed after it.
    steps: Vec<Option<FieldSet>>,
    /// The fields of event types that are needed; none: no type is asked.
    types: Vec<&'static str>,
}

impl Active {
    fn any(&self) -> bool {
        !self.types.is_empty() || self.steps.iter().any(Option::is_some)
    }
}

impl Made {
    pub fn new(rules: Vec<Arc<Ready>>) -> Made {
        Made {
            rules,
            after: Mutex::new(FieldSet::new()),
            active: Mutex::default(),
            any: OnceLock::new(),
        }
    }

    /// For each rule whether it holds for the row.
    fn holding(&self, batch: &Batch, row: usize, out: &mut Vec<bool>) {
        out.clear();
        out.extend(self.rules.iter().map(|r| {
            let of = |field: StampField| {
                let v = batch.get(field.name(), row);
                (!v.is_null()).then(|| v.text())
            };
            Stamp::any(&r.holds, of) && !Stamp::any(&r.unless, of)
        }));
    }

    /// Whether a default field that is asked for is made of each event.
    fn gives_stamps(&self, after: &FieldSet) -> bool {
        self.rules.iter().any(|r| !r.stamps.is_empty())
            && StampField::ALL.iter().any(|f| after.contains(f.name()))
    }

    /// What of the rules is needed where these hold: later ones read what earlier ones give.
    fn active(&self, holding: &[bool]) -> Arc<[Active]> {
        let mut known = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, active)) = known.iter().find(|(h, _)| h == holding) {
            return Arc::clone(active);
        }
        let mut set = self.after.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut all: Vec<Active> = Vec::new();
        for (rule, holds) in self.rules.iter().zip(holding).rev() {
            all.push(match holds {
                false => Active { steps: Vec::new(), types: Vec::new() },
                true => {
                    let (needed, active) = rule.needs(&set);
                    set.union(&needed);
                    active
                }
            });
        }
        all.reverse();
        let active: Arc<[Active]> = all.into();
        known.push((holding.to_vec(), Arc::clone(&active)));
        active
    }

    fn any_active(&self) -> bool {
        *self.any.get_or_init(|| {
            let after = self.after.lock().unwrap_or_else(PoisonError::into_inner);
            self.rules.iter().any(|r| r.needs(&after).1.any())
        })
    }

    fn run(&self, holding: &[bool], mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        for (rule, active) in self.rules.iter().zip(self.active(holding).iter()) {
            for (step, wanted) in rule.steps.iter().zip(&active.steps) {
                let Some(wanted) = wanted else { continue };
                batch = match step {
                    Do::Extract { from, by } => steps::extract(batch, from, &**by, wanted, cx),
                    Do::Strip(prefixes) => steps::strip(batch, prefixes, wanted),
                    Do::Alias { new, old, only } => steps::alias(batch, new, old, *only),
                    Do::Command { op, .. } => op.apply(batch, cx)?,
                };
            }
            if !active.types.is_empty() {
                steps::name_types(&rule.types, &active.types, &mut batch, cx);
            }
        }
        Ok(batch)
    }

    fn stamp(&self, holding: &[bool], mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        for (rule, _) in self.rules.iter().zip(holding).filter(|(_, holds)| **holds) {
            for op in &rule.stamps {
                batch = op.apply(batch, cx)?;
            }
        }
        Ok(batch)
    }

    /// Does `run` with the rows, by which rules hold for them.
    fn by_rules(&self, batch: Batch, run: &Run) -> Result<Batch, RunError> {
        let fields = StampField::ALL.map(StampField::name);
        let constant =
            fields.iter().all(|f| batch.col(f).is_none_or(|c| matches!(c, Col::Const(_))));
        let mut holding = Vec::new();
        if constant {
            self.holding(&batch, 0, &mut holding);
            return run(&holding, batch);
        }
        // rows by the rules that hold for them
        let stamps = fields.map(|f| batch.col(f));
        let of = |row: usize| stamps.map(|col| col.map(|c| c.get(row)));
        let mut parts: Vec<(Vec<bool>, Vec<usize>)> = Vec::new();
        let mut seen: HashMap<[FieldName; 3], usize> = HashMap::new();
        let mut at = 0;
        for row in 0..batch.len {
            if row == 0 || of(row) != of(row - 1) {
                let key = of(row).map(|v| v.map(Value::to_smol).unwrap_or_default());
                at = *seen.entry(key).or_insert_with(|| {
                    self.holding(&batch, row, &mut holding);
                    parts.iter().position(|(h, _)| *h == holding).unwrap_or_else(|| {
                        parts.push((holding.clone(), Vec::new()));
                        parts.len() - 1
                    })
                });
            }
            parts[at].1.push(row);
        }
        if let [(holding, _)] = parts.as_slice() {
            return run(holding, batch);
        }
        let rows: Vec<&[usize]> = parts.iter().map(|(_, rows)| rows.as_slice()).collect();
        let mut split = split::Split::new(batch, &rows);
        for (n, (holding, _)) in parts.iter().enumerate().filter(|(_, (h, _))| h.contains(&true)) {
            split.change(n, |part| run(holding, part))?;
        }
        Ok(split.join(&rows))
    }
}

impl Ready {
    /// The fields that must reach the rule so that those of `after` leave it, and what it must do.
    fn needs(&self, after: &FieldSet) -> (FieldSet, Active) {
        let mut set = after.clone();
        let mut types = Vec::new();
        if !self.types.is_empty() && steps::TYPE_FIELDS.iter().any(|f| after.contains(f)) {
            self.types.iter().for_each(|t| set.union(&t.program.needed()));
            types.extend(steps::TYPE_FIELDS.into_iter().filter(|f| set.contains(f)));
        }
        let mut steps: Vec<Option<FieldSet>> = Vec::new();
        for step in self.steps.iter().rev() {
            let on = match step {
                Do::Command { outputs: Some(all), .. } if self.when_named => {
                    all.iter().any(|o| set.names(o))
                }
                Do::Extract { by, .. } => by.outputs().is_none_or(|all| among(&all, &set)),
                Do::Strip(_) => true,
                Do::Alias { new, .. } => set.contains(new),
                Do::Command { outputs, .. } => outputs.as_ref().is_none_or(|all| among(all, &set)),
            } && !set.is_empty();
            steps.push(on.then(|| set.clone()));
            if !on {
                continue;
            }
            match step {
                Do::Extract { from, .. } => set.insert(from),
                Do::Strip(prefixes) => steps::under(prefixes, &mut set),
                Do::Alias { old, .. } => old.iter().for_each(|o| set.insert(o)),
                Do::Command { op, .. } => set = op.needed(set),
            }
        }
        steps.reverse();
        (set, Active { steps, types })
    }
}

fn among(outputs: &[String], set: &FieldSet) -> bool {
    outputs.iter().any(|o| o.contains('*') || set.contains(o))
}

impl Operator for Made {
    fn needed(&self, after: FieldSet) -> FieldSet {
        self.after.lock().unwrap_or_else(PoisonError::into_inner).union(&after);
        // an event that no rule holds for brings the fields itself; what a later rule reads may be
        // given by an earlier one
        let mut set = after.clone();
        let mut any = false;
        for rule in self.rules.iter().rev() {
            let (needed, active) = rule.needs(&set);
            if active.any() {
                any = true;
                set.union(&needed);
            }
        }
        if any || self.gives_stamps(&after) {
            let stamps = self.rules.iter().flat_map(|r| r.holds.iter().chain(&r.unless));
            stamps.for_each(|s| set.insert(s.field.name()));
            for op in self.rules.iter().flat_map(|r| &r.stamps) {
                set = op.needed(set);
            }
            // what an expression replaces is read before
            StampField::ALL.iter().for_each(|f| set.insert(f.name()));
        }
        set
    }
    fn describe(&self) -> String {
        format!("fields by sourcetype, {} rules", self.rules.len())
    }
    fn is_idle(&self) -> bool {
        let after = self.after.lock().unwrap_or_else(PoisonError::into_inner).clone();
        !self.gives_stamps(&after) && !self.rules.iter().any(|r| r.needs(&after).1.any())
    }
}

impl Streaming for Made {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        if batch.len == 0 {
            return Ok(batch);
        }
        if self.rules.iter().any(|r| !r.stamps.is_empty()) {
            batch = self.by_rules(batch, &|holding, batch| self.stamp(holding, batch, cx))?;
        }
        if self.any_active() {
            batch = self.by_rules(batch, &|holding, batch| self.run(holding, batch, cx))?;
        }
        Ok(batch)
    }
}
