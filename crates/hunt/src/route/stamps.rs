//! The stamps that events have of themselves.

use sepal_exec::knowledge::StampField;
use sepal_exec::plan::{Plan, PlanCx, plan_with};
use sepal_exec::run::{RunOptions, run_to_batch};
use sepal_exec::scan::Input;
use sepal_exec::{RunCx, RunError};

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
