//! English names of months and weekdays.

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The month of a full or three-letter name in any case, 1 to 12. `Sept` is also written.
pub(super) fn month(word: &[u8]) -> Option<u8> {
    if word.eq_ignore_ascii_case(b"sept") {
        return Some(9);
    }
    position(word, &MONTHS).map(|i| i + 1)
}

/// The weekday of a full or three-letter name in any case, 0 is Sunday.
pub(super) fn weekday(word: &[u8]) -> Option<u8> {
    position(word, &WEEKDAYS)
}

/// The month's name; the empty text for a number that is no month.
pub(super) fn month_name(month: u8) -> &'static str {
    MONTHS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or_default()
}

/// The weekday's name, 0 is Sunday.
pub(super) fn weekday_name(weekday: u8) -> &'static str {
    WEEKDAYS.get(usize::from(weekday)).copied().unwrap_or_default()
}

/// The three letters that a name is shortened to.
pub(super) fn short(name: &'static str) -> &'static str {
    name.get(..3).unwrap_or(name)
}

fn position(word: &[u8], names: &[&str]) -> Option<u8> {
    if word.len() < 3 {
        return None;
    }
    names
        .iter()
        .position(|name| {
            let name = name.as_bytes();
            word.eq_ignore_ascii_case(name)
                || (word.len() == 3 && name.get(..3).is_some_and(|n| n.eq_ignore_ascii_case(word)))
        })
        .map(|i| i as u8)
}
