use crate::host::Host;
use crate::plan::Plan;
use crate::scan::ScanCounts;
use sepal_data::Batch;
use sepal_data::time::Time;
use sepal_parser::ast::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use thiserror::Error;

/// Something that a run has to tell: a limit that cut the result, a regex that gave up, a damaged
/// event. Counted by code and text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Stable code, `SPL3xxx` for run time, `SPL5xxx` for data.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// Whether rows may be missing or wrong because of it (exit code 2).
    pub cuts_result: bool,
}

/// A run that could not go on.
#[derive(Clone, Debug, Error)]
pub enum RunError {
    /// A command or function met something that it cannot go on from.
    #[error("{code}: {message}")]
    Failed {
        /// Stable code.
        code: &'static str,
        /// One sentence.
        message: String,
        /// Where in the expanded search, if known.
        span: Option<Span>,
    },
    /// An input could not be read.
    #[error("{file}: {message}")]
    Input {
        /// The file.
        file: String,
        /// What happened, with the offset where known.
        message: String,
    },
    /// A payload did not read back.
    #[error(transparent)]
    Codec(#[from] sepal_data::codec::CodecError),
    /// The user stopped the run.
    #[error("stopped")]
    Stopped,
}

impl RunError {
    /// A failure without a place.
    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        RunError::Failed { code, message: message.into(), span: None }
    }
}

/// What every operator of one run shares.
pub struct RunCx {
    /// Clock, zone, seed, files.
    pub host: Arc<dyn Host>,
    stop: Arc<AtomicBool>,
    scan_ended: AtomicBool,
    notices: Mutex<BTreeMap<Notice, u64>>,
    input_errors: Mutex<Vec<RunError>>,
    /// Events and bytes read so far, for progress.
    read: (AtomicU64, AtomicU64),
    /// What subsearches read.
    subsearch_scan: Mutex<ScanCounts>,
    /// About how many bytes of rows an operator keeps in memory.
    memory: AtomicUsize,
    /// The time range that the run was given beside the search; microseconds.
    given_range: Mutex<(Option<i64>, Option<i64>)>,
    /// Runs subsearches of this run.
    subsearches: Option<Arc<dyn Subsearches>>,
    /// What an expression failed with.
    failure: OnceLock<RunError>,
    /// What was asked of the inputs once and need not be asked again.
    asked: Mutex<BTreeSet<String>>,
    /// The oldest and newest times of the rows that a command saw, by the number that it took.
    spans: Mutex<BTreeMap<u64, (i64, i64)>>,
}

/// Runs a subsearch over the same inputs as the search that it stands in.
pub trait Subsearches: Send + Sync {
    /// The rows of the subsearch, in order.
    fn run(&self, plan: &Plan, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        self.run_first(plan, usize::MAX, cx).map(|(rows, _)| rows)
    }

    /// The first `most` rows, and whether there are more.
    fn run_first(
        &self,
        plan: &Plan,
        most: usize,
        cx: &RunCx,
    ) -> Result<(Vec<Batch>, bool), RunError>;
}

impl RunCx {
    /// A context for one run.
    pub fn new(host: Arc<dyn Host>) -> Self {
        Self::with_stop(host, Arc::default())
    }

    /// A context that stops when `stop` becomes true.
    pub fn with_stop(host: Arc<dyn Host>, stop: Arc<AtomicBool>) -> Self {
        RunCx {
            host,
            stop,
            scan_ended: AtomicBool::new(false),
            notices: Mutex::default(),
            input_errors: Mutex::default(),
            read: Default::default(),
            subsearch_scan: Mutex::default(),
            memory: AtomicUsize::new(crate::run::RunOptions::MEMORY),
            given_range: Mutex::default(),
            subsearches: None,
            failure: OnceLock::new(),
            asked: Mutex::default(),
            spans: Mutex::default(),
        }
    }

    /// The same with a runner of subsearches.
    pub fn with_subsearches(mut self, runner: Arc<dyn Subsearches>) -> Self {
        self.subsearches = Some(runner);
        self
    }

