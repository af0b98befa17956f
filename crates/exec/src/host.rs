//! The only door to clock, time zone, randomness and files, so that a run can be repeated.

use jiff::tz::TimeZone;
use std::io::{self, Read};
use std::path::Path;

/// What a run may ask of the world.
pub trait Host: Send + Sync {
    /// The time that `now()` and relative time modifiers count from, microseconds since the epoch.
    fn now(&self) -> i64;
    /// The time zone of times without one, and of times that are shown.
    fn time_zone(&self) -> &TimeZone;
    /// The seed of `random()`.
    fn seed(&self) -> u64;
    /// Opens a file that the user named.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send>>;
}

/// A host with everything given: tests, `--now`, `--tz`.
#[derive(Clone, Debug)]
pub struct FixedHost {
    /// Microseconds since the epoch.
    pub now: i64,
    /// The time zone.
    pub time_zone: TimeZone,
    /// The seed of `random()`.
    pub seed: u64,
}

impl Default for FixedHost {
    /// 2026-01-01T00:00:00Z, UTC, seed 0.
    fn default() -> Self {
        FixedHost { now: 1_767_225_600_000_000, time_zone: TimeZone::UTC, seed: 0 }
    }
}

impl Host for FixedHost {
    fn now(&self) -> i64 {
        self.now
    }
    fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }
    fn seed(&self) -> u64 {
        self.seed
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(std::fs::File::open(path)?))
    }
}
