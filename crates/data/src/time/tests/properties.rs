use proptest::prelude::*;

use super::super::calendar::{shift, snap};
use super::super::civil::{civil_from_days, days_from_civil};
use super::super::{
    Civil, Snap, Span, Time, TimeZone, Unit, duration_text, floor_to_span, next_bin, parse_epoch,
    parse_explicit, parse_modifier, parse_span, parse_value, recognize, strftime, strptime, zone,
};
use super::{NOW, ZONES, tz};

const UNITS: [Unit; 12] = [
    Unit::Microsecond,
    Unit::Millisecond,
    Unit::Centisecond,
    Unit::Decisecond,
    Unit::Second,
    Unit::Minute,
    Unit::Hour,
    Unit::Day,
    Unit::Week,
    Unit::Month,
    Unit::Quarter,
    Unit::Year,
];

/// Formats that name an instant to the microsecond, whatever the zone.
const COMPLETE: [&str; 8] = [
    "%Y-%m-%dT%H:%M:%S.%6N%z",
    "%Y-%m-%dT%H:%M:%S.%6Q%:z",
    "%F %T.%N %::z",
    "%A, %d %B %Y %I:%M:%S.%f %p %z",
    "%j/%Y %k:%M:%S.%9N %Ez",
    "%G-W%V-%u %H%M%S.%6N %z",
    "%Y %U %w %r %6N %z",
    "%s.%6N",
];

fn zone_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(ZONES.as_slice())
}

/// Modern times, with every second of the hours around changes of the clocks well covered.
fn modern() -> impl Strategy<Value = Time> {
    (0i64..4_102_444_800, 0i64..1_000_000)
        .prop_map(|(secs, micros)| Time::from_micros(secs * 1_000_000 + micros).unwrap())
}

fn any_time() -> impl Strategy<Value = Time> {
    (Time::MIN.as_micros()..=Time::MAX.as_micros()).prop_map(|m| Time::from_micros(m).unwrap())
}

