//! `iconify`: icons on Splunk's screen.

use super::pass_on::pass_on;
use super::{Class, CommandSpec};
use crate::doc::{CommandDoc, CommandExample};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "iconify",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Gives events icons in Splunk Web: the rows stay as they are.",
        syntax: "iconify <field-list>",
        details: "A terminal shows no icons.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/iconify",
        examples: &[CommandExample {
            title: "the rows stay as they are",
            search: "| makeresults | eval a=1 | iconify a | table a",
            events: "",
            rows: r#"{"a":1}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Highlight(_) => Ok(pass_on()),
        _ => Err(super::wrong_syntax(stage)),
    },
};
