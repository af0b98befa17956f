//! The registry, the examples and case files of every function, and the property that no schedule
//! shows in a result.

use super::*;
use crate::group::Assigned;
use crate::host::FixedHost;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::sync::Arc;

/// 2026-01-01: the newest row; each next one is a second older.
const NEWEST: i64 = 1_767_225_600;

fn cx() -> RunCx {
    RunCx::new(Arc::new(FixedHost::default()))
}

/// `perc95(x)`, `count`.
fn aggregate(text: &str) -> Aggregate {
    let (name, argument) = match text.strip_suffix("(x)") {
        Some(name) => (name, true),
        None => (text, false),
    };
    Aggregate::resolve(name, None, argument).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[derive(Clone, Debug)]
struct Row {
    value: Value,
    order: OrderKey,
    time: i64,
}

/// Values, or `{"t": seconds or null, "x": value}`.
fn rows(input: &str) -> Vec<Row> {
    let input = if input.is_empty() { "[]" } else { input };
    let Ok(Json::Array(items)) = serde_json::from_str(input) else { panic!("no array: {input}") };
    let mut rows = Vec::new();
    for (i, item) in items.into_iter().enumerate() {
        let mut time = (NEWEST - i as i64) * 1_000_000;
        let value = match item.get("x") {
            Some(x) => {
                time = item["t"].as_f64().map_or(OrderKey::NO_TIME, |t| (t * 1e6) as i64);
                Value::from_json(x)
            }
            None if item.get("num").is_some() => Value::Num(item["num"].as_f64().unwrap()),
            None => Value::from_json(&item),
        };
        let order = OrderKey { time: -(i as i64), unit: 0, row: i as u64 };
        rows.push(Row { value, order, time });
    }
    rows
}

fn update(set: &mut AggregateSet, rows: &[Row], cx: &RunCx) {
    let col = Col::Values(rows.iter().map(|r| r.value.clone()).collect());
    let orders: Vec<OrderKey> = rows.iter().map(|r| r.order).collect();
    let times: Vec<i64> = rows.iter().map(|r| r.time).collect();
    // the second of two groups, so that a wrong index shows
    let assigned = Assigned { groups: vec![1; rows.len()], rows: (0..rows.len() as u32).collect() };
    set.update(2, &assigned, &[Some(&col)], &orders, &times, cx).unwrap();
}

fn whole(a: Aggregate, rows: &[Row], cx: &RunCx) -> Value {
    let mut set = AggregateSet::new(&[a]);
    update(&mut set, rows, cx);
    set.finish_group(1, cx).next().unwrap()
}

/// The rows dealt out to states, which are merged from the last to the first through payloads.
fn split(a: Aggregate, rows: &[Row], parts: &[usize], cx: &RunCx) -> Value {
    let states = parts.iter().max().map_or(1, |m| m + 1);
    let mut merged = AggregateSet::new(&[a]);
    merged.resize(4);
    for state in (0..states).rev() {
        let mine: Vec<Row> = rows
            .iter()
            .enumerate()
            .filter(|(i, _)| parts.get(*i).copied().unwrap_or(0) == state)
            .map(|(_, r)| r.clone())
            .collect();
        let mut set = AggregateSet::new(&[a]);
        update(&mut set, &mine, cx);
        let mut w = Writer::new();
        set.encode_group(1, &mut w);
        let mut r = Reader::new(&w.buf);
        merged.merge_group(3, &mut r).unwrap();
        assert!(r.is_done(), "{} left a payload unread", a.spec.name);
    }
    merged.finish_group(3, cx).next().unwrap()
}

/// Bit for bit: also the kind of value and the sign of zero.
fn bits(v: &Value) -> String {
    match v {
        Value::Num(n) => format!("num {:x} {n}", n.to_bits()),
        other => format!("{other:?}"),
    }
}

/// Numbers compare as numbers where the expected value is one, else the JSON must be the same.
fn same(found: &Value, expected: &Json) -> bool {
    match expected {
        Json::Number(n) => found.number() == n.as_f64() && !matches!(found, Value::Mv(_)),
        other => {
            let found = match found {
                Value::Num(_) => json!(found.text()),
                v => v.to_json(),
            };
            found == *other
        }
    }
}

fn check(origin: &str, expr: &str, input: &str, expected: &str) {
    let cx = cx();
    let (a, rows) = (aggregate(expr), rows(input));
    let expected: Json = serde_json::from_str(expected)
        .unwrap_or_else(|e| panic!("{origin}: {expr} {input} => {expected}: {e}"));
    let found = whole(a, &rows, &cx);
    assert!(
        same(&found, &expected),
        "{origin}: {expr} {input}\n expected {expected}\n found {}",
        found.to_json()
    );
    let (each, halves): (Vec<usize>, Vec<usize>) =
        ((0..rows.len()).collect(), (0..rows.len()).map(|i| i % 2).collect());
    for parts in [each, halves] {
        assert_eq!(bits(&split(a, &rows, &parts, &cx)), bits(&found), "{origin}: {expr} {input}");
    }
}

fn case_file(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join("tests/cases/aggregates").join(format!("{name}.txt"))
}

#[test]
fn the_registry_is_sorted_and_complete() {
    let names: Vec<&str> = AGGREGATES.iter().map(|s| s.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    let mut all: Vec<&str> = AGGREGATES
        .iter()
        .flat_map(|s| std::iter::once(&s.name).chain(s.aliases))
        .chain(UNSUPPORTED)
        .copied()
        .collect();
    all.sort_unstable();
    let before = all.len();
    all.dedup();
    assert_eq!(all.len(), before, "a name stands twice");
    for spec in AGGREGATES {
        let (name, doc) = (spec.name, &spec.doc);
        assert!(doc.source.starts_with("https://"), "{name}");
        assert!(doc.syntax.contains(name) && !doc.summary.is_empty(), "{name}");
        assert!(!doc.details.contains("  "), "{name}");
        assert!(doc.examples.len() >= 2, "{name} needs two examples");
        assert!(case_file(name).is_file(), "{name} needs a case file");
    }
}

#[test]
fn examples_give_what_they_say() {
    for spec in AGGREGATES {
        for e in spec.doc.examples {
            check(spec.name, e.expr, e.input, e.result);
        }
    }
}

/// Lines of `aggregate input => result`; `#` begins a comment.
#[test]
fn cases_give_what_they_say() {
    for spec in AGGREGATES {
        let path = case_file(spec.name);
        let text = std::fs::read_to_string(&path).unwrap();
        let mut cases = 0;
        for (n, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let origin = format!("{}:{}", path.display(), n + 1);
            let (left, result) = line.split_once(" => ").expect(&origin);
            let (expr, input) = left.trim().split_once(' ').expect(&origin);
            check(&origin, expr, input.trim(), result.trim());
            cases += 1;
        }
        assert!(cases >= 8, "{} has {cases} cases", path.display());
    }
}

/// Aggregate functions, avg, extended example 1: 100 times 3.99 has noise in the last digits.
#[test]
fn sums_show_the_noise_of_plain_addition_up_to_a_limit() {
    let rows = |n: usize| {
        let row = |i: usize| Row {
            value: "3.99".into(),
            order: OrderKey { time: 0, unit: 0, row: i as u64 },
            time: 0,
        };
        (0..n).map(row).collect::<Vec<Row>>()
    };
    let avg = |n| whole(aggregate("avg(x)"), &rows(n), &cx()).text().into_owned();
    assert_eq!(avg(100), "3.9900000000000055");
    // Splunk shows 3.990000000000215: beyond the limit sums are exact
    assert_eq!(avg(10_000), "3.99");
    let dealt: Vec<usize> = (0..1_001).map(|i| i % 5).collect();
    for n in [PLAIN_TERMS, PLAIN_TERMS + 1] {
        let a = aggregate("sum(x)");
        let found = split(a, &rows(n), &dealt, &cx());
        assert_eq!(bits(&found), bits(&whole(a, &rows(n), &cx())));
    }
}

#[test]
fn lists_are_cut_with_a_notice() {
    let cx = cx();
    let input: Vec<Json> = (0..250).map(|n| json!(n)).collect();
    let rows = rows(&Json::Array(input).to_string());
    let a = aggregate("list(x)");
    let found = whole(a, &rows, &cx);
    let expected: Vec<Value> = (0..LIST_LIMIT).map(|n| n.to_string().into()).collect();
    assert_eq!(found.members(), expected);
    assert_eq!(cx.notices()[0].0.code, LIST_CUT);
    let parts: Vec<usize> = (0..250).map(|n| (n * 7) % 5).collect();
    assert_eq!(bits(&split(a, &rows, &parts, &cx)), bits(&found));
}

#[test]
fn estimates_stay_near_and_do_not_depend_on_the_split() {
    let cx = cx();
    for n in [999usize, 1_000, 30_000] {
        let input: Vec<Json> = (0..n).map(|n| json!(format!("host-{n}"))).collect();
        let rows = rows(&Json::Array(input).to_string());
        let a = aggregate("estdc(x)");
        let found = whole(a, &rows, &cx);
        let off = (found.number().unwrap() - n as f64).abs() / n as f64;
        assert!(off <= if n < EXACT_BELOW { 0.0 } else { 0.05 }, "{n}: {off}");
        let parts: Vec<usize> = (0..n).map(|n| (n * 7) % 5).collect();
        assert_eq!(bits(&split(a, &rows, &parts, &cx)), bits(&found));
        let error = whole(aggregate("estdc_error(x)"), &rows, &cx).number().unwrap();
        assert_eq!(error, if n < EXACT_BELOW { 0.0 } else { 0.01625 });
    }
}

#[test]
fn variances_keep_their_digits_far_from_zero() {
    for offset in [0.0, 1e9, 1e15] {
        let mut rows = rows("[0, 0, 0, 0]");
        for (row, x) in rows.iter_mut().zip([0.25, 0.5, 0.75, 1.0]) {
            row.value = Value::Num(x + offset);
        }
        assert_eq!(whole(aggregate("varp(x)"), &rows, &cx()), Value::Num(0.078125), "{offset}");
    }
}

#[test]
fn names_resolve_or_say_why_not() {
    let p = |name: &str, p: Option<&str>| {
        Aggregate::resolve(name, p, true).map(|a| (a.spec.name, a.percentile))
    };
    assert_eq!(p("P95", None), Ok(("perc", Some(95.0))));
    assert_eq!(p("perc", Some("99.95")), Ok(("perc", Some(99.95))));
    assert_eq!(p("exactperc99.9", None), Ok(("exactperc", Some(99.9))));
    assert_eq!(p("distinct_count", None), Ok(("dc", None)));
    assert_eq!(p("mean", None), Ok(("avg", None)));
    for (name, percentile, message) in [
        ("perc", None, "perc needs a percentile, as in perc95"),
        ("perc101", None, "the percentile 101 is not between 0 and 100"),
        ("perc1.2.3", None, "the percentile 1.2.3 is not between 0 and 100"),
        ("sum5", None, "sum takes no number (5)"),
        ("sum", Some("5"), "sum takes no number (5)"),
        ("per_day", None, "the stats function per_day is not supported"),
        ("valeus", None, "there is no stats function valeus"),
        ("", None, "there is no stats function "),
    ] {
        assert_eq!(p(name, percentile).unwrap_err().to_string(), message);
    }
    let unknown = p("valeus", None).unwrap_err();
    assert_eq!(unknown, ResolveError::Unknown { name: "valeus".into(), similar: Some("values") });
    assert!(matches!(Aggregate::resolve("sum", None, false), Err(ResolveError::NoArgument(_))));
}

/// `count` counts rows, `count(x)` values, also where no row of a batch has `x`.
#[test]
fn a_field_that_no_row_has_is_not_counted() {
    let mut set = AggregateSet::new(&[aggregate("count"), aggregate("count(x)")]);
    let assigned = Assigned { groups: vec![0, 0], rows: vec![0, 1] };
    set.update(1, &assigned, &[None, None], &[], &[], &cx()).unwrap();
    let found: Vec<String> = set.finish_group(0, &cx()).map(|v| v.text().into_owned()).collect();
    assert_eq!(found, ["2", "0"]);
    assert!(set.bytes() >= 16);
}

/// Tables of two threads, merged by key, are the table of one.
#[test]
fn groups_merge_by_key() {
    use crate::group::{GroupOptions, GroupTable};
    let cx = cx();
    let aggregates = ["count", "sum(x)", "list(x)", "latest(x)"].map(aggregate);
    let run = |from: usize, to: usize| {
        let mut batch = sepal_data::Batch::with_len(to - from);
        let users = (from..to).map(|i| Value::from(["ann", "bob", "cy"][i * i % 3])).collect();
        batch.set("user", Col::Values(users));
        let x = (from..to).map(|i| Value::from(format!("{}.1", i % 7))).collect();
        batch.set("x", Col::Values(x));
        let order: Vec<OrderKey> =
            (from..to).map(|i| OrderKey { time: 5, unit: 0, row: i as u64 }).collect();
        let mut table = GroupTable::new();
        let mut set = AggregateSet::new(&aggregates);
        let mut out = Assigned::default();
        table.assign(&batch, &["user".into()], GroupOptions::default(), &cx, &mut out).unwrap();
        let x = batch.col("x");
        set.update(table.len(), &out, &[None, x, x, x], &order, &[], &cx).unwrap();
        (table, set)
    };
    let shown = |(table, set): &(GroupTable, AggregateSet)| {
        let mut rows: Vec<Vec<Value>> = (0..table.len() as u32)
            .map(|g| table.key(g).chain(set.finish_group(g, &cx)).collect())
            .collect();
        rows.sort_by_key(|r| r[0].to_smol());
        rows
    };
    let mut merged = run(13, 20);
    let other = run(0, 13);
    for group in 0..other.0.len() as u32 {
        let mut w = Writer::new();
        other.1.encode_group(group, &mut w);
        let into = merged.0.assign_key(other.0.key_bytes(group)).unwrap();
        merged.1.merge_group(into, &mut Reader::new(&w.buf)).unwrap();
    }
    assert_eq!(shown(&merged), shown(&run(0, 20)));
    assert_eq!(shown(&merged).len(), 2);
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        3 => (-5i64..20).prop_map(|n| Value::from(n.to_string())),
        3 => any::<f64>().prop_map(Value::Num),
        2 => (-1000i32..1000).prop_map(|n| Value::from(format!("{}", f64::from(n) / 8.0 + 0.01))),
        1 => (any::<i64>()).prop_map(|n| Value::from(n.to_string())),
        1 => prop::sample::select(vec!["", "a", "A", "1.0", "1e999", "-1e999", "-0", "01", "nan"]).prop_map(Value::from),
        1 => Just(Value::Num(f64::INFINITY)),
    ];
    prop_oneof![
        1 => Just(Value::Null),
        8 => scalar.clone(),
        2 => prop::collection::vec(scalar, 2..4).prop_map(|ms| Value::Mv(ms.into())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_schedule_shows_in_a_result(
        drawn in prop::collection::vec((any_value(), 0i64..5, 0usize..5, any::<bool>()), 0..40),
        seed in any::<u64>(),
    ) {
        let cx = cx();
        let rows: Vec<Row> = drawn.iter().enumerate().map(|(i, (value, t, _, known))| Row {
            value: value.clone(),
            time: if *known { *t } else { OrderKey::NO_TIME },
            order: OrderKey { time: *t, unit: (i % 3) as u32, row: i as u64 },
        }).collect();
        // the rows in some other order, each with its part
        let mut dealt: Vec<(Row, usize)> =
            rows.iter().cloned().zip(drawn.iter().map(|d| d.2)).collect();
        dealt.sort_by_key(|(r, _)| (r.order.row + 1).wrapping_mul(seed | 1).rotate_left(17));
        let (shuffled, parts): (Vec<Row>, Vec<usize>) = dealt.into_iter().unzip();
        for spec in AGGREGATES {
            let a = Aggregate { spec, percentile: spec.percentile.then_some(33.3), argument: true, sparkline: None };
            let expected = whole(a, &rows, &cx);
            let found = split(a, &shuffled, &parts, &cx);
            prop_assert_eq!(bits(&found), bits(&expected), "{}", spec.name);
        }
    }

    #[test]
    fn damaged_payloads_are_errors_not_panics(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let cx = cx();
        for spec in AGGREGATES {
            let a = Aggregate { spec, percentile: spec.percentile.then_some(50.0), argument: true, sparkline: None };
            let mut set = AggregateSet::new(&[a]);
            let _ = set.merge_group(0, &mut Reader::new(&bytes));
            set.finish_group(0, &cx).for_each(drop);
        }
    }
}
