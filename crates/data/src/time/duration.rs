//! `tostring(X, "duration")`.

/// Seconds as `HH:MM:SS`, with `D+` in front from one day on and six decimals where the seconds
/// are not whole: 615 is `00:10:15`, 93784.5 is `1+02:03:04.500000`. A negative duration has a
/// minus sign. `None` for what is not a finite number.
///
/// Search Reference, "Conversion functions", `tostring`.
#[must_use]
pub fn duration_text(secs: f64) -> Option<String> {
    if !secs.is_finite() {
        return None;
    }
    // Saturates above 10^38 microseconds, which nobody waits for.
    let micros = (secs.abs() * 1e6).round() as u128;
    let (whole, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let sign = if secs < 0.0 && micros > 0 { "-" } else { "" };
    let days = match whole / 86_400 {
        0 => String::new(),
        days => format!("{days}+"),
    };
    let (hours, minutes, seconds) = (whole / 3600 % 24, whole / 60 % 60, whole % 60);
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:06}") };
    Some(format!("{sign}{days}{hours:02}:{minutes:02}:{seconds:02}{fraction}"))
}
