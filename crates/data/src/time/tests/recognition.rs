use super::super::fields::TIME_FIELDS;
use super::super::{
    MAX_TIMESTAMP_LOOKAHEAD, TimeZone, parse_epoch, parse_explicit, parse_value, recognize,
    recognize_prefixed,
};
use super::{NOW, iso, show, tz};

/// The forms that a field's value may have; each is the same instant (Getting Data In, "Configure
/// timestamp recognition", and the writers named beside it).
#[test]
fn every_form_of_one_instant() {
    for text in [
        "2026-11-24T03:49:01Z",
        "2026-11-24t03:49:01z",
        "2026-11-24 03:49:01Z",
        "2026-11-24 03:49:01",
        "2026-11-24 03:49:01 UTC",
        "2026-11-24T04:49:01+01:00",
        "2026-11-24T04:49:01+0100",
        "2026-11-24T04:49:01+01",
        "2026-11-24 04:49:01 +0100",
        "2026-11-23T22:49:01-05:00",
        "2026-11-23 22:49:01 EST",
        "2026-11-24T04:49:01+01:00[Europe/Berlin]",
        "2026-11-24T034901Z",
        "2026-11-24T3:49:01 AM",
        "  2026-11-24T03:49:01Z\t",
        "2026/11/24 03:49:01",
        "20261124T034901Z",
        "20261124T044901+0100",
        "20261124034901",
        "24/Nov/2026:03:49:01 +0000",
        "24/Nov/2026:04:49:01 +0100",
        "24-Nov-2026 03:49:01",
        "24 Nov 2026 03:49:01",
        "24.11.2026 03:49:01",
        "11/24/2026 03:49:01 AM",
        "11/24/2026 3:49:01 am",
        "11/24/2026 03:49:01",
        "11/24/26 03:49:01",
        "24/11/2026 03:49:01",
        "Nov 24 03:49:01",
        "Nov 24 03:49:01 2026",
        "Nov 24, 2026 3:49:01 AM",
        "November 24, 2026 03:49:01",
        "Tue Nov 24 03:49:01 2026",
        "Tue Nov 24 03:49:01 UTC 2026",
        "Tue Nov 24 03:49:01 2026 UTC",
        "Mon Nov 23 22:49:01 2026 EST",
        "Tue Nov 24 2026 04:49:01 GMT+0100 (CET)",
        "Tue, 24 Nov 2026 03:49:01 GMT",
        "Tuesday, 24 November 2026 03:49:01 GMT",
        "/Date(1795492141000)/",
        "\\/Date(1795492141000)\\/",
        "/Date(1795492141000+0100)/",
        "1795492141",
        "1795492141.000",
        "1795492141000",
        "1795492141000000",
        "1795492141000000000",
        "1.795492141E9",
        "1.795492141e12",
    ] {
        assert_eq!(
            show(parse_value(text, &TimeZone::UTC, NOW), &TimeZone::UTC),
            "2026-11-24T03:49:01+00:00",
            "{text}"
        );
    }
}

#[test]
fn fractions_are_read_to_the_microsecond() {
    for (text, micros) in [
        ("2026-11-24T03:49:01.5Z", 500_000),
        ("2026-11-24T03:49:01,123Z", 123_000),
        ("2026-11-24T03:49:01.123456Z", 123_456),
        ("2026-11-24T03:49:01.123456789Z", 123_456),
        ("2026-11-24T03:49:01.1234567890123Z", 123_456),
        ("2026-11-24 03:49:01:123", 123_000),
        ("24-Nov-2026 03:49:01.123", 123_000),
        ("1795492141.123456", 123_456),
        ("1795492141.1234567", 123_456),
        ("1795492141123", 123_000),
        ("1795492141123.4567", 123_456),
        ("1795492141123456", 123_456),
        ("1795492141123456789", 123_456),
    ] {
        let time = parse_value(text, &TimeZone::UTC, NOW).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((time.as_secs(), time.subsec_micros()), (NOW.as_secs(), micros), "{text}");
    }
}

