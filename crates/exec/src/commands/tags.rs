//! `tags`: the tags of field values.

use super::pass_on::pass_on;
use super::{Class, CommandSpec};
use crate::doc::{CommandDoc, CommandExample};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "tags",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Adds the tags of field values: there are none, so the rows stay as they are.",
        syntax: "tags [outputfield=<field>] [inclname=<bool>] [inclvalue=<bool>] <field-list>",
        details: "tags.conf is not read. A warning says so.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/tags",
        examples: &[CommandExample {
            title: "no tags",
            search: r#"| makeresults | eval host="web" | tags host | table host tag"#,
            events: "",
            rows: r#"{"host":"web"}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Tags(_) => {
            let message = "no tags are known: tags.conf is not read";
            cx.warnings.push(
                Diagnostic::warning("SPL2285", stage.name.span, message)
                    .label("the rows stay as they are"),
            );
            Ok(pass_on())
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};
