//! The probe against a full scan.

use proptest::prelude::*;

use super::*;
use crate::json::unescape;
use crate::wildcard::fold_str;

fn lines(probe: &Probe, block: &str) -> Vec<String> {
    let mut out = Vec::new();
    probe.candidates(block.as_bytes(), |r| out.push(block[r].to_owned()));
    out
}

#[test]
fn pieces_that_json_writes_in_one_way() {
    for (literal, want) in [
        ("Pulling image", Some("Pulling image")),
        (r"C:\Windows\System32", Some("Window")),
        ("a/bcd", Some("bcd")),
        ("a/bc", None),
        ("café crème", Some(" cr")),
        ("kubernetes", Some("ubernete")),
        ("task", Some("task")),
        ("x", None),
        ("\\/\"", None),
    ] {
        let got = piece(literal);
        if want == Some("Window") {
            // which of several pieces is a matter of taste, that it is one is not
            let got = got.unwrap();
            assert!(literal.contains(got) && !got.contains(['\\', 'é', 'è']), "{got}");
        } else {
            assert_eq!(got, want, "{literal}");
        }
    }
}

#[test]
fn blocks() {
    let probe = Probe::new(&[vec!["pulling image"], vec!["default", "prod"]]);
    let block = "{\"m\":\"x\"}\n{\"m\":\"PULLING Image\",\"n\":\"Prod\"}\n\
                 {\"m\":\"pulling image\"}\n\n{\"m\":\"\\u0050ulling\"}\n{\"pulling imagedefault";
    assert_eq!(
        lines(&probe, block),
        [
            "{\"m\":\"PULLING Image\",\"n\":\"Prod\"}",
            "{\"m\":\"\\u0050ulling\"}",
            "{\"pulling imagedefault"
        ]
    );
    let all = Probe::new::<&str>(&[vec![], vec!["/"]]);
    assert!(all.is_trivial());
    assert_eq!(lines(&all, "a\n\nb\n"), ["a", "", "b"]);
    assert_eq!(lines(&probe, ""), Vec::<String>::new());
}

#[test]
fn kelvin_and_long_s() {
    let probe = Probe::new(&[vec!["task"]]);
    assert!(probe.may_match("ta\u{17F}\u{212A}".as_bytes()));
    assert!(!probe.may_match("tä".as_bytes()));
    assert_eq!(lines(&probe, "tas\nTA\u{17F}k\ntaſ\nx"), ["TA\u{17F}k", "taſ"]);
}

/// Strings as sloppily as JSON allows them to be written.
fn written(s: &str, how: &[u8]) -> String {
    let mut out = String::new();
    for (i, c) in s.chars().enumerate() {
        match (c, how.get(i).copied().unwrap_or(0) % 4) {
            ('"' | '\\', 0 | 1) => out.extend(['\\', c]),
            ('/', 1) => out.push_str("\\/"),
            ('\n', 0 | 1) => out.push_str("\\n"),
            ('"' | '\\' | '\n', _) | (_, 3) => {
                let mut units = [0; 2];
                for u in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{u:04x}"));
                }
            }
            _ => out.push(c),
        }
    }
    out
}

proptest! {
    /// Candidates hold every line whose value contains the literals, ignoring case.
    #[test]
    fn sound(
        rows in proptest::collection::vec(
            ("[abkKsSſ\u{212A}éÉ/\\\\\"\nB ]{0,14}", proptest::collection::vec(0u8..8, 0..14)), 0..8),
        literals in proptest::collection::vec(
            proptest::collection::vec("[abkKsSſéÉ/\\\\\"\n ]{0,4}", 1..3), 1..3),
    ) {
        let mut block = String::new();
        for (text, how) in &rows {
            block.push_str(&format!("{{\"m\":\"{}\"}}\n", written(text, how)));
        }
        let probe = Probe::new(&literals);
        let found = lines(&probe, &block);
        for line in block.lines() {
            let value = fold_str(&unescape(&line.as_bytes()[6..line.len() - 2]));
            let hit = literals.iter().all(|c| c.iter().any(|l| value.contains(&fold_str(l))));
            if hit {
                prop_assert!(found.iter().any(|f| f == line), "{line} for {literals:?}");
                prop_assert!(probe.may_match(line.as_bytes()));
            }
            prop_assert_eq!(probe.may_match(line.as_bytes()), found.iter().any(|f| f == line));
        }
    }
}
