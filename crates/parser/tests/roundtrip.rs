//! Random searches that are right: they parse without a message, and formatting keeps the tree.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use proptest::prelude::*;
use sepal_parser::{format, parse};

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["user", "src_ip", "host", "bytes", "x1", "_time"])
        .prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        name(),
        (name(), name()).prop_map(|(a, b)| format!("{a}.{b}")),
        name().prop_map(|a| format!("{a}{{}}")),
        (name(), name()).prop_map(|(a, b)| format!("{a}{{}}.{b}")),
        name().prop_map(|a| format!("\"{a} b\"")),
    ]
}

fn space() -> impl Strategy<Value = String> {
    prop::sample::select(vec![" ", "  ", "\n", "\n    ", " ``` why ``` "]).prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "1",
        "1.50",
        "a*",
        "\"a  b\"",
        "\"q\\\"|x\"",
        "c:\\\\d",
        "::1",
        "-24h@h",
        "TERM(a)",
    ])
    .prop_map(str::to_owned)
}

fn terms() -> impl Strategy<Value = String> {
    let op = prop::sample::select(vec!["=", "!=", " = ", "<", ">="]);
    let leaf = prop_oneof![
        (path(), op, value()).prop_map(|(f, o, v)| format!("{f}{o}{v}")),
        (path(), prop::collection::vec(value(), 1..4))
            .prop_map(|(f, v)| format!("{f} IN ({})", v.join(", "))),
        value(),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 1..4), space()).prop_map(|(l, s)| l.join(&s)),
            prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|l| format!("({})", l.join(" OR "))),
            inner.clone().prop_map(|t| format!("NOT ({t})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) AND {b}")),
        ]
    })
}

fn expr() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        name(),
        path().prop_map(|p| format!("'{}'", p.replace('"', ""))),
        prop::sample::select(vec!["1", ".25", "2.50", "\"t  u\"", "\"a\\\\b\"", "null()"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let op = prop::sample::select(vec![
            "+", " - ", "*", " / ", " % ", " . ", "=", " == ", "!=", "<", " AND ", " OR ", " XOR ",
            " LIKE ", " and ",
        ]);
        prop_oneof![
            (inner.clone(), op, inner.clone()).prop_map(|(a, o, b)| format!("{a}{o}{b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("NOT ({a})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("if({a},  {b},\n {c})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} IN ({b}, 1))")),
        ]
    })
}

fn aggregate() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("count".to_owned()),
        path().prop_map(|f| format!("dc({f})")),
        path().prop_map(|f| format!("perc95( {f} ) AS p")),
        expr().prop_map(|e| format!("count(eval({e})) as \"n  m\"")),
        expr().prop_map(|e| format!("values(eval({e}))")),
        Just("values(*) AS *".to_owned()),
    ]
}

fn stage() -> impl Strategy<Value = String> {
    let fields = || prop::collection::vec(path(), 1..12);
    prop_oneof![
        terms().prop_map(|t| format!("search {t}")),
        expr().prop_map(|e| format!("where {e}")),
        (name(), expr(), expr()).prop_map(|(f, a, b)| format!("eval {f}.z={a}, {f} = {b}")),
        (prop::collection::vec(aggregate(), 1..4), fields(), space())
            .prop_map(|(a, f, s)| format!("stats {}{s}by {}", a.join(&s), f.join(&s))),
        fields().prop_map(|f| format!("table {}", f.join(", "))),
        (fields(), any::<bool>()).prop_map(|(f, m)| format!(
            "fields {}{}",
            if m { "- " } else { "" },
            f.join(" ")
        )),
        (path(), path()).prop_map(|(a, b)| format!("rename {a} AS {b}")),
        fields().prop_map(|f| format!("dedup 2 {} keepempty=t", f.join(" "))),
        fields().prop_map(|f| format!("sort 0 - {}", f.join(", "))),
        terms().prop_map(|t| format!("append [search {t} | head 5]")),
        path().prop_map(|f| format!("rex field={f} \"(?<u>a|b)  c\" max_match=0")),
        (path(), terms())
            .prop_map(|(f, t)| format!("lookup t {f} OUTPUT x | join {f} [search {t}]")),
        (prop::collection::vec(aggregate(), 1..3), terms(), fields(), space()).prop_map(
            |(a, t, f, s)| format!(
                "append [tstats summariesonly=t {}{s}from datamodel=A.B where {t} {s}by {} _time \
                 span=1h PREFIX(a=)]",
                a.join(", "),
                f.join(&s)
            )
        ),
        Just("append [| from datamodel:\"A.B\"]".to_owned()),
        Just("append [| datamodel A  B search strict_fields=f]".to_owned()),
        Just("bucket _time span=1h".to_owned()),
        Just("fillnull value=\"\" a".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn right_searches((first, rest, pipe) in (terms(), prop::collection::vec(stage(), 0..5), space())) {
        let mut text = first;
        for s in rest {
            text.push_str(&format!("{pipe}|{s}"));
        }
        let expanded = sepal_parser::macros::expand(
            &text, Default::default(), &Default::default(), None);
        let tree = parse(&expanded.text);
        prop_assert!(tree.diagnostics.is_empty(), "{text}\n{:?}", tree.diagnostics);
        let formatted = format(&text).map_err(|e| TestCaseError::fail(format!("{e:?}")))?;
        let again = sepal_parser::macros::expand(
            &formatted, Default::default(), &Default::default(), None);
        prop_assert_eq!(&tree.pipeline, &parse(&again.text).pipeline, "{}\n{}", text, formatted);
        prop_assert_eq!(&format(&formatted).map_err(|e| TestCaseError::fail(format!("{e:?}")))?, &formatted);
    }
}
