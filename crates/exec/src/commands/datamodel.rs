//! `datamodel`: the events of a dataset.

use super::{Class, CommandSpec, Op};
use crate::datamodel::{Output, Prepare, Scope, choose, events};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::PlanCx;
use sepal_data::FieldName;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::Stage;
use sepal_parser::commands::Command;
use sepal_parser::commands::datamodel::Datamodel;
use sepal_parser::commands::tstats::DatasetName;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "datamodel",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Gives the events of a dataset of a data model.",
        syntax: "datamodel <model> <dataset> (search | flat) [strict_fields=<bool>] \
                 [allow_old_summaries=<bool>] [summariesonly=<bool>]",
        details: "An event is of a dataset if it meets its conditions, which for the CIM's are tags: \
                  the event brings them in a field tag, or a rule for its sourcetype gives them \
                  (those built in are for Windows and Sysmon; --knowledge adds more, --datamodels \
                  other data models). A search that finds none because no event is of the dataset \
                  says so. search names the fields of the dataset Dataset.field, flat leaves that out. Unless \
                  strict_fields is false, only the fields of the dataset and those of every event \
                  are left. The options about summaries have no effect. The forms that give the \
                  definition as JSON, and the mode acceleration_search, are not supported.",
        source: "help.splunk.com/splunk-enterprise/spl-search-reference/9.4/search-commands/datamodel",
        examples: &[CommandExample {
            title: "with a data model Web: its dataset Web has the events tagged web, and the field url",
            search: "| datamodel Web Web search | table Web.url",
            events: r#"{"tag":"web","url":"/a"}
{"tag":"dns","url":"/b"}"#,
            rows: r#"{"Web.url":"/a"}"#,
        }],
    },
    plan,
};

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Datamodel(d) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let refused = |what: &str| {
        let d = Diagnostic::unsupported("SPL2318", stage.name.span, what)
            .help("write `datamodel <model> <dataset> search`");
        Err(vec![d])
    };
    let Datamodel { model: Some(model), dataset: Some(dataset), mode: Some(mode), .. } = &**d
    else {
        return refused("the definition of a data model as JSON");
    };
    let search = match mode.node.as_str() {
        "search" => true,
        "flat" => false,
        _ => return refused("datamodel in the mode acceleration_search"),
    };
    let mut strict = true;
    for o in &d.options {
        match o.value.node.to_ascii_lowercase().as_str() {
            "true" | "t" | "1" => {}
            "false" | "f" | "0" if o.name.node == "strict_fields" => strict = false,
            "false" | "f" | "0" => {}
            other => {
                let message = format!("`{}=` needs true or false, not `{other}`", o.name.node);
                let d = Diagnostic::error("SPL2002", o.value.span, message);
                return Err(vec![d.label("expected true or false")]);
            }
        }
    }
    let name = DatasetName { model: model.clone(), dataset: Some(dataset.clone()) };
    let chosen = choose(&name, None, &[], cx)?;
    let scope = &chosen.scope;
    let mut prepare = Prepare::default();
    if search {
        prepare.pairs = scope.pairs(None);
    }
    if strict {
        let of_events = Scope::default_fields().iter().copied().map(FieldName::new);
        let own =
            scope.fields.iter().map(|(full, raw)| FieldName::new(if search { full } else { raw }));
        prepare.only = Some(of_events.chain(own).collect());
    }
    let output = Output { prepare, ops: Vec::new(), after: FieldSet::all() };
    let made = events(Some(&chosen), None, output, &stage.name, stage.span, cx)?;
    Ok(Op::Events(Box::new(made)))
}
