//! What is said after the rows.

use super::without_number;
use crate::engine::Summary;
use crate::output::{Hidden, visible};
use crate::render::{self, Look};
use std::time::Duration;

/// A count with its noun: `1 row`, `1,234 rows`.
pub(crate) fn count(n: u64, noun: &str) -> String {
    let digits = n.to_string();
    let mut shown = String::new();
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(d);
    }
    format!("{shown} {noun}{}", if n == 1 { "" } else { "s" })
}

pub(crate) fn time(t: Duration) -> String {
    let ms = t.as_secs_f64() * 1e3;
    match ms {
        ms if ms < 0.1 => format!("{:.0} µs", ms * 1e3),
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms if ms < 60_000.0 => format!("{:.2} s", ms / 1e3),
        ms => format!("{} min {:.0} s", (ms / 60_000.0).floor(), (ms / 1e3) % 60.0),
    }
}

pub(crate) fn bytes(n: u64) -> String {
    let mut size = n as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if size < 1000.0 || unit == "GB" {
            let digits = if unit == "B" || size >= 100.0 { 0 } else { 1 };
            return format!("{size:.digits$} {unit}");
        }
        size /= 1000.0;
    }
    format!("{n} B")
}

/// `3 rows from 214 events (57 matched, 1 damaged) in 12 ms`.
pub(crate) fn footer(rows: usize, hidden: Hidden, s: &Summary) -> String {
    let mut out = count(rows as u64, "row");
    if s.files > 0 || s.events > 0 {
        out.push_str(&format!(" from {}", count(s.events, "event")));
        let mut parts =
            vec![format!("{} matched", count(s.matched, "").trim_end_matches([' ', 's']))];
        if s.damaged > 0 {
            parts.push(format!("{} damaged", count(s.damaged, "").trim_end_matches([' ', 's'])));
        }
        out.push_str(&format!(" ({})", parts.join(", ")));
    }
    out.push_str(&format!(" in {}", time(s.elapsed)));
    if s.partial {
        out.push_str("; STOPPED: only the events read so far");
    }
    out.push('\n');
    if hidden.rows > 0 {
        out.push_str(&format!("{} not shown\n", count(hidden.rows as u64, "more row")));
    }
    if hidden.columns > 0 {
        let fields = count(hidden.columns as u64, "more field");
        out.push_str(&format!(
            "{fields} of the events not shown: add | table ... or --format json\n"
        ));
    }
    out
}

/// The damaged events and the run's notices, as warnings.
pub(crate) fn notices(s: &Summary, look: Look) -> String {
    let mut out = String::new();
    if s.damaged > 0 {
        let mut text = format!("{} kept as text", count(s.damaged, "damaged event"));
        if !s.damaged_at.is_empty() {
            let places: Vec<_> = s.damaged_at.iter().map(|p| visible(p, false)).collect();
            text.push_str(&format!(": {}", places.join(", ")));
            if (s.damaged_at.len() as u64) < s.damaged {
                text.push_str(", ...");
            }
        }
        out.push_str(&render::warning("SPL5001", &text, look));
    }
    for e in &s.input_errors {
        let text = format!("{}; the events before that count", without_number(&e.to_string()));
        out.push_str(&render::error(Some("SPL5101"), &text, look));
    }
    for (notice, n) in &s.notices {
        let times = if *n > 1 { format!(" ({})", count(*n, "time")) } else { String::new() };
        out.push_str(&render::warning(notice.code, &format!("{}{times}", notice.message), look));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(1_234_567, "row"), "1,234,567 rows");
        assert_eq!(count(0, "event"), "0 events");
        assert_eq!(time(Duration::from_micros(15)), "15 µs");
        assert_eq!(time(Duration::from_micros(1_500)), "1.5 ms");
        assert_eq!(time(Duration::from_millis(61_000)), "1 min 1 s");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_234_567), "1.2 MB");
    }
}
