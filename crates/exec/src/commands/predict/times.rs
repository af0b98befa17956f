//! The times of rows that are not there yet.

use sepal_data::time::calendar::shift;
use sepal_data::time::{Civil, Time, TimeZone, Unit};

/// How far rows are apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    /// So many seconds.
    Seconds(f64),
    /// So many days on the wall, or months.
    Calendar(i64, Unit),
}

/// How far the rows of these times are apart, and whether all of them are. Rows at the same time of
/// day are days apart, or months, over changes of the clocks; else the smallest distance counts.
/// None where they do not ascend, or are fewer than two.
pub(super) fn step(times: &[f64], tz: &TimeZone) -> Option<(Step, bool)> {
    let gaps = || times.windows(2).filter_map(|w| Some(w.get(1)? - w.first()?));
    let least = gaps().fold(f64::INFINITY, f64::min);
    if !least.is_finite() || least <= 0.0 {
        return None;
    }
    let civil = |t: &f64| Time::from_secs_f64(*t).map(|t| Civil::in_zone(t, tz));
    let days: Option<Vec<Civil>> = times.iter().map(civil).collect();
    if let Some(days) = days.filter(|d| d.iter().all(|c| same_clock(c, d.first()))) {
        let days_apart = |a: &Civil, b: &Civil| b.days() - a.days();
        if let Some(n) = constant(&days, days_apart) {
            return Some((Step::Calendar(n, Unit::Day), true));
        }
        let month = |c: &Civil| i64::from(c.year) * 12 + i64::from(c.month);
        let months_apart = |a: &Civil, b: &Civil| month(b) - month(a);
        if days.iter().all(|c| Some(c.day) == days.first().map(|f| f.day))
            && let Some(n) = constant(&days, months_apart)
        {
            return Some((Step::Calendar(n, Unit::Month), true));
        }
    }
    let even = gaps().all(|g| (g - least).abs() < 1e-3);
    Some((Step::Seconds(least), even))
}

fn same_clock(a: &Civil, b: Option<&Civil>) -> bool {
    let clock = |c: &Civil| (c.hour, c.minute, c.second, c.micro);
    b.is_some_and(|b| clock(a) == clock(b))
}

/// The distance, where it is the same between all.
fn constant(all: &[Civil], apart: impl Fn(&Civil, &Civil) -> i64) -> Option<i64> {
    let mut gaps = all.windows(2).filter_map(|w| Some(apart(w.first()?, w.get(1)?)));
    let first = gaps.next().filter(|n| *n > 0)?;
    gaps.all(|n| n == first).then_some(first)
}

/// `time` and `count` steps more.
pub(super) fn after(time: f64, count: i64, step: Step, tz: &TimeZone) -> Option<f64> {
    match step {
        Step::Seconds(s) => Some(time + count as f64 * s),
        Step::Calendar(n, unit) => {
            let time = Time::from_secs_f64(time)?;
            shift(time, count.checked_mul(n)?, unit, tz).map(Time::as_secs_f64)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(year: i64, month: u8, day: u8, tz: &TimeZone) -> f64 {
        Civil::date(year, month, day).unwrap().in_tz(tz).unwrap().as_secs_f64()
    }

    #[test]
    fn days_and_months_keep_the_time_of_day_over_a_change_of_the_clocks() {
        let tz = TimeZone::get("America/New_York").unwrap();
        // the clocks change on 8 March 2026: that day has 23 hours
        let days: Vec<f64> = [6, 7, 8].map(|d| at(2026, 3, d, &tz)).to_vec();
        assert_eq!(step(&days, &tz), Some((Step::Calendar(1, Unit::Day), true)));
        let next = after(days[2], 1, Step::Calendar(1, Unit::Day), &tz).unwrap();
        assert_eq!((next, next - days[2]), (at(2026, 3, 9, &tz), 23.0 * 3600.0));
        let months: Vec<f64> = [1, 2, 3].map(|m| at(2026, m, 1, &tz)).to_vec();
        assert_eq!(step(&months, &tz), Some((Step::Calendar(1, Unit::Month), true)));
        let next = after(months[2], 2, Step::Calendar(1, Unit::Month), &tz).unwrap();
        assert_eq!(next, at(2026, 5, 1, &tz));
    }

    #[test]
    fn rows_that_do_not_ascend_have_no_step() {
        let tz = TimeZone::UTC;
        assert_eq!(step(&[3.0, 2.0], &tz), None);
        assert_eq!(step(&[3.0, 3.0], &tz), None);
        assert_eq!(step(&[3.0], &tz), None);
        assert_eq!(step(&[1.0, 1.5, 3.0], &tz), Some((Step::Seconds(0.5), false)));
    }
}
