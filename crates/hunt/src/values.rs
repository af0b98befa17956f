//! Which values the fields of a data set have, so that most detections need not run over it.
//!
//! One search per data set, with the rules of its sourcetypes, collects the values of all fields
//! that first conditions compare. A condition that no value meets holds for no event: `may_hold`
//! is wrong only in one direction.

use crate::Ready;
use sepal_data::FieldName;
use sepal_exec::knowledge::StampField;
use sepal_exec::plan::{Plan, PlanCx, Source, plan_with};
use sepal_exec::run::{RunOptions, Summary, run_to_batch};
use sepal_exec::scan::Input;
use sepal_exec::search::{Pred, SearchProgram};
use sepal_exec::{RunCx, RunError};
use sepal_parser::ast::Pipeline;
use smol_str::SmolStr;
use std::collections::{BTreeSet, HashMap};

/// The search that collects values.
pub(crate) struct Census {
    fields: Vec<FieldName>,
    /// None where it does not parse.
    search: Option<Pipeline>,
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
    pub fn new(ready: &[Ready]) -> Census {
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
        let all: Vec<String> =
            fields.iter().map(|f| format!("values(\"{f}\") AS \"{f}\"")).collect();
        let parsed = sepal_parser::parse(&format!("search * | stats {}", all.join(" ")));
        let search = (!parsed.has_errors()).then_some(parsed.pipeline);
        Census { search, fields }
    }

    /// Reads the events of a data set; where `values` is not asked for only to count them.
    pub fn take(
        &self,
        inputs: &[Input],
        planning: &PlanCx,
        values: bool,
        options: &RunOptions,
        cx: &RunCx,
    ) -> Result<(Option<Seen>, Summary), RunError> {
        let search = self.search.as_ref().filter(|_| values);
        let plan = search.and_then(|s| plan_with(s, &mut planning.clone()).ok());
        let Some(plan) = plan else {
            let (_, summary) =
                run_to_batch(&plain("search * | stats count")?, inputs, options, cx)?;
            return Ok((None, summary));
        };
        let (batch, summary) = run_to_batch(&plan, inputs, options, cx)?;
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

/// The stamps that events have of themselves: `source`, `sourcetype` and `host`, once each.
pub(crate) fn stamps(
    inputs: &[Input],
    options: &RunOptions,
    cx: &RunCx,
) -> Result<Vec<[String; 3]>, RunError> {
    let plan = plain(
        "search * | fillnull value=\"\" source sourcetype host | nomv source | nomv sourcetype \
         | nomv host | stats count by source sourcetype host",
    )?;
    let (batch, _) = run_to_batch(&plan, inputs, options, cx)?;
    let of = |row| StampField::ALL.map(|f| batch.get(f.name(), row).text().into_owned());
    Ok((0..batch.len).map(of).collect())
}

/// A search of our own, over events as they are.
pub(crate) fn plain(search: &str) -> Result<Plan, RunError> {
    let parsed = sepal_parser::parse(search);
    plan_with(&parsed.pipeline, &mut PlanCx::default())
        .map_err(|_| RunError::failed("SPL3015", "the search has no plan"))
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
