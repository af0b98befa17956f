//! The engine against a naive interpreter: random searches over random events, row by row and with
//! its own values, functions, aggregates and commands. It shares no code with the engine, and does
//! not parse SPL: chance makes a search as a tree, which prints.
//!
//! Not all of it is independent: Splunk's pages give the rules, but where they leave a choice (how
//! many digits a computed number prints, the order of values of different kinds in `sort`, `min` and
//! `max`, which of equals comes first) the interpreter takes the engine's choice. There it finds a
//! slip of one of the two, not a misreading that both share; captures and case files guard that.
//!
//! A run takes another seed each time and prints it. A difference prints the search, made as small
//! as it gets, the events, both results, and the command that makes this one pair again:
//!
//!     SEPAL_SEED=1 SEPAL_PAIR=2 cargo test -p sepal-exec --test differential -- --nocapture
//!
//! `SEPAL_PAIRS` says how many pairs, 10,000 by default. Each search also runs with four threads
//! over small blocks, which must give the same bytes.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "differential/aggregates.rs"]
mod aggregates;
#[path = "differential/condition.rs"]
mod condition;
#[path = "differential/eval.rs"]
mod eval;
#[path = "differential/events.rs"]
mod events;
#[path = "differential/expr.rs"]
mod expr;
#[path = "differential/functions.rs"]
mod functions;
#[path = "differential/generate.rs"]
mod generate;
#[path = "differential/grouped.rs"]
mod grouped;
#[path = "differential/rng.rs"]
mod rng;
#[path = "differential/stage.rs"]
mod stage;
#[path = "differential/value.rs"]
mod value;

use events::Event;
use rng::Rng;
use sepal_data::Batch;
use sepal_exec::RunCx;
use sepal_exec::host::FixedHost;
use sepal_exec::plan::{PlanCx, plan_with};
use sepal_exec::run::{LocalSubsearches, RunOptions, rows_to_json, run_to_batch};
use sepal_exec::scan::{Input, InputFormat};
use stage::Stage;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use value::{Table, Val};

/// Searches over the same events.
const SHARED: u64 = 10;

/// Every how many pairs the events are many.
const LARGE: u64 = 200;

/// What Sepal stamps on every event, and the input's name.
const STAMPED: &[(&str, &str)] =
    &[("source", "part"), ("sourcetype", "_json"), ("index", "main"), ("host", "localhost")];

struct Pair {
    first: Option<condition::Cond>,
    stages: Vec<Stage>,
    events: Vec<Event>,
}

impl Pair {
    fn new(seed: u64, pair: u64) -> Pair {
        let mixed =
            |n: u64| seed.wrapping_mul(0x1_0000_01b3).wrapping_add(n.wrapping_mul(0x9e37_79b1));
        let mut rng = Rng::new(mixed(pair / SHARED * SHARED));
        // now and then so many that batches and pieces are several
        let large = pair % LARGE == LARGE - 1;
        let count = if large { 300 + rng.below(1701) } else { 1 + rng.below(8) };
        let events: Vec<Event> = (0..count).map(|_| events::event(&mut rng)).collect();
        let mut rng = Rng::new(mixed(pair).wrapping_add(0xabcd_ef01));
        rng.seen = events::seen(&events);
        let first = rng.chance(35).then(|| condition::make(&mut rng, 2));
        let mut made = Pair { first, stages: Vec::new(), events };
        let mut table = made.expected();
        if table.rows.is_empty() && rng.chance(80) {
            made.first = None;
            table = made.expected();
        }
        let mut filtered = made.first.is_some();
        for _ in 0..1 + rng.below(5) {
            let empty = table.rows.is_empty();
            for tries in 0..20 {
                let stage = stage::make(&mut rng);
                // two filters in a row leave little; no page says what transpose makes of nothing;
                // a running total over many rows takes the interpreter too long
                if filtered && stage.is_filter()
                    || empty && stage.spl.contains("transpose")
                    || table.rows.len() > 100 && stage.spl.starts_with("streamstats")
                {
                    continue;
                }
                let after = (stage.run)(table.clone());
                // an empty table proves little: draw again, mostly
                if after.rows.is_empty() && !empty && tries < 10 && !rng.chance(5) {
                    continue;
                }
                filtered = stage.is_filter();
                table = after;
                made.stages.push(stage);
                break;
            }
        }
        made
    }

