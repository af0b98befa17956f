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
use std::sync::Arc;

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
    let ready = rules.iter().map(|r| ready(r, cx)).collect::<Result<_, _>>()?;
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
            Step::Alias { new, old } => Do::Alias { new: new.clone(), old: old.clone() },
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
            name: Value::text_of(&t.name),
            tags: t.tags.iter().map(Value::text_of).collect(),
            of_types: TYPE_FIELDS.iter().any(|f| read.contains(f)),
            program,
        });
    }
    Ok(Ready { holds: rule.holds.clone(), stamps, steps, types, when_named: rule.when_named })
}
