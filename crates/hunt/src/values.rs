//! Which values the fields of a data set have, so that most detections need not run over it.
//!
//! One search per data set, with the rules of its sourcetypes, collects the values of all fields
//! that first conditions compare. A condition that no value meets holds for no event: `may_hold`
//! is wrong only in one direction.

use crate::{Content, Ready};
use sepal_data::FieldName;
use sepal_exec::plan::{Plan, PlanCx, Source, plan_with};
use sepal_exec::run::{RunOptions, Summary, run_to_batch};
use sepal_exec::scan::Input;
use sepal_exec::search::{Pred, SearchProgram};
use sepal_exec::{RunCx, RunError};
use smol_str::SmolStr;
use std::collections::{BTreeSet, HashMap};

/// The search that collects values.
pub(crate) struct Census {
    fields: Vec<FieldName>,
    /// Without and with the rules of sourcetypes.
    plans: [Option<Plan>; 2],
}

/// The values of fields in a data set.
pub(crate) struct Seen {
    /// A field that is not here may have any.
    values: HashMap<FieldName, Vec<SmolStr>>,
}

/// Fields that nearly every event has its own value of.
const OWN: [&str; 2] = ["_raw", "_time"];

impl Census {
    /// For the first conditions of all detections.
    pub fn new(ready: &[Ready], content: &Content) -> Census {
        let mut fields: BTreeSet<FieldName> = BTreeSet::new();
        for r in ready {
            let Source::Scan(filter) = &r.plain.source else { continue };
            filter.exact.pred.leaves(&mut |leaf| {
                if let Pred::Field(slot, _) = leaf
                    && let Some(name) = filter.exact.fields.get_index(*slot as usize)
                    && !OWN.contains(&name.as_str())
                    && !name.contains(['"', '\\', '*'])
                {
                    fields.insert(name.clone());
                }
            });
        }
        let fields: Vec<FieldName> = fields.into_iter().collect();
        let plan = |rules| {
            let all: Vec<String> =
                fields.iter().map(|f| format!("values(\"{f}\") AS \"{f}\"")).collect();
            let text = format!("search * | stats {}", all.join(" "));
            let parsed = sepal_parser::parse(&text);
            if parsed.has_errors() {
                return None;
            }
            plan_with(&parsed.pipeline, &mut content.plan_cx(rules)).ok()
        };
        Census { plans: [plan(false), plan(true)], fields }
    }

    /// Reads the events of a data set; where `values` is not asked for only to count them.
    pub fn take(
        &self,
        inputs: &[Input],
        rules: bool,
        values: bool,
        options: &RunOptions,
        cx: &RunCx,
    ) -> Result<(Option<Seen>, Summary), RunError> {
        let plan = self.plans.get(usize::from(rules)).and_then(Option::as_ref).filter(|_| values);
        let Some(plan) = plan else {
            let parsed = sepal_parser::parse("search * | stats count");
            let counting = plan_with(&parsed.pipeline, &mut PlanCx::default());
            let counting =
                counting.map_err(|_| RunError::failed("SPL3015", "the search has no plan"))?;
            let (_, summary) = run_to_batch(&counting, inputs, options, cx)?;
            return Ok((None, summary));
        };
        let (batch, summary) = run_to_batch(plan, inputs, options, cx)?;
        let mut values = HashMap::with_capacity(self.fields.len());
        for field in &self.fields {
            let all = match (batch.len, batch.col(field)) {
                (0, _) | (_, None) => Vec::new(),
                (_, Some(col)) => col.get(0).members().iter().map(|v| v.to_smol()).collect(),
            };
            values.insert(field.clone(), all);
        }
        Ok((Some(Seen { values }), summary))
    }
}

impl Seen {
    /// Whether some event of the data set may meet a condition. False is certain.
    pub fn may_hold(&self, program: &SearchProgram) -> bool {
        self.may(&program.pred, program)
    }

    fn may(&self, pred: &Pred, program: &SearchProgram) -> bool {
        match pred {
            Pred::False => false,
            Pred::And(all) => all.iter().all(|p| self.may(p, program)),
            Pred::Or(any) => any.iter().any(|p| self.may(p, program)),
            Pred::Field(slot, test) => {
                let name = program.fields.get_index(*slot as usize);
                let values = name.and_then(|name| self.values.get(name));
                values.is_none_or(|values| values.iter().any(|v| test.passes(v)))
            }
            Pred::True
            | Pred::Not(_)
            | Pred::Named(..)
            | Pred::Term(..)
            | Pred::Expression(_)
            | Pred::Subsearch => true,
        }
    }
}
