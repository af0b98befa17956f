//! What a run tells besides its rows: counts, notices and the profile.

use super::RunOptions;
use crate::plan::Plan;
use crate::run_cx::{Notice, RunError};
use crate::scan::ScanCounts;
use sepal_parser::ast::Span;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What a run has to tell besides its rows.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// What was read.
    pub scan: ScanCounts,
    /// Rows of the result.
    pub rows: u64,
    /// Limits that were met, regexes that gave up... with how often.
    pub notices: Vec<(Notice, u64)>,
    /// Inputs that ended in an error.
    pub input_errors: Vec<RunError>,
    /// With `profile`: what each command took and gave.
    pub profile: Vec<StageProfile>,
}

impl Summary {
    /// How many rows passed the first command of a search over events: the scan lets through what may
    /// meet its condition once events have the fields of their sourcetypes, and the operators before
    /// the next command ask it of them.
    pub fn passed_first(&self, plan: &Plan) -> u64 {
        let of_first = self.profile.iter().take(plan.streaming);
        let of_first = of_first.take_while(|s| s.span.range() == plan.first.range());
        of_first.last().map_or(self.scan.matched, |s| s.rows_out)
    }

    /// Whether rows may be missing: a limit was met, or an input could not be read to its end.
    pub fn is_cut(&self) -> bool {
        !self.input_errors.is_empty() || self.notices.iter().any(|(n, _)| n.cuts_result)
    }
}

/// What one command took and gave.
#[derive(Clone, Debug, Default)]
pub struct StageProfile {
    /// The command's name.
    pub name: String,
    /// Its place in the expanded text.
    pub span: Span,
    /// Rows in.
    pub rows_in: u64,
    /// Rows out.
    pub rows_out: u64,
    /// Time inside the command, added over threads.
    pub time: Duration,
}

/// Counts of one command, added by all threads.
#[derive(Default)]
pub(super) struct Meter {
    pub rows_in: AtomicU64,
    pub rows_out: AtomicU64,
    pub nanos: AtomicU64,
}

impl Meter {
    /// Runs `f`, and counts its time where the run is profiled.
    pub fn time<T>(&self, on: bool, f: impl FnOnce() -> T) -> T {
        if !on {
            return f();
        }
        let start = std::time::Instant::now();
        let out = f();
        let n = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(n, Ordering::Relaxed);
        out
    }
}

/// The notice that fields were left out.
pub(super) fn dropped_fields(scan: &ScanCounts, options: &RunOptions) -> Option<(Notice, u64)> {
    let message = || {
        format!(
            "more than {} distinct field names: the fields beyond are left out",
            options.scan.max_fields
        )
    };
    (scan.dropped_fields > 0).then(|| {
        let notice = Notice { code: "SPL3016", message: message(), cuts_result: true };
        (notice, scan.dropped_fields)
    })
}
