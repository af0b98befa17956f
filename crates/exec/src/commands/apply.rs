//! `apply`: what a trained model says about each row.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::mltk::{self, Model, NoModel, Ready, Tails, Unreadable, Wanted};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Span, Spanned, Stage};
use sepal_parser::commands::{Command, NamedOption};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "apply",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Adds to each row what a trained model says about it.",
        syntax: "apply <model> [as <field>] [threshold=<num>] [lower_threshold=<num>] \
                 [upper_threshold=<num>] [show_density=<bool>]",
        details: "The model is the file __mlspl_MODEL.mlmodel in a folder of --lookups, as MLTK or \
                  fit wrote it; without one the search fails once it runs. A LinearRegression, \
                  Ridge, Lasso or ElasticNet adds predicted(target), a LogisticRegression that fit wrote \
                  likewise, a StandardScaler SS_field for each field, a DensityFunction IsOutlier(field), BoundaryRanges and with \
                  show_density=true ProbabilityDensity(field). Other models are refused by name. A \
                  row in which a field of the model is missing or no number, or whose group the \
                  model does not have, gets none of them.",
        source: "docs.splunk.com/Documentation/MLApp/5.5.0/User/Understandfitandapply",
        examples: &[CommandExample {
            title: "with a LinearRegression of the name line that has learned y = 1 + 2x",
            search: "* | apply line | table x predicted(y)",
            events: r#"{"x":2}
{"x":0.5}"#,
            rows: r#"{"x":2,"predicted(y)":5}
{"x":0.5,"predicted(y)":2}"#,
        }],
    },
    plan,
};

const KNOWN: &[&str] = &["threshold", "lower_threshold", "upper_threshold", "show_density"];

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Apply(a) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let tails = tails(&a.options)?;
    let show_density = flag(&a.options, "show_density")?;
    let alias = a.alias.as_ref().map(|f| FieldName::new(&f.node));
    let wanted = Wanted { alias, tails, show_density };
    if let Some(o) = a.options.iter().find(|o| !KNOWN.contains(&o.name.node.as_str())) {
        let what = format!("{}= of apply", o.name.node);
        return Err(vec![Diagnostic::unsupported("SPL2444", o.span, what)]);
    }
    Ok(match model(&a.model, cx)? {
        Ok(model) => {
            let density = matches!(model, Model::Density(_));
            if let Some(o) = a.options.first().filter(|_| !density) {
                let text = format!("{} has no option `{}`", model.algorithm(), o.name.node);
                let d = Diagnostic::error("SPL2441", o.span, text);
                return Err(vec![d.label("only of a DensityFunction")]);
            }
            if let (Model::Scaler(_), Some(alias)) = (&model, &a.alias) {
                let what = "`as` with a StandardScaler";
                return Err(vec![Diagnostic::unsupported("SPL2444", alias.span, what)]);
            }
            Op::Streaming(Box::new(Apply(Ready::new(model, wanted))))
        }
        Err(missing) => Op::Ordered(Box::new(missing)),
    })
}

/// A model that is not there. Splunk looks for it when the search runs, and so it may be planned.
#[derive(Clone)]
pub(super) struct Missing {
    name: String,
    span: Span,
}

impl Missing {
    pub(super) fn error(&self) -> RunError {
        let name = &self.name;
        RunError::Failed {
            code: "SPL3320",
            message: format!(
                "there is no model `{name}`: train it with the baseline search that ends in `fit \
                 ... into {name}` and --allow-write, or put {} into a folder of --lookups",
                mltk::file_name(name).unwrap_or_default()
            ),
            span: Some(self.span),
        }
    }
}

