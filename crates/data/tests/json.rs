//! The scanner and the flattener against a plain reading of random JSON trees.

mod support;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use proptest::prelude::*;
use sepal_data::fieldset::FieldSet;
use sepal_data::json::flatten::DEFAULT_MAX_FIELDS;
use sepal_data::json::*;
use support::{Pen, event, fields};

fn written(tree: &support::Tree, how: &[u8]) -> String {
    let mut text = String::new();
    Pen::new(how).write(tree, &mut text);
    text
}

fn flat(f: &mut Flattener, text: &[u8]) -> Result<Vec<(String, String)>, ScanError> {
    let mut out = Vec::new();
    f.flatten(text, &mut out)?;
    let named = |l: &Leaf| (f.name(l.field).to_owned(), l.span.text(text).into_owned());
    Ok(out.iter().map(named).collect())
}

fn values(out: &Slots, slot: usize, text: &[u8]) -> Vec<String> {
    out.iter(slot).map(|s| s.text(text).into_owned()).collect()
}

/// Names to ask for: some that are there, some that are not.
fn asked(all: &[(String, String)], pick: &[u8]) -> Vec<String> {
    let there: BTreeSet<&str> = all.iter().map(|f| f.0.as_str()).collect();
    let mut names: BTreeSet<String> =
        ["a.b.c", "a{}.b", "c", "a{}{}", "{}"].map(String::from).into();
    let keep = |i: usize| pick.get(i % pick.len().max(1)).is_none_or(|p| p % 3 == 0);
    names.retain(|n| keep(n.len()));
    names.extend(there.iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, n)| n.to_string()));
    names.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn flatten_reads_as_written(
        trees in prop::collection::vec(event(), 1..4),
        how in prop::collection::vec(0u8..255, 1..40),
    ) {
        let mut f = Flattener::new(DEFAULT_MAX_FIELDS);
        for tree in trees.iter().chain(&trees) {
            let text = written(tree, &how);
            prop_assert_eq!(flat(&mut f, text.as_bytes()).unwrap(), fields(tree), "{}", text);
            prop_assert!(validate(text.as_bytes()).is_ok());
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        }
        prop_assert_eq!(f.dropped_values(), 0);
    }

    #[test]
    fn filtered_flatten_is_flatten_filtered(
        tree in event(), how in prop::collection::vec(0u8..255, 1..20),
        wanted in prop::collection::vec("(a|b|a\\.b|a\\{\\}\\.\\*|\\*b|a\\*|c\\.a|\\*\\{\\}|a\\{\\}\\*c)", 0..3),
    ) {
        let text = written(&tree, &how);
        let wanted: FieldSet = wanted.iter().collect();
        let want: Vec<_> = fields(&tree).into_iter().filter(|f| wanted.contains(&f.0)).collect();
        let mut f = Flattener::with_filter(DEFAULT_MAX_FIELDS, wanted);
        prop_assert_eq!(flat(&mut f, text.as_bytes()).unwrap(), want, "{}", text);
    }

    #[test]
    fn scan_finds_what_flatten_finds(
        tree in event(), how in prop::collection::vec(0u8..255, 1..40),
        pick in prop::collection::vec(0u8..255, 1..9),
    ) {
        let (text, all) = (written(&tree, &how), fields(&tree));
        let b = text.as_bytes();
        let names = asked(&all, &pick);
        let paths = PathSet::compile(&names).unwrap();
        let mut out = Slots::new(paths.len());
        prop_assert_eq!(scan(&paths, b, &mut out).unwrap(), Scan::Complete);
        for (slot, name) in names.iter().enumerate() {
            let want: Vec<_> = all.iter().filter(|f| f.0 == *name).map(|f| f.1.clone()).collect();
            prop_assert_eq!(values(&out, slot, b), want.clone(), "{} in {}", name, text);
            prop_assert_eq!(out.is_multi(slot), want.len() > 1);

            // one name alone, with an early end
            let one = PathSet::compile(&[name]).unwrap();
            scan_early(&one, b, &mut out).unwrap();
            prop_assert_eq!(values(&out, 0, b), want.clone(), "early: {} in {}", name, text);

            // the predicate's field first: stop at the first value
            let end = scan_until(&one, b, &mut out, |_, _| ControlFlow::Break(())).unwrap();
            if let Scan::Stopped(at) = end && !one.may_repeat(0, &b[at..]) {
                prop_assert_eq!(want.len(), 1, "repeat: {} in {}", name, text);
            }
            scan(&paths, b, &mut out).unwrap();
        }
        let mut early = Slots::new(paths.len());
        scan_early(&paths, b, &mut early).unwrap();
        for slot in 0..names.len() {
            prop_assert_eq!(values(&early, slot, b), values(&out, slot, b), "{}", text);
        }
    }

    /// Cut anywhere, the text is an error, whatever is asked for.
    #[test]
    fn truncation_is_seen(tree in event(), how in prop::collection::vec(0u8..255, 1..20)) {
        let text = written(&tree, &how);
        let names = asked(&fields(&tree), &[0]);
        let mut f = Flattener::new(DEFAULT_MAX_FIELDS);
        let mut out = Slots::new(0);
        for names in [&names[..], &names[..names.len().min(1)], &[]] {
            let paths = PathSet::compile(names).unwrap();
            for cut in 0..text.len() {
                let part = &text.as_bytes()[..cut];
                prop_assert!(scan(&paths, part, &mut out).is_err(), "{:?}", &text[..0]);
                prop_assert!(flat(&mut f, part).is_err());
                prop_assert!(validate(part).is_err());
                let _ = scan_early(&paths, part, &mut out);
            }
        }
    }

    /// Wrong bytes never panic; what the strict check accepts, the readers accept.
    #[test]
    fn damage(
        tree in event(), how in prop::collection::vec(0u8..255, 1..20),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..4),
    ) {
        let mut b = written(&tree, &how).into_bytes();
        for (at, byte, what) in &hits {
            let at = at.index(b.len());
            match what {
                0 => b[at] = *byte,
                1 => b[at] = b"{}[]\",:\\u0 "[*byte as usize % 11],
                _ => { b.remove(at); }
            }
            if b.is_empty() { b.push(b'{'); }
        }
        let paths = PathSet::compile(&asked(&fields(&tree), &[0])).unwrap();
        let mut out = Slots::new(paths.len());
        let scanned = scan(&paths, &b, &mut out);
        let _ = scan_early(&paths, &b, &mut out);
        let flattened = flat(&mut Flattener::new(50), &b);
        let strict = validate(&b);
        if strict.is_ok() {
            prop_assert!(scanned.is_ok() && flattened.is_ok());
        }
        let container = matches!(b.trim_ascii_start().first(), Some(b'{' | b'['));
        let serde = serde_json::from_slice::<serde::de::IgnoredAny>(&b).is_ok() && container;
        if std::str::from_utf8(&b).is_ok() {
            prop_assert_eq!(strict.is_ok(), serde, "{}", String::from_utf8_lossy(&b));
        }
    }
}

