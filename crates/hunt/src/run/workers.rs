//! Threads, and how they are stopped.

use sepal_content::parallel::watched;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// As much as the main thread has: searches may nest deeply.
const STACK: usize = 8 << 20;

/// How often the user's wish to stop is looked at.
const STEP: Duration = Duration::from_millis(50);

/// Brings the wish to stop to each run: a run takes its flag down when it heeds it.
pub(super) struct Stops {
    flags: Vec<Arc<AtomicBool>>,
    stopped: AtomicBool,
}

impl Stops {
    pub fn new(threads: usize) -> Stops {
        let flags = (0..threads).map(|_| Arc::default()).collect();
        Stops { flags, stopped: AtomicBool::new(false) }
    }

    /// Whether there is to be no other run.
    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Works while looking at `stop`.
    pub fn watch(&self, stop: &AtomicBool, work: impl FnOnce()) {
        let look = || {
            if stop.load(Ordering::SeqCst) {
                // whoever asks again, while something does not heed it, finds it raised
                if !self.stopped.swap(true, Ordering::SeqCst) {
                    stop.store(false, Ordering::SeqCst);
                }
                self.flags.iter().for_each(|f| f.store(true, Ordering::SeqCst));
            }
        };
        watched(STEP, look, work);
    }
}

/// Calls `work` with each number below `count` and a flag to stop it, on all threads; gives what
/// came out in the order of the numbers. None where it was stopped before.
pub(super) fn over<T: Send>(
    count: usize,
    stops: &Stops,
    work: impl Fn(usize, &Arc<AtomicBool>) -> T + Sync,
) -> Vec<Option<T>> {
    let next = AtomicUsize::new(0);
    let out: Mutex<Vec<Option<T>>> = Mutex::new((0..count).map(|_| None).collect());
    let run = |flag: &Arc<AtomicBool>| {
        while !stops.stopped() {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= count {
                return;
            }
            let done = work(n, flag);
            if let Some(place) = out.lock().unwrap_or_else(PoisonError::into_inner).get_mut(n) {
                *place = Some(done);
            }
        }
    };
    thread::scope(|scope| {
        for flag in stops.flags.iter().take(count) {
            let run = &run;
            let started =
                thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || run(flag));
            // no more threads to be had: the others do its work, at last this one
            if started.is_err() {
                break;
            }
        }
    });
    // where not even one could be started
    if let Some(flag) = stops.flags.first() {
        run(flag);
    }
    out.into_inner().unwrap_or_else(PoisonError::into_inner)
}
