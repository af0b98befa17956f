//! Many files over all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

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
        let running: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
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

#[cfg(test)]
mod tests {
    use super::in_order;

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
