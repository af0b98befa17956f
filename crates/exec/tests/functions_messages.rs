//! What wrong calls are told.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use sepal_exec::eval::Program;

#[test]
fn wrong_calls() {
    let mut told = String::new();
    for expr in [
        "len()",
        "round(1, 2, 3)",
        "sum()",
        "now(1)",
        "case(a=1, \"x\", b=2)",
        "json_set(a, \"b\")",
        "json_set(a, \"b\", 1, \"c\")",
        "lookup(\"t\", x)",
        "xpath(x, \"/a\")",
        "match(x, \"a(b\")",
        "replace(x, \"[a\", \"\")",
        "mvfind(x, \"*\")",
        "cidrmatch(\"10.0.0.0/99\", ip)",
        "tonumber(\"seven\")",
        "tonumber(x, 40)",
        "relative_time(now(), \"-1parsec\")",
        "1 + \"a\"",
        "\"5\" * 2",
        "sum(1, \"2\")",
        "mvfilter(a=b)",
        "mvmap(5, x)",
        "searchmatch(x)",
        "searchmatch(\"a=1 | head\")",
    ] {
        let parsed = sepal_parser::parse_expr(expr).unwrap_or_else(|d| panic!("{expr}: {d:?}"));
        let Err(diagnostics) = Program::compile(&parsed) else { panic!("{expr} compiles") };
        for d in diagnostics {
            let at = &expr[d.span.range()];
            told += &format!("{expr}\n  {} {}\n  at `{at}`: {}\n", d.code, d.message, d.label);
            told += &d.help.map(|h| format!("  help: {h}\n")).unwrap_or_default();
        }
    }
    insta::assert_snapshot!(told);
}