#[test]
fn what_is_no_time() {
    for text in [
        "",
        " ",
        "-",
        "T",
        "hello",
        "12",
        "12345678",
        "2026",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-11-31",
        "2026-11-24T24:00:00Z",
        "2026-11-24T03:60:00Z",
        "2026-11-24T03:49:61Z",
        "2026-11-24T03:49:01Zulu",
        "2026-11-24T03:49:01 and more",
        "2026-11-24T03:49:01 XYZ",
        "99999-01-01T00:00:00Z",
        "10.0.0.1",
        "1.2.3.4",
        "17:49:01",
        "13/13/2026 00:00:00",
        "Feb 30 03:49:01",
        "Nov",
        "Nov 24",
        "Tue",
        "/Date(x)/",
        "/Date(1",
        "99999999999999999999",
        "1e400",
        "1e30",
        "nan",
        "inf",
        "0x5f5e100",
        "May the force",
        "11/24/2026 13:49:01 PM",
        "12345678901234567890123",
        "\u{661}\u{662}",
    ] {
        assert_eq!(parse_value(text, &TimeZone::UTC, NOW), None, "{text}");
    }
}

#[test]
fn a_value_without_a_zone_is_local() {
    let berlin = tz("Europe/Berlin");
    for (text, expected) in [
        ("2026-07-01 12:00:00", "2026-07-01T12:00:00+02:00"),
        ("2026-11-24", "2026-11-24T00:00:00+01:00"),
        ("20261124", "2026-11-24T00:00:00+01:00"),
        // 02:30 does not exist on the last Sunday of March, and exists twice in October.
        ("2026-03-29 02:30:00", "2026-03-29T03:30:00+02:00"),
        ("2026-10-25 02:30:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25 02:30:00 CET", "2026-10-25T02:30:00+01:00"),
        ("Jul  1 12:00:00", "2026-07-01T12:00:00+02:00"),
    ] {
        assert_eq!(show(parse_value(text, &berlin, NOW), &berlin), expected, "{text}");
    }
    // The zone's own abbreviation before the American one.
    let shanghai = tz("Asia/Shanghai");
    let time = parse_value("2026-11-24 03:49:01 CST", &shanghai, NOW);
    assert_eq!(show(time, &shanghai), "2026-11-24T03:49:01+08:00");
}

#[test]
fn syslog_takes_the_latest_year_that_is_not_ahead() {
    for (text, now, expected) in [
        ("Nov 24 03:49:01", "2026-11-24T03:49:01Z", "2026-11-24"),
        ("Nov 25 03:49:01", "2026-11-24T03:49:01Z", "2026-11-25"),
        ("Nov 25 03:49:02", "2026-11-24T03:49:01Z", "2025-11-25"),
        ("Dec 31 23:59:59", "2027-01-01T00:00:05Z", "2026-12-31"),
        ("Jan  1 00:10:00", "2026-12-31T23:50:00Z", "2027-01-01"),
        ("Feb 29 12:00:00", "2026-11-24T00:00:00Z", "2024-02-29"),
        ("Feb 29 12:00:00", "2103-11-24T00:00:00Z", "2096-02-29"),
    ] {
        let time = recognize(text.as_bytes(), 128, &TimeZone::UTC, iso(now));
        assert_eq!(&show(time, &TimeZone::UTC)[..10], expected, "{text} seen at {now}");
    }
}

#[test]
fn a_leap_second_begins_the_next_minute() {
    assert_eq!(iso("2016-12-31T23:59:60Z"), iso("2017-01-01T00:00:00Z"));
    let berlin = tz("Europe/Berlin");
    let time = parse_value("2017-01-01 00:59:60", &berlin, NOW);
    assert_eq!(time, Some(iso("2017-01-01T00:00:00Z")));
}

