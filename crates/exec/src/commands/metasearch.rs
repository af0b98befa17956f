//! `metasearch`: where events come from.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::datamodel::{Output, Prepare, events};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Field, SearchExpr, Stage};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "metasearch",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Gives where the events that match come from, without their fields.",
        syntax: "metasearch [<logical-expression>]",
        details: "The fields are host, index, source, sourcetype, splunk_server and _time, and the \
                  condition compares only these, tags and event types; words are looked for in \
                  the text of the events.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/metasearch",
        examples: &[CommandExample {
            title: "events of a host with a word",
            search: "| metasearch 404 host=web1 | table host _time",
            events: r#"{"_time":3,"host":"web1","_raw":"GET / 404"}
{"_time":2,"host":"web1","_raw":"GET / 200"}
{"_time":1,"host":"web2","_raw":"GET / 404"}"#,
            rows: r#"{"host":"web1","_time":3}"#,
        }],
    },
    plan,
};

/// The fields of the rows.
const FIELDS: [&str; 6] = ["host", "index", "source", "sourcetype", "splunk_server", "_time"];

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Metasearch(m) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    if let Some(field) = other_field(&m.expr) {
        let message = format!("metasearch has no field `{}`", field.node);
        return Err(vec![
            Diagnostic::error("SPL2485", field.span, message)
                .label("not one of its fields")
                .help(format!("it has {}; `search` compares all fields", FIELDS.join(", "))),
        ]);
    }
    let output = Output {
        prepare: Prepare::default(),
        ops: vec![Op::Streaming(Box::new(Metasearch))],
        after: FieldSet::all(),
    };
    let made = events(None, Some(&m.expr), output, &stage.name, stage.span, cx)?;
    Ok(Op::Events(Box::new(made)))
}

/// The first field that is compared and that the rows do not have.
fn other_field(e: &SearchExpr) -> Option<&Field> {
    match e {
        SearchExpr::And(es) | SearchExpr::Or(es) => es.iter().find_map(other_field),
        SearchExpr::Not(e) => other_field(e),
        SearchExpr::Compare { field, .. }
        | SearchExpr::In { field, .. }
        | SearchExpr::CompareSubsearch { field, .. }
        | SearchExpr::InSubsearch { field, .. } => {
            let name = field.node.as_str();
            let known = FIELDS.contains(&name)
                || ["eventtype", "tag"].contains(&name)
                || name.starts_with("tag::");
            (!known).then_some(field)
        }
        _ => None,
    }
}

struct Metasearch;

impl Operator for Metasearch {
    fn needed(&self, _: FieldSet) -> FieldSet {
        let mut set = FieldSet::new();
        FIELDS.iter().for_each(|f| set.insert(f));
        set
    }
}

impl Streaming for Metasearch {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        batch.cols.retain(|name, _| FIELDS.contains(&name.as_str()));
        Ok(batch)
    }
}
