//! One search over local inputs: map, merge and tail, over threads.

mod dataset;
mod fed;
mod range;
mod subsearches;
mod summary;
pub mod survey;
mod tail;

pub use fed::Fed;
pub use subsearches::LocalSubsearches;
pub use summary::{StageProfile, Summary};

use self::summary::{Meter, dropped_fields};
use crate::commands::{Op, PartialRun};
use crate::plan::{Plan, ScanOptions, Source};
use crate::rows::RowStore;
use crate::run_cx::{RunCx, RunError};
use crate::scan::{Input, Queue, RowSink, ScanCounts, ScanSpec, Scanner};
use sepal_data::{Batch, Col, OrderKey, Value};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How a search is run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Switches and limits of the scan.
    pub scan: ScanOptions,
    /// How many threads scan; 1 at least.
    pub threads: usize,
    /// About how many bytes of rows are kept in memory before they go to temporary files.
    pub memory: usize,
    /// Events before this are left out, unless the search says otherwise; microseconds.
    pub earliest: Option<i64>,
    /// Events at or after this are left out, unless the search says otherwise.
    pub latest: Option<i64>,
    /// Whether the rows and time of each command are counted.
    pub profile: bool,
    /// Whether a search of a dataset that finds nothing reads the events once more to tell whether
    /// any is of the dataset.
    pub explain_empty: bool,
}

impl RunOptions {
    /// The memory where none is asked for: 512 MiB.
    pub const MEMORY: usize = 512 << 20;
}

impl Default for RunOptions {
    /// All processors, 512 MiB.
    fn default() -> Self {
        RunOptions {
            scan: ScanOptions::default(),
            threads: std::thread::available_parallelism().map_or(1, |n| n.get()),
            memory: Self::MEMORY,
            earliest: None,
            latest: None,
            profile: false,
            explain_empty: true,
        }
    }
}

/// Runs a planned search over inputs. `out` gets the rows in order and says whether it wants more.
pub fn run_local(
    plan: &Plan,
    inputs: &[Input],
    options: &RunOptions,
    cx: &RunCx,
    out: &mut dyn FnMut(Batch) -> Result<bool, RunError>,
) -> Result<Summary, RunError> {
    let resolved = plan.resolve(cx)?;
    let plan = resolved.as_ref().unwrap_or(plan);
    let kernel = Kernel::new(plan, options, cx)?;
    let mut summary = Summary::default();
    let mapped = match &plan.source {
        Source::Scan(_) => {
            let (mapped, counts) = kernel.map_inputs(inputs)?;
            summary.scan = counts;
            mapped
        }
        Source::Generate(p) => {
            let Op::Generating(g) = &p.op else {
                return Err(RunError::failed("SPL3015", "the source makes no rows"));
            };
            let mut state = kernel.start();
            let mut seq = 0;
            for mut batch in g.rows(cx)? {
                number(&mut batch, &mut seq);
                state.take(&kernel, batch)?;
            }
            vec![state]
        }
    };
    let state = kernel.merge(mapped)?;
    summary.rows = kernel.tail(state, out)?;
    if matches!(plan.source, Source::Generate(_)) {
        // else the search has read the same events itself
        summary.scan = cx.subsearch_scan();
    }
    if let Some(check) = plan.dataset.as_ref().filter(|_| options.explain_empty)
        && kernel.passed(check.conditions, &summary.scan) == 0
    {
        dataset::none_of_dataset(check, summary.scan.events, inputs, options, cx)?;
    }
    summary.notices = cx.notices();
    summary.input_errors = cx.input_errors();
    summary.notices.extend(dropped_fields(&summary.scan, options));
    summary.profile = kernel.profile();
    Ok(summary)
}

/// Gives rows places of their own, in the order in which they come.
fn number(batch: &mut Batch, seq: &mut u64) {
    batch.order = OrderKey::following(*seq, batch.len);
    *seq += batch.len as u64;
}

/// A plan being run: the four calls of the kernel.
pub struct Kernel<'a> {
    plan: &'a Plan,
    options: &'a RunOptions,
    cx: &'a RunCx,
    earliest: Option<i64>,
    latest: Option<i64>,
    meters: Vec<Meter>,
}

/// What a worker has made of the events it saw.
pub enum Mapped {
    /// Partial states of the first transforming command.
    Partial(Box<dyn PartialRun>),
    /// The rows themselves.
    Rows(Box<RowStore>),
}

impl Mapped {
    fn take(&mut self, kernel: &Kernel<'_>, batch: Batch) -> Result<(), RunError> {
        let Some(batch) = kernel.streaming(batch)? else { return Ok(()) };
        match self {
            Mapped::Partial(p) => {
                kernel.meter(kernel.plan.streaming, batch.len, |cx| p.update(&batch, cx))
            }
            Mapped::Rows(store) => store.push(&batch),
        }
    }
}

