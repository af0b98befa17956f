//! `sepal help`, `completions` and `man`.

use crate::support::{sepal, snapshot};

#[test]
fn topics() {
    let mut text = String::new();
    for args in [
        &["--help"][..],
        &["help"],
        &["run", "-h"],
        &["help", "stats"],
        &["help", "mvindex"],
        &["help", "stast"],
        &["help", "sendemail"],
        &["help", "xyzzy"],
    ] {
        text.push_str(&sepal(args).text());
    }
    snapshot("help", &text);
}

#[test]
fn lists_hold_what_the_registries_hold() {
    let commands = sepal(&["help", "commands"]).out;
    for command in sepal_exec::commands::COMMANDS {
        assert!(commands.contains(command.doc.summary), "{}", command.name);
        assert_eq!(sepal(&["help", command.name]).code, 0, "{}", command.name);
    }
    let functions = sepal(&["help", "functions"]).out;
    for function in sepal_exec::functions::FUNCTIONS {
        assert!(functions.contains(function.doc.summary), "{}", function.name);
    }
}

#[test]
fn completions_and_man_page() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = sepal(&["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("fail-on-match"), "{shell}");
    }
    let man = sepal(&["man"]).out;
    for part in [".TH sepal 1", "SEPAL RUN", "fail\\-on\\-match", "SEPAL FMT", "130"] {
        assert!(man.contains(part), "{part}\n{man}");
    }
}
