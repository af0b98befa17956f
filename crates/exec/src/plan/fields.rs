//! Plans that are parts of others, for many searches over the same events.

use super::{Plan, PlanCx, Source, assemble_for, by_knowledge};
use crate::commands::Op;
use crate::knowledge::install;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::SearchExpr;

/// A plan that makes these fields of all events, with the rules of their sourcetypes, and nothing
/// else. With `timed` the rows know their time.
///
/// # Errors
/// A rule that cannot be used.
pub fn plan_fields(
    fields: &FieldSet,
    timed: bool,
    cx: &mut PlanCx,
) -> Result<Plan, Vec<Diagnostic>> {
    let all = sepal_parser::parse("search *").pipeline;
    let Some(first) = all.stages.first() else { return Err(Vec::new()) };
    let made = install(&SearchExpr::And(Vec::new()), cx)?;
    let ops = made.ops.into_iter().map(|op| by_knowledge(first, op)).collect();
    let plan = assemble_for(fields.clone(), Source::Scan(made.filter), Vec::new(), ops, Vec::new());
    Ok(Plan { ordered: timed, sparse: true, ..plan })
}

impl Plan {
    /// The fields of events that the search reads, in its condition or after it, where it names
    /// them all; none where it takes all fields, or reads no events of itself.
    pub fn event_fields(&self) -> Option<FieldSet> {
        let Source::Scan(filter) = &self.source else { return None };
        let mut set = self.needed.clone();
        set.union(&filter.exact.needed());
        set.only_exact().is_some().then_some(set)
    }

    /// The plans of the subsearches of its conditions and of those inside of them, each before its
    /// own.
    pub fn condition_subsearches(&self) -> Vec<&Plan> {
        let plans = self.subsearches.iter().flat_map(|s| s.plans());
        plans.flat_map(Plan::with_subsearches).collect()
    }

    /// The same of its commands; those that are planned while it runs (`map`) are not among them.
    pub fn command_subsearches(&self) -> Vec<&Plan> {
        let source = match &self.source {
            Source::Generate(p) => Some(p),
            Source::Scan(_) => None,
        };
        let ops = source.into_iter().chain(&self.ops).map(|p| match &p.op {
            Op::Events(_) => Vec::new(),
            op => op.operator().subsearches(),
        });
        ops.flatten().flat_map(Plan::with_subsearches).collect()
    }

    /// The plans of the subsearches without whose rows it gives no other rows than it gives without
    /// any event: those of `join`, where no command acts besides.
    pub fn matched_with(&self) -> Vec<&Plan> {
        let ops = || self.ops.iter().map(|p| &p.op).filter(|op| !matches!(op, Op::Events(_)));
        if ops().any(|op| op.operator().acts()) {
            return Vec::new();
        }
        ops().filter_map(|op| op.operator().matched_with()).collect()
    }

    fn with_subsearches(&self) -> Vec<&Plan> {
        let mut all = vec![self];
        all.extend(self.condition_subsearches());
        all.extend(self.command_subsearches());
        all
    }
}
