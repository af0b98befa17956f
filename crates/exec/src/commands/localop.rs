//! `localop`: no search peers.

use super::pass_on::pass_on;
use super::{Class, CommandSpec};
use crate::doc::{CommandDoc, CommandExample};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "localop",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Keeps what follows off search peers: the rows stay as they are.",
        syntax: "localop",
        details: "There are no peers here.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/localop",
        examples: &[CommandExample {
            title: "the rows stay as they are",
            search: "| makeresults | eval a=1 | localop | table a",
            events: "",
            rows: r#"{"a":1}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Localop(_) => Ok(pass_on()),
        _ => Err(super::wrong_syntax(stage)),
    },
};
