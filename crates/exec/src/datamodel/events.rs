//! The events of a dataset as the beginning of a plan.

use super::below::{self, Asked};
use super::filter::split;
use super::{DataModel, DatasetCheck, Prepare, Scope};
use crate::commands::Op;
use crate::commands::search::Matching;
use crate::knowledge;
use crate::plan::{self, Events, PlanCx, Planned};
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{CompareOp, SearchExpr, Span, Spanned};
use sepal_parser::commands::tstats::DatasetName;
use sepal_parser::elsewhere;
use std::sync::Arc;

/// A dataset that a search reads.
pub(crate) struct Chosen {
    pub scope: Scope,
    pub at: Span,
    /// What the search asks of other datasets with the same root.
    pub others: Vec<Asked>,
}

/// Finds the data model and the dataset: the one that is named, the one that `nodename=` asks for,
/// the only root, or the only root that one of `names` belongs to.
pub(crate) fn choose(
    name: &DatasetName,
    filter: Option<&SearchExpr>,
    names: &[&str],
    cx: &PlanCx,
) -> Result<Chosen, Vec<Diagnostic>> {
    let model = cx.data_model(&name.model)?;
    let at = name.dataset.as_ref().map_or(name.model.span, |d| d.span);
    let asked = filter.and_then(node_asked);
    let named = name.dataset.as_ref().map(|d| d.node.as_str());
    let dataset = match (named, &asked) {
        (Some(d), Some(node)) if below(&model, &node.node, d) => node.node.clone(),
        (Some(d), _) => d.to_owned(),
        (None, Some(node)) => node.node.clone(),
        (None, None) => match root(&model, names) {
            Some(root) => root,
            None => {
                let list: Vec<_> = model.roots().map(|d| d.name.as_str()).collect();
                let what = format!("data model {} without a dataset", model.name);
                let d = Diagnostic::unsupported("SPL2315", name.model.span, what);
                return Err(vec![d.help(format!(
                    "name one of its datasets, such as datamodel={}.{}",
                    model.name,
                    list.first().unwrap_or(&"Dataset")
                ))]);
            }
        },
    };
    let scope = Scope::new(model, &dataset, at)?;
    let others = names.iter().filter_map(|name| scope.of_others(name)).collect();
    Ok(Chosen { scope, at, others })
}

/// The dataset of a `nodename=` that the whole condition needs.
fn node_asked(filter: &SearchExpr) -> Option<Spanned<String>> {
    match filter {
        SearchExpr::And(es) => es.iter().find_map(node_asked),
        SearchExpr::Compare { field, op: CompareOp::Eq, value, .. }
            if field.node == "nodename" && !value.text.contains('*') =>
        {
            Some(Spanned::new(value.text.clone(), value.span))
        }
        _ => None,
    }
}

/// Whether `node` is the dataset `dataset` or one below it.
fn below(model: &DataModel, node: &str, dataset: &str) -> bool {
    let last = |s: &str| s.rsplit('.').next().unwrap_or_default().to_owned();
    let lineage = model.lineage(&last(node)).unwrap_or_default();
    lineage.iter().any(|d| d.name == last(dataset))
}

fn root(model: &DataModel, names: &[&str]) -> Option<String> {
    let all: Vec<&str> = model.roots().map(|d| d.name.as_str()).collect();
    let named: Vec<&str> = all
        .iter()
        .copied()
        .filter(|root| {
            names.iter().any(|n| n.strip_prefix(root).is_some_and(|r| r.starts_with('.')))
        })
        .collect();
    match (all.as_slice(), named.as_slice()) {
        ([only], _) | (_, [only]) => Some((*only).to_owned()),
        _ => None,
    }
}

/// What leaves the dataset.
pub(crate) struct Output {
    /// Renames the fields.
    pub prepare: Prepare,
    /// The commands after that, in order.
    pub ops: Vec<Op>,
    /// The fields that leave the last of them as far as is known.
    pub after: FieldSet,
}

