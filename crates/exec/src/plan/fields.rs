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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;

    fn planned(search: &str) -> Plan {
        plan(&sepal_parser::parse(search).pipeline).unwrap_or_else(|e| panic!("{search}: {e:?}"))
    }

    #[test]
    fn rows_depend_on_an_inner_join_alone() {
        for (search, depend) in [
            ("search x | join a [search y | stats count by a]", 1),
            ("search x | join type=left a [search y | stats count by a]", 0),
            ("search x | append [search y]", 0),
            ("search x | join a [search y | join a [search z]] | join b [search w]", 2),
        ] {
            assert_eq!(planned(search).matched_with().len(), depend, "{search}");
        }
    }

    #[test]
    fn fields_of_events_are_known_where_the_search_names_them() {
        let of = |search: &str| planned(search).event_fields().map(|f| f.exact().len());
        assert_eq!(of("search a=1 b=2 | stats count by c"), Some(3));
        assert_eq!(of("search a=1 | table b*"), None);
        assert_eq!(of("search a=1"), None);
        assert_eq!(of("| makeresults"), None);
    }

    #[test]
    fn subsearches_are_found_at_every_depth() {
        let plan = planned("search x [search c] | append [search y | join a [search z]]");
        assert_eq!(plan.condition_subsearches().len(), 1);
        assert_eq!(plan.command_subsearches().len(), 2);
    }

    #[test]
    fn a_plan_of_fields_makes_nothing_else() {
        let fields = ["a".to_owned(), "b".to_owned()].iter().map(String::as_str).collect();
        let plan = plan_fields(&fields, true, &mut PlanCx::default()).expect("no rules");
        assert!(plan.ops.is_empty() && plan.ordered && plan.sparse);
        assert_eq!(plan.needed.exact().len(), 2);
    }
}
