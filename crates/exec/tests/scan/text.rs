//! Text whose events are not lines.

use crate::support::{Seen, column, events, everywhere, everywhere_with, gz, zst};
use proptest::prelude::*;
use sepal_data::text::Breaker;
use sepal_exec::plan::ScanOptions;
use sepal_exec::scan::{Input, InputFormat};

const NS: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

fn broken(breaker: &Breaker, text: impl AsRef<[u8]>) -> Vec<Input> {
    let mut inputs = events(text);
    inputs[0].format = Some(InputFormat::Broken(breaker.clone()));
    inputs
}

/// WinEventLog text as Splunk's own input writes it: a date begins an event.
const WINDOWS_TEXT: &str = "01/02/2026 03:04:05 AM\nLogName=Security\nMessage=a\n\n  indented\n\
    01/02/2026 03:04:06 AM\r\nLogName=System\r\n01/02/2026 03:04:07 AM\nLogName=Security";

#[test]
fn a_line_begins_an_event() {
    let breaker = Breaker::before(r"^\d\d/\d\d/\d{4} ").unwrap();
    for text in [
        WINDOWS_TEXT.as_bytes().to_vec(),
        gz(WINDOWS_TEXT.as_bytes()),
        zst(WINDOWS_TEXT.as_bytes()),
    ] {
        let inputs = broken(&breaker, text);
        let seen = everywhere("* | table _time _raw source sourcetype", &inputs);
        assert_eq!(column(&seen, "_time"), ["1767323047", "1767323046", "1767323045"]);
        assert_eq!(
            column(&seen, "_raw")[2],
            "01/02/2026 03:04:05 AM\nLogName=Security\nMessage=a\n\n  indented"
        );
        assert_eq!(column(&seen, "_raw")[1], "01/02/2026 03:04:06 AM\r\nLogName=System");
        assert_eq!((seen.counts[0], seen.counts[3]), (3, 0));
        assert_eq!(everywhere("\"LogName=Security\"", &inputs).rows.len(), 2);
        let rex = "* | rex \"LogName=(?<log>\\w+)\" | stats count by log";
        assert_eq!(
            everywhere(rex, &inputs).rows,
            [r#"{"log":"Security","count":2}"#, r#"{"log":"System","count":1}"#]
        );
    }
}

#[test]
fn other_breaks() {
    let after = broken(&Breaker::after("^END$").unwrap(), "a\nEND\nb\nc\nEND\nd\n");
    assert_eq!(column(&everywhere("* | table _raw", &after), "_raw"), ["a\nEND", "b\nc\nEND", "d"]);
    let between = broken(&Breaker::line_breaker(r"(\|\|)").unwrap(), "a\n1||b||||c");
    assert_eq!(column(&everywhere("* | table _raw", &between), "_raw"), ["a\n1", "b", "c"]);
}

#[test]
fn long_events_are_cut_and_told() {
    let text = format!("# {}\n# b\n{}\n", "x".repeat(100), "y".repeat(100));
    let options = ScanOptions { max_event: 50, ..ScanOptions::default() };
    let breaker = Breaker::before("^#").unwrap();
    let seen = everywhere_with("* | table _raw", &broken(&breaker, text), &options);
    assert_eq!(column(&seen, "_raw")[0], format!("# {}", "x".repeat(48)));
    assert_eq!(column(&seen, "_raw")[1], format!("# b\n{}", "y".repeat(46)));
    assert_eq!(seen.said, ["SPL5003 an event is longer than 50 bytes and was cut there x2"]);
}

fn event(n: u32, between: &str) -> String {
    let parts = [
        format!("<Event xmlns='{NS}'>"),
        "<System>".to_owned(),
        format!("<EventID>{n}</EventID>"),
        format!("<TimeCreated SystemTime='2026-01-01T00:00:0{n}.123456700Z'/>"),
        format!("<Channel>Log{n}</Channel>"),
        format!("<Computer>pc{n}</Computer>"),
        "</System>".to_owned(),
        "<EventData><Data Name='Text'>two\nlines</Data></EventData>".replace('\n', between),
        "</Event>".to_owned(),
    ];
    parts.join(between)
}

fn check_windows(text: impl AsRef<[u8]>) -> Seen {
    let seen = everywhere("* | table _time source host sourcetype _raw", &events(text));
    assert_eq!(
        column(&seen, "_time"),
        ["1767225603.123456", "1767225602.123456", "1767225601.123456"]
    );
    assert_eq!(column(&seen, "source")[0], "XmlWinEventLog:Log3");
    assert_eq!(column(&seen, "host"), ["pc3", "pc2", "pc1"]);
    assert_eq!(column(&seen, "sourcetype")[0], "XmlWinEventLog");
    assert_eq!((seen.counts[0], seen.counts[3]), (3, 0), "{seen:?}");
    assert_eq!(seen.said, Vec::<String>::new());
    seen
}

#[test]
fn windows_xml_over_lines() {
    let three = |between: &str| -> Vec<String> { (1..=3).map(|n| event(n, between)).collect() };
    for text in [
        // one a line, as before
        three("").join("\n"),
        three("").join("\r\n") + "\r\n",
        // all on one line, with and without a root and a declaration
        three("").concat(),
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Events>{}</Events>",
            three("").concat()
        ),
        format!("\u{feff}<Events>\n{}\n</Events>\n", three("").join("\n")),
        // over several
        three("\n  ").join("\n"),
        format!(
            "\u{feff}<?xml version='1.0'?>\r\n<Events>\r\n{}\r\n</Events>\r\n",
            three("\r\n").join("\r\n")
        ),
        three("\n").concat(),
    ] {
        let seen = check_windows(&text);
        assert_eq!(column(&seen, "_raw")[0].matches("<Event ").count(), 1);
        assert!(text.contains(&column(&seen, "_raw")[0]));
        check_windows(gz(text.as_bytes()));
        // what Windows itself exports is UTF-16
        for big in [false, true] {
            let units = text.trim_start_matches('\u{feff}').encode_utf16();
            let marked = std::iter::once(0xfeff).chain(units);
            let bytes = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
            let utf16: Vec<u8> = marked.flat_map(bytes).collect();
            assert_eq!(check_windows(&utf16).rows, seen.rows);
            assert_eq!(check_windows(zst(&utf16)).rows, seen.rows);
        }
    }
}

