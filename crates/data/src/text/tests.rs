//! Breaking text, with every way to cut the input into blocks.

use super::*;
use crate::json::Frame;
use crate::json::FrameStatus::{self, Complete, Damaged, Truncated};
use proptest::prelude::*;

type Got = (String, u64, FrameStatus);

fn frames(
    breaker: &Breaker,
    text: &[u8],
    block: usize,
    max: usize,
    window: usize,
) -> (Vec<Got>, bool) {
    let mut framer = TextFramer::with_window(breaker, max, window);
    let mut out = Vec::new();
    let mut emit = |f: Frame<'_>| {
        out.push((String::from_utf8_lossy(f.bytes).into_owned(), f.offset, f.status));
    };
    for part in text.chunks(block) {
        framer.push(part, &mut emit);
    }
    assert_eq!(framer.offset(), text.len() as u64);
    let whole = framer.finish(&mut emit);
    (out, whole)
}

/// The events, the same for all block sizes and for windows large enough.
#[track_caller]
fn check(breaker: &Breaker, text: &str, want: &[(&str, FrameStatus)], whole: bool) {
    for block in [1, 2, 3, 7, 64, 1 << 20] {
        for window in [64, 1 << 16] {
            let (got, end) = frames(breaker, text.as_bytes(), block, 1000, window);
            let short: Vec<_> = got.iter().map(|(t, _, s)| (t.as_str(), *s)).collect();
            assert_eq!(short, want, "blocks of {block}");
            assert_eq!(end, whole, "blocks of {block}");
            for (t, at, _) in &got {
                assert!(text[*at as usize..].starts_with(t.as_str()), "offset {at} of {t:?}");
            }
        }
    }
}

fn all<'t>(texts: &[&'t str]) -> Vec<(&'t str, FrameStatus)> {
    texts.iter().map(|t| (*t, Complete)).collect()
}

/// props.conf, BREAK_ONLY_BEFORE: "Splunk software creates a new event only if it encounters a new
/// line that matches the regular expression".
#[test]
fn before() {
    let dated = Breaker::before(r"^\d{4}-\d\d").unwrap();
    check(
        &dated,
        "\u{feff}head\n more\n2026-01 a\n\tat x\n\n  at y\r\n2026-02 b\r\n2026-03 c",
        &all(&["head\n more", "2026-01 a\n\tat x\n\n  at y", "2026-02 b", "2026-03 c"]),
        true,
    );
    check(&dated, "\n\n \n2026-01 a\n\n\n", &all(&["2026-01 a"]), true);
    check(&dated, "", &[], true);
    check(&dated, "no date\nat all\n", &all(&["no date\nat all"]), true);
    // anywhere in the line, which its end is no part of
    let anywhere = Breaker::before(r"LogName=\S+$").unwrap();
    check(
        &anywhere,
        "x LogName=A\r\nb\nx LogName=B c\nLogName=C\n",
        &all(&["x LogName=A\r\nb\nx LogName=B c", "LogName=C"]),
        true,
    );
}

/// props.conf, MUST_BREAK_AFTER: "if the regular expression matches the current line, Splunk
/// software always creates a new event for the next input line".
#[test]
fn after() {
    let end = Breaker::after("^END").unwrap();
    check(&end, "a\nb\nEND 1\n\nc\nEND\nd", &all(&["a\nb\nEND 1", "c\nEND", "d"]), true);
    check(&end, "END\nEND\n", &all(&["END", "END"]), true);
}

/// props.conf, LINE_BREAKER, with its examples of branched expressions.
#[test]
fn between() {
    let line = |r: &str| Breaker::line_breaker(r).unwrap();
    check(&line(r"([\r\n]+)"), "a\r\n\r\nb\nc", &all(&["a", "b", "c"]), true);
    check(
        &line(r"([\r\n]+)\d{4}-"),
        "2026-1\n x\n2027-1\n\n2028-1\n",
        &all(&["2026-1\n x", "2027-1", "2028-1"]),
        true,
    );
    check(&line(r"([\r\n]+)(?=\d{4}-)"), "2026-\n x\n2027-", &all(&["2026-\n x", "2027-"]), true);
    check(&line("(---)"), "a---b------c", &all(&["a", "b", "c"]), true);
    // the group alone belongs to no event, what matches around it does
    check(&line(r"\}(,)\{"), "{a},{b},{c}", &all(&["{a}", "{b}", "{c}"]), true);
    let branched = line(r"end(\n)begin|end2(\n)begin2|begin3");
    check(
        &branched,
        "x end\nbegin y end2\nbegin2 z begin3 w",
        &all(&["x end", "begin y end2", "begin2 z", "begin3 w"]),
        true,
    );
    check(&line("()x"), "xaxbx", &all(&["xa", "xb", "x"]), true);
    check(&line("()"), "ab", &all(&["a", "b"]), true);
    check(&line(r"(\n)$"), "a\nb\n", &all(&["a\nb"]), true);
    check(&line(r"(?m)(\n)^b"), "a\nb\nc\nb", &all(&["a", "b\nc", "b"]), true);
}

