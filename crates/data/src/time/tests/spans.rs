use super::super::{Span, Time, TimeZone, Unit, floor_to_span, next_bin, parse_span};
use super::{iso, show, tz};

fn check(zone: &str, cases: &[(&str, &str, &str, &str)]) {
    let tz = tz(zone);
    for (text, time, start, next) in cases {
        let span = parse_span(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let floor = floor_to_span(iso(time), &span, &tz, None);
        assert_eq!(show(Some(floor), &tz), *start, "{text} of {time} in {zone}");
        assert_eq!(show(next_bin(floor, &span, &tz), &tz), *next, "after {text} of {time}");
    }
}

/// Search Reference, `bin`: time spans, and `timechart`, span options.
#[test]
fn bins_in_utc() {
    let t = "2026-11-24T03:49:01.678Z";
    check(
        "UTC",
        &[
            ("1s", t, "2026-11-24T03:49:01+00:00", "2026-11-24T03:49:02+00:00"),
            ("10", t, "2026-11-24T03:49:00+00:00", "2026-11-24T03:49:10+00:00"),
            ("5m", t, "2026-11-24T03:45:00+00:00", "2026-11-24T03:50:00+00:00"),
            ("5min", t, "2026-11-24T03:45:00+00:00", "2026-11-24T03:50:00+00:00"),
            ("h", t, "2026-11-24T03:00:00+00:00", "2026-11-24T04:00:00+00:00"),
            ("4h", t, "2026-11-24T00:00:00+00:00", "2026-11-24T04:00:00+00:00"),
            ("240m", t, "2026-11-24T00:00:00+00:00", "2026-11-24T04:00:00+00:00"),
            ("1d", t, "2026-11-24T00:00:00+00:00", "2026-11-25T00:00:00+00:00"),
            ("1w", t, "2026-11-22T00:00:00+00:00", "2026-11-29T00:00:00+00:00"),
            ("1w@w1", t, "2026-11-23T00:00:00+00:00", "2026-11-30T00:00:00+00:00"),
            ("7d@w1", t, "2026-11-23T00:00:00+00:00", "2026-11-30T00:00:00+00:00"),
            ("1mon", t, "2026-11-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00"),
            ("2mon", t, "2026-11-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"),
            ("1q", t, "2026-10-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"),
            ("1y", t, "2026-01-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"),
            ("30d", t, "2026-11-03T00:00:00+00:00", "2026-12-03T00:00:00+00:00"),
            (
                "1h",
                "1969-12-31T23:30:00Z",
                "1969-12-31T23:00:00+00:00",
                "1970-01-01T00:00:00+00:00",
            ),
            (
                "1d",
                "1969-12-31T23:30:00Z",
                "1969-12-31T00:00:00+00:00",
                "1970-01-01T00:00:00+00:00",
            ),
        ],
    );
    let span = parse_span("100ms").unwrap();
    assert_eq!(floor_to_span(iso(t), &span, &TimeZone::UTC, None), iso("2026-11-24T03:49:01.6Z"));
}

#[test]
fn bins_of_days_begin_at_local_midnight() {
    check(
        "Europe/Berlin",
        &[
            // The day that the clocks go on has 23 hours.
            (
                "1d",
                "2026-03-29T12:00:00Z",
                "2026-03-29T00:00:00+01:00",
                "2026-03-30T00:00:00+02:00",
            ),
            (
                "1d",
                "2026-03-28T23:30:00Z",
                "2026-03-29T00:00:00+01:00",
                "2026-03-30T00:00:00+02:00",
            ),
            (
                "1mon",
                "2026-03-31T22:30:00Z",
                "2026-04-01T00:00:00+02:00",
                "2026-05-01T00:00:00+02:00",
            ),
            // Below the day bins are counted from the epoch in UTC.
            (
                "4h",
                "2026-07-01T00:30:00Z",
                "2026-07-01T02:00:00+02:00",
                "2026-07-01T06:00:00+02:00",
            ),
            (
                "12h",
                "2026-11-24T03:49:01Z",
                "2026-11-24T01:00:00+01:00",
                "2026-11-24T13:00:00+01:00",
            ),
            (
                "12h@d",
                "2026-11-24T03:49:01Z",
                "2026-11-24T00:00:00+01:00",
                "2026-11-24T12:00:00+01:00",
            ),
        ],
    );
    check(
        "Asia/Kolkata",
        &[
            (
                "1h",
                "2026-11-24T03:49:01Z",
                "2026-11-24T08:30:00+05:30",
                "2026-11-24T09:30:00+05:30",
            ),
            (
                "1h@h",
                "2026-11-24T03:49:01Z",
                "2026-11-24T09:00:00+05:30",
                "2026-11-24T10:00:00+05:30",
            ),
            (
                "1d",
                "2026-11-24T20:00:00Z",
                "2026-11-25T00:00:00+05:30",
                "2026-11-26T00:00:00+05:30",
            ),
        ],
    );
    check(
        "America/Sao_Paulo",
        &[("1d", "2018-11-04T12:00:00Z", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00")],
    );
}

/// `bin`: "Align the bin times to something other than base UTC time (epoch 0) ... ignored if span
/// is in days, months, or years".
#[test]
fn aligntime() {
    let align = Some(iso("2026-11-24T03:00:00Z"));
    let time = iso("2026-11-24T02:59:59Z");
    let floor = |text: &str| {
        let floor = floor_to_span(time, &parse_span(text).unwrap(), &TimeZone::UTC, align);
        show(Some(floor), &TimeZone::UTC)
    };
    assert_eq!(floor("12h"), "2026-11-23T15:00:00+00:00");
    assert_eq!(floor("1d"), "2026-11-24T00:00:00+00:00");
}

#[test]
fn spans_out_of_range() {
    assert_eq!(Span::new(0, Unit::Day), None);
    assert_eq!(Span::new(-1, Unit::Second), None);
    assert_eq!(Span::new(i64::MAX, Unit::Year), None);
    let long = parse_span("9999y").unwrap();
    for tz in [TimeZone::UTC, tz("Asia/Tokyo")] {
        assert!(floor_to_span(Time::MAX, &long, &tz, None) <= Time::MAX);
        assert!(floor_to_span(Time::MIN, &long, &tz, Some(Time::MAX)) <= Time::MIN);
        assert_eq!(next_bin(Time::MAX, &long, &tz), None);
    }
}

#[test]
fn errors_say_what_was_expected_and_where() {
    let mut out = String::new();
    for text in [
        "",
        "0",
        "0d",
        "5x",
        "1.5h",
        "-5m",
        "auto",
        "log2",
        "2log10",
        "5m@",
        "5m@x",
        " 5 m",
        "1500ms",
        "300ms",
        "1000ms",
        "99999999999999999999d",
        "99999y",
        "5µs",
    ] {
        let error = parse_span(text).unwrap_err();
        let part = &text[error.span.clone()];
        out.push_str(&format!("{text:?} at {:?} {part:?}\n    {error}\n", error.span));
    }
    insta::assert_snapshot!(out);
}
