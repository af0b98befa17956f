//! Macros from YAML, macros.conf and the command line.
#![allow(clippy::expect_used, clippy::print_stdout)] // helpers of tests may

mod common;

use sepal_content::{fs, macros};
use sepal_parser::macros::{MacroDef, MacroSet};

fn show(def: &MacroDef) -> String {
    let origin = &def.origin;
    let lines: Vec<&str> =
        origin.lines.iter().map(|&at| origin.text[at..].split('\n').next().unwrap_or("")).collect();
    format!(
        "{}({}) iseval={} validation={:?} errormsg={:?}\n  {:?}\n  at {lines:?}\n",
        def.name,
        def.arguments.join(","),
        def.iseval,
        def.validation,
        def.errormsg,
        def.definition,
    )
}

#[test]
fn a_folder_is_read_sorted_and_later_files_override() {
    let (set, notes) = fs::macro_set(&[common::data("macros")]).expect("the folder is good");
    let mut out: String = set.iter().map(show).collect();
    let root = common::data("");
    for note in notes {
        let message = note.message.replace(&*root.to_string_lossy(), "");
        out.push_str(&format!("{}: {message}\n", note.code));
    }
    insta::assert_snapshot!(out);
}

/// name, name(1) and name(2) are three macros (macros.conf.spec).
#[test]
fn the_number_of_arguments_belongs_to_the_name() {
    let mut set = MacroSet::new();
    let mut notes = Vec::new();
    for text in ["f=a", "f(x)=b $x$", "f(x, y)=c", "f()=d"] {
        macros::add(&mut set, vec![macros::parse_set(text).expect(text)], &mut notes);
    }
    assert_eq!(set.len(), 3);
    assert_eq!(set.get("f", 0).map(|d| d.definition.as_str()), Some("d"));
    assert_eq!(set.get("f", 2).map(|d| d.arguments.join("|")).as_deref(), Some("x|y"));
    assert_eq!(notes.len(), 1);
}

#[test]
fn set_takes_everything_after_the_first_equals_sign() {
    let def = macros::parse_set("kube=source=\"a=b\" OR x=1").expect("it is one");
    assert_eq!(def.definition, "source=\"a=b\" OR x=1");
    assert_eq!(&def.origin.text[def.origin.lines[0]..], def.definition);
}

#[test]
fn macros_that_are_wrong() {
    let conf = [
        "[m]\n",
        "[m(1)]\ndefinition = x\n",
        "[m]\nargs = a\ndefinition = x\n",
        "[m(2)]\nargs = a,a\ndefinition = x\n",
        "[m(1)]\nargs = a b\ndefinition = x\n",
        "[m n]\ndefinition = x\n",
        "[m]\ndefinition = x\n  | head 1\n",
        "[m]\ndefinition = x\niseval = maybe\n",
    ];
    let set = ["x", "=y", "f(=y", "f(a b)=y", "f g=y"];
    let yaml = ["name: m\n", "definition: x\n", "name: m(2)\ndefinition: x\narguments: [a]\n"];
    let mut out = String::new();
    let mut add = |text: &str, error: sepal_content::ContentError| {
        let help = error.help.as_deref().map_or_else(String::new, |h| format!("\n  help: {h}"));
        out.push_str(&format!("--- {text:?}\n{error}{help}\n"));
    };
    for text in conf {
        add(text, macros::read_conf("macros.conf", text).expect_err(text));
    }
    for text in set {
        add(text, macros::parse_set(text).expect_err(text));
    }
    for text in yaml {
        add(text, macros::read_yaml("m.yml", text).expect_err(text));
    }
    insta::assert_snapshot!(out);
}

/// A continued value keeps its line ends; a default holds for all stanzas.
#[test]
fn conf_details() {
    let text = "iseval = 1\r\n[m]\r\ndefinition = a \\\r\n  b\r\n[n]\ndefinition = c\\";
    let defs = macros::read_conf("macros.conf", text).expect("it is good");
    assert_eq!(defs[0].definition, "a \n  b");
    assert!(defs[0].iseval);
    assert_eq!(defs[1].definition, "c");
    let merged =
        macros::read_conf("m.conf", "[m]\ndefinition=a\n[m]\ndefinition=b\n").expect("good");
    assert_eq!((merged.len(), merged[0].definition.as_str()), (1, "b"));
}

#[test]
fn a_missing_folder_is_named() {
    let error = fs::macro_set(&["/nowhere/macros".into()]).expect_err("it is not there");
    assert_eq!(
        error.to_string(),
        "/nowhere/macros: cannot be read: No such file or directory [SPL5101]"
    );
}
