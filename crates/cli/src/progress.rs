//! A line on standard error that says how far a long search has come.

use crate::cmd::count;
use crate::engine::Progress;
use sepal_content::parallel::watched;
use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Nothing is shown for searches faster than this.
const QUIET: Duration = Duration::from_secs(1);

/// How often the line changes.
const STEP: Duration = Duration::from_millis(200);

/// Does the work, showing its progress where `shown` is true (standard error is a terminal).
pub fn watch<T>(shown: bool, progress: &Progress, work: impl FnOnce() -> T) -> T {
    let text = |elapsed| line(progress.read(), progress.total.load(Ordering::Relaxed), elapsed);
    watch_line(shown, &text, work)
}

/// The same with a line of its own, made of the time since the beginning.
pub fn watch_line<T>(
    shown: bool,
    line: &(dyn Fn(Duration) -> String + Sync),
    work: impl FnOnce() -> T,
) -> T {
    if !shown {
        return work();
    }
    let begin = Instant::now();
    let mut drawn = Drawn(false);
    let look = || {
        let elapsed = begin.elapsed();
        if elapsed >= QUIET {
            draw(&format!("\r\x1b[2K{}", line(elapsed)));
            drawn.0 = true;
        }
    };
    watched(STEP, look, work)
}

/// Whether there is a line; it goes when the work has ended, also by a panic.
struct Drawn(bool);

impl Drop for Drawn {
    fn drop(&mut self) {
        if self.0 {
            draw("\r\x1b[2K");
        }
    }
}

fn draw(text: &str) {
    let mut err = std::io::stderr().lock();
    // a terminal that went away is no reason to stop the search
    let _ = err.write_all(text.as_bytes());
    let _ = err.flush();
}

fn line(read: (u64, u64), total: u64, elapsed: Duration) -> String {
    let (events, bytes) = read;
    let speed = bytes as f64 / 1e6 / elapsed.as_secs_f64().max(1e-9);
    let mut text = format!("{}, {speed:.0} MB/s", count(events, "event"));
    if total > 0 {
        let percent = (bytes.min(total) as f64 * 100.0 / total as f64).floor();
        text.push_str(&format!(", {percent:.0} %"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_events_speed_and_share() {
        let read = (1_234_567, 500_000_000);
        let two = Duration::from_secs(2);
        assert_eq!(line(read, 0, two), "1,234,567 events, 250 MB/s");
        assert_eq!(line(read, 1_000_000_000, two), "1,234,567 events, 250 MB/s, 50 %");
    }
}