/// The model of a name.
pub(super) fn model(
    name: &Spanned<String>,
    cx: &PlanCx,
) -> Result<Result<Model, Missing>, Vec<Diagnostic>> {
    let file = file_name(name)?;
    let missing = || Missing { name: name.node.clone(), span: name.span };
    let Ok(lookups) = cx.lookups(name) else { return Ok(Err(missing())) };
    match mltk::load(&*lookups, &file) {
        Ok(model) => Ok(Ok(model)),
        Err(NoModel::Missing) => Ok(Err(missing())),
        Err(NoModel::Lookup(e)) => Err(vec![e.at(name.span)]),
        Err(NoModel::File(_, Unreadable::Unsupported(what))) => {
            let d = Diagnostic::unsupported("SPL2443", name.span, format!("model {what}"));
            Err(vec![d.label("a model of this kind")])
        }
        Err(NoModel::File(file, Unreadable::Broken(why))) => {
            let text = format!("{file} is not a model that can be read: {why}");
            Err(vec![Diagnostic::error("SPL4300", name.span, text).label("cannot be used")])
        }
    }
}

/// The file of a model's name.
pub(super) fn file_name(name: &Spanned<String>) -> Result<String, Vec<Diagnostic>> {
    mltk::file_name(&name.node).ok_or_else(|| {
        let text = format!("`{}` is not the name of a model", name.node);
        let d = Diagnostic::error("SPL2442", name.span, text).label("not a name");
        vec![d.help("letters, digits and `_`, not beginning with a digit")]
    })
}

/// The value of an option, of which the last counts.
pub(super) fn option<'o>(options: &'o [NamedOption], name: &str) -> Option<&'o NamedOption> {
    options.iter().rev().find(|o| o.name.node == name)
}

/// "the option needs ...".
pub(super) fn wrong(o: &NamedOption, needs: &str) -> Vec<Diagnostic> {
    let text = format!("`{}=` needs {needs}, not `{}`", o.name.node, o.value.node);
    vec![Diagnostic::error("SPL2441", o.value.span, text).label(format!("expected {needs}"))]
}

pub(super) fn flag(options: &[NamedOption], name: &str) -> Result<Option<bool>, Vec<Diagnostic>> {
    let Some(o) = option(options, name) else { return Ok(None) };
    match o.value.node.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "yes" | "y" => Ok(Some(true)),
        "false" | "f" | "0" | "no" | "n" => Ok(Some(false)),
        _ => Err(wrong(o, "true or false")),
    }
}

/// What counts as an outlier, where the options say so.
pub(super) fn tails(options: &[NamedOption]) -> Result<Option<Tails>, Vec<Diagnostic>> {
    let part = |name: &str| -> Result<Option<f64>, Vec<Diagnostic>> {
        let Some(o) = option(options, name) else { return Ok(None) };
        if o.value.node.contains(',') {
            let what = format!("several values of {name}=");
            return Err(vec![Diagnostic::unsupported("SPL2444", o.value.span, what)]);
        }
        match o.value.node.parse() {
            Ok(p) if (1e-9..1.0).contains(&p) => Ok(Some(p)),
            _ => Err(wrong(o, "a number from 0.000000001 to below 1")),
        }
    };
    match (part("threshold")?, part("lower_threshold")?, part("upper_threshold")?) {
        (None, None, None) => Ok(None),
        (Some(p), None, None) => Ok(Some(Tails::Lowest(p))),
        (None, lower, upper) => Ok(Some(Tails::Sides(lower, upper))),
        _ => {
            let both = option(options, "threshold").map(|o| o.span).unwrap_or_default();
            let text = "give threshold=, or lower_threshold= and upper_threshold=";
            Err(vec![Diagnostic::error("SPL2441", both, text).label("not beside the others")])
        }
    }
}

struct Apply(Ready);

impl Operator for Apply {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        self.0.outputs().iter().for_each(|f| after.remove(f));
        self.0.model().inputs().iter().for_each(|f| after.insert(f));
        after
    }
    fn describe(&self) -> String {
        self.0.model().algorithm().to_owned()
    }
}

impl Streaming for Apply {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        self.0.apply(&mut batch, cx);
        Ok(batch)
    }
}

impl Operator for Missing {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
    fn describe(&self) -> String {
        format!("there is no model {}", self.name)
    }
}

impl Ordered for Missing {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(self.clone())
    }
}

impl OrderedRun for Missing {
    fn push(&mut self, _: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        Err(self.error())
    }

    fn finish(&mut self, _: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        Err(self.error())
    }
}