#[test]
fn depth_is_bounded() {
    let paths = PathSet::compile(&["a", "a{}", "{}{}"]).unwrap();
    let mut out = Slots::new(paths.len());
    let mut f = Flattener::new(DEFAULT_MAX_FIELDS);
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"b\":", "}")] {
        for (levels, fine) in [(127, true), (128, true), (129, false), (100_000, false)] {
            let inner = if open == "[" { "1" } else { "{\"a\":1}" };
            let levels = if open == "[" { levels } else { levels - 1 };
            let text = format!("{}{inner}{}", open.repeat(levels), close.repeat(levels));
            let b = text.as_bytes();
            for got in
                [scan(&paths, b, &mut out).map(|_| ()), validate(b), flat(&mut f, b).map(|_| ())]
            {
                let want = if fine { None } else { Some(ScanErrorKind::Depth) };
                assert_eq!(got.err().map(|e| e.kind), want, "{open} {levels}");
            }
        }
        let cut = open.repeat(100_000);
        assert_eq!(scan(&paths, cut.as_bytes(), &mut out).unwrap_err().kind, ScanErrorKind::Depth);
    }
}

#[test]
fn errors_name_their_place() {
    let paths = PathSet::compile(&["a", "b.c"]).unwrap();
    let mut out = Slots::new(2);
    for (text, want) in [
        ("", "empty event at byte 0"),
        (" \n", "empty event at byte 2"),
        ("12", "not an object or array at byte 0"),
        ("{\"a\":01}", "malformed number at byte 5"),
        ("{\"a\":tru}", "unknown word at byte 5"),
        ("{\"a\":tru", "object or array without an end at byte 5"),
        ("{\"a\" 1}", "expected a colon at byte 5"),
        ("{a:1}", "expected a key at byte 1"),
        ("{\"a\":}", "expected a value at byte 5"),
        ("{\"a\":1 \"b\":2}", "expected a comma or the closing bracket at byte 7"),
        ("{\"b\":{\"c\":1]}", "expected a comma or the closing bracket at byte 11"),
        ("{\"a\":1}}", "text after the end at byte 7"),
        ("{\"a\":\"x}", "string without an end at byte 5"),
        ("{\"x\":[\"x]}", "string without an end at byte 6"),
    ] {
        assert_eq!(
            scan(&paths, text.as_bytes(), &mut out).unwrap_err().to_string(),
            want,
            "{text}"
        );
    }
}

