use super::super::{Time, TimeZone, strftime, strptime};
use super::{NOW, iso, show, tz};

/// Search Reference, "Date and time format variables": the tables of variables.
#[test]
fn every_variable_of_the_page() {
    let los_angeles = tz("America/Los_Angeles");
    let time = iso("2019-07-18T16:30:00.123456Z");
    for (format, expected) in [
        ("%c", "Thu Jul 18 09:30:00 2019"),
        ("%+", "Thu Jul 18 09:30:00 PDT 2019"),
        ("%Ez", "-420"),
        ("%f", "123456"),
        ("%H", "09"),
        ("%I", "09"),
        ("%k", " 9"),
        ("%M", "30"),
        ("%N", "123456000"),
        ("%3N", "123"),
        ("%6N", "123456"),
        ("%9N", "123456000"),
        ("%p", "AM"),
        ("%Q", "123"),
        ("%3Q", "123"),
        ("%6Q", "123456"),
        ("%9Q", "123456000"),
        ("%1N", "1"),
        ("%S", "00"),
        ("%s", "1563467400"),
        ("%T", "09:30:00"),
        ("%X", "09:30:00"),
        ("%Z", "PDT"),
        ("%z", "-0700"),
        ("%:z", "-07:00"),
        ("%::z", "-07:00:00"),
        ("%:::z", "-07"),
        ("%%", "%"),
        ("%F", "2019-07-18"),
        ("%x", "07/18/2019"),
        ("%A", "Thursday"),
        ("%a", "Thu"),
        ("%d", "18"),
        ("%e", "18"),
        ("%j", "199"),
        ("%V", "29"),
        ("%U", "28"),
        ("%W", "28"),
        ("%w", "4"),
        ("%u", "4"),
        ("%b", "Jul"),
        ("%h", "Jul"),
        ("%B", "July"),
        ("%m", "07"),
        ("%C", "20"),
        ("%g", "19"),
        ("%G", "2019"),
        ("%y", "19"),
        ("%Y", "2019"),
        ("%D", "07/18/19"),
        ("%R", "09:30"),
        ("%r", "09:30:00 AM"),
        ("%l", " 9"),
        ("%P", "am"),
        ("%n%t", "\n\t"),
        ("%-m/%-d %-I:%M", "7/18 9:30"),
        ("%^a %^B", "THU JULY"),
        ("%_m %_H", " 7  9"),
        ("%-j", "199"),
        // A variable that does not exist stays.
        ("%J %q %! 100%", "%J %q %! 100%"),
        ("%:a %E %5 %0", "%:a %E %5 %0"),
        ("%::::z", "%::::z"),
        ("%é ü", "%é ü"),
        ("", ""),
    ] {
        assert_eq!(strftime(time, format, &los_angeles), expected, "{format}");
    }
}

/// The same page, "Converting UNIX timestamps into dates and times".
#[test]
fn the_pages_examples_of_strftime() {
    let tz = tz("America/Los_Angeles");
    let time = iso("2025-04-29T23:45:22-07:00");
    for (format, expected) in [
        ("%Y-%m-%d", "2025-04-29"),
        ("%y-%m-%d", "25-04-29"),
        ("%b %d, %Y", "Apr 29, 2025"),
        ("%B %d, %Y", "April 29, 2025"),
        ("%a %b %d, %Y", "Tue Apr 29, 2025"),
        ("%d %b '%y = %Y-%m-%d", "29 Apr '25 = 2025-04-29"),
        ("%Y-%m-%dT%H:%M:%S.%Q", "2025-04-29T23:45:22.000"),
        ("%Y-%m-%dT %H:%M:%S.%Z", "2025-04-29T 23:45:22.PDT"),
        ("%Y-%m-%dT %H:%M:%S.%QZ", "2025-04-29T 23:45:22.000Z"),
        ("%Y-%m-%dT%T", "2025-04-29T23:45:22"),
        ("%m-%d-%Y %I:%M:%S %p", "04-29-2025 11:45:22 PM"),
        ("%m-%d-%Y %H:%M:%S.%Q %z", "04-29-2025 23:45:22.000 -0700"),
        ("%d/%b/%Y:%H:%M:%S.%f %z", "29/Apr/2025:23:45:22.000000 -0700"),
    ] {
        assert_eq!(strftime(time, format, &tz), expected, "{format}");
    }
    // "Converting timestamp results to the year of the week format".
    for (secs, expected) in [
        (1_738_569_600, "2025-06"),
        (1_738_483_200, "2025-05"),
        (1_738_396_800, "2025-05"),
        (1_738_224_000, "2025-05"),
    ] {
        assert_eq!(strftime(Time::from_secs(secs).unwrap(), "%G-%V", &TimeZone::UTC), expected);
    }
}