#[test]
fn damaged_xml() {
    let text = format!(
        "<Events>\n{}\n{}\nstray\n{}",
        event(1, "\n"),
        &event(2, "\n")[..100],
        event(3, "\n")
    );
    let seen = everywhere("* | table _raw", &events(text));
    // the cut event has the stray text behind it; the root does not end
    assert_eq!(seen.counts[0], 3, "{seen:?}");
    assert_eq!(seen.counts[3], 1, "{seen:?}");
    assert_eq!(seen.said, ["SPL5010 an input ended inside an XML element x1"]);
    assert!(seen.damaged[0].ends_with("an XML event without its beginning or its end"), "{seen:?}");
    assert!(seen.damaged[0].contains("line"), "{seen:?}");
}

#[test]
fn text_in_utf_16() {
    let lines = "{\"n\":\"é\"}\r\n{\"n\":\"漢\u{10348}\"}\r\n";
    let utf16: Vec<u8> =
        std::iter::once(0xfeffu16).chain(lines.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let seen = everywhere("* | table n", &events(&utf16));
    assert_eq!(column(&seen, "n"), ["é", "漢\u{10348}"]);
    assert_eq!(everywhere("n=漢*", &events(&utf16)).rows.len(), 1);
}

#[test]
fn formats_by_name() {
    let of = |s: &str| s.parse::<InputFormat>();
    assert_eq!(of("csv"), Ok(InputFormat::Csv));
    assert_eq!(of("zeek-tsv"), Ok(InputFormat::Zeek));
    let before = Breaker::before("^a:b").unwrap();
    assert_eq!(of("before:^a:b"), Ok(InputFormat::Broken(before)));
    assert_eq!(of("xml:Event").unwrap().name(), "text xml:Event");
    for bad in ["", "x", "between:\\n", "before:(", "xml:", "wrapped:", "after:(?<!x)a"] {
        assert!(of(bad).is_err(), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Counting events by a plain reading: a line with `#` begins one.
    #[test]
    fn any_text(text in "(#[a-c]\n|[a-c ]{1,9}\n|\n|x){0,30}") {
        let mut want: Vec<String> = Vec::new();
        for line in text.split_inclusive('\n') {
            match want.last_mut() {
                Some(last) if !line.contains('#') => last.push_str(line),
                _ => want.push(line.to_owned()),
            }
        }
        let want: Vec<String> = want.iter().map(|e| e.trim().to_owned()).filter(|e| !e.is_empty()).collect();
        let seen = everywhere("* | table _raw", &broken(&Breaker::before("#").unwrap(), &text));
        prop_assert_eq!(column(&seen, "_raw"), want);
    }
}
