//! The literal probe never leaves out a row that a full scan gives.

use crate::support::{Seen, column, events, planned, run};
use proptest::prelude::*;
use sepal_exec::plan::{ScanOptions, plan};

/// Rows with and without the probe; the counts of damaged events may differ, since what the probe
/// leaves out is not read.
fn on_and_off(plan: &sepal_exec::plan::Plan, text: &[u8]) -> (Seen, Seen) {
    let inputs = events(text);
    let of = |prefilter| ScanOptions { prefilter, ..ScanOptions::default() };
    (run(plan, &inputs, &of(true), 1), run(plan, &inputs, &of(false), 1))
}

fn same(search: &str, text: &[u8]) -> Seen {
    let (on, off) = on_and_off(&planned(search), text);
    assert_eq!((&on.columns, &on.rows), (&off.columns, &off.rows), "{search}");
    assert_eq!((on.counts[0], on.counts[1]), (off.counts[0], off.counts[1]), "{search}");
    off
}

const KUBERNETES: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/kubernetes_audit.jsonl");

/// What people ask of audit events; each finds something.
#[test]
fn searches_over_kubernetes_events() {
    let text = std::fs::read(KUBERNETES).unwrap();
    for search in [
        "objectRef.resource=pods",
        "objectRef.resource=PODS verb=LIST",
        "verb IN (create, p*ch, \"DELETE\")",
        "requestObject.message=\"Pulling image*\"",
        "requestObject.message=\"*pulling IMAGE*\" NOT sourceIPs{}=10.0.0.0/8",
        "\"Pulling image\"",
        "pulling",
        "pull*",
        "CASE(Pulling)",
        "TERM(pods)",
        "PREFIX(kube)",
        "kubernetes* OR verb=watch",
        "user.username=\"system:serviceaccount:*\"",
        "user.groups{}=system:authenticated responseStatus.code=200",
        "responseStatus.code=404 OR responseStatus.code>=500",
        "responseStatus.code!=200 verb!=get",
        "sourceIPs{}=10.0.0.0/8",
        "NOT verb=get",
        "NOT (verb=get OR verb=list)",
        "verb=get (objectRef.resource=secrets OR user.username=*admin*)",
        "requestURI=\"/api/v1/*\"",
        "requestURI=\"*/api*\\*\" OR requestURI=*api*",
        "objectRef.name=* objectRef.n*=*a*",
        "userAgent=kubectl* OR userAgent=\"*Mozilla*\"",
        "level=metadata stage=responsecomplete",
        "annotations.authorization.k8s.io/decision=allow",
        "*",
    ] {
        let seen = same(search, &text);
        assert!(!seen.rows.is_empty() || search.contains("TERM"), "{search} finds nothing");
    }
}

/// One rule of the probe each.
#[test]
fn letters_escapes_and_folding() {
    let text = r#"{"n":1,"v":"task"}
{"n":2,"v":"TASK"}
{"n":3,"v":"ta\u0073k"}
{"n":4,"v":"ta\u017fK"}
{"n":5,"v":"taſk"}
{"n":6,"v":"TaſK"}
{"n":7,"v":"ta\u212A"}
{"n":8,"v":"a\/b"}
{"n":9,"v":"a/b"}
{"n":10,"v":"C:\\Windows\\System32"}
{"n":11,"v":"c:\u005cwindows\\system32"}
{"n":12,"v":"line\nbreak"}
{"n":13,"v":"É"}
{"n":14,"v":"\u00e9"}
{"n":15,"v":10}
{"n":16,"v":1e1}
{"n":17,"v":"10.1.2.3"}
{"n":18,"\u0076":"task"}
{"n":19,"v":true}
{"n":20,"v":null}
{"n":21,"v":["x","Task"]}
{"n":22,"v":"x","v":"task"}
"#;
    for (search, want) in [
        ("v=task", "1 2 3 4 5 6 18 22"),
        ("v=TA*", "1 2 3 4 5 6 7 18 22"),
        ("v=\"a/b\"", "8 9"),
        ("v=\"C:\\\\Windows\\\\System32\"", "10 11"),
        ("v=*WINDOWS*", "10 11"),
        ("v=é", "13 14"),
        ("v=10", "15"),
        ("v>9 v<11", "15 16"),
        ("v=10.0.0.0/8", "17"),
        ("v=TRUE", "19"),
        ("v=Null", "20"),
        ("v=CASE(task)", "1 3 18 22"),
        ("n=18 v=task", "18"),
        ("v=\"line*break\"", "12"),
        ("task v=task", "1 2 5 6 18 22"),
    ] {
        assert_eq!(column(&same(search, text.as_bytes()), "n").join(" "), want, "{search}");
    }
}