/// The same page, "Converting timestamps into UNIX": the server there is seven and eight hours
/// behind UTC.
#[test]
fn the_pages_examples_of_strptime() {
    let tz = tz("America/Los_Angeles");
    for (text, format, epoch) in [
        ("2022-9-25T09:45:22.000", "%Y-%m-%dT%H:%M:%S.%Q", "1664124322"),
        ("2022-12-15 09:45:22", "%Y-%m-%d %H:%M:%S", "1671126322"),
    ] {
        let time = strptime(text, format, &tz, NOW).map(Time::epoch_text);
        assert_eq!(time.as_deref(), Some(epoch), "{text}");
    }
    // "... start=strptime(Sent, "%H:%M:%S.%N") ... difference=end-start"
    let at = |text| strptime(text, "%H:%M:%S.%N", &tz, NOW).unwrap().as_micros();
    assert_eq!(at("03:49:02.500") - at("03:49:01.250"), 1_250_000);
}

#[test]
fn strptime_reads() {
    for (text, format, expected) in [
        ("2026-11-24", "%Y-%m-%d", "2026-11-24T00:00:00"),
        ("2026-11-24", "%F", "2026-11-24T00:00:00"),
        ("2026-11-24 rest", "%Y-%m-%d", "2026-11-24T00:00:00"),
        ("9999-12-31", "%Y-%m-%d", "9999-12-31T00:00:00"),
        ("03:49:01", "%H:%M:%S", "2026-11-24T03:49:01"),
        ("3", "%H", "2026-11-24T03:00:00"),
        ("03:49 PM", "%I:%M %p", "2026-11-24T15:49:00"),
        ("12:05 am", "%I:%M %p", "2026-11-24T00:05:00"),
        ("12:05 PM", "%I:%M %p", "2026-11-24T12:05:00"),
        // With %H the page says not to use %p: it has no effect.
        ("03:49 PM", "%H:%M %p", "2026-11-24T03:49:00"),
        ("Nov 24 03:49:01", "%b %d %H:%M:%S", "2026-11-24T03:49:01"),
        ("NOVEMBER  4  3:49:01", "%b %e %H:%M:%S", "2026-11-04T03:49:01"),
        ("12/25", "%m/%d", "2026-12-25T00:00:00"),
        ("11/24/2026 03:49:01", "%m/%d/%Y %H:%M:%S", "2026-11-24T03:49:01"),
        ("11/24/26", "%D", "2026-11-24T00:00:00"),
        ("1/2/70", "%m/%d/%y", "1970-01-02T00:00:00"),
        ("1/2/68", "%m/%d/%y", "2068-01-02T00:00:00"),
        ("20261124034901", "%Y%m%d%H%M%S", "2026-11-24T03:49:01"),
        ("2026-11-24T03:49:01.5Z", "%Y-%m-%dT%H:%M:%S.%NZ", "2026-11-24T03:49:01"),
        ("2026-11-24T03:49:01.123456Z", "%Y-%m-%dT%H:%M:%S.%3N", "2026-11-24T03:49:01"),
        ("2026-11-24T04:49:01+01:00", "%Y-%m-%dT%H:%M:%S%z", "2026-11-24T03:49:01"),
        ("2026-11-24T04:49:01+0100", "%Y-%m-%dT%H:%M:%S%:z", "2026-11-24T03:49:01"),
        ("2026-11-24T03:49:01Z", "%Y-%m-%dT%H:%M:%S%Z", "2026-11-24T03:49:01"),
        ("2026-11-24 03:49:01 GMT", "%F %T %Z", "2026-11-24T03:49:01"),
        ("2026-11-23 22:49:01 EST", "%F %T %Z", "2026-11-24T03:49:01"),
        ("2026-11-24 04:49:01 +60", "%F %T %Ez", "2026-11-24T03:49:01"),
        ("Tue Nov 24 03:49:01 2026", "%c", "2026-11-24T03:49:01"),
        ("Tue Nov 24 03:49:01 UTC 2026", "%+", "2026-11-24T03:49:01"),
        ("1795492141", "%s", "2026-11-24T03:49:01"),
        ("1795492141123", "%s%3N", "2026-11-24T03:49:01"),
        ("2026-328", "%Y-%j", "2026-11-24T00:00:00"),
        ("2026-W48-2", "%G-W%V-%u", "2026-11-24T00:00:00"),
        ("2026 47 2", "%Y %U %w", "2026-11-24T00:00:00"),
        ("2026 47 2", "%Y %W %w", "2026-11-24T00:00:00"),
        ("Tuesday 03:49", "%A %H:%M", "2026-11-24T03:49:00"),
        ("100% 2026-11-24", "100%% %F", "2026-11-24T00:00:00"),
        ("2026-11-2403:49", "%F %R", "2026-11-24T03:49:00"),
        ("2016-12-31 23:59:60", "%F %T", "2017-01-01T00:00:00"),
        ("2024-02-29", "%F", "2024-02-29T00:00:00"),
    ] {
        let time = strptime(text, format, &TimeZone::UTC, NOW);
        assert_eq!(
            show(time, &TimeZone::UTC),
            format!("{expected}+00:00"),
            "{text:?} as {format:?}"
        );
    }
    let time = strptime("1795492141123", "%s%3N", &TimeZone::UTC, NOW);
    assert_eq!(time.unwrap().epoch_text(), "1795492141.123");
}

