//! Time zones by name, offset or abbreviation.

use std::sync::LazyLock;

use jiff::tz::{Offset, TimeZoneDatabase};

use super::civil::local_offsets;
use super::cursor::Cursor;
use super::{Civil, TimeError, TimeZone};

const EXPECTED: &str = "a zone such as Europe/Berlin, UTC, EST5EDT or +02:00";

/// Only the database that is built in, so that a run gives the same on every machine.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The time zone of a name: of the tz database in any letter case (`Europe/Berlin`, `EST5EDT`), a
/// POSIX rule (`CET-1CEST,M3.5.0,M10.5.0/3`), `UTC`, or a distance from UTC (`+02:00`, `-0500`,
/// `+2`, `UTC+2`, where plus is east in all of them).
///
/// Getting Data In, "Specify time zones for timestamps", and "Date and time format variables",
/// which name the tz database.
///
/// # Errors
/// When no zone has that name; the message offers near ones.
pub fn zone(name: &str) -> Result<TimeZone, TimeError> {
    let text = name.trim();
    let upper = text.to_ascii_uppercase();
    if matches!(upper.as_str(), "UTC" | "GMT" | "Z" | "ZULU") {
        return Ok(TimeZone::UTC);
    }
    let distance = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT"));
    if let Some(zone) = fixed(distance.unwrap_or(&upper)) {
        return Ok(zone);
    }
    if let Ok(zone) = DATABASE.get(text) {
        return Ok(zone);
    }
    // A rule has a digit and a comma; without one POSIX leaves open when the clocks change.
    if text.contains(',')
        && let Ok(zone) = TimeZone::posix(text)
    {
        return Ok(zone);
    }
    Err(TimeError::new(unknown(text), EXPECTED, 0..name.len()))
}

/// The zone of a distance from UTC; `None` where the text is none.
fn fixed(text: &str) -> Option<TimeZone> {
    let bytes = text.as_bytes();
    let seconds = match bytes {
        [sign @ (b'+' | b'-'), digit @ b'0'..=b'9'] => {
            let hours = i32::from(digit - b'0');
            if *sign == b'-' { -3600 * hours } else { 3600 * hours }
        }
        _ => {
            let mut at = Cursor::new(bytes, 0);
            let seconds = at.offset()?;
            if !at.done() {
                return None;
            }
            seconds
        }
    };
    Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
}

fn unknown(text: &str) -> String {
    let wanted = text.to_ascii_lowercase().replace(' ', "_");
    let mut near = Vec::new();
    if wanted.len() >= 3 {
        let names = DATABASE.available().map(|name| name.as_str().to_owned());
        near.extend(names.filter(|name| name.to_ascii_lowercase().contains(&wanted)).take(3));
    }
    let mut message = format!("no time zone is called {text:?}");
    if !near.is_empty() {
        message.push_str(&format!(" (did you mean {}?)", near.join(" or ")));
    }
    message
}

/// Seconds east of UTC of an abbreviation, or of digits that stand for one (`+03`), in a text with
/// that wall-clock time. The zone's own abbreviations go first: CST is another in Shanghai than in
/// Chicago. `None` for an unknown one.
pub(super) fn abbreviation_offset(name: &[u8], civil: Civil, tz: &TimeZone) -> Option<i32> {
    let (before, after) = local_offsets(civil, tz);
    for offset in [before, after] {
        let own = civil
            .at_offset(offset)
            .map(|time| tz.to_offset_info(time.to_jiff()))
            .filter(|info| info.offset().seconds() == offset)
            .is_some_and(|info| info.abbreviation().as_bytes().eq_ignore_ascii_case(name));
        if own {
            return Some(offset);
        }
    }
    let name = std::str::from_utf8(name).ok()?;
    let mut at = Cursor::new(name.as_bytes(), 0);
    if let Some(offset) = at.offset() {
        return at.done().then_some(offset);
    }
    let upper = name.to_ascii_uppercase();
    ABBREVIATIONS.iter().find(|(abbreviation, _)| *abbreviation == upper).map(|(_, m)| m * 60)
}

/// Minutes east of UTC of common abbreviations. Of those that several zones use, the North
/// American and then the European one, as RFC 2822 and most parsers have it.
const ABBREVIATIONS: [(&str, i32); 41] = [
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("Z", 0),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("AST", -240),
    ("ADT", -180),
    ("NST", -210),
    ("NDT", -150),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
    ("WET", 0),
    ("WEST", 60),
    ("BST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("MET", 60),
    ("MEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("SAST", 120),
    ("IST", 330),
    ("SGT", 480),
    ("HKT", 480),
    ("AWST", 480),
    ("JST", 540),
    ("KST", 540),
    ("ACST", 570),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
];
