//! The real world, as far as a run may see it.

use jiff::tz::TimeZone;
use sepal_exec::host::Host;

/// The zone of `--tz`, else the system's. An unknown name is reported where the run begins; here it
/// is UTC.
pub fn zone(name: Option<&str>) -> TimeZone {
    match name {
        Some(name) => named_zone(name).unwrap_or(TimeZone::UTC),
        None => TimeZone::system(),
    }
}

/// The zone of that name, or a fixed offset such as `+02:00`.
pub fn named_zone(name: &str) -> Option<TimeZone> {
    sepal_data::time::zone(name).ok()
}

/// The command line's host: the clock as it was when the run began, or `--now`.
pub struct SystemHost {
    /// Microseconds since the epoch.
    pub now: i64,
    /// Of times without a zone, and of times that are shown.
    pub time_zone: TimeZone,
    /// Of `random()`.
    pub seed: u64,
}

impl SystemHost {
    /// The clock's time, in a zone.
    pub fn at_clock(time_zone: TimeZone) -> SystemHost {
        let now = jiff::Timestamp::now().as_microsecond();
        SystemHost { now, time_zone, seed: now.unsigned_abs() }
    }
}

impl Host for SystemHost {
    fn now(&self) -> i64 {
        self.now
    }
    fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }
    fn seed(&self) -> u64 {
        self.seed
    }
}
