//! `noop`: switches of Splunk's optimizer.

use super::pass_on::pass_on;
use super::{Class, CommandSpec};
use crate::doc::{CommandDoc, CommandExample};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "noop",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Sets switches of Splunk's search optimizer and log: the rows stay as they are.",
        syntax: "noop [<search-optimization-args>] [<log-level-args>]",
        details: "The switches have no effect here.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/noop",
        examples: &[CommandExample {
            title: "the rows stay as they are",
            search: "| makeresults | eval a=1 | noop search_optimization=false | table a",
            events: "",
            rows: r#"{"a":1}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Noop(_) => Ok(pass_on()),
        _ => Err(super::wrong_syntax(stage)),
    },
};
