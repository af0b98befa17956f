//! `from`: the rows of a dataset: the events of a data model's, or a lookup table.

use super::{Class, CommandSpec, Op, inputlookup, savedsearch};
use crate::datamodel::{Output, Prepare, choose, events};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::PlanCx;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::Stage;
use sepal_parser::commands::Command;
use sepal_parser::commands::from::From;
use sepal_parser::commands::inputlookup::Inputlookup;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "from",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Gives the rows of a dataset: the events of a data model's dataset, or a lookup table.",
        syntax: "from <dataset_type>(:| )<dataset_name>",
        details: "The type is datamodel (with the name model.dataset), lookup, or savedsearch, as of \
                  the command savedsearch. The fields of a data \
                  model's dataset have their own names, without that of the dataset.",
        source: "help.splunk.com/splunk-enterprise/spl-search-reference/10.0/search-commands/from",
        examples: &[CommandExample {
            title: "with a table hosts.csv of the lines ip,name and 10.0.0.1,web",
            search: "| from lookup:hosts.csv",
            events: "",
            rows: r#"{"ip":"10.0.0.1","name":"web"}"#,
        }],
    },
    plan,
};

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::From(from) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    match &**from {
        From::Datamodel(name) => {
            let chosen = choose(name, None, &[], cx)?;
            let output = Output {
                prepare: Prepare::default(),
                ops: Vec::new(),
                // what is read later is not known yet
                after: FieldSet::all(),
            };
            let made = events(Some(&chosen), None, output, &stage.name, stage.span, cx)?;
            Ok(Op::Events(Box::new(made)))
        }
        From::Lookup(table) => {
            let table = table.clone();
            let all = Inputlookup {
                table,
                append: None,
                strict: None,
                start: None,
                max: None,
                filter: None,
            };
            inputlookup::read(&all, cx)
        }
        From::Savedsearch(name) => savedsearch::planned(name, &[], cx),
    }
}
