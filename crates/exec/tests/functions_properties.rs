//! No argument makes a function panic, hang or grow without bounds.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use proptest::prelude::*;
use sepal_data::{Batch, Col, Value};
use sepal_exec::RunCx;
use sepal_exec::eval::Program;
use sepal_exec::functions::FUNCTIONS;
use sepal_exec::host::FixedHost;
use std::sync::Arc;

fn cx() -> RunCx {
    RunCx::new(Arc::new(FixedHost::default()))
}

fn single() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<f64>().prop_map(Value::Num),
        Just(Value::Num(f64::NAN)),
        (-3i32..30).prop_map(|n| Value::Num(f64::from(n))),
        ".{0,12}".prop_map(Value::from),
        "-?[0-9]{0,20}(\\.[0-9]{0,20})?(e-?[0-9]{1,3})?".prop_map(Value::from),
        "[{}\\[\\]\",:a-c0-9. %*]{0,16}".prop_map(Value::from),
        proptest::sample::select(vec![
            "10.0.0.0/8",
            "1.2.3.4",
            "::/0",
            "%Y-%m-%d",
            "%9999999d",
            "%*.*f",
            "-1d@d",
            "7d",
            "hex",
            "commas",
            "duration",
            "(a+)+\\1$",
            "a{}.b",
            "{}",
            "\\Q",
            "(?<n>x)",
            "%",
            "_",
            "0x",
        ])
        .prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        6 => single(),
        2 => proptest::collection::vec(single(), 1..5).prop_map(Value::from_members),
    ]
}

/// A call with fields for its arguments, where the function takes any.
fn call(name: &str, args: usize) -> Option<Program> {
    let args: Vec<String> = (0..args).map(|i| format!("f{i}")).collect();
    let expr = sepal_parser::parse_expr(&format!("{name}({})", args.join(", "))).ok()?;
    Program::compile(&expr).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_cells(values in proptest::collection::vec(value(), 4)) {
        let mut batch = Batch::with_len(1);
        for (i, v) in values.iter().enumerate() {
            batch.set(format!("f{i}"), Col::Const(v.clone()));
        }
        let cx = cx();
        for f in FUNCTIONS {
            for args in f.arity.0..=f.arity.1.min(4) {
                let Some(program) = call(f.name, args) else { continue };
                let col = program.column(&batch, &cx);
                let bytes = col.get(0).heap_bytes();
                prop_assert!(bytes < 64 << 20, "{} made {} bytes", f.name, bytes);
                // what is stored can be read again
                let _ = col.get(0).to_json().to_string();
            }
        }
    }

    #[test]
    fn any_operands(values in proptest::collection::vec(value(), 3)) {
        let mut batch = Batch::with_len(1);
        for (i, v) in values.iter().enumerate() {
            batch.set(format!("f{i}"), Col::Const(v.clone()));
        }
        for expr in [
            "f0 + f1 * f2 - f0 / f1 % f2", "f0 . f1 . f2", "f0 < f1 OR f1 >= f2 XOR f0 != f2",
            "f0 IN (f1, f2)", "f0 LIKE f1", "-f0", "NOT f0=f1", "f0 = \"a\"", "f0 > 1.50",
            "sigfig(f0 * 1.00 + f1)", "exact(f0 * f1)",
        ] {
            let parsed = sepal_parser::parse_expr(expr).unwrap();
            let program = Program::compile(&parsed).unwrap();
            let _ = program.column(&batch, &cx());
        }
    }

    #[test]
    fn computed_decimals_are_numbers_when_read_again(a in -1e9..1e9f64, places in 0usize..6) {
        let mut batch = Batch::with_len(1);
        batch.set("a", Col::Const(Value::from(format!("{a:.places$}"))));
        let parsed = sepal_parser::parse_expr("a * 1.50 + a - 0.25").unwrap();
        let col = Program::compile(&parsed).unwrap().column(&batch, &cx());
        prop_assert!(col.get(0).number().is_some(), "{:?}", col.get(0));
    }
}

#[test]
fn fields_are_exactly_those_that_are_named() {
    for (expr, fields, whole) in [
        ("if(a=1, b, 'c.d')", vec!["a", "b", "c.d"], false),
        ("a IN (b, \"c\") AND a LIKE \"x\"", vec!["a", "b"], false),
        ("mvmap(m, m*t) . mvfilter(f=\"x\")", vec!["m", "t", "f"], false),
        ("searchmatch(\"x=1 word\")", vec!["x", "_raw"], false),
        ("searchmatch(\"x*=1\")", vec![], true),
        ("1 + 2", vec![], false),
    ] {
        let program = Program::compile(&sepal_parser::parse_expr(expr).unwrap()).unwrap();
        assert_eq!(program.fields().map(|f| f.as_str()).collect::<Vec<_>>(), fields, "{expr}");
        assert_eq!(program.reads_whole_row(), whole, "{expr}");
    }
}

#[test]
fn literals_are_computed_once() {
    for (expr, constant) in [
        ("1 + 2 * 3", true),
        ("lower(\"A\") . \"b\"", true),
        ("cidrmatch(\"10.0.0.0/8\", ip)", false),
        ("now()", false),
        ("if(1=1, \"a\", x)", true),
        ("1 = 2 OR 1 = 1", true),
    ] {
        let program = Program::compile(&sepal_parser::parse_expr(expr).unwrap()).unwrap();
        assert_eq!(program.constant().is_some(), constant, "{expr}");
    }
}

#[test]
fn limits_are_told() {
    let cases = [
        ("mvrange(0, 1e9)", "SPL3003"),
        ("match(long, \"^(a|aa)+\\1$\")", "SPL3001"),
        ("match(\"x\", bad)", "SPL3002"),
        ("replace(long, \"\", long)", "SPL3001"),
    ];
    for (expr, code) in cases {
        let mut batch = Batch::with_len(1);
        let long = format!("{}b", "a".repeat(if expr.starts_with("replace") { 9000 } else { 200 }));
        batch.set("long", Col::Const(long.into()));
        batch.set("bad", Col::Const("(".into()));
        let cx = cx();
        let program = Program::compile(&sepal_parser::parse_expr(expr).unwrap()).unwrap();
        program.column(&batch, &cx);
        let codes: Vec<_> = cx.notices().iter().map(|(n, _)| n.code).collect();
        assert_eq!(codes, [code], "{expr}");
    }
}

#[test]
fn a_long_chain_is_no_deep_recursion() {
    let terms: Vec<String> = (0..20_000).map(|i| format!("f=\"{i}\"")).collect();
    let Ok(expr) = sepal_parser::parse_expr(&terms.join(" OR ")) else { return };
    let program = Program::compile(&expr).unwrap();
    let mut batch = Batch::with_len(1);
    batch.set("f", Col::Const("19999".into()));
    assert_eq!(program.mask(&batch, &cx()), [true]);
}