#[test]
fn strptime_has_no_result() {
    for (text, format) in [
        ("", "%Y-%m-%d"),
        ("2026-11-24", ""),
        ("2026-11-24", "date"),
        ("2026-11", "%Y-%m"),
        ("2026", "%Y"),
        ("November", "%B"),
        ("2026-02-29", "%Y-%m-%d"),
        ("2026-13-01", "%Y-%m-%d"),
        ("2026-11-24", "%Y/%m/%d"),
        ("99999-11-24", "%Y-%m-%d"),
        ("25:00", "%H:%M"),
        ("13:00 PM", "%I:%M %p"),
        ("2026-11-24 03:49:01 NOPE", "%F %T %Z"),
        ("2026-366", "%Y-%j"),
        ("999999999999999999", "%s"),
        ("2026-W60-2", "%G-W%V-%u"),
        ("2026-11-24", "%F %!"),
        ("2026-11-24", "%F%"),
    ] {
        assert_eq!(strptime(text, format, &TimeZone::UTC, NOW), None, "{text:?} as {format:?}");
    }
}

#[test]
fn today_is_the_zones_today() {
    let tokyo = tz("Asia/Tokyo");
    let now = iso("2026-11-24T20:00:00Z");
    let time = strptime("01:00", "%H:%M", &tokyo, now);
    assert_eq!(show(time, &tokyo), "2026-11-25T01:00:00+09:00");
    let time = strptime("01:00 +0900", "%H:%M %z", &TimeZone::UTC, now);
    assert_eq!(show(time, &tokyo), "2026-11-25T01:00:00+09:00");
}
