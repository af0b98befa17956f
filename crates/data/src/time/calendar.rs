//! Calendar arithmetic in a time zone: moving by units and rounding down to them.

use super::civil::{civil_from_days, days_from_civil, days_in_month, offset_at, weekday_of};
use super::{Civil, DAY, SECOND, Snap, Time, TimeZone, Unit};

/// `time` plus `count` units.
///
/// Up to the hour a unit is a length of time. Days and weeks keep the time of day on the wall,
/// also over a change of the clocks; months, quarters and years keep the day of the month as well,
/// or take the month's last day where it is shorter. `None` when the result is out of range.
#[must_use]
pub fn shift(time: Time, count: i64, unit: Unit, tz: &TimeZone) -> Option<Time> {
    if count == 0 {
        return Some(time);
    }
    if let Some(micros) = unit.micros() {
        return time.checked_add_micros(count.checked_mul(micros)?);
    }
    let local = Civil::in_zone(time, tz);
    if let Some(months) = unit.months() {
        let total = i64::from(local.year) * 12 + i64::from(local.month) - 1;
        let total = total.checked_add(count.checked_mul(months)?)?;
        let (year, month) = (total.div_euclid(12), total.rem_euclid(12) as u8 + 1);
        let day = local.day.min(days_in_month(year, month));
        return Civil::date(year, month, day)?
            .at(local.hour, local.minute, local.second, local.micro)?
            .in_tz(tz);
    }
    let days = if unit == Unit::Week { count.checked_mul(7)? } else { count };
    let moved = local.to_local().checked_add(days.checked_mul(DAY)?)?;
    // The range check comes before the calendar, whose arithmetic is not checked.
    Time::from_micros(moved)?;
    Civil::from_local(moved).in_tz(tz)
}

/// The latest beginning of a unit, or of a weekday, that is not after `time`.
///
/// "Time modifiers", snap to time: it always rounds down; `@w` is Sunday, `@w1` Monday; a quarter
/// begins in January, April, July and October.
#[must_use]
pub fn snap(time: Time, snap: Snap, tz: &TimeZone) -> Option<Time> {
    let unit = match snap {
        Snap::Weekday(weekday) => return week_start(time, weekday, tz),
        Snap::Unit(Unit::Week) => return week_start(time, 0, tz),
        Snap::Unit(unit) => unit,
    };
    if let Some(micros) = unit.micros() {
        // Whole units on the wall, under the offset of this very instant: an hour that the clocks
        // repeat is not taken back into the one before.
        let local = time.as_micros() + i64::from(offset_at(time, tz)) * SECOND;
        return time.checked_add_micros(-local.rem_euclid(micros));
    }
    let local = Civil::in_zone(time, tz);
    let (month, day) = match unit {
        Unit::Year => (1, 1),
        Unit::Quarter => ((local.month - 1) / 3 * 3 + 1, 1),
        Unit::Month => (local.month, 1),
        _ => (local.month, local.day),
    };
    midnight(days_from_civil(i64::from(local.year), month, day), tz)
}

fn week_start(time: Time, weekday: u8, tz: &TimeZone) -> Option<Time> {
    let days = Civil::in_zone(time, tz).days();
    let back = (i64::from(weekday_of(days)) - i64::from(weekday)).rem_euclid(7);
    midnight(days - back, tz)
}

/// The first instant of a day, given as days since 1970-01-01.
pub(super) fn midnight(days: i64, tz: &TimeZone) -> Option<Time> {
    let micros = days.checked_mul(DAY)?;
    Time::from_micros(micros)?;
    Civil::from_local(micros).in_tz(tz)
}

/// The first instant of a month, given as months since January 1970.
pub(super) fn month_start(months: i64, tz: &TimeZone) -> Option<Time> {
    let total = months.checked_add(1970 * 12)?;
    Civil::date(total.div_euclid(12), total.rem_euclid(12) as u8 + 1, 1)?.in_tz(tz)
}

/// Months since January 1970 of the month that a day number is in.
pub(super) fn month_of(days: i64) -> i64 {
    let (year, month, _) = civil_from_days(days);
    (year - 1970) * 12 + i64::from(month) - 1
}
