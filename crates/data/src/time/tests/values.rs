use super::super::{Time, duration_text, zone};
use super::{NOW, iso};

#[test]
fn epoch_text_has_no_more_decimals_than_needed() {
    for (micros, text) in [
        (0, "0"),
        (1_700_000_000_000_000, "1700000000"),
        (1_700_000_000_123_000, "1700000000.123"),
        (1_700_000_000_000_001, "1700000000.000001"),
        (1_700_000_000_100_000, "1700000000.1"),
        (-500_000, "-0.5"),
        (-1_500_000, "-1.5"),
    ] {
        let time = Time::from_micros(micros).unwrap();
        assert_eq!(time.epoch_text(), text);
        // The double prints the same, so that eval's numbers and _time agree.
        assert_eq!(time.as_secs_f64().to_string(), text);
        assert_eq!(Time::from_secs_f64(time.as_secs_f64()), Some(time));
    }
}

#[test]
fn the_range_is_the_years_0_to_9999() {
    assert_eq!(Time::MIN, iso("0000-01-01T00:00:00Z").checked_add_micros(-86_400_000_000).unwrap());
    assert_eq!(iso("9999-12-31T23:59:59.999999Z").epoch_text(), "253402300799.999999");
    assert!(Time::MAX > iso("9999-12-31T23:59:59.999999-12:00"));
    for out in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 1e12] {
        assert_eq!(Time::from_secs_f64(out), None, "{out}");
    }
    assert_eq!(Time::from_secs(i64::MAX), None);
    assert_eq!(Time::from_micros(i64::MIN), None);
    assert_eq!(Time::from_nanos(i128::MAX), None);
    assert_eq!(Time::MAX.checked_add_micros(1), None);
    assert_eq!(Time::from_nanos(1_795_492_141_000_000_999), Some(NOW));
}

/// Search Reference, "Conversion functions": 615 seconds are 00:10:15.
#[test]
fn durations() {
    for (secs, text) in [
        (615.0, "00:10:15"),
        (0.0, "00:00:00"),
        (-0.0, "00:00:00"),
        (59.0, "00:00:59"),
        (86_399.0, "23:59:59"),
        (86_400.0, "1+00:00:00"),
        (93_784.0, "1+02:03:04"),
        (93_784.5, "1+02:03:04.500000"),
        (0.000_001, "00:00:00.000001"),
        (59.999_999_9, "00:01:00"),
        (-615.0, "-00:10:15"),
        (31_536_000.0, "365+00:00:00"),
    ] {
        assert_eq!(duration_text(secs).as_deref(), Some(text), "{secs}");
    }
    assert_eq!(duration_text(f64::NAN), None);
    assert_eq!(duration_text(f64::INFINITY), None);
    assert!(duration_text(f64::MAX).is_some());
}

#[test]
fn zones_by_name_offset_and_rule() {
    for (name, winter, summer) in [
        ("UTC", 0, 0),
        ("utc", 0, 0),
        ("GMT", 0, 0),
        ("Z", 0, 0),
        ("Europe/Berlin", 3600, 7200),
        ("europe/berlin", 3600, 7200),
        ("EST5EDT", -18_000, -14_400),
        ("EST", -18_000, -18_000),
        ("Asia/Kathmandu", 20_700, 20_700),
        ("+02:00", 7200, 7200),
        ("-0530", -19_800, -19_800),
        ("+2", 7200, 7200),
        ("UTC+2", 7200, 7200),
        ("GMT-03:30", -12_600, -12_600),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200),
    ] {
        let tz = zone(name).unwrap_or_else(|e| panic!("{name}: {e}"));
        for (text, offset) in [("2026-01-15T12:00:00Z", winter), ("2026-07-15T12:00:00Z", summer)] {
            assert_eq!(tz.to_offset(iso(text).to_jiff()).seconds(), offset, "{name} {text}");
        }
    }
    for name in ["", "Berlin", "Europe/Nowhere", "+25:00", "+2:3", "12", "\u{0}", "\u{1f552}"] {
        assert!(zone(name).is_err(), "{name:?}");
    }
    let error = zone("berlin").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no time zone is called \"berlin\" (did you mean Europe/Berlin?), \
         expected a zone such as Europe/Berlin, UTC, EST5EDT or +02:00"
    );
}
