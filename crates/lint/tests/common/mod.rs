//! What the tests of this crate share.
#![allow(dead_code)] // each test uses a part

use sepal_content::macros::parse_set;
use sepal_exec::lookup::{Definition, MemoryLookups};
use sepal_lint::{Finding, Options, Subject};
use sepal_parser::macros::MacroSet;
use std::sync::Arc;

/// The macros and the lookup that the examples know.
pub fn options() -> Options {
    let mut macros = MacroSet::new();
    for text in ["web=index=web", "since(span)=where _time>relative_time(now(), \"-$span$\")"] {
        macros.insert(parse_set(text).unwrap());
    }
    let mut lookups = MemoryLookups::new(true);
    lookups.add(Definition::new("hosts", "hosts.csv"), "ip,name\n10.0.0.1,www1\n");
    Options { macros, lookups: Some(Arc::new(lookups)), ..Options::default() }
}

/// A detection's YAML, or a search.
pub fn subject(text: &str) -> Subject {
    match text.starts_with("name:") {
        true => Subject::load("d.yml", text).unwrap(),
        false => Subject::typed(text, "<search>"),
    }
}

/// A finding as one or two lines of text.
pub fn shown(f: &Finding) -> String {
    let (from, to) = f.lines();
    let frame = f.frame().unwrap();
    let text = frame.file_text.get(frame.range.clone()).unwrap_or("?").replace('\n', " ");
    let mut out = format!(
        "{}:{}-{}:{} {}[{}] {}: {}\n    at: {text}\n",
        from.line,
        from.column,
        to.line,
        to.column,
        f.level.word(),
        f.code,
        f.rule(),
        f.message
    );
    if let Some(name) = f.macro_name() {
        out.push_str(&format!("    in macro: {name}\n"));
    }
    if let Some(help) = &f.help {
        out.push_str(&format!("    help: {help}\n"));
    }
    for (_, text) in &f.fix {
        out.push_str(&format!("    fix: {text}\n"));
    }
    out
}