#[test]
fn slots_are_reused() {
    let paths = PathSet::compile(&["a{}", "b"]).unwrap();
    let mut out = Slots::new(2);
    let text = b"{\"a\":[1,[],\"x\",{},null,true],\"b\":2,\"b\":3}";
    for _ in 0..3 {
        scan(&paths, text, &mut out).unwrap();
        assert_eq!(values(&out, 0, text), ["1", "x", "null", "true"]);
        assert_eq!(values(&out, 1, text), ["2", "3"]);
        assert_eq!(out.filled(), 2);
        scan(&paths, b"{}", &mut out).unwrap();
        assert_eq!((out.get(0), out.filled(), out.iter(1).count()), (None, 0, 0));
    }
}

#[test]
fn many_keys_on_one_level() {
    let names: Vec<String> = (0..500).map(|i| format!("prefix_of_key_{i}")).collect();
    let text: String = names.iter().map(|n| format!("\"{n}\":\"{n}\",\"{n}x\":0,")).collect();
    let text = format!("{{{}}}", text.trim_end_matches(','));
    let paths = PathSet::compile(&names).unwrap();
    let mut out = Slots::new(paths.len());
    scan(&paths, text.as_bytes(), &mut out).unwrap();
    for (slot, name) in names.iter().enumerate() {
        assert_eq!(values(&out, slot, text.as_bytes()), [name.as_str()]);
    }
}

#[test]
fn early_end_stops_before_the_rest() {
    let paths = PathSet::compile(&["verb", "user.name"]).unwrap();
    let mut out = Slots::new(2);
    let text = br#"{"verb":"get","user":{"name":"x"},"more":{"a":[1,2,3]}}"#;
    assert!(matches!(scan_early(&paths, text, &mut out), Ok(Scan::Stopped(32))));
    let again = br#"{"verb":"get","user":{"name":"x"},"more":{"verb":1},"verb":"put"}"#;
    assert_eq!(scan_early(&paths, again, &mut out), Ok(Scan::Complete));
    assert_eq!(values(&out, 0, again), ["get", "put"]);
}

#[test]
fn distinct_paths_are_capped() {
    let mut f = Flattener::new(10);
    let mut out = Vec::new();
    for i in 0..100 {
        let text = format!("{{\"id\":{i},\"uids\":{{\"uid{i}\":{{\"x\":1}}}}}}");
        f.flatten(text.as_bytes(), &mut out).unwrap();
        assert_eq!(out[0].span.text(text.as_bytes()), i.to_string());
    }
    assert!(f.fields() <= 10);
    assert!(f.dropped_values() > 90);
    assert_eq!(f.name(FieldId(0)), "id");
    assert_eq!(f.name(FieldId(1)), "uids.uid0.x");
}
