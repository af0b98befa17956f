//! Subsearches whose rows are there before they are asked for.

use sepal_data::Batch;
use sepal_exec::plan::{Plan, Source};
use sepal_exec::run::{LocalSubsearches, RunOptions};
use sepal_exec::{Notice, RunCx, RunError, Subsearches};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a subsearch gave, and what it had to tell.
pub(super) type Rows = Result<(Vec<Batch>, Vec<(Notice, u64)>), RunError>;

/// The rows of subsearches.
pub(crate) struct Given {
    /// By the addresses of their plans, which stay where they are while a detection runs.
    rows: Mutex<HashMap<usize, Rows>>,
    /// Those that read no events are run when they are asked for.
    others: LocalSubsearches,
    /// Whether one was asked for that is not here.
    lacks: AtomicBool,
}

/// What a plan is told by.
pub(in crate::route) fn address(plan: &Plan) -> usize {
    std::ptr::from_ref(plan).addr()
}

impl Given {
    pub fn new(options: &RunOptions) -> Given {
        let others = LocalSubsearches { inputs: Arc::new([]), options: options.clone() };
        Given { rows: Mutex::default(), others, lacks: AtomicBool::new(false) }
    }

    pub(super) fn add(&self, plan: usize, rows: Rows) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).insert(plan, rows);
    }

    pub(super) fn of(&self, plan: usize) -> Option<Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).get(&plan).cloned()
    }

    /// Whether one was asked for that is not here, such as one that `map` makes: what came of it is
    /// not what the detection gives.
    pub fn lacks(&self) -> bool {
        self.lacks.load(Ordering::Relaxed)
    }
}

impl Subsearches for Given {
    fn run_first(
        &self,
        plan: &Plan,
        most: usize,
        cx: &RunCx,
    ) -> Result<(Vec<Batch>, bool), RunError> {
        if matches!(plan.source, Source::Generate(_)) {
            return self.others.run_first(plan, most, cx);
        }
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(rows) = rows.get(&address(plan)) else {
            self.lacks.store(true, Ordering::Relaxed);
            return Err(RunError::failed("SPL3125", "a subsearch was not fed"));
        };
        let (all, notices) = rows.as_ref().map_err(Clone::clone)?;
        cx.add_notices(notices.clone());
        let (mut out, mut left) = (Vec::with_capacity(all.len()), most);
        for batch in all {
            if batch.len > left {
                out.push(batch.take(&(0..left).collect::<Vec<_>>()));
                return Ok((out, true));
            }
            left -= batch.len;
            out.push(batch.clone());
        }
        Ok((out, false))
    }
}
