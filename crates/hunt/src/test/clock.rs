//! What ends tests: their time limit, the user, and a failure where one is enough.

use sepal_content::parallel::watched;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often it is looked at.
const STEP: Duration = Duration::from_millis(25);

/// Watches over tests that run.
pub struct Clock {
    stop: Arc<AtomicBool>,
    limit: Option<Duration>,
    /// The user asked to stop.
    stopped: AtomicBool,
    /// No other test is to run.
    halted: AtomicBool,
    running: Mutex<Vec<Arc<Running>>>,
}

/// A test that runs.
pub(super) struct Running {
    /// What its runs look at.
    pub flag: Arc<AtomicBool>,
    begin: Instant,
    over: AtomicBool,
}

impl Running {
    /// Whether its time was over.
    pub fn over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
}

impl Clock {
    /// `stop` is raised by the user; `limit` is the most time that a test may take.
    pub fn new(stop: Arc<AtomicBool>, limit: Option<Duration>) -> Clock {
        let (stopped, halted) = (AtomicBool::new(false), AtomicBool::new(false));
        Clock { stop, limit, stopped, halted, running: Mutex::default() }
    }

    /// The most time that a test may take.
    pub fn limit(&self) -> Option<Duration> {
        self.limit
    }

    /// Whether the user asked to stop.
    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Whether no other test is to run.
    pub fn halted(&self) -> bool {
        self.halted.load(Ordering::SeqCst)
    }

    /// Lets no other test run and ends those that do.
    pub fn halt(&self) {
        self.halted.store(true, Ordering::SeqCst);
    }

    /// Works while watching.
    pub fn watch<T>(&self, work: impl FnOnce() -> T) -> T {
        watched(STEP, || self.look(), work)
    }

    fn look(&self) {
        if self.stop.load(Ordering::SeqCst) {
            // a second wish, while something does not heed the first, ends the process
            self.stopped.store(true, Ordering::SeqCst);
            self.halt();
        }
        for one in self.running.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let over = self.limit.is_some_and(|limit| one.begin.elapsed() >= limit);
            if over && !self.halted() {
                one.over.store(true, Ordering::SeqCst);
            }
            // again and again: the first request ends the reading, one after that the rest
            if over || self.halted() {
                one.flag.store(true, Ordering::SeqCst);
            }
        }
    }

    /// Does the work of one test, with what it looks at.
    pub(super) fn time<T>(&self, work: impl FnOnce(&Running) -> T) -> (T, Arc<Running>) {
        let one =
            Running { flag: Arc::default(), begin: Instant::now(), over: AtomicBool::new(false) };
        let one = Arc::new(one);
        let running = || self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running().push(Arc::clone(&one));
        let result = work(&one);
        running().retain(|other| !Arc::ptr_eq(other, &one));
        (result, one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// Waits for the flag, at most ten seconds.
    fn raised(flag: &AtomicBool) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(10) {
            if flag.load(Ordering::SeqCst) {
                return true;
            }
            thread::sleep(Duration::from_millis(1));
        }
        false
    }

    #[test]
    fn a_limit_ends_a_test_and_no_other() {
        let clock = Clock::new(Arc::default(), Some(Duration::from_millis(40)));
        clock.watch(|| {
            let (slow, one) = clock.time(|r| raised(&r.flag));
            assert!(slow && one.over());
            let (quick, one) = clock.time(|r| r.flag.load(Ordering::SeqCst));
            assert!(!quick && !one.over());
        });
        assert!(!clock.stopped() && !clock.halted());
    }

    #[test]
    fn the_user_ends_all_and_a_flag_that_was_taken_down_is_raised_again() {
        let stop = Arc::new(AtomicBool::new(false));
        let clock = Clock::new(Arc::clone(&stop), None);
        clock.watch(|| {
            let (ended, one) = clock.time(|r| {
                stop.store(true, Ordering::SeqCst);
                let first = raised(&r.flag);
                r.flag.store(false, Ordering::SeqCst);
                first && raised(&r.flag)
            });
            assert!(ended && !one.over());
        });
        assert!(clock.stopped() && clock.halted());
    }
}
