//! Macro expansion and the way back to the files.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use sepal_parser::ast::{Expr, Span};
use sepal_parser::macros::{MacroDef, MacroEval, MacroSet, MacroValue, Origin, expand};

fn def(name: &str, arguments: &[&str], definition: &str) -> MacroDef {
    MacroDef {
        name: name.into(),
        arguments: arguments.iter().map(|&a| a.into()).collect(),
        definition: definition.into(),
        origin: Origin {
            file: format!("{name}.yml").into(),
            text: format!("definition: {definition}").into(),
            lines: [12].into(),
        },
        ..MacroDef::default()
    }
}

fn set(defs: &[MacroDef]) -> MacroSet {
    let mut set = MacroSet::new();
    for d in defs {
        set.insert(d.clone());
    }
    set
}

fn text(search: &str, defs: &[MacroDef]) -> String {
    let x = expand(search, Origin::default(), &set(defs), None);
    assert_eq!(x.diagnostics, vec![], "{search}");
    x.text
}

/// macros.conf.spec: `name` and `name(1)` are different macros; `$x$` is replaced everywhere.
#[test]
fn arguments_are_replaced_even_in_quotes() {
    let defs = [
        def("m", &[], "none"),
        def("m", &["x"], "a=\"$x$\" OR $x$"),
        def("m", &["x", "y"], "$y$-$x$-$z$"),
    ];
    assert_eq!(text("`m`", &defs), "none");
    assert_eq!(text("`m()` `m( )`", &defs), "none none");
    assert_eq!(text("`m(b)`", &defs), "a=\"b\" OR b");
    assert_eq!(text("`m(\"b, c\")`", &defs), "a=\"b, c\" OR b, c");
    assert_eq!(text("`m(1, f(2,3))`", &defs), "f(2,3)-1-$z$");
    assert_eq!(text("`m(y=1,x=2)`", &defs), "1-2-$z$");
    assert_eq!(text("`m(k=1)`", &defs), "a=\"k=1\" OR k=1");
}

/// Macro calls inside double quotes stay, and so do quotes around comments.
#[test]
fn quotes_protect_and_comments_go() {
    let defs = [def("m", &[], "x")];
    assert_eq!(text("\"`m`\" `m` \"```\" ``` `m` \n | ``` y", &defs), "\"`m`\" x \"```\"   y");
}

/// Macros call macros, in definitions and in arguments.
#[test]
fn nested_calls() {
    let defs = [def("a", &[], "<`b(1)`>"), def("b", &["x"], "$x$ `c`"), def("c", &[], "end")];
    assert_eq!(text("`a`", &defs), "<1 end>");
    assert_eq!(text("`b(`c`)`", &defs), "end end");
}

/// ESCU's own calls that its macro folder does not answer; a user's file comes first.
#[test]
fn built_in_macros() {
    assert_eq!(text("`drop_dm_object_name(\"Web\")`", &[]), "rename Web.* as *");
    assert_eq!(
        text("`security_content_ctime(firstTime)`", &[]),
        "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(firstTime)"
    );
    assert_eq!(text("`my_rule_filter`", &[]), "search *");
    assert_eq!(text("`my_rule_filter`", &[def("my_rule_filter", &[], "search a")]), "search a");
}

struct Twice;

impl MacroEval for Twice {
    fn eval(&self, _: &Expr, arguments: &[(String, String)]) -> Result<MacroValue, String> {
        match arguments.first() {
            Some((_, v)) if v == "bad" => Ok(MacroValue::Null),
            Some((_, v)) => Ok(MacroValue::Text(format!("{v}{v}"))),
            None => Err("no argument".into()),
        }
    }
}

/// macros.conf.spec, iseval: the definition is an expression that gives the text.
#[test]
fn eval_macros() {
    let m = MacroDef { iseval: true, ..def("m", &["x"], "\"$x$\".\"$x$\"") };
    let run = |s: &str, eval| expand(s, Origin::default(), &set(std::slice::from_ref(&m)), eval);
    assert_eq!(run("`m(a)`", Some(&Twice)).text, "aa");
    assert_eq!(run("`m(bad)`", Some(&Twice)).diagnostics[0].code, "SPL4007");
    assert!(run("`m(a)`", None).diagnostics[0].unsupported.is_some());
}

/// A place inside a definition is shown there, then in each call, at last in the search.
#[test]
fn places_lead_back_to_the_files() {
    let defs = [def("outer", &["x"], "one `inner` $x$"), def("inner", &[], "two")];
    let file = "name: x\nsearch: |-\n    first\n    | `outer(arg)`\n";
    let origin = Origin { file: "d.yml".into(), text: file.into(), lines: [23, 33].into() };
    let x = expand("first\n| `outer(arg)`", origin, &set(&defs), None);
    assert_eq!(x.text, "first\n| one two arg");
    let shown = |word: &str| -> Vec<String> {
        let at = x.text.find(word).unwrap();
        x.map
            .resolve(Span::new(at, at + word.len()))
            .into_iter()
            .map(|f| format!("{}:{}", f.file, &f.file_text[f.range]))
            .collect()
    };
    assert_eq!(shown("two"), ["inner.yml:two", "outer.yml:`inner`", "d.yml:`outer(arg)`"]);
    assert_eq!(shown("one"), ["outer.yml:one", "d.yml:`outer(arg)`"]);
    assert_eq!(shown("arg"), ["d.yml:arg"]);
    assert_eq!(shown("two arg"), ["d.yml:`outer(arg)`"]);
    assert_eq!(shown("first"), ["d.yml:first"]);
}

/// YAML folds lines and doubles quotes: the place in the file is found all the same.
#[test]
fn folded_yaml_lines() {
    let file = "search: 'a=''x'' b\n  | where c\n\n  | table \\d'\n";
    let search = "a='x' b | where c\n| table \\d";
    let origin = Origin { file: "d.yml".into(), text: file.into(), lines: [9, 34].into() };
    let x = expand(search, origin, &MacroSet::new(), None);
    for word in ["b", "where", "c", "table"] {
        let at = x.text.rfind(word).unwrap();
        let f = &x.map.resolve(Span::new(at, at + word.len()))[0];
        assert_eq!(&f.file_text[f.range.clone()], word);
    }
}
