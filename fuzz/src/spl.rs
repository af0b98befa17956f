use sepal_parser::ast::Span;
use sepal_parser::macros::{MacroDef, MacroSet, Origin};
use sepal_parser::{cursor_context, format, is_complete, parse_search, tokens};
use std::sync::LazyLock;

static MACROS: LazyLock<MacroSet> = LazyLock::new(|| {
    let mut set = MacroSet::new();
    let mut add = |name: &str, arguments: &[&str], definition: &str| {
        set.insert(MacroDef {
            name: name.into(),
            arguments: arguments.iter().map(|a| (*a).into()).collect(),
            definition: definition.into(),
            ..MacroDef::default()
        });
    };
    add("m", &[], "a OR b");
    add("m", &["x"], "| where $x$=\"$x$\"");
    add("loop", &[], "x `loop`");
    add("twice", &["x"], "$x$ $x$");
    set
});

fn inside(text: &str, s: Span) {
    assert!(text.get(s.range()).is_some(), "{s:?} of {text:?}");
}

/// SPL text: parsed with macros, shown, formatted (the same tree again, and stable), planned.
pub fn spl(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let p = parse_search(text, Origin::default(), &MACROS, None);
    for d in &p.diagnostics {
        inside(&p.expanded.text, d.span);
        assert!(!d.message.is_empty());
        for frame in p.expanded.map.resolve(d.span) {
            assert!(frame.file_text.get(frame.range.clone()).is_some(), "{frame:?}");
        }
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
        assert_eq!(format(&once).as_deref(), Ok(once.as_str()), "not stable: {text:?}");
        if !p.has_errors() {
            let again = parse_search(&once, Origin::default(), &MACROS, None);
            assert_eq!(p.pipeline, again.pipeline, "{text:?} became {once:?}");
        }
    }
    if !p.has_errors() {
        match sepal_exec::plan::plan(&p.pipeline) {
            Ok(_) => {}
            Err(diagnostics) => {
                assert!(!diagnostics.is_empty(), "refused without a word: {text:?}");
                diagnostics.iter().for_each(|d| inside(&p.expanded.text, d.span));
            }
        }
    }
}