/// A worker's state as the scan sees it.
struct Sink<'a> {
    kernel: &'a Kernel<'a>,
    state: &'a mut Mapped,
}

impl RowSink for Sink<'_> {
    fn batch(&mut self, batch: Batch) -> Result<(), RunError> {
        self.state.take(self.kernel, batch)
    }

    fn store(&mut self) -> Option<&mut RowStore> {
        match self.state {
            Mapped::Rows(store) if self.kernel.plan.streaming == 0 => Some(store),
            _ => None,
        }
    }
}

impl<'a> Kernel<'a> {
    /// A kernel for one run; wrong time modifiers are errors, and so are subsearches that did not
    /// run ([`Plan::resolve`]).
    pub fn new(plan: &'a Plan, options: &'a RunOptions, cx: &'a RunCx) -> Result<Self, RunError> {
        if plan.subsearches.is_some() {
            return Err(RunError::failed("SPL3122", "a subsearch was planned but did not run"));
        }
        cx.set_memory(options.memory);
        cx.set_given_range(options.earliest, options.latest);
        let (earliest, latest) = range::of_search(plan, options, cx)?;
        let meters = (0..plan.ops.len() + 1).map(|_| Meter::default()).collect();
        Ok(Kernel { plan, options, cx, earliest, latest, meters })
    }

    /// An empty state for one worker.
    pub fn start(&self) -> Mapped {
        match self.plan.ops.get(self.plan.streaming).map(|p| &p.op) {
            Some(Op::Partial(p)) => Mapped::Partial(p.start()),
            next => {
                let first = match next {
                    Some(Op::Ordered(o)) => o.first_rows(),
                    _ => None,
                };
                let budget = self.options.memory / self.options.threads.max(1);
                Mapped::Rows(Box::new(RowStore::new(budget, first)))
            }
        }
    }

    fn meter<T>(
        &self,
        op: usize,
        rows: usize,
        f: impl FnOnce(&RunCx) -> Result<T, RunError>,
    ) -> Result<T, RunError> {
        let done = match self.meters.get(op) {
            None => f(self.cx),
            Some(meter) => {
                meter.rows_in.fetch_add(rows as u64, Ordering::Relaxed);
                meter.time(self.options.profile, || f(self.cx))
            }
        }?;
        self.cx.check_failed()?;
        Ok(done)
    }

    /// How many rows came through the first `ops` commands.
    fn passed(&self, ops: usize, scan: &ScanCounts) -> u64 {
        match ops.checked_sub(1).and_then(|last| self.meters.get(last)) {
            Some(meter) => meter.rows_out.load(Ordering::Relaxed),
            None => scan.matched,
        }
    }

    fn gave(&self, op: usize, rows: usize) {
        if let Some(m) = self.meters.get(op) {
            m.rows_out.fetch_add(rows as u64, Ordering::Relaxed);
        }
    }

    /// The streaming commands beside the scan.
    fn streaming(&self, mut batch: Batch) -> Result<Option<Batch>, RunError> {
        let mut named = None;
        for (i, p) in self.plan.ops[..self.plan.streaming].iter().enumerate() {
            if batch.len == 0 {
                return Ok(None);
            }
            if let Op::Streaming(op) = &p.op {
                let rows = batch.len;
                batch = self.meter(i, rows, |cx| op.apply(batch, cx))?;
                self.gave(i, batch.len);
                named = op.columns().or(named);
            }
        }
        // a column that `table` named stays without values, whatever rows a batch has
        for (name, _) in named.into_iter().flatten().filter(|(_, p)| p.is_none()) {
            if let Some(col) = batch.cols.get_mut(name)
                && col.is_all_null()
            {
                *col = Col::Const(Value::Null);
            }
        }
        Ok((batch.len > 0).then_some(batch))
    }

    /// map: scans inputs with the streaming commands and partial states, over threads.
    pub fn map_inputs(&self, inputs: &[Input]) -> Result<(Vec<Mapped>, ScanCounts), RunError> {
        let queue = Queue::new(inputs, &*self.cx.host, &self.options.scan);
        self.over(&queue, &|scanner| {
            let mut state = self.start();
            scanner.run(&mut Sink { kernel: self, state: &mut state })?;
            Ok(state)
        })
    }