#[test]
fn in_the_text_of_events() {
    for (raw, expected) in [
        (
            r#"{"kind":"Event","requestReceivedTimestamp":"2026-11-24T03:49:01.123456Z"}"#,
            "03:49:01",
        ),
        ("<34>Nov 24 03:49:01 mymachine su: 'su root' failed", "03:49:01"),
        ("<165>1 2026-11-24T03:49:01.003Z host app - ID47", "03:49:01"),
        (r#"10.1.2.3 - - [24/Nov/2026:03:49:01 +0000] "GET / HTTP/1.0" 200 1"#, "03:49:01"),
        ("11/24/2026 03:49:01 AM\nLogName=Security", "03:49:01"),
        ("INFO 2026-11-24 03:49:01,123 [main] started", "03:49:01"),
        ("2026-11-24 03:49:01 INFO started", "03:49:01"),
        ("2026-11-24 03:49:01 -12 of 30 done", "03:49:01"),
        ("Nov 24 03:49:01 INFO 2024 things", "03:49:01"),
        ("date=2026-11-24 time=03:49:01", "00:00:00"),
        ("ts=1795492141.500 level=info", "03:49:01"),
        (r#"{"ts":1795492141123,"a":1}"#, "03:49:01"),
        ("id 4567890123 at 2026-11-24T03:49:01Z", "03:49:01"),
        ("CEF:0|V|P|1.0|100|x|3|rt=Nov 24 2026 03:49:01", "03:49:01"),
        ("type=SYSCALL msg=audit(1795492141.123:456): arch", "03:49:01"),
    ] {
        let time = recognize(raw.as_bytes(), MAX_TIMESTAMP_LOOKAHEAD, &TimeZone::UTC, NOW);
        assert_eq!(show(time, &TimeZone::UTC), format!("2026-11-24T{expected}+00:00"), "{raw}");
    }
    for raw in [
        "",
        "no time here",
        "version 1.2.3 build 20",
        "10.11.2024.1 up",
        "card 4567890123456789",
        r#"{"port":8080,"pid":1234567}"#,
        "uuid 1795492141-12",
        "sha 1795492141ab",
    ] {
        assert_eq!(recognize(raw.as_bytes(), 128, &TimeZone::UTC, NOW), None, "{raw}");
    }
    assert_eq!(recognize(&[0xff; 200], 128, &TimeZone::UTC, NOW), None);
}

#[test]
fn behind_a_known_prefix() {
    let pad = "x".repeat(500);
    for raw in [
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>{pad}\
                 <TimeCreated SystemTime='2026-11-24T03:49:01.000000000Z'/>"
        ),
        format!("{pad}<TimeCreated SystemTime=\"2026-11-24 03:49:01\"/>"),
        format!("{{\"Event\":{{\"{pad}\":{{\"SystemTime\":\"2026-11-24T03:49:01Z\"}}}}}}"),
    ] {
        assert_eq!(recognize_prefixed(raw.as_bytes()), Some(NOW), "{raw}");
    }
    for raw in ["", "SystemTime='", "SystemTime='soon'", "2026-11-24T03:49:01Z"] {
        assert_eq!(recognize_prefixed(raw.as_bytes()), None, "{raw}");
    }
}

/// props.conf: `MAX_TIMESTAMP_LOOKAHEAD`.
#[test]
fn the_lookahead_bounds_where_a_timestamp_begins() {
    let raw = format!("{}2026-11-24T03:49:01Z", " ".repeat(127));
    assert_eq!(recognize(raw.as_bytes(), 128, &TimeZone::UTC, NOW), Some(NOW));
    assert_eq!(recognize(raw.as_bytes(), 127, &TimeZone::UTC, NOW), None);
    assert_eq!(recognize(raw.as_bytes(), usize::MAX, &TimeZone::UTC, NOW), Some(NOW));
}

#[test]
fn epoch_numbers_by_size() {
    for (text, expected) in [
        ("0", "0"),
        ("1", "1"),
        ("-1.5", "-1.5"),
        ("1700000000.123", "1700000000.123"),
        ("1700000000.", "1700000000"),
        ("99999999999", "99999999999"),
        ("100000000000", "100000000"),
        ("253402300799999", "253402300.799999"),
        ("-1700000000123", "-1700000000.123"),
    ] {
        assert_eq!(parse_epoch(text).map(|t| t.epoch_text()).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(parse_explicit("5", &TimeZone::UTC, NOW).map(|t| t.as_secs()), Some(5));
    for text in ["", "-", ".", "1.2.3", "1x", "--1", "+1", "99999999999999999999"] {
        assert_eq!(parse_epoch(text), None, "{text}");
    }
}

#[test]
fn time_fields_are_unique_and_begin_with_time() {
    assert_eq!(TIME_FIELDS[0].name, "_time");
    let mut names: Vec<_> = TIME_FIELDS.iter().map(|field| field.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TIME_FIELDS.len());
    // Sysmon writes UTC and does not say so.
    let berlin = tz("Europe/Berlin");
    let field = TIME_FIELDS.iter().find(|field| field.name == "UtcTime").unwrap();
    let time = parse_value("2026-11-24 03:49:01.000", field.zone(&berlin), NOW);
    assert_eq!(time, Some(NOW));
}
