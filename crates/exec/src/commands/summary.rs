//! `summary`: what a trained model has learned.

use super::apply::{Missing, model};
use super::{Class, CommandSpec, Generating, Op, Operator};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::Stage;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "summary",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Gives what a trained model has learned.",
        syntax: "summary <model>",
        details: "Must be the first command. Of a LinearRegression, Ridge, Lasso or ElasticNet: \
                  feature and coefficient, with _intercept last; of a LogisticRegression the same, \
                  with more than two values of the target for each class. Of a StandardScaler: fields, mean, \
                  var and scale. Of a DensityFunction, for each group: its BY fields, type, min, \
                  max, mean, std, cardinality (how many values it was trained with) and other (the \
                  parameters). Without the model's file the search fails once it runs.",
        source: "docs.splunk.com/Documentation/MLApp/5.5.0/User/Customsearchcommands",
        examples: &[CommandExample {
            title: "with a LinearRegression of the name line that has learned y = 1 + 2x",
            search: "| summary line",
            events: "",
            rows: r#"{"feature":"x","coefficient":2}
{"feature":"_intercept","coefficient":1}"#,
        }],
    },
    plan,
};

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Summary(s) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let rows = model(&s.model, cx)?.map(|m| m.summary());
    Ok(Op::Generating(Box::new(Summary(rows))))
}

struct Summary(Result<Batch, Missing>);

impl Operator for Summary {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::new()
    }
}

impl Generating for Summary {
    fn rows(&self, _: &RunCx) -> Result<Vec<Batch>, RunError> {
        match &self.0 {
            Ok(rows) => Ok(vec![rows.clone()]),
            Err(missing) => Err(missing.error()),
        }
    }
}
