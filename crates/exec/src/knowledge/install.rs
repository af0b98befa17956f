//! From rules to the beginning of a plan.

use super::implied::Fields;
use super::made::{Do, Made, Ready, Type};
use super::steps::TYPE_FIELDS;
use super::{Rule, Stamp, StampField, Step};
use crate::commands::Op;
use crate::commands::search::Matching;
use crate::plan::{self, PlanCx};
use crate::search::SearchProgram;
use sepal_data::Value;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{SearchExpr, Span, Stage};
use std::sync::{Arc, OnceLock};

/// What a scan asks of events.
pub struct ScanFilter {
    /// The condition, of events that no rule holds for.
    pub exact: SearchProgram,
    /// Of events for which one may hold.
    pub wide: Option<Wide>,
}

/// What is asked of events as they are where rules make fields that the condition may be about.
pub struct Wide {
    /// Holds wherever the condition holds after the rules.
    pub program: SearchProgram,
    rules: Vec<Arc<Rule>>,
}

impl Wide {
    /// Whether a rule may hold for events with these stamps.
    pub fn may_hold<S: AsRef<str>>(&self, stamp: impl Fn(StampField) -> Option<S>) -> bool {
        self.rules.iter().any(|r| Stamp::any(&r.holds, &stamp))
    }
}

impl ScanFilter {
    /// The fields that any of its conditions reads.
    pub fn needed(&self) -> FieldSet {
        let mut set = self.exact.needed();
        if let Some(wide) = &self.wide {
            set.union(&wide.program.needed());
        }
        set
    }
}

/// The beginning of a plan: what the scan asks, and what is done with the events before anything
/// else.
pub(crate) struct Installed {
    pub filter: ScanFilter,
    pub ops: Vec<Op>,
}

/// The events that meet `expr`, with the fields that rules make.
pub(crate) fn install(expr: &SearchExpr, cx: &mut PlanCx) -> Result<Installed, Vec<Diagnostic>> {
    let exact = cx.condition(expr)?;
    let Some(knowledge) = cx.knowledge().cloned().filter(|k| !k.rules().is_empty()) else {
        return Ok(Installed { filter: ScanFilter { exact, wide: None }, ops: Vec::new() });
    };
    let rules = knowledge.rules();
    let fields = Fields::new(rules);
    let made = |ready| Op::Streaming(Box::new(Made::new(ready)));
    let ready = planned(rules, cx)?;
    if !fields.touches(expr) {
        return Ok(Installed { filter: ScanFilter { exact, wide: None }, ops: vec![made(ready)] });
    }
    let known = fields.implied(expr).unwrap_or_else(|| SearchExpr::And(Vec::new()));
    let wide = Wide { program: cx.condition(&known)?, rules: rules.to_vec() };
    let ops = vec![
        made(ready),
        Op::Streaming(Box::new(Matching {
            program: cx.condition(expr)?,
            what: "the search's condition on fields by sourcetype",
        })),
    ];
    Ok(Installed { filter: ScanFilter { exact, wide: Some(wide) }, ops })
}

/// Planned rules, in the order of the rules; none for one that each plan needs for itself.
#[derive(Default)]
pub(crate) struct PlannedRules(OnceLock<Vec<Option<Arc<Ready>>>>);

/// All rules ready to run. Many searches with the same rules plan them once.
fn planned(rules: &[Arc<Rule>], cx: &mut PlanCx) -> Result<Vec<Arc<Ready>>, Vec<Diagnostic>> {
    let before = Arc::clone(&cx.rules);
    let known = before.0.get().map_or(&[][..], Vec::as_slice);
    let mut all = Vec::with_capacity(rules.len());
    for (n, rule) in rules.iter().enumerate() {
        all.push(match known.get(n) {
            Some(Some(ready)) => Arc::clone(ready),
            _ => Arc::new(ready(rule, cx)?),
        });
    }
    if !cx.is_outline() {
        let shared = rules.iter().zip(&all);
        let shared = shared.map(|(rule, ready)| serves_all(rule).then(|| Arc::clone(ready)));
        before.0.get_or_init(|| shared.collect());
    }
    Ok(all)
}

/// Whether its steps keep nothing of the plan that they are in: a `lookup` loads the columns that
/// its own plan wants.
fn serves_all(rule: &Rule) -> bool {
    rule.body.steps.iter().all(|step| match step {
        Step::Command { stage, .. } => {
            matches!(stage.name.node.as_str(), "eval" | "rex" | "fields")
        }
        Step::Extract { .. } | Step::Strip(_) | Step::Alias { .. } => true,
    })
}

fn ready(rule: &Rule, cx: &mut PlanCx) -> Result<Ready, Vec<Diagnostic>> {
    let wrong = |what: &str, ds: &[Diagnostic]| {
        let why: Vec<_> = ds.iter().map(|d| format!("{} {}", d.code, d.message)).collect();
        let message = format!("{what} of `{}` cannot be used: {}", rule.name, why.join("; "));
        vec![Diagnostic::error("SPL4340", Span::default(), message)]
    };
    let mut command = |stage: &Stage| match plan::planned(stage, cx, false) {
        Ok(plan::Planned { op: Op::Streaming(op), .. }) => Ok(op),
        Ok(p) => {
            let why = format!("{} does not work row by row", p.name);
            let d = Diagnostic::error("SPL4340", Span::default(), why);
            Err(wrong("a step", &[d]))
        }
        Err(ds) => Err(wrong("a step", &ds)),
    };
    let mut steps = Vec::new();
    for step in &rule.body.steps {
        steps.push(match step {
            Step::Extract { from, by } => Do::Extract { from: from.clone(), by: Arc::clone(by) },
            Step::Strip(prefixes) => Do::Strip(prefixes.clone()),
            Step::Alias { new, old, only } => {
                Do::Alias { new: new.clone(), old: old.clone(), only: *only }
            }
            Step::Command { outputs, stage } => {
                Do::Command { outputs: outputs.clone(), op: command(stage)? }
            }
        });
    }
    let stamps = rule.stamps.iter().map(|given| command(&given.step)).collect::<Result<_, _>>()?;
    let mut types = Vec::new();
    for t in &rule.body.event_types {
        let program = cx
            .condition(&t.condition)
            .map_err(|ds| wrong(&format!("event type {}", t.name), &ds))?;
        let read = program.needed();
        types.push(Type {
            name: match t.name.as_str() {
                "" => Value::Null,
                name => Value::text_of(name),
            },
            tags: t.tags.iter().map(Value::text_of).collect(),
            of_types: TYPE_FIELDS.iter().any(|f| read.contains(f)),
            program,
        });
    }
    let (holds, unless) = (rule.holds.clone(), rule.unless.clone());
    Ok(Ready { holds, unless, stamps, steps, types, when_named: rule.when_named })
}