    fn search(&self) -> String {
        let first = self.first.as_ref().map_or("*".to_owned(), |c| c.print());
        let rest: String = self.stages.iter().map(|s| format!(" | {}", s.spl)).collect();
        first + &rest
    }

    fn expected(&self) -> Table {
        let mut order: Vec<&Event> = self.events.iter().collect();
        // newest first; of one time in the order of the input
        order.sort_by_key(|e| std::cmp::Reverse(e.time));
        let mut table = Table::default();
        for e in order {
            let mut row = e.row();
            for (k, v) in STAMPED {
                row.insert((*k).to_owned(), Val::Text((*v).to_owned()));
            }
            table.rows.push(row);
        }
        if let Some(c) = &self.first {
            table.rows.retain(|r| c.holds(r));
        }
        self.stages.iter().fold(table, |t, s| (s.run)(t))
    }

    /// What the engine gives with one thread and with four.
    fn run(&self) -> Result<(Batch, String, String), String> {
        let search = self.search();
        let parsed = sepal_parser::parse(&search);
        if let Some(d) =
            parsed.diagnostics.iter().find(|d| d.severity == sepal_parser::Severity::Error)
        {
            return Err(format!("refused: {} {}", d.code, d.message));
        }
        let plan = plan_with(&parsed.pipeline, &mut PlanCx::default())
            .map_err(|ds| format!("refused: {} {}", ds[0].code, ds[0].message))?;
        // several inputs, so that threads have something to share
        let part = |events: &[Event]| {
            let text: String = events.iter().map(|e| e.line() + "\n").collect();
            let mut input = Input::bytes("part", text.as_bytes());
            input.format = Some(InputFormat::Lines);
            input
        };
        let inputs: Arc<[Input]> =
            self.events.chunks(self.events.len().div_ceil(8).max(3)).map(part).collect();
        let one = |threads: usize| {
            let mut options = RunOptions { threads, ..RunOptions::default() };
            // a large block costs more than these few events
            (options.scan.block, options.scan.piece) = if threads > 1 {
                (if self.events.len() > 100 { 4096 } else { 64 }, 1)
            } else {
                (4096, options.scan.piece)
            };
            let runner = LocalSubsearches { inputs: inputs.clone(), options: options.clone() };
            let cx = RunCx::new(Arc::new(FixedHost::default())).with_subsearches(Arc::new(runner));
            let (batch, _) =
                run_to_batch(&plan, &inputs, &options, &cx).map_err(|e| e.to_string())?;
            let names: Vec<&str> = batch.cols.keys().map(|k| k.as_str()).collect();
            let rows = serde_json::to_string(&rows_to_json(&batch)).unwrap();
            let bytes = format!("{names:?}\n{rows}");
            Ok::<_, String>((batch, bytes))
        };
        let ((batch, a), (_, b)) = (one(1)?, one(4)?);
        Ok((batch, a, b))
    }

    /// What differs.
    fn difference(&self) -> Option<String> {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.run(), self.expected())));
        let Ok((engine, expected)) = outcome else { return Some("panic".into()) };
        let (batch, one, four) = match engine {
            Ok(x) => x,
            Err(e) => return Some(e),
        };
        if one != four {
            return Some(format!("one thread:\n{one}\nfour threads:\n{four}"));
        }
        let same = same_rows(&batch, &expected) && same_columns(&batch, &expected);
        (!same).then(|| format!("engine:\n{one}\ninterpreter:\n{}", show(&expected)))
    }

    /// Drops stages and events while it still differs.
    fn shrink(&mut self) {
        loop {
            let mut smaller = false;
            let mut i = 0;
            while i < self.stages.len() {
                let stage = self.stages.remove(i);
                if self.difference().is_some() {
                    smaller = true;
                } else {
                    self.stages.insert(i, stage);
                    i += 1;
                }
            }
            // halves, quarters and so on: event by event takes too long where they are many
            let mut size = self.events.len().div_ceil(2);
            while size > 0 {
                let mut i = 0;
                while i < self.events.len() {
                    let end = (i + size).min(self.events.len());
                    let gone: Vec<Event> = self.events.drain(i..end).collect();
                    if self.difference().is_some() {
                        smaller = true;
                    } else {
                        self.events.splice(i..i, gone);
                        i = end;
                    }
                }
                size /= 2;
            }
            if let Some(c) = self.first.take() {
                if self.difference().is_some() {
                    smaller = true;
                } else {
                    self.first = Some(c);
                }
            }
            if !smaller {
                return;
            }
        }
    }
}

