//! `flatten`: the keys of an object as fields.

use super::fromjson::Fromjson;
use super::{Class, CommandSpec, Op};
use crate::doc::{CommandDoc, CommandExample};
use sepal_data::FieldName;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "flatten",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Makes fields of the keys of an object.",
        syntax: "flatten <field>",
        details: "A command of SPL2. Only the first level; the field itself stays. As fromjson \
                  without a prefix.",
        source: "help.splunk.com/splunk-enterprise/search/spl2-search-reference/flatten-command",
        examples: &[CommandExample {
            title: "a bridge",
            search: r#"| makeresults | eval bridge=json_object("name", "Tower Bridge", "length", 801) | flatten bridge | table name length"#,
            events: "",
            rows: r#"{"name":"Tower Bridge","length":801}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Flatten(f) => Ok(Op::Streaming(Box::new(Fromjson {
            field: FieldName::new(&f.field.node),
            prefix: String::new(),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};