/// Longer texts than a window, the same breaks.
#[test]
fn windows_do_not_show() {
    let text: String = (0..200).map(|n| format!("2026-{n} {}\n", "x".repeat(n))).collect();
    let breaker = Breaker::line_breaker(r"(\n)\d{4}-").unwrap();
    for (block, window) in [(1, 40), (13, 40), (1000, 40), (1 << 20, 40), (7, 300)] {
        let (got, _) = frames(&breaker, text.as_bytes(), block, 1000, window);
        assert_eq!(got.len(), 200, "{block} {window}");
        for (n, (event, at, status)) in got.iter().enumerate() {
            assert_eq!(event, &format!("2026-{n} {}", "x".repeat(n)).trim_end());
            assert_eq!(*status, Complete);
            assert!(text[*at as usize..].starts_with(event.as_str()));
        }
    }
}

#[test]
fn xml() {
    let events = Breaker::xml("Event").unwrap();
    let text = "\u{feff}<?xml version=\"1.0\"?>\n<!-- <Event> -->\n<Events>\n\
        <Event xmlns='x' a=\">\">\n <System/>\n <!-- </Event> --><![CDATA[</Event>]]]>\n</Event >\
        <Event/><Eventual>1</Eventual>\n<Event><Data Name='a'>&lt;Event></Data></Event>\n\
        </Events>\n";
    check(
        &events,
        text,
        &[
            (
                "<Event xmlns='x' a=\">\">\n <System/>\n <!-- </Event> --><![CDATA[</Event>]]]>\n\
                 </Event >",
                Complete,
            ),
            ("<Event/>", Complete),
            // what is no event and no element around them
            ("1</Eventual>", Damaged),
            ("<Event><Data Name='a'>&lt;Event></Data></Event>", Complete),
        ],
        true,
    );
    check(
        &events,
        "<Event>1</Event><Event>2</Event>",
        &all(&["<Event>1</Event>", "<Event>2</Event>"]),
        true,
    );
    // an event may hold one of its name
    let nested = "<Event a='1'><UserData><Event b='2'>x</Event></UserData></Event>";
    check(&events, nested, &all(&[nested]), true);
    check(&events, "<a><b><Event>1</Event></b></a>", &all(&["<Event>1</Event>"]), true);
    check(&events, "", &[], true);
}

#[test]
fn damaged_xml_costs_the_event_alone() {
    let events = Breaker::xml("Event").unwrap();
    check(
        &events,
        "half</Data></Event>\n<Event x='1'><Data>cut\n<Event x='1'><Data Name='q\n\
         <Event x='1'>ok</Event>\nstray <b>\n</Event>\n <Event x='1'>end",
        &[
            ("half</Data></Event>", Damaged),
            ("<Event x='1'><Data>cut", Damaged),
            ("<Event x='1'><Data Name='q", Damaged),
            ("<Event x='1'>ok</Event>", Complete),
            ("stray <b>", Damaged),
            ("</Event>", Damaged),
            ("<Event x='1'>end", Damaged),
        ],
        false,
    );
    check(&events, "x <Event>1</Event>", &[("x", Damaged), ("<Event>1</Event>", Complete)], true);
    check(&events, "<Events><Event>1</Event>", &all(&["<Event>1</Event>"]), false);
    check(&events, "<!-- never", &[("<!-- never", Damaged)], false);
    check(&events, "<Event", &[("<Event", Damaged)], false);
    check(&events, "<Other><![CDATA[x]]>\n</Other>", &[("<![CDATA[x]]>", Damaged)], true);
}

#[test]
fn long_events_are_cut_and_said_so() {
    let long = "y".repeat(50);
    for block in [1, 10, 1000] {
        let cut =
            |breaker: Breaker, text: &str| frames(&breaker, text.as_bytes(), block, 20, 1 << 16).0;
        let got = cut(
            Breaker::before("^a").unwrap(),
            &format!("a\n{long}\nx\na 2\n{}\n", "z".repeat(16)),
        );
        assert_eq!((got[0].0.len(), got[0].2), (20, Truncated), "{got:?}");
        // white space at the end does not make it too long
        assert_eq!((got[1].0.len(), got[1].2), (20, Complete), "{got:?}");
        let got = cut(Breaker::line_breaker("(,)").unwrap(), &format!("{long},b"));
        assert_eq!((got[0].0.len(), got[0].2), (20, Truncated));
        assert_eq!((got[1].0.as_str(), got[1].1, got[1].2), ("b", 51, Complete));
        let got = cut(Breaker::xml("e").unwrap(), &format!("<e>{long}</e><e>1</e>"));
        assert_eq!((got[0].0.len(), got[0].2), (20, Truncated));
        assert_eq!((got[1].0.as_str(), got[1].1, got[1].2), ("<e>1</e>", 57, Complete));
    }
}

