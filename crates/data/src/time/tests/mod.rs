//! Tests of times, against Splunk's pages and in zones whose clocks change.

mod formats;
mod modifiers;
mod properties;
mod recognition;
mod spans;
mod values;

use super::{Time, TimeZone, parse_value, strftime, zone};

/// 2026-11-24 03:49:01 UTC, a Tuesday.
const NOW: Time = match Time::from_micros(1_795_492_141_000_000) {
    Some(time) => time,
    None => Time::EPOCH,
};

/// Half-hour offsets, both hemispheres, clocks that change at midnight and ones that never do.
const ZONES: [&str; 6] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
];

fn tz(name: &str) -> TimeZone {
    zone(name).unwrap()
}

/// The instant of an ISO text; one without a zone is UTC.
fn iso(text: &str) -> Time {
    parse_value(text, &TimeZone::UTC, NOW).unwrap_or_else(|| panic!("{text}"))
}

/// An instant on the wall of a zone, with the distance from UTC, for messages.
fn show(time: Option<Time>, tz: &TimeZone) -> String {
    time.map_or("none".to_owned(), |time| strftime(time, "%FT%T%:z", tz))
}