/// A JSON string written in one of the ways that its writer may choose.
fn written(s: &str, how: &[u8]) -> String {
    let mut out = String::new();
    for (i, c) in s.chars().enumerate() {
        match (c, how.get(i).copied().unwrap_or(0) % 5) {
            ('"' | '\\', 0..=2) => out.extend(['\\', c]),
            ('/', 1) => out.push_str("\\/"),
            ('\n', 0..=2) => out.push_str("\\n"),
            ('"' | '\\' | '\n', _) | (_, 3) => {
                let mut units = [0; 2];
                for u in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{u:04X}"));
                }
            }
            (_, 4) if c.is_ascii_lowercase() => out.push(c.to_ascii_uppercase()),
            _ => out.push(c),
        }
    }
    out
}

/// Letters that fold, that JSON escapes, that break terms, and that wildcards care for.
const LETTERS: &str = "[abkKsS\u{17f}\u{212a}éÉßẞiİı/\\\\\"\n.:*12 -]{0,8}";

fn value() -> impl Strategy<Value = String> {
    let text = || (LETTERS, prop::collection::vec(0u8..10, 0..8));
    prop_oneof![
        8 => text().prop_map(|(s, how)| format!("\"{}\"", written(&s, &how))),
        1 => prop::sample::select(vec!["1", "1.0", "12", "true", "null", "{}", "[]", "\"\\ud83d\"", "1e400"])
            .prop_map(str::to_owned),
        1 => prop::collection::vec(text(), 1..3).prop_map(|members| {
            let one = |(s, how): &(String, Vec<u8>)| format!("\"{}\"", written(s, how));
            format!("[{}]", members.iter().map(one).collect::<Vec<_>>().join(","))
        }),
        1 => text().prop_map(|(s, how)| format!("{{\"b\":\"{}\"}}", written(&s, &how))),
    ]
}

fn event() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec!["a", "b", "\\u0061", "a.b", "k", "s", "host"]);
    let whole = prop::collection::vec((key, value()), 0..4).prop_map(|members| {
        let one = |(k, v): &(&str, String)| format!("\"{k}\":{v}");
        format!("{{{}}}", members.iter().map(one).collect::<Vec<_>>().join(","))
    });
    prop_oneof![
        10 => whole,
        1 => LETTERS.prop_map(|s| s.replace('\n', " ")),
        1 => ("[a-c]{1,3}", LETTERS).prop_map(|(k, s)| format!("{{\"{k}\":\"{}", s.replace('\n', " "))),
    ]
}

/// A value of a search: quoted or not, with the escapes that quotes need.
fn sought() -> impl Strategy<Value = String> {
    let quoted = |s: String| format!("\"{}\"", s.replace('\\', "\\\\").replace('"', "\\\""));
    prop_oneof![
        4 => LETTERS.prop_map(move |s| quoted(s)),
        3 => "[abkKsS\u{17f}\u{212a}éß*12]{1,5}",
        1 => "[a-zA-Z*]{1,4}".prop_map(|s| format!("CASE({s})")),
        1 => prop::sample::select(vec!["1", "1.0", "12", "true", "null", "*", "10.0.0.0/8"]).prop_map(str::to_owned),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let field = || prop::sample::select(vec!["a", "b", "a.b", "a{}", "k", "s", "host", "*", "a*"]);
    let leaf = prop_oneof![
        6 => (field(), sought()).prop_map(|(f, v)| format!("{f}={v}")),
        1 => (field(), prop::sample::select(vec!["!=", "<", ">="]), sought()).prop_map(|(f, op, v)| format!("{f}{op}{v}")),
        2 => (field(), prop::collection::vec(sought(), 1..3)).prop_map(|(f, v)| format!("{f} IN ({})", v.join(", "))),
        3 => sought(),
        1 => "[abks1]{1,3}".prop_map(|s| format!("TERM({s})")),
        1 => "[abks1]{1,3}".prop_map(|s| format!("PREFIX({s})")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 2..4).prop_map(|c| format!("({})", c.join(" "))),
            3 => prop::collection::vec(inner.clone(), 2..4).prop_map(|c| format!("({})", c.join(" OR "))),
            1 => inner.prop_map(|c| format!("NOT {c}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_probe_agrees_with_a_full_scan(
        events in prop::collection::vec(event(), 1..12),
        conditions in prop::collection::vec(condition(), 1..3),
    ) {
        let search = conditions.join(" ");
        let parsed = sepal_parser::parse(&search);
        prop_assume!(!parsed.has_errors());
        let Ok(plan) = plan(&parsed.pipeline) else { return Ok(()) };
        let (on, off) = on_and_off(&plan, events.join("\n").as_bytes());
        prop_assert_eq!(&on.rows, &off.rows, "{}", search);
        prop_assert_eq!(on.counts[0], off.counts[0]);
    }
}
