//! `foreach`: a template of commands, once for each field or each value.

mod fields;
mod items;
mod template;

use super::{Class, CommandSpec, Op, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::PlanCx;
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use sepal_parser::commands::foreach::{Foreach, Mode};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "foreach",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Runs a template of commands for each field, or for each value of a field.",
        syntax: "foreach [mode=multifield] <field or wildcard>... [fieldstr=<string>] \
                 [matchstr=<string>] [matchseg1=<string>]... [<template>] | foreach \
                 mode=multivalue|json_array|auto_collections <field> [itemstr=<string>] \
                 [iterstr=<string>] [<template>]",
        details: "In the template `<<FIELD>>` is replaced by the field's name, `<<MATCHSTR>>` by \
                  what the wildcards of the name stand for, `<<MATCHSEG1>>` to `<<MATCHSEG3>>` by \
                  what each of them stands for. The replacement is that of text: names with other \
                  characters than letters, digits and `_` need single quotes in an expression. A \
                  wildcard stands for the fields that a row has: a row runs the template for \
                  those only, wildcard by wildcard, in the order of the names, where numbers in \
                  names count as numbers. A name without wildcard runs for each row. Commands that \
                  work row by row can stand in the template. In the other modes the template is \
                  one `eval`; `<<ITEM>>` is the value and `<<ITER>>` its number from 0. \
                  mode=auto_collections without a field goes through every field with several \
                  values or a JSON array.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/foreach",
        examples: &[
            CommandExample {
                title: "a total over fields",
                search: "* | eval total=0 | foreach www* [eval total=total + <<FIELD>>] | table id total",
                events: r#"{"id":"ACCESSORIES","www1":1000,"www2":500}
{"id":"ARCADE","www1":800}"#,
                rows: r#"{"id":"ACCESSORIES","total":1500}
{"id":"ARCADE","total":800}"#,
            },
            CommandExample {
                title: "a total over values",
                search: "| makeresults | eval mv=mvappend(\"5\", \"15\"), total=0 | foreach mode=multivalue mv [eval total = total + <<ITEM>>] | table total",
                events: "",
                rows: r#"{"total":20}"#,
            },
        ],
    },
    plan: |stage, cx| match &stage.command {
        Command::Foreach(f) => plan(f, cx).map(Op::Streaming),
        _ => Err(super::wrong_syntax(stage)),
    },
};

fn plan(f: &Foreach, cx: &mut PlanCx) -> Result<Box<dyn Streaming>, Vec<Diagnostic>> {
    Ok(match f.mode {
        Mode::Multifield => Box::new(fields::ForFields::plan(f, cx)?),
        _ => Box::new(items::ForItems::plan(f, cx)?),
    })
}
