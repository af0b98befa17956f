//! No text makes the parser panic, hang or run out of stack.

use proptest::prelude::*;
use sepal_parser::ast::Span;
use sepal_parser::macros::{MacroDef, MacroSet, Origin};
use sepal_parser::{cursor_context, format, is_complete, parse, parse_search, tokens};

fn def(name: &str, arguments: &[&str], definition: &str) -> MacroDef {
    MacroDef {
        name: name.into(),
        arguments: arguments.iter().map(|&a| a.into()).collect(),
        definition: definition.into(),
        ..MacroDef::default()
    }
}

fn macros() -> MacroSet {
    let mut set = MacroSet::new();
    set.insert(def("m", &[], "a OR b"));
    set.insert(def("m", &["x"], "| where $x$=\"$x$\""));
    set.insert(def("loop", &[], "x `loop`"));
    set
}

/// Everything that may be done with a text, with all that must hold of the answers.
fn whatever(text: &str) {
    let inside = |text: &str, s: Span| {
        let r = s.range();
        assert!(text.get(r.clone()).is_some(), "{r:?} of {text:?}");
    };
    for d in parse(text).diagnostics {
        inside(text, d.span);
        assert!(!d.message.is_empty());
    }
    let p = parse_search(text, Origin::default(), &macros(), None);
    for d in &p.diagnostics {
        inside(&p.expanded.text, d.span);
        for frame in p.expanded.map.resolve(d.span) {
            assert!(frame.file_text.get(frame.range.clone()).is_some(), "{frame:?}");
        }
    }
    for s in &p.pipeline.stages {
        inside(&p.expanded.text, s.span);
        inside(&p.expanded.text, s.name.span);
    }
    let mut end = 0;
    for (span, _) in tokens(text) {
        inside(text, span);
        assert!(span.start as usize >= end, "tokens overlap in {text:?}");
        end = span.end as usize;
    }
    is_complete(text);
    for at in [0, text.len() / 2, text.len()] {
        inside(text, cursor_context(text, at).word);
    }
    if let Ok(once) = format(text) {
        assert_eq!(format(&once).as_deref(), Ok(once.as_str()), "not idempotent: {text:?}");
        let again = parse_search(&once, Origin::default(), &macros(), None);
        assert_eq!(p.pipeline, again.pipeline, "{text:?} became {once:?}");
    }
}

/// Deep nesting is a diagnostic also on a small stack.
#[test]
fn deep_nesting_on_a_small_stack() {
    let n = 100_000;
    let deep = |open: &str, close: &str| format!("{}x{}", open.repeat(n), close.repeat(n));
    let texts = [
        format!("| where {}", deep("(", ")")),
        format!("| where {}", "(".repeat(n)),
        deep("(", ")"),
        "(".repeat(n),
        format!("| where {}", deep("lower(", ")")),
        format!("| where {}", deep("if(", "")),
        format!("| eval a={}", "-".repeat(n)),
        format!("| where {}x", "NOT ".repeat(n)),
        format!("{}x", "NOT ".repeat(n)),
        format!("{}x", "NOT (".repeat(n)),
        deep("[search ", "]"),
        deep("a | append [b | append [c ", "]]"),
        "[".repeat(n),
        "]".repeat(n),
        format!("| stats count({}", deep("eval(", ")")),
        format!("| eval x={}1", "1+".repeat(n)),
        format!("| eval x={}1", "a.".repeat(n)),
        format!("| where {}b", "a=b OR ".repeat(n)),
        format!("| where {}b", "a=b AND c OR ".repeat(n)),
        format!("| where {}1", "1 = ".repeat(n)),
        format!("{}b", "a=b OR ".repeat(n)),
        "|".repeat(n),
        format!("| lookup {}", deep("[", "]")),
        "`m(".repeat(n),
        "`".repeat(n),
        "```".repeat(n),
        deep("sort ip(", ")"),
        format!("x | {}", deep("foreach [", "]")),
    ];
    let run = move || {
        for text in &texts {
            eprintln!("{}", &text[..20]);
            let p = parse_search(text, Origin::default(), &macros(), None);
            drop(p);
            tokens(text);
            is_complete(text);
            cursor_context(text, text.len());
            format(text).ok();
        }
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(run).unwrap().join().unwrap();
}

/// The limit is told, with its place.
#[test]
fn too_deep_is_told() {
    let text = format!("| where {}x{}", "(".repeat(1000), ")".repeat(1000));
    let d = &parse(&text).diagnostics[0];
    assert_eq!((d.code, d.message.as_str()), ("SPL0006", "nested too deep"));
    let text = format!("| where {}x{}", "(".repeat(100), ")".repeat(100));
    assert_eq!(parse(&text).diagnostics, vec![]);
    // a long flat list of alternatives is not deep
    let text = format!("| where {}b=1", "a=1 OR ".repeat(5000));
    assert_eq!(parse(&text).diagnostics, vec![]);
}

/// Macros that lead to more and more text end at a limit.
#[test]
fn macro_bombs_end() {
    let mut set = MacroSet::new();
    for n in 0..30 {
        let next = n + 1;
        set.insert(def(&format!("b{n}"), &[], &format!("`b{next}` `b{next}` `b{next}`")));
        set.insert(def(&format!("e{n}"), &[], &format!("`e{next}``e{next}`")));
        set.insert(def(&format!("a{n}"), &["x"], &format!("`a{next}($x$$x$$x$$x$)`")));
    }
    set.insert(def("b30", &[], "x"));
    set.insert(def("e30", &[], ""));
    set.insert(def("a30", &["x"], "$x$"));
    set.insert(def("n", &[], &format!("{}x", "`m` ".repeat(100_000))));
    for text in ["`b0`", "`e0`", "`a0(0123456789)`", "`n`"] {
        let p = parse_search(text, Origin::default(), &set, None);
        assert!(p.has_errors(), "{text}");
        assert!(p.expanded.text.len() <= 1 << 21, "{text}");
    }
}

/// Pieces of SPL, so that random texts reach deep into the grammars.
fn piece() -> impl Strategy<Value = String> {
    let fixed = [
        "|",
        "| ",
        " ",
        " ",
        "\n",
        "(",
        ")",
        "[",
        "]",
        "\"",
        "'",
        "`",
        "```",
        "=",
        "!=",
        "<",
        ",",
        "*",
        "\\",
        "\\\"",
        "AND ",
        "OR ",
        "NOT ",
        "IN (",
        "by ",
        " as ",
        "where ",
        "eval ",
        "stats ",
        "search ",
        "rename ",
        "table ",
        "sort ",
        "dedup ",
        "rex ",
        "top ",
        "bin ",
        "convert ",
        "head ",
        "append [",
        "field=",
        "limit=5 ",
        "count",
        "dc(",
        "count(eval(",
        "if(",
        "lower(",
        "TERM(",
        "`m`",
        "`m(x)`",
        "`loop`",
        "earliest=-1h ",
        "a",
        "b.c{}",
        "1",
        ".5",
        "\"t\"",
        "'f'",
        "é",
        "💥",
        "\u{a0}",
        "ß",
        "=x",
        "regex ",
        "foreach ",
        "fields - ",
        "ctime(",
        ":",
        "$x$",
        "by",
        "BY",
        " BY ",
        "from ",
        "tstats ",
    ];
    prop_oneof![
        8 => prop::sample::select(fixed.to_vec()).prop_map(str::to_owned),
        1 => ".{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,80}") {
        whatever(&text);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(piece(), 0..40)) {
        whatever(&pieces.concat());
    }
}
