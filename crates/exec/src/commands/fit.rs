//! `fit`: trains a model.

use super::apply::{file_name, flag, option, tails, wrong};
use super::held::Held;
use super::{Class, CommandSpec, Flow, Give, Names, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::lookup::{Definition, Lookups};
use crate::mltk::{self, Kind, Method, Metric, Ready, Seen, Training, Wanted};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Stage;
use sepal_parser::commands::Command;
use sepal_parser::commands::fit::Fit as Syntax;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "fit",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Trains a model, adds what it says to the rows, and keeps it.",
        syntax: "fit LinearRegression <target> from <wc-field-list> [fit_intercept=<bool>] [into <model>] [as <field>] \
                 | fit LogisticRegression <target> from <wc-field-list> [fit_intercept=<bool>] [probabilities=<bool>] \
                 [into <model>] [as <field>] \
                 | fit StandardScaler <wc-field-list> [with_mean=<bool>] [with_std=<bool>] [into <model>] \
                 | fit DensityFunction <field> [by <field-list>] [dist=auto|norm|expon|gaussian_kde] [exclude_dist=<list>] \
                 [metric=wasserstein|kolmogorov_smirnov] [threshold=<num>] [lower_threshold=<num>] [upper_threshold=<num>] \
                 [show_density=<bool>] [into <model>] [as <field>]",
        details: "Other algorithms are refused by name. All but DensityFunction learn from the \
                  rows that have all fields; the regressions make a column field=value for each \
                  value of a field of texts, of which there are 100 at most. LogisticRegression \
                  tells up to 100 values of the target apart, with scikit-learn's penalty (L2, C=1) \
                  and, as MLTK, all of them counting alike; probabilities=true adds \
                  probability(target=value) for each. \
                  DensityFunction fits a distribution to the numbers of each group; dist=auto, the \
                  default, takes the nearest of norm, expon and gaussian_kde. The rows get the \
                  fields that apply gives. into writes __mlspl_MODEL.mlmodel into the folder of \
                  --lookups, and is refused unless --allow-write is given.",
        source: "docs.splunk.com/Documentation/MLApp/5.5.0/User/Algorithms",
        examples: &[CommandExample {
            title: "a straight line through three points",
            search: "* | fit LinearRegression y from x | eval p=round('predicted(y)', 3) | table x y p",
            events: r#"{"x":1,"y":3}
{"x":2,"y":5}
{"x":3,"y":7}"#,
            rows: r#"{"x":1,"y":3,"p":3}
{"x":2,"y":5,"p":5}
{"x":3,"y":7,"p":7}"#,
        }],
    },
    plan,
};

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Fit(f) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let method = method(f)?;
    check(f, &method)?;
    let file = match &f.model {
        None => None,
        Some(name) => {
            let file = file_name(name)?;
            let lookups = cx.lookups(name).map_err(|_| not_allowed(name.span))?;
            let target = lookups.model_target(&file).map_err(|e| match e.code {
                "SPL4116" => not_allowed(name.span),
                _ => vec![e.at(name.span)],
            })?;
            let name = name.node.strip_prefix("app:").unwrap_or(&name.node).to_owned();
            Some(Target { name, lookups, file: target })
        }
    };
    let names = |list: &[sepal_parser::ast::Field]| -> Vec<FieldName> {
        list.iter().map(|f| FieldName::new(&f.node)).collect()
    };
    let training = Training {
        method,
        target: f.target.as_ref().map(|t| FieldName::new(&t.node)),
        fields: Names::new(f.fields.iter().map(|f| f.node.as_str())),
        by: names(&f.by),
    };
    let alias = f.alias.as_ref().map(|a| FieldName::new(&a.node));
    Ok(Op::Ordered(Box::new(Fit(Arc::new(Plan { training, alias, file })))))
}