/// Texts that look like times and are not quite.
fn timeish() -> impl Strategy<Value = String> {
    prop_oneof![
        ".*",
        "[-+@0-9a-z.: /TZ%()é]{0,40}",
        "[0-9]{1,4}[-/.][0-9]{1,3}[-/.][0-9]{1,5}[T ][0-9]{1,3}:[0-9]{1,3}(:[0-9]{1,3})?.{0,6}",
        "(Tue |Nov |24 |2026 |03:49:01 |[A-Z]{1,5} |[0-9]{1,20} ){0,6}",
        "[-+][0-9]{0,22}(s|m|h|d|w|mon|q|y|us)(@(s|h|d|w[0-9]|mon|q|y))?",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_panics(text in timeish(), format in "(%[-_0^:1-9E]?[A-Za-z+%]|.){0,12}",
                      name in zone_name(), now in any_time()) {
        let tz = tz(name);
        for lookahead in [0, 5, 128, usize::MAX] {
            let _ = recognize(text.as_bytes(), lookahead, &tz, now);
        }
        let _ = parse_value(&text, &tz, now);
        let _ = parse_explicit(&text, &tz, now);
        let _ = parse_epoch(&text);
        let _ = strftime(now, &format, &tz);
        let _ = strptime(&text, &format, &tz, now);
        let _ = strptime(&strftime(now, &format, &tz), &format, &tz, now);
        let _ = zone(&text);
        match parse_modifier(&text) {
            Ok(modifier) => { let _ = modifier.apply(now, &tz); }
            Err(error) => prop_assert!(text.get(error.span.clone()).is_some(), "{error:?}"),
        }
        match parse_span(&text) {
            Ok(span) => {
                let floor = floor_to_span(now, &span, &tz, None);
                let _ = next_bin(floor, &span, &tz);
            }
            Err(error) => prop_assert!(text.get(error.span.clone()).is_some(), "{error:?}"),
        }
    }

    #[test]
    fn no_bytes_panic(raw in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = recognize(&raw, 128, &TimeZone::UTC, NOW);
    }

    #[test]
    fn no_number_panics(number in any::<f64>(), count in any::<i64>(), at in any_time(),
                        name in zone_name(), unit in prop::sample::select(UNITS.as_slice())) {
        let tz = tz(name);
        let _ = Time::from_secs_f64(number);
        let _ = duration_text(number);
        let _ = shift(at, count, unit, &tz);
        let _ = snap(at, Snap::Unit(unit), &tz);
        if let Some(span) = Span::new(count, unit) {
            let floor = floor_to_span(at, &span, &tz, Time::from_secs_f64(number));
            let _ = next_bin(floor, &span, &tz);
        }
    }

    #[test]
    fn what_strftime_writes_strptime_reads(time in modern(), name in zone_name()) {
        let tz = tz(name);
        for format in COMPLETE {
            let text = strftime(time, format, &tz);
            prop_assert_eq!(strptime(&text, format, &tz, NOW), Some(time), "{} {}", format, text);
        }
        // Without subseconds, with the zone's name, which also tells the two sides of a change.
        let whole = Time::from_secs(time.as_secs()).unwrap();
        let text = strftime(time, "%+", &tz);
        prop_assert_eq!(strptime(&text, "%+", &tz, NOW), Some(whole), "{}", text);
    }

    #[test]
    fn values_are_read_as_written(time in modern(), name in zone_name()) {
        let tz = tz(name);
        for format in ["%Y-%m-%dT%H:%M:%S.%6N%:z", "%F %T.%f %z", "%d/%b/%Y:%T.%6N %z",
                       "%Y%m%dT%H%M%S.%6N%z", "%a, %d %b %Y %T.%6N %z"] {
            let text = strftime(time, format, &tz);
            prop_assert_eq!(parse_value(&text, &TimeZone::UTC, NOW), Some(time), "{}", text);
            let raw = format!("level=info at [{text}] done");
            prop_assert_eq!(
                recognize(raw.as_bytes(), 128, &TimeZone::UTC, NOW), Some(time), "{}", raw
            );
        }
        prop_assert_eq!(parse_explicit(&time.epoch_text(), &tz, NOW), Some(time));
    }

    /// jiff is the second opinion on the hand-written calendar.
    #[test]
    fn the_calendar_agrees_with_jiff(days in -4_000_000i64..2_900_000, time in modern(),
                                     name in zone_name()) {
        let (year, month, day) = civil_from_days(days);
        prop_assert_eq!(days_from_civil(year, month, day), days);
        if let Ok(date) = jiff::civil::Date::new(year as i16, month as i8, day as i8) {
            let epoch = jiff::civil::date(1970, 1, 1);
            prop_assert_eq!(date.duration_since(epoch).as_hours() / 24, days);
            if let Some(civil) = Civil::date(year, month, day) {
                prop_assert_eq!(civil.day_of_year() as i16, date.day_of_year());
                prop_assert_eq!(civil.weekday() as i8, date.weekday().to_sunday_zero_offset());
                let week = date.iso_week_date();
                let expected = (i64::from(week.year()), week.week() as u8);
                prop_assert_eq!(civil.iso_week(), expected);
            }
        }
        let tz = tz(name);
        let theirs = tz.to_datetime(time.to_jiff());
        let ours = Civil::in_zone(time, &tz);
        prop_assert_eq!(
            (ours.year, ours.month as i8, ours.day as i8, ours.hour as i8, ours.minute as i8),
            (i32::from(theirs.year()), theirs.month(), theirs.day(), theirs.hour(), theirs.minute())
        );
        let expected = tz.to_timestamp(theirs).unwrap().as_microsecond();
        prop_assert_eq!(ours.in_tz(&tz).unwrap().as_micros(), expected);
    }

    #[test]
    fn snapping_rounds_down_and_stays(time in modern(), name in zone_name(),
                                      unit in prop::sample::select(UNITS.as_slice()),
                                      weekday in 0u8..7) {
        let tz = tz(name);
        for to in [Snap::Unit(unit), Snap::Weekday(weekday)] {
            let start = snap(time, to, &tz).unwrap();
            prop_assert!(start <= time);
            // Lord Howe's repeated half hour begins in the middle of an hour of the wall.
            if name != "Australia/Lord_Howe" {
                prop_assert_eq!(snap(start, to, &tz), Some(start), "{:?}", to);
            }
        }
    }

    #[test]
    fn a_bin_holds_its_times(time in modern(), name in zone_name(), count in 1i64..40,
                             unit in prop::sample::select(UNITS.as_slice())) {
        let tz = tz(name);
        let span = Span::new(count, unit).unwrap();
        let start = floor_to_span(time, &span, &tz, None);
        let next = next_bin(start, &span, &tz).unwrap();
        prop_assert!(start <= time && time < next, "{} {} {}", start, time, next);
        prop_assert_eq!(floor_to_span(start, &span, &tz, None), start);
        prop_assert_eq!(floor_to_span(next, &span, &tz, None), next);
    }
}
