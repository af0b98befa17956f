//! Wrong searches and what is said about them: `tests/cases/errors/NAME.spl` and its snapshot.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use sepal_parser::ast::Expr;
use sepal_parser::macros::{MacroDef, MacroEval, MacroSet, MacroValue, Origin};
use sepal_parser::{Severity, parse_search};
use std::fmt::Write;
use std::path::Path;

fn macros() -> MacroSet {
    let mut set = MacroSet::new();
    let mut add = |name: &str, arguments: &[&str], definition: &str| {
        let file_text = format!("name: {name}\ndefinition: {definition}\n");
        let at = file_text.find(definition).unwrap_or(0);
        set.insert(MacroDef {
            name: name.into(),
            arguments: arguments.iter().map(|&a| a.into()).collect(),
            definition: definition.into(),
            validation: (name == "checked").then(|| "isnum(n)".into()),
            errormsg: (name == "checked").then(|| "n must be a number".into()),
            origin: Origin {
                file: format!("macros/{name}.yml").into(),
                text: file_text.into(),
                lines: [at].into(),
            },
            ..MacroDef::default()
        });
    };
    add("kube_audit", &[], "source=kubernetes");
    add("user_is", &["name"], "user=\"$name$\"");
    add("between", &["low", "high"], "n>=$low$ n<=$high$");
    add("circle", &[], "a=1 `round`");
    add("round", &[], "b=1 `circle`");
    add("lower_user", &[], "eval user=lowr(user)");
    add("only_if", &["condition"], "where $condition$=\"alice\"");
    add("twice", &[], "`lower_user` | `lower_user`");
    add("checked", &["n"], "n=$n$");
    set
}

/// Every validation fails.
struct No;

impl MacroEval for No {
    fn eval(&self, _: &Expr, _: &[(String, String)]) -> Result<MacroValue, String> {
        Ok(MacroValue::Bool(false))
    }
}

/// Code, message, the line with carets, each call around it, help.
fn render(text: &str) -> String {
    let origin = Origin { file: "search.spl".into(), text: text.into(), lines: [].into() };
    let p = parse_search(text, origin, &macros(), Some(&No));
    let mut out = String::new();
    for d in &p.diagnostics {
        let severity = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(out, "{severity}[{}]: {}", d.code, d.message).unwrap();
        for (n, frame) in p.expanded.map.resolve(d.span).iter().enumerate() {
            let t = &frame.file_text;
            let start = t[..frame.range.start].rfind('\n').map_or(0, |n| n + 1);
            let line = t[start..].lines().next().unwrap_or("");
            let column = t[start..frame.range.start].chars().count();
            let carets = t[frame.range.clone()].lines().next().unwrap_or("").chars().count().max(1);
            let number = t[..start].matches('\n').count() + 1;
            let what = match (n, &frame.macro_name) {
                (_, Some(name)) => format!("{} (macro `{name}`)", frame.file),
                (0, None) => frame.file.to_string(),
                (_, None) => format!("{} (called here)", frame.file),
            };
            let label = if n == 0 { d.label.as_str() } else { "" };
            writeln!(out, "  {what}:{number}:{}", column + 1).unwrap();
            writeln!(out, "  | {line}").unwrap();
            let carets = format!("  | {}{} {label}", " ".repeat(column), "^".repeat(carets));
            writeln!(out, "{}", carets.trim_end()).unwrap();
        }
        if let Some(help) = &d.help {
            writeln!(out, "  help: {help}").unwrap();
        }
        out.push('\n');
    }
    out
}

#[test]
fn wrong_searches_are_explained() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/errors");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "spl"))
        .collect();
    files.sort();
    assert!(files.len() >= 45, "only {} cases", files.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            let shown = render(&text);
            assert!(!shown.is_empty(), "{name} is not wrong");
            insta::assert_snapshot!(name, format!("{text}\n{shown}"));
        }
    });
}
