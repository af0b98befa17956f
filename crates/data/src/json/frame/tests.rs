//! Framing, with every way to cut the input into blocks.

use proptest::prelude::*;

use super::*;
use FrameStatus::{Complete, Damaged, Truncated};

type Got = (String, u64, FrameStatus);

fn frames(framing: &Framing, text: &[u8], block: usize, max: usize) -> (Vec<Got>, bool) {
    let mut framer = Framer::with_max_event(framing.clone(), max);
    let mut out = Vec::new();
    let mut emit = |f: Frame<'_>| {
        out.push((String::from_utf8_lossy(f.bytes).into_owned(), f.offset, f.status));
    };
    for part in text.chunks(block) {
        framer.push(part, &mut emit);
    }
    let whole = framer.finish(&mut emit);
    (out, whole)
}

/// The events, the same for all block sizes.
#[track_caller]
fn check(framing: Framing, text: &str, want: &[(&str, FrameStatus)], whole: bool) {
    for block in [1, 2, 3, 7, 64, 1 << 20] {
        let (got, end) = frames(&framing, text.as_bytes(), block, 1000);
        let short: Vec<_> = got.iter().map(|(t, _, s)| (t.as_str(), *s)).collect();
        assert_eq!(short, want, "blocks of {block}");
        assert_eq!(end, whole, "blocks of {block}");
        for (t, at, _) in &got {
            assert!(text[*at as usize..].starts_with(t.as_str()), "offset {at} of {t:?}");
        }
    }
}

#[test]
fn concatenated() {
    let text = "\u{FEFF}{\"a\":1}{\"b\":\"}\\\"{\"}\n\n{\n  \"c\": [1, {}]\n}\r\n[1]\n";
    check(
        Framing::Concatenated,
        text,
        &[
            ("{\"a\":1}", Complete),
            ("{\"b\":\"}\\\"{\"}", Complete),
            ("{\n  \"c\": [1, {}]\n}", Complete),
            ("[1]", Complete),
        ],
        true,
    );
}

#[test]
fn damage_costs_one_line() {
    let text =
        "{\"a\":\"cut\n{\"b\":1\n{\"c\":2}\ngarbage {\"d\":3}\n{\"e\":[1}\n{\"f\":4}}\n{\"g\":5";
    check(
        Framing::Concatenated,
        text,
        &[
            ("{\"a\":\"cut", Damaged),
            ("{\"b\":1", Damaged),
            ("{\"c\":2}", Complete),
            ("garbage {\"d\":3}", Damaged),
            ("{\"e\":[1}", Damaged),
            ("{\"f\":4}", Complete),
            ("}", Damaged),
            ("{\"g\":5", Damaged),
        ],
        false,
    );
}

#[test]
fn array() {
    check(
        Framing::Array,
        "[ {\"a\":1},\n{\"b\":[2]} , 3, \"x,]\", []]\n[{\"c\":1}] {\"d\":1}",
        &[
            ("{\"a\":1}", Complete),
            ("{\"b\":[2]}", Complete),
            ("3", Complete),
            ("\"x,]\"", Complete),
            ("[]", Complete),
            ("{\"c\":1}", Complete),
            ("{\"d\":1}", Complete),
        ],
        true,
    );
    check(Framing::Array, "[{\"a\":1},\n", &[("{\"a\":1}", Complete)], false);
    check(Framing::Array, "[]", &[], true);
}

#[test]
fn wrapped() {
    check(
        Framing::Wrapped("items".into()),
        "{\"kind\":\"items\",\"meta\":{\"items\":[{\"no\":1}]},\"items\":[{\"a\":1},{\"b\":2}],\
         \"z\":[1]}\n{\"items\":[{\"c\":1}]}\n{\"items\":{},\"other\":[1]}",
        &[
            ("{\"a\":1}", Complete),
            ("{\"b\":2}", Complete),
            ("{\"c\":1}", Complete),
            ("{\"items\":{},\"other\":[1]}", Complete),
        ],
        true,
    );
    check(
        Framing::Wrapped("Records".into()),
        "{\"Records\":[{\"a\":\"cut\n{\"b\":1}]}",
        &[("{\"a\":\"cut", Damaged), ("{\"b\":1}", Complete)],
        true,
    );
}

#[test]
fn long_events_are_cut_and_said_so() {
    let long = format!("{{\"a\":\"{}\"}}\n{{\"b\":1}}", "x".repeat(50));
    for block in [1, 10, 1000] {
        let (got, _) = frames(&Framing::Concatenated, long.as_bytes(), block, 20);
        assert_eq!(got.len(), 2);
        assert_eq!((got[0].0.len(), got[0].2), (20, Truncated));
        assert_eq!((got[1].0.as_str(), got[1].2), ("{\"b\":1}", Complete));
    }
}

proptest! {
    /// Any cut into blocks gives the same events, and no byte but separators is lost.
    #[test]
    fn blocks_do_not_matter(
        text in "(\\{\"a\":1\\}|[\\[\\]{},:\"\\\\\n xé1]|\"items\":\\[){0,30}", block in 1usize..9,
        kind in 0usize..3,
    ) {
        let framing =
            [Framing::Concatenated, Framing::Array, Framing::Wrapped("items".into())][kind].clone();
        let whole = frames(&framing, text.as_bytes(), 1 << 20, 1000);
        // a block may end inside a character; compare what the bytes say
        prop_assert_eq!(&frames(&framing, text.as_bytes(), block, 1000), &whole);
        if framing == Framing::Concatenated {
            let kept: String = whole.0.iter().map(|g| g.0.as_str()).collect();
            let strip = |s: &str| s.replace([' ', '\n', ','], "");
            prop_assert_eq!(strip(&kept), strip(&text));
        }
    }
}
