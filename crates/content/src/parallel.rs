//! Many files over all cores, and a look now and then at work that goes on.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// As much as the main thread has: searches may nest deeply.
const STACK: usize = 8 << 20;

/// What `work` makes of each item, in the order of the items; it gives none for what is left out.
/// `threads` none: as many as there are cores.
///
/// # Panics
/// Where `work` does: a bug must not make items vanish.
pub fn in_order<I: Sync, T: Send>(
    items: &[I],
    threads: Option<usize>,
    work: impl Fn(&I) -> Option<T> + Sync,
) -> Vec<T> {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.unwrap_or_else(cores).min(items.len());
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(n) else { return done };
            done.extend(work(item).map(|made| (n, made)));
        }
    };
    let mut all: Vec<(usize, T)> = thread::scope(|scope| {
        // where no more threads are to be had, the others do their work, at last this one
        let start = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).ok();
        let running: Vec<_> = (1..threads).map_while(start).collect();
        let mut all = run();
        for thread in running {
            match thread.join() {
                Ok(more) => all.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_by_key(|(n, _)| *n);
    all.into_iter().map(|(_, made)| made).collect()
}

/// Does the work while another thread calls `look`: at once, then every `step` until the work ends.
pub fn watched<T>(step: Duration, mut look: impl FnMut() + Send, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                look();
                thread::park_timeout(step);
            }
        });
        // also when the work panics, or the scope would wait for ever
        let _finish = Finish { done: &done, watcher: watcher.thread().clone() };
        work()
    })
}

struct Finish<'a> {
    done: &'a AtomicBool,
    watcher: thread::Thread,
}

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Release);
        self.watcher.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::{in_order, watched};
    use std::sync::mpsc;
    use std::time::Duration;

    #[test]
    fn it_is_looked_at_until_the_work_ends() {
        let (looked, looks) = mpsc::channel();
        // nobody listens any more once the work has ended
        let look = || looked.send(()).unwrap_or_default();
        let made = watched(Duration::from_millis(1), look, || {
            looks.recv().unwrap();
            looks.recv().unwrap();
            7
        });
        assert_eq!(made, 7);
    }

    #[test]
    #[should_panic(expected = "a bug")]
    fn a_panic_ends_the_looking() {
        watched(Duration::from_secs(3600), || (), || panic!("a bug"));
    }

    #[test]
    fn the_order_is_that_of_the_items() {
        let items: Vec<usize> = (0..100).collect();
        for threads in [None, Some(1), Some(7), Some(1000)] {
            let even = in_order(&items, threads, |n| (n % 2 == 0).then_some(n * 10));
            assert_eq!(even, (0..50).map(|n| n * 20).collect::<Vec<_>>(), "{threads:?}");
        }
        assert!(in_order(&[] as &[u8], None, |n| Some(*n)).is_empty());
    }

    #[test]
    #[should_panic(expected = "a bug")]
    fn a_panic_is_not_lost() {
        in_order(&[0, 1, 2, 3], Some(2), |n| if *n == 3 { panic!("a bug") } else { Some(*n) });
    }
}