#[test]
fn patterns_that_do_not_work_are_refused() {
    let reason = |r: Result<Breaker, BreakError>| r.unwrap_err().to_string();
    assert_eq!(
        reason(Breaker::line_breaker(r"[\r\n]+")),
        "cannot break events by `[\\r\\n]+`: it has no capture group for what stands between events"
    );
    for bad in ["(", r"(\n)(?!x)", r"(?<=x)(\n)", r"(a)\1", "(?=a)(\n)(?=b)", "(x{1000}){1000}"] {
        let text = reason(Breaker::line_breaker(bad));
        assert!(text.starts_with("cannot break events by `"), "{text}");
        assert!(!text.trim_start_matches(char::is_control).ends_with(": "), "{text}");
        assert!(Breaker::before(bad).is_err() && Breaker::after(bad).is_err());
    }
    assert!(Breaker::xml("").is_err() && Breaker::xml("a b").is_err());
    // look-ahead at the end needs none of what is refused
    for good in [r"(\n)(?=[()\]]x)", r"[]()](\n)(?=a(b)c)", r"(\n)(?=\))"] {
        Breaker::line_breaker(good).unwrap();
    }
}

#[test]
fn equal_by_kind_and_text() {
    let before = Breaker::before("a").unwrap();
    assert_eq!(before, Breaker::before("a").unwrap());
    assert_ne!(before, Breaker::after("a").unwrap());
    assert_ne!(before, Breaker::before("b").unwrap());
    assert_eq!(Breaker::xml("Event").unwrap().to_string(), "xml:Event");
    assert_eq!(format!("{before:?}"), "Breaker(\"before\", \"a\")");
}

/// What is no event: white space around events alone.
fn squeezed(text: &str) -> String {
    text.split_ascii_whitespace().collect()
}

proptest! {
    /// Any cut into blocks gives the same events, and no byte but white space is lost.
    #[test]
    fn blocks_do_not_matter(
        text in "(a[0-9]\n|b|[x \r\n]|END|\n\n|\u{feff}|é){0,40}",
        block in 1usize..9,
        max in prop::sample::select(vec![3usize, 10, 1000]),
        kind in 0usize..4,
    ) {
        let breaker = match kind {
            0 => Breaker::before("^a[0-9]"),
            1 => Breaker::after("END"),
            2 => Breaker::line_breaker("(\n+)(?:a|b)"),
            _ => Breaker::line_breaker("()END"),
        }.unwrap();
        let window = 16;
        let whole = frames(&breaker, text.as_bytes(), 1 << 20, max, window);
        prop_assert_eq!(&frames(&breaker, text.as_bytes(), block, max, window), &whole);
        if max == 1000 {
            let kept: String = whole.0.iter().map(|g| g.0.as_str()).collect();
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            prop_assert_eq!(squeezed(&kept), squeezed(text));
        }
        // offsets go up, and say where the text stands
        for (event, at, status) in &whole.0 {
            if *status == Complete {
                prop_assert!(text.as_bytes()[*at as usize..].starts_with(event.as_bytes()));
            }
        }
        prop_assert!(whole.0.windows(2).all(|w| w[0].1 < w[1].1));
    }

    #[test]
    fn xml_blocks_do_not_matter(
        text in "(<e>|</e>|<e a='1'>|<e/>|<r>|</r>|<!--|-->|<\\!\\[CDATA\\[|\\]\\]>|<\\?|\\?>|[<>'\" xé\n/]){0,30}",
        block in 1usize..9,
        max in prop::sample::select(vec![3usize, 10, 1000]),
    ) {
        let breaker = Breaker::xml("e").unwrap();
        let whole = frames(&breaker, text.as_bytes(), 1 << 20, max, 64);
        prop_assert_eq!(&frames(&breaker, text.as_bytes(), block, max, 64), &whole);
        for (event, at, status) in &whole.0 {
            if *status == Complete {
                prop_assert!(event.starts_with("<e") && event.ends_with('>'));
            }
            if *status != Truncated {
                prop_assert!(text.as_bytes()[*at as usize..].starts_with(event.as_bytes()), "{event:?} at {at}");
            }
        }
        prop_assert!(whole.0.windows(2).all(|w| w[0].1 < w[1].1));
    }
}
