//! Searches over the events of one test.

use crate::Content;
use sepal_data::Batch;
use sepal_exec::host::Host;
use sepal_exec::knowledge::{Known, known};
use sepal_exec::plan::{Plan, PlanCx, plan_with};
use sepal_exec::run::{LocalSubsearches, RunOptions, Summary, run_local};
use sepal_exec::scan::Input;
use sepal_exec::{RunCx, RunError};
use sepal_parser::ast::Pipeline;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Where rows go; says whether more are wanted.
pub(super) type Rows<'a> = &'a mut dyn FnMut(Batch) -> Result<bool, RunError>;

/// The events of a test, and what searches over them are planned with.
pub(super) struct Over<'a> {
    inputs: Arc<[Input]>,
    pub planning: PlanCx,
    host: &'a Arc<dyn Host>,
    flag: &'a Arc<AtomicBool>,
    /// Events before the first or from the second on are left out.
    pub range: (Option<i64>, Option<i64>),
}

impl<'a> Over<'a> {
    /// The events of inputs, with the rules that may hold for them.
    pub fn new(
        content: &Content,
        inputs: Vec<Input>,
        host: &'a Arc<dyn Host>,
        flag: &'a Arc<AtomicBool>,
    ) -> Over<'a> {
        let (inputs, rules) = match &content.knowledge {
            None => (inputs, None),
            Some(k) => {
                let Known { inputs, knowledge, .. } = known(k, inputs, true, &**host);
                (inputs, knowledge.map(|k| content.rule_set(&k)))
            }
        };
        let planning = rules.as_ref().map_or(&content.cx, |r| &r.cx).clone();
        Over { inputs: inputs.into(), planning, host, flag, range: (None, None) }
    }

    /// The plan of a search.
    pub fn plan(&self, pipeline: &Pipeline) -> Result<Plan, RunError> {
        plan_with(pipeline, &mut self.planning.clone()).map_err(|list| {
            match list.into_iter().next() {
                Some(d) => {
                    RunError::Failed { code: d.code, message: d.message, span: Some(d.span) }
                }
                None => RunError::failed("SPL3015", "the search has no plan"),
            }
        })
    }

    /// Where an expression is evaluated beside a run.
    pub fn cx(&self) -> RunCx {
        RunCx::with_stop(Arc::clone(self.host), Arc::clone(self.flag))
    }

    /// Runs a plan.
    ///
    /// # Errors
    /// Also where it was stopped, and where rows may be missing.
    pub fn run(&self, plan: &Plan, out: Rows<'_>) -> Result<Summary, RunError> {
        let options = RunOptions {
            threads: 1,
            earliest: self.range.0,
            latest: self.range.1,
            explain_empty: false,
            ..RunOptions::default()
        };
        let (inputs, profiled) =
            (Arc::clone(&self.inputs), RunOptions { profile: true, ..options.clone() });
        let cx = self.cx().with_subsearches(Arc::new(LocalSubsearches { inputs, options }));
        let summary = run_local(plan, &self.inputs, &profiled, &cx, out)?;
        if cx.was_cut_short() {
            return Err(RunError::Stopped);
        }
        if let Some(e) = summary.input_errors.first() {
            return Err(e.clone());
        }
        match summary.notices.iter().find(|(n, _)| n.cuts_result) {
            Some((n, _)) => Err(RunError::failed(n.code, n.message.clone())),
            None => Ok(summary),
        }
    }
}