fn not_allowed(span: sepal_parser::ast::Span) -> Vec<Diagnostic> {
    let text = "`fit ... into` may not write: nobody allowed it";
    let help = "--allow-write lets a search write models into the folder of --lookups; without \
                `into` the model is only used for these rows";
    vec![Diagnostic::error("SPL4116", span, text).label("cannot be written").help(help)]
}

/// Refuses what the algorithm does not take.
fn check(f: &Syntax, method: &Method) -> Result<(), Vec<Diagnostic>> {
    let bad = |span, text: String, help: &str| {
        Err(vec![Diagnostic::error("SPL2440", span, text).label("here").help(help)])
    };
    let name = &f.algorithm;
    let (target, by) = match method {
        Method::Linear { .. } | Method::Logistic { .. } => (true, false),
        Method::Scaler { .. } => (false, false),
        Method::Density { .. } => (false, true),
    };
    if target && f.target.is_none() {
        let help = format!("write `fit {} y from a b`", name.node);
        return bad(name.span, format!("{} needs a target before `from`", name.node), &help);
    }
    if let Some(t) = f.target.as_ref().filter(|t| !target || t.node.contains('*')) {
        return bad(t.span, format!("{} takes no such target", name.node), "leave it out");
    }
    if f.fields.is_empty() {
        return bad(name.span, format!("{} needs fields", name.node), "name them after it");
    }
    if let Some(b) = f.by.iter().find(|b| !by || b.node.contains('*')) {
        return bad(b.span, format!("{} takes no such `by`", name.node), "leave it out");
    }
    match (method, f.fields.as_slice(), &f.alias) {
        (Method::Density { .. }, [one], _) if !one.node.contains('*') => Ok(()),
        (Method::Density { .. }, [first, rest @ ..], _) => {
            let span = rest.first().unwrap_or(first).span;
            bad(span, "DensityFunction takes one field".to_owned(), "write one `fit` for each")
        }
        (Method::Scaler { .. }, _, Some(alias)) => {
            let what = "`as` with a StandardScaler";
            Err(vec![Diagnostic::unsupported("SPL2444", alias.span, what)])
        }
        _ => Ok(()),
    }
}

const OF_DENSITY: &[&str] = &[
    "dist",
    "exclude_dist",
    "lower_threshold",
    "metric",
    "show_density",
    "threshold",
    "upper_threshold",
];

fn method(f: &Syntax) -> Result<Method, Vec<Diagnostic>> {
    let (known, method): (&[&str], _) = match f.algorithm.node.as_str() {
        "LinearRegression" => {
            let intercept = flag(&f.options, "fit_intercept")?.unwrap_or(true);
            (&["fit_intercept"], Method::Linear { intercept })
        }
        "LogisticRegression" => {
            let intercept = flag(&f.options, "fit_intercept")?.unwrap_or(true);
            let probabilities = flag(&f.options, "probabilities")?.unwrap_or(false);
            let method = Method::Logistic { intercept, probabilities };
            (&["fit_intercept", "probabilities"], method)
        }
        "StandardScaler" => {
            let with_mean = flag(&f.options, "with_mean")?.unwrap_or(true);
            let with_std = flag(&f.options, "with_std")?.unwrap_or(true);
            (&["with_mean", "with_std"], Method::Scaler { with_mean, with_std })
        }
        "DensityFunction" => (OF_DENSITY, density(f)?),
        other => {
            let what = format!("algorithm {other}");
            let d = Diagnostic::unsupported("SPL2443", f.algorithm.span, what);
            let help =
                "supported: LinearRegression, LogisticRegression, StandardScaler, DensityFunction";
            return Err(vec![d.label("not supported").help(help)]);
        }
    };
    match f.options.iter().find(|o| !known.contains(&o.name.node.as_str())) {
        None => Ok(method),
        Some(o) => {
            let what = format!("{}= of {}", o.name.node, f.algorithm.node);
            let help = format!("supported: {}", known.join(", "));
            Err(vec![Diagnostic::unsupported("SPL2444", o.span, what).help(help)])
        }
    }
}

