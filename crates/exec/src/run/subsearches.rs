//! Subsearches over local inputs.

use super::{RunOptions, dropped_fields, run_local};
use crate::plan::{Plan, Source};
use crate::run_cx::{RunCx, RunError, Subsearches};
use crate::scan::Input;
use sepal_data::Batch;
use std::sync::Arc;

/// Runs subsearches over the same inputs as their search.
pub struct LocalSubsearches {
    /// The inputs.
    pub inputs: Arc<[Input]>,
    /// How.
    pub options: RunOptions,
}

impl Subsearches for LocalSubsearches {
    fn run_first(
        &self,
        plan: &Plan,
        most: usize,
        cx: &RunCx,
    ) -> Result<(Vec<Batch>, bool), RunError> {
        let scans = matches!(plan.source, Source::Scan(_));
        if scans && self.inputs.is_empty() {
            return Err(RunError::failed(
                "SPL3125",
                "a subsearch searches events, and no events were named",
            ));
        }
        if scans && let Some(once) = self.inputs.iter().find(|i| !i.can_reopen()) {
            // the search around it reads the events too
            return Err(RunError::failed(
                "SPL3120",
                format!(
                    "{} can be read only once, and a subsearch reads the events a second time: \
                     save them to a file",
                    once.name
                ),
            ));
        }
        let (mut rows, mut left, mut more) = (Vec::new(), most, false);
        let summary = run_local(plan, &self.inputs, &self.options, cx, &mut |batch| {
            more = batch.len > left;
            let batch = match more {
                true => batch.take(&(0..left).collect::<Vec<_>>()),
                false => batch,
            };
            left -= batch.len;
            rows.push(batch);
            Ok(!more)
        })?;
        if let Some((notice, _)) = dropped_fields(&summary.scan, &self.options) {
            cx.notice(notice.code, notice.message, notice.cuts_result);
        }
        if scans {
            cx.add_subsearch_scan(summary.scan);
        }
        Ok((rows, more))
    }
}