    /// Scans what is in a queue over threads; `work` makes a state of what one of them scans.
    fn over<T: Send>(
        &self,
        queue: &Queue<'_>,
        work: &(dyn Fn(&mut Scanner<'_>) -> Result<T, RunError> + Sync),
    ) -> Result<(Vec<T>, ScanCounts), RunError> {
        let Source::Scan(filter) = &self.plan.source else {
            return Ok((Vec::new(), ScanCounts::default()));
        };
        let timed = self.earliest.is_some() || self.latest.is_some();
        let spec = ScanSpec {
            filter,
            needed: self.plan.needed.clone(),
            needs_time: self.plan.ordered || timed,
            earliest: self.earliest,
            latest: self.latest,
            sparse: self.plan.sparse,
            options: &self.options.scan,
        };
        let work = || -> Result<(T, ScanCounts), RunError> {
            let mut scanner = Scanner::new(&spec, queue, self.cx);
            Ok((work(&mut scanner)?, scanner.counts))
        };
        let threads = self.options.threads.max(1);
        let results: Vec<Result<(T, ScanCounts), RunError>> = if threads == 1 {
            vec![work()]
        } else {
            std::thread::scope(|s| {
                let handles: Vec<_> = (0..threads).map(|_| s.spawn(work)).collect();
                handles
                    .into_iter()
                    .map(|h| {
                        h.join().unwrap_or_else(|_| {
                            Err(RunError::failed("SPL3018", "a worker thread stopped with a bug"))
                        })
                    })
                    .collect()
            })
        };
        let mut states = Vec::new();
        let mut counts = ScanCounts::default();
        for r in results {
            let (state, c) = r?;
            states.push(state);
            counts.add(c);
        }
        self.name_lines(queue.inputs(), &mut counts);
        Ok((states, counts))
    }

    /// Finds the line numbers of the damaged events that are named, where files can be read again.
    fn name_lines(&self, inputs: &[Input], counts: &mut ScanCounts) {
        for d in &mut counts.first_damaged {
            let Some(input) = inputs.get(d.unit as usize) else { continue };
            if let Ok(mut opened) = crate::scan::Opened::open(input, &*self.cx.host)
                && crate::scan::counts_lines(&opened.format)
                && input.can_reopen()
            {
                d.line = crate::scan::line_at(&mut *opened.reader, d.offset);
            }
        }
    }

    /// merge: joins the workers' states into one, through payloads.
    pub fn merge(&self, states: Vec<Mapped>) -> Result<Mapped, RunError> {
        let mut states = states.into_iter();
        let mut all = states.next().unwrap_or_else(|| self.start());
        for state in states {
            match (&mut all, state) {
                (Mapped::Partial(a), Mapped::Partial(mut b)) => {
                    for (_, payload) in b.payloads(self.cx)? {
                        a.merge(&payload, self.cx)?;
                    }
                }
                (Mapped::Rows(a), Mapped::Rows(b)) => a.absorb(*b),
                _ => {
                    return Err(RunError::failed(
                        "SPL3015",
                        "states of two kinds cannot be merged",
                    ));
                }
            }
        }
        Ok(all)
    }

    /// The order of two columns where which there are depends on the events: as the last `table`
    /// names them, then by name, the fields that every event has first and last.
    fn column_order(&self, a: &str, b: &str) -> std::cmp::Ordering {
        let streaming = &self.plan.ops[..self.plan.streaming];
        let named = streaming.iter().rev().find_map(|p| match &p.op {
            Op::Streaming(s) => s.columns(),
            _ => None,
        });
        let place = |n: &str| {
            let of_table = named.and_then(|names| {
                names.iter().position(|(name, pattern)| match pattern {
                    None => name == n,
                    Some(p) => p.is_match(n),
                })
            });
            let last = ["_raw", "source", "sourcetype", "index", "host"];
            let own = match n {
                "_time" => 0,
                n => last.iter().position(|l| *l == n).map_or(1, |i| i + 2),
            };
            (of_table.unwrap_or(usize::MAX), own)
        };
        place(a).cmp(&place(b)).then_with(|| a.cmp(b))
    }

    fn profile(&self) -> Vec<StageProfile> {
        self.plan
            .ops
            .iter()
            .zip(&self.meters)
            .map(|(p, m)| StageProfile {
                name: p.name.clone(),
                span: p.span,
                rows_in: m.rows_in.load(Ordering::Relaxed),
                rows_out: m.rows_out.load(Ordering::Relaxed),
                time: Duration::from_nanos(m.nanos.load(Ordering::Relaxed)),
            })
            .collect()
    }
}

/// Runs a planned search and gives all its rows as one batch.
pub fn run_to_batch(
    plan: &Plan,
    inputs: &[Input],
    options: &RunOptions,
    cx: &RunCx,
) -> Result<(Batch, Summary), RunError> {
    let mut all = Batch::default();
    let summary = run_local(plan, inputs, options, cx, &mut |batch| {
        all.append(batch);
        Ok(true)
    })?;
    Ok((all, summary))
}

/// The rows of a batch as JSON objects, nulls left out.
pub fn rows_to_json(batch: &Batch) -> Vec<serde_json::Map<String, serde_json::Value>> {
    (0..batch.len)
        .map(|r| batch.row(r).map(|(n, v)| (n.to_string(), Value::to_json(v))).collect())
        .collect()
}
