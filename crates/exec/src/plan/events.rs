//! The events behind the rows of a search.

use super::{Plan, PlanCx, Source, assemble_for, planned};
use crate::commands::Op;
use sepal_data::fieldset::FieldSet;

impl Plan {
    /// The search for the newest `most` events that its first part lets through: what stands before
    /// the first command that makes other rows of them, or that does not keep `_raw`. Only the named
    /// fields are in the rows. None where the search reads no events, or where its subsearches did
    /// not run ([`Plan::resolve`]).
    pub fn into_events(self, most: usize, fields: &FieldSet) -> Option<Plan> {
        if self.subsearches.is_some() || matches!(self.source, Source::Generate(_)) {
            return None;
        }
        let mut raw = FieldSet::new();
        raw.insert("_raw");
        let (first, mut ops) = (self.first, self.ops);
        let keeps = |op: &Op| match op {
            Op::Streaming(o) => o.needed(raw.clone()).contains("_raw"),
            _ => false,
        };
        let kept = ops.iter().take_while(|p| keeps(&p.op)).count();
        ops.truncate(kept);
        let head = sepal_parser::parse(&format!("search * | head {most}")).pipeline;
        ops.push(planned(head.stages.get(1)?, &mut PlanCx::default(), false).ok()?);
        let plan = assemble_for(fields.clone(), self.source, self.time, ops, Vec::new());
        Some(Plan { first, ..plan })
    }
}