fn density(f: &Syntax) -> Result<Method, Vec<Diagnostic>> {
    const ALL: [(&str, Kind); 3] =
        [("norm", Kind::Norm), ("expon", Kind::Expon), ("gaussian_kde", Kind::Kde)];
    let dist = option(&f.options, "dist");
    let auto = dist.is_none_or(|o| o.value.node == "auto");
    let mut kinds: Vec<Kind> = ALL.iter().map(|(_, k)| *k).collect();
    let mut beta = true;
    match dist.map(|o| (o, o.value.node.as_str())) {
        None | Some((_, "auto")) => {}
        Some((o, "beta")) => {
            let d = Diagnostic::unsupported("SPL2444", o.value.span, "dist=beta");
            return Err(vec![d.help("supported: auto, norm, expon, gaussian_kde")]);
        }
        Some((o, name)) => {
            kinds.retain(|k| ALL.contains(&(name, *k)));
            if kinds.is_empty() {
                return Err(wrong(o, "auto, norm, expon or gaussian_kde"));
            }
        }
    }
    if let Some(o) = option(&f.options, "exclude_dist") {
        for name in o.value.node.split(',').map(str::trim) {
            if name != "beta" && !ALL.iter().any(|(n, _)| *n == name) {
                return Err(wrong(o, "norm, expon, gaussian_kde or beta"));
            }
            beta &= name != "beta";
            kinds.retain(|k| !auto || !ALL.contains(&(name, *k)));
        }
        if kinds.is_empty() {
            return Err(wrong(o, "fewer of them: none is left"));
        }
    }
    let metric = match option(&f.options, "metric").map(|o| (o, o.value.node.as_str())) {
        None | Some((_, "wasserstein")) => Metric::Wasserstein,
        Some((_, "kolmogorov_smirnov")) => Metric::KolmogorovSmirnov,
        Some((o, _)) => return Err(wrong(o, "wasserstein or kolmogorov_smirnov")),
    };
    Ok(Method::Density {
        kinds,
        auto,
        beta,
        metric,
        tails: tails(&f.options)?.unwrap_or_default(),
        show_density: flag(&f.options, "show_density")?.unwrap_or(false),
    })
}

/// Where the model is written.
struct Target {
    name: String,
    lookups: Arc<dyn Lookups>,
    file: Arc<Definition>,
}

struct Plan {
    training: Training,
    alias: Option<FieldName>,
    file: Option<Target>,
}

struct Fit(Arc<Plan>);

impl Operator for Fit {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        let training = &self.0.training;
        let named = training.fields.all().chain(&training.target).chain(&training.by);
        named.for_each(|f| after.insert(f));
        after
    }
    fn describe(&self) -> String {
        match &self.0.file {
            Some(target) => format!("two passes, writes {}", target.file.file),
            None => "two passes".to_owned(),
        }
    }
    fn acts(&self) -> bool {
        true
    }
}

impl Ordered for Fit {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: Arc::clone(&self.0), seen: Seen::default(), rows: Held::new() })
    }
}

struct Run {
    plan: Arc<Plan>,
    seen: Seen,
    rows: Held,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        self.plan.training.see(&mut self.seen, &batch)?;
        self.rows.push(batch, cx)?;
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let model = self.plan.training.train(std::mem::take(&mut self.seen), cx)?;
        if let Some(Target { name, lookups, file }) = &self.plan.file {
            if cx.was_cut_short() {
                let text = format!("{} is not written: the search was stopped", file.file);
                cx.notice("SPL3328", text, true);
            } else {
                let failed = |e| {
                    RunError::failed("SPL4301", format!("{} cannot be written: {e}", file.file))
                };
                lookups.replace(file, &mut |out| mltk::write(&model, name, out)).map_err(failed)?;
            }
        }
        let wanted = Wanted { alias: self.plan.alias.clone(), ..Wanted::default() };
        let ready = Ready::new(model, wanted);
        self.rows.drain(cx, None, &mut |mut batch| {
            ready.apply(&mut batch, cx);
            give(batch)
        })
    }
}
