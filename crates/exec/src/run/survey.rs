//! Looking at all events once, for many searches.

use super::{Kernel, RunOptions, Summary, dropped_fields};
use crate::plan::Plan;
use crate::run_cx::{RunCx, RunError};
use crate::scan::{Input, Looks, Queue, RowSink, Tape};
use sepal_data::Batch;
use std::sync::Arc;

/// Looks at the events that one thread reads.
pub trait Surveyor: Send {
    /// Takes rows, with the events that they were made of.
    ///
    /// # Errors
    /// What ends the survey.
    fn rows(&mut self, rows: &Batch, events: &Tape) -> Result<(), RunError>;
}

/// What came of a survey.
pub struct Surveyed<S> {
    /// What each thread saw.
    pub surveyors: Vec<S>,
    /// What the inputs were found to be.
    pub looks: Vec<Option<Arc<Looks>>>,
    /// What was read.
    pub summary: Summary,
}

/// Runs the commands of a plan that work row by row, and shows what they give.
///
/// # Errors
/// Those of a run.
pub fn survey<S: Surveyor>(
    plan: &Plan,
    inputs: &[Input],
    options: &RunOptions,
    cx: &RunCx,
    start: &(dyn Fn() -> S + Sync),
) -> Result<Surveyed<S>, RunError> {
    let kernel = Kernel::new(plan, options, cx)?;
    let queue = Queue::new(inputs, &*cx.host, &options.scan);
    let (surveyors, scan) = kernel.over(&queue, &|scanner| {
        let mut sink = Sink { kernel: &kernel, surveyor: start(), tape: Tape::default() };
        scanner.run(&mut sink)?;
        Ok(sink.surveyor)
    })?;
    let looks = (0..inputs.len()).map(|n| queue.looks(u32::try_from(n).unwrap_or(u32::MAX)));
    let looks = looks.collect();
    let mut summary = Summary { scan, ..Summary::default() };
    summary.notices = cx.notices();
    summary.input_errors = cx.input_errors();
    summary.notices.extend(dropped_fields(&summary.scan, options));
    Ok(Surveyed { surveyors, looks, summary })
}

struct Sink<'k, S> {
    kernel: &'k Kernel<'k>,
    surveyor: S,
    tape: Tape,
}

impl<S: Surveyor> RowSink for Sink<'_, S> {
    fn batch(&mut self, batch: Batch) -> Result<(), RunError> {
        match self.kernel.streaming(batch)? {
            Some(batch) => self.surveyor.rows(&batch, &self.tape),
            None => Ok(()),
        }
    }

    fn tape(&mut self) -> Option<&mut Tape> {
        Some(&mut self.tape)
    }
}
