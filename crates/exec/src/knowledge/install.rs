//! From rules to the beginning of a plan.

use super::implied::Fields;
use super::made::{Do, Made, Ready, Type};
use super::{Rule, StampField, Step};
use crate::commands::Op;
use crate::commands::search::Matching;
use crate::plan::{self, PlanCx};
use crate::search::SearchProgram;
use sepal_data::Value;
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{SearchExpr, Span};

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
    /// The stamps that rules go by.
    holds: Vec<(StampField, Pattern)>,
}

impl Wide {
    /// Whether a rule may hold for events with these stamps.
    pub fn may_hold(&self, stamp: impl Fn(StampField) -> Option<String>) -> bool {
        self.holds.iter().any(|(field, p)| stamp(*field).is_some_and(|v| p.is_match(&v)))
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
    let known = Fields::new(rules).implied(expr).unwrap_or_else(|| SearchExpr::And(Vec::new()));
    let wide = Wide {
        program: cx.condition(&known)?,
        holds: rules
            .iter()
            .flat_map(|r| &r.holds)
            .map(|s| (s.field, Pattern::new(&s.pattern)))
            .collect(),
    };
    let ready = rules.iter().map(|r| ready(r, cx)).collect::<Result<_, _>>()?;
    let ops = vec![
        Op::Streaming(Box::new(Made::new(ready))),
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
    let mut steps = Vec::new();
    for step in &rule.steps {
        steps.push(match step {
            Step::WindowsXml => Do::WindowsXml,
            Step::Command { outputs, stage } => match plan::planned(stage, cx, false) {
                Ok(plan::Planned { op: Op::Streaming(op), .. }) => {
                    Do::Command { outputs: outputs.clone(), op }
                }
                Ok(p) => {
                    let name = &p.name;
                    let why = format!("{name} does not work row by row");
                    let d = Diagnostic::error("SPL4340", Span::default(), why);
                    return Err(wrong("a step", &[d]));
                }
                Err(ds) => return Err(wrong("a step", &ds)),
            },
        });
    }
    let mut types = Vec::new();
    for t in &rule.event_types {
        types.push(Type {
            name: Value::text_of(&t.name),
            program: cx
                .condition(&t.condition)
                .map_err(|ds| wrong(&format!("event type {}", t.name), &ds))?,
            tags: t.tags.iter().map(Value::text_of).collect(),
        });
    }
    let holds = rule.holds.iter().map(|s| (s.field.name(), Pattern::new(&s.pattern))).collect();
    Ok(Ready { holds, steps, types })
}

impl Step {
    /// The fields that it gives; none: any.
    pub fn outputs(&self) -> Option<&[String]> {
        match self {
            Step::WindowsXml => None,
            Step::Command { outputs, .. } => outputs.as_deref(),
        }
    }
}