/// `_raw` is not the interpreter's, and what the engine uses inside begins with `__`.
fn compared(name: &str) -> bool {
    name != "_raw" && !name.starts_with("__")
}

fn same_text(engine: &str, wanted: &str) -> bool {
    if engine == wanted {
        return true;
    }
    // the order of additions may show in the last digits, nothing else
    match (value::number(engine), value::number(wanted)) {
        (Some(a), Some(b)) => a != b && (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        _ => false,
    }
}

fn same_rows(batch: &Batch, expected: &Table) -> bool {
    batch.len == expected.rows.len()
        && expected.rows.iter().enumerate().all(|(i, row)| {
            let names: BTreeSet<&str> = row
                .keys()
                .map(String::as_str)
                .chain(batch.cols.keys().map(|k| k.as_str()))
                .collect();
            names.into_iter().filter(|n| compared(n)).all(|n| {
                let engine = batch.get(n, i).members();
                let wanted = value::texts(row.get(n));
                engine.len() == wanted.len()
                    && engine.iter().zip(&wanted).all(|(e, w)| same_text(&e.text(), w))
            })
        })
}

/// The order of the columns that have a value, where the pages define it.
fn same_columns(batch: &Batch, expected: &Table) -> bool {
    let Some(wanted) = &expected.columns else { return true };
    let filled = |n: &str| expected.rows.iter().any(|r| r.contains_key(n));
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).filter(|n| filled(n)).collect();
    let engine: Vec<&str> = batch.cols.keys().map(|k| k.as_str()).filter(|n| filled(n)).collect();
    wanted == engine
}

fn show(t: &Table) -> String {
    let cell = |v: &Val| {
        if let Val::Mv(_) = v { format!("{:?}", v.texts()) } else { format!("{:?}", v.text()) }
    };
    let row = |r: &value::Row| {
        r.iter().map(|(k, v)| format!("{k}: {}", cell(v))).collect::<Vec<_>>().join(", ")
    };
    format!("{:?}\n{}", t.columns, t.rows.iter().map(row).collect::<Vec<_>>().join("\n"))
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What differs in one pair, made small, and how to make it again.
fn check(seed: u64, n: u64, empty: &AtomicU64) -> Option<String> {
    let mut pair = Pair::new(seed, n);
    empty.fetch_add(u64::from(pair.expected().rows.is_empty()), Relaxed);
    pair.difference()?;
    pair.shrink();
    let difference = pair.difference().unwrap_or_else(|| "not the same each time".into());
    let events: String = pair.events.iter().map(|e| e.line() + "\n").collect();
    Some(format!(
        "SEPAL_SEED={seed} SEPAL_PAIR={n} cargo test -p sepal-exec --test differential -- \
         --nocapture\n{}\n{events}{difference}",
        pair.search()
    ))
}

#[test]
fn engine_and_interpreter_agree() {
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = setting("SEPAL_SEED").unwrap_or(clock.as_nanos() as u64 % 1_000_000_007);
    let pairs = match setting("SEPAL_PAIR") {
        Some(n) => n..n + 1,
        None => 0..setting("SEPAL_PAIRS").unwrap_or(10_000),
    };
    println!("SEPAL_SEED={seed}: {} pairs", pairs.end - pairs.start);
    let pairs_run = (pairs.end - pairs.start).max(1);
    let most = setting("SEPAL_FAILURES").unwrap_or(3) as usize;
    let (next, end) = (AtomicU64::new(pairs.start), pairs.end);
    let failures = Mutex::new(Vec::new());
    let empty = AtomicU64::new(0);
    let work = || {
        loop {
            let n = next.fetch_add(1, Relaxed);
            if n >= end || failures.lock().unwrap().len() >= most {
                return;
            }
            if let Some(failure) = check(seed, n, &empty) {
                failures.lock().unwrap().push(failure);
            }
        }
    };
    std::thread::scope(|s| (0..2).for_each(|_| drop(s.spawn(work))));
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "SEPAL_SEED={seed}\n\n{}", failures.join("\n\n"));
    let (empty, all) = (empty.into_inner(), pairs_run);
    println!(
        "SEPAL_SEED={seed}: {}.{} % of the results are empty",
        empty * 100 / all,
        empty * 1000 / all % 10
    );
    assert!(all < 1000 || empty * 4 < all, "{empty} of {all} results are empty: they prove little");
}