    /// Whether this is asked for the first time in this run.
    pub(crate) fn asks_first(&self, what: String) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(what)
    }

    /// A context for looking at the inputs once more beside the run: what it counts and tells is
    /// not the run's. A request to stop ends it too.
    pub(crate) fn aside(&self) -> RunCx {
        RunCx::with_stop(Arc::clone(&self.host), Arc::clone(&self.stop))
    }

    /// Ends the scan where nothing more need be read.
    pub(crate) fn end_scan(&self) {
        self.scan_ended.store(true, Ordering::SeqCst);
    }

    /// Widens the range of times, in microseconds, that a command saw on any thread.
    pub(crate) fn widen(&self, command: u64, (from, to): (i64, i64)) {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let span = spans.entry(command).or_insert((from, to));
        *span = (span.0.min(from), span.1.max(to));
    }

    /// The range of times that a command saw.
    pub(crate) fn widened(&self, command: u64) -> Option<(i64, i64)> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).get(&command).copied()
    }

    /// Adds what a subsearch read.
    pub(crate) fn add_subsearch_scan(&self, counts: ScanCounts) {
        self.subsearch_scan.lock().unwrap_or_else(PoisonError::into_inner).add(counts);
    }

    /// What subsearches read so far, all together.
    pub(crate) fn subsearch_scan(&self) -> ScanCounts {
        self.subsearch_scan.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// About how many bytes of rows an operator may keep in memory before they go to temporary
    /// files.
    pub fn memory(&self) -> usize {
        self.memory.load(Ordering::Relaxed)
    }

    /// Sets [`RunCx::memory`].
    pub(crate) fn set_memory(&self, bytes: usize) {
        self.memory.store(bytes, Ordering::Relaxed);
    }

    /// The time range that the run was given beside the search: beginning and end.
    pub fn given_range(&self) -> (Option<Time>, Option<Time>) {
        let (a, b) = *self.given_range.lock().unwrap_or_else(PoisonError::into_inner);
        (a.and_then(Time::from_micros), b.and_then(Time::from_micros))
    }

    /// Sets [`RunCx::given_range`].
    pub(crate) fn set_given_range(&self, earliest: Option<i64>, latest: Option<i64>) {
        let mut range = self.given_range.lock().unwrap_or_else(PoisonError::into_inner);
        *range = (earliest, latest);
    }

    /// Runs a subsearch.
    pub fn subsearch(&self, plan: &Plan) -> Result<Vec<Batch>, RunError> {
        self.subsearch_first(plan, usize::MAX).map(|(rows, _)| rows)
    }

    /// Runs a subsearch for its first `most` rows; says whether there are more.
    pub fn subsearch_first(
        &self,
        plan: &Plan,
        most: usize,
    ) -> Result<(Vec<Batch>, bool), RunError> {
        match &self.subsearches {
            Some(runner) => runner.run_first(plan, most, self),
            None => Err(RunError::failed("SPL3014", "this run has no way to run a subsearch")),
        }
    }

    /// The time that `now()` counts from.
    pub fn now(&self) -> Time {
        Time::from_micros(self.host.now()).unwrap_or(Time::EPOCH)
    }

    /// Adds to what was read so far.
    pub fn progress(&self, events: u64, bytes: u64) {
        self.read.0.fetch_add(events, Ordering::Relaxed);
        self.read.1.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Events and bytes read so far.
    pub fn read_so_far(&self) -> (u64, u64) {
        (self.read.0.load(Ordering::Relaxed), self.read.1.load(Ordering::Relaxed))
    }

    /// An input that ended in an error: what came before it counts, and the error is told.
    pub fn input_error(&self, e: RunError) {
        self.input_errors.lock().unwrap_or_else(PoisonError::into_inner).push(e);
    }

    /// The inputs that ended in an error.
    pub fn input_errors(&self) -> Vec<RunError> {
        self.input_errors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the run with an error, from where nothing can be returned: inside an expression. The
    /// first one counts.
    pub(crate) fn fail(&self, e: RunError) {
        let _ = self.failure.set(e);
    }

    /// The error of [`RunCx::fail`]; asked once a batch and command.
    pub(crate) fn check_failed(&self) -> Result<(), RunError> {
        self.failure.get().map_or(Ok(()), |e| Err(e.clone()))
    }

    /// An error once the user asked to stop; asked once a batch.
    pub fn check_stop(&self) -> Result<(), RunError> {
        if self.stop.load(Ordering::Relaxed) { Err(RunError::Stopped) } else { Ok(()) }
    }

    /// Whether the scan is over because the user asked to stop; asked once a block.
    ///
    /// The first request ends the reading: what was read so far goes through the rest of the
    /// search and is shown as a part. A request after that stops the rest, see
    /// [`RunCx::check_stop`].
    pub fn scan_ends(&self) -> bool {
        if self.stop.swap(false, Ordering::SeqCst) {
            self.scan_ended.store(true, Ordering::SeqCst);
        }
        self.was_cut_short()
    }

    /// Whether the result is that of a part of the events, because the user asked to stop.
    pub fn was_cut_short(&self) -> bool {
        self.scan_ended.load(Ordering::SeqCst)
    }

    /// Counts a notice. Its text must not vary from event to event.
    pub fn notice(&self, code: &'static str, message: impl Into<String>, cuts_result: bool) {
        let key = Notice { code, message: message.into(), cuts_result };
        let mut map = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        *map.entry(key).or_insert(0) += 1;
    }

    /// Counts what another context was told, too.
    pub fn add_notices(&self, more: Vec<(Notice, u64)>) {
        let mut map = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        for (notice, count) in more {
            *map.entry(notice).or_insert(0) += count;
        }
    }

    /// The notices so far with their counts, sorted by code.
    pub fn notices(&self) -> Vec<(Notice, u64)> {
        let map = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        map.iter().map(|(n, c)| (n.clone(), *c)).collect()
    }
}