/// The events of `chosen`, or all events, that meet `filter`, with what is to be done with them.
pub(crate) fn events(
    chosen: Option<&Chosen>,
    filter: Option<&SearchExpr>,
    output: Output,
    stage: &Spanned<String>,
    span: Span,
    cx: &mut PlanCx,
) -> Result<Events, Vec<Diagnostic>> {
    let (mut time, mut diagnostics) = (Vec::new(), Vec::new());
    if let Some(filter) = filter {
        plan::time_modifiers(filter, &mut time, &mut diagnostics);
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let planned = |op| Planned { name: stage.node.clone(), span, op, needed: FieldSet::new() };
    let mut dataset = None;
    let mut ops: Vec<Op> = output.ops;
    if !output.prepare.is_empty() {
        ops.insert(0, Op::Streaming(Box::new(output.prepare)));
    }
    let scan = match chosen {
        None => knowledge::install(filter.unwrap_or(&SearchExpr::And(Vec::new())), cx)?,
        Some(Chosen { scope, at, others }) => {
            let own = ops.len();
            let mut warnings = Vec::new();
            let parts = split(scope, filter, &mut warnings)?;
            cx.warnings.append(&mut warnings);
            let mut set = ops.iter().rev().fold(output.after, |set, op| op.operator().needed(set));
            let mut put = |op: Op, set: &mut FieldSet| {
                *set = op.operator().needed(std::mem::take(set));
                ops.insert(0, op);
            };
            if let Some(op) = waiting(parts.rest, cx)? {
                put(op, &mut set);
            }
            let wanted: Vec<Asked> =
                others.iter().filter(|o| set.contains(&o.name)).cloned().collect();
            for op in below::operators(scope, &scope.model(), &wanted, *at, cx)? {
                put(op, &mut set);
            }
            for (level, waits) in scope.levels.iter().zip(parts.levels).rev() {
                for (outputs, command) in level.commands.iter().rev() {
                    if outputs.as_ref().is_some_and(|all| !all.iter().any(|o| set.contains(o))) {
                        continue;
                    }
                    let wrong = |ds: Vec<Diagnostic>| scope.damaged(*at, &ds);
                    put(plan::planned(command, cx, false).map_err(wrong)?.op, &mut set);
                }
                if let Some(op) = waiting(waits, cx)? {
                    put(op, &mut set);
                }
            }
            let scan = knowledge::install(&parts.scan, cx)?;
            let conditions = scan.ops.len() + ops.len() - own;
            dataset = Some(DatasetCheck::new(scope, conditions, filter.is_some(), cx));
            scan
        }
    };
    let ops = scan.ops.into_iter().chain(ops).map(planned).collect();
    Ok(Events { filter: scan.filter, time, ops, dataset })
}

/// The rows that meet all conditions; none where there is nothing to ask.
fn waiting(all: Vec<SearchExpr>, cx: &PlanCx) -> Result<Option<Op>, Vec<Diagnostic>> {
    if all.is_empty() {
        return Ok(None);
    }
    let program = cx.condition(&SearchExpr::And(all))?;
    let what = "the conditions on calculated fields";
    Ok(Some(Op::Streaming(Box::new(Matching { program, what }))))
}

impl PlanCx {
    /// The data model of that name.
    pub(crate) fn data_model(
        &self,
        name: &Spanned<String>,
    ) -> Result<Arc<DataModel>, Vec<Diagnostic>> {
        let Some(models) = self.data_models() else {
            let what = format!("data model {} without a definition", name.node);
            let d = Diagnostic::unsupported("SPL4130", name.span, what)
                .label("no data models are given")
                .help(format!(
                    "give the definition of {} (Splunk's data model JSON), or search the events \
                     themselves",
                    name.node
                ));
            return Err(vec![d]);
        };
        models.find(&name.node).ok_or_else(|| {
            let message = format!("there is no data model `{}`", name.node);
            let d = Diagnostic::error("SPL4133", name.span, message).label("unknown data model");
            if let Some(help) = elsewhere::help(elsewhere::Kind::DataModel, &name.node) {
                return vec![d.help(help)];
            }
            let names = models.names();
            vec![match sepal_parser::suggest(&name.node, names.iter().map(String::as_str)) {
                Some(meant) => d.help(format!("did you mean `{meant}`?")),
                None if names.is_empty() => d,
                None => d.help(format!("there are {}", names.join(", "))),
            }]
        })
    }
}
