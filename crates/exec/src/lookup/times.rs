use super::definition::TimeBound;
use super::table::Column;
use jiff::tz::TimeZone;
use sepal_data::number;
use sepal_data::time::{Time, strptime};

/// The time of a row that has none: it matches no event.
pub(super) const NO_TIME: i64 = i64::MIN;

/// The times in a column as microseconds since the epoch, and how many cells could not be read.
pub fn parse_times(
    column: &Column,
    bound: &TimeBound,
    zone: &TimeZone,
    now: Time,
) -> (Vec<i64>, u64) {
    let mut unread = 0;
    let times = (0..column.len() as u32).map(|row| {
        let cell = column.get(row).trim();
        let time = match &bound.format {
            None => number::parse(cell).map(micros),
            Some(format) => strptime(cell, format, zone, now).map(|t| t.as_micros()),
        };
        time.unwrap_or_else(|| {
            unread += 1;
            NO_TIME
        })
    });
    let times = times.collect();
    (times, unread)
}

/// Seconds as microseconds, at the nearest end where they do not fit.
pub(crate) fn micros(secs: f64) -> i64 {
    (secs * 1e6).round() as i64
}
