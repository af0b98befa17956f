use super::below::{self, Asked};
use super::{DataModel, Dataset, Pair};
use sepal_data::FieldName;
use sepal_data::wildcard::Pattern;
use sepal_parser::ast::{Pipeline, SearchExpr, Span, Spanned, Stage};
use sepal_parser::commands::Command;
use sepal_parser::{Diagnostic, Severity, suggest};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// A dataset as a search sees it: its condition, and what its fields are called in events.
pub(crate) struct Scope {
    model: Arc<DataModel>,
    /// The names from the root down.
    pub lineage: Vec<String>,
    /// What each dataset of the lineage does, the root first.
    pub levels: Vec<Level>,
    /// The fields: as a search names them, and as events do.
    pub fields: Vec<(String, String)>,
    /// Fields that calculations give.
    pub calculated: HashSet<String>,
}

/// One dataset of a lineage: its condition sees the fields that its ancestors calculate, not those
/// that it calculates itself.
pub(crate) struct Level {
    /// To be met together.
    pub constraints: Vec<SearchExpr>,
    /// Commands of a root, then calculations; with what each gives, if only that.
    pub commands: Vec<(Option<Vec<String>>, Stage)>,
}

/// Fields that every event has: they have the same name inside and outside of a dataset.
///
/// Source: Knowledge Manager Manual, "Define data model dataset fields", inherited fields of events.
pub(super) const OF_EVERY_EVENT: &[&str] = &[
    "_bkt",
    "_cd",
    "_indextime",
    "_raw",
    "_time",
    "eventtype",
    "host",
    "index",
    "linecount",
    "punct",
    "source",
    "sourcetype",
    "splunk_server",
    "tag",
    "timestamp",
];

impl Scope {
    /// The dataset of that name, `at` the place in the search that names it.
    pub fn new(model: Arc<DataModel>, name: &str, at: Span) -> Result<Scope, Vec<Diagnostic>> {
        let name = name.rsplit('.').next().unwrap_or(name);
        let Some(lineage) = model.lineage(name) else {
            return Err(vec![unknown_dataset(&model, name, at)]);
        };
        let mut scope = Scope {
            lineage: lineage.iter().map(|d| d.name.clone()).collect(),
            levels: Vec::new(),
            fields: Vec::new(),
            calculated: HashSet::new(),
            model: Arc::clone(&model),
        };
        for (depth, dataset) in lineage.iter().enumerate() {
            let owner = scope.lineage[..=depth].join(".");
            let damaged = |why: String| damaged(&model, dataset, at, &why);
            let (expr, commands) = condition(dataset, depth == 0).map_err(damaged)?;
            let mut level = Level {
                constraints: Vec::new(),
                commands: commands.into_iter().map(|s| (gives(&s), s)).collect(),
            };
            flatten(expr, &mut level.constraints);
            let own = dataset.fields.iter();
            let made = dataset.calculations.iter().flat_map(|c| &c.outputs);
            for field in own.chain(made) {
                if OF_EVERY_EVENT.contains(&field.as_str()) && field != "tag" {
                    continue;
                }
                if !scope.fields.iter().any(|(_, raw)| raw == field) {
                    scope.fields.push((format!("{owner}.{field}"), field.clone()));
                }
            }
            for c in &dataset.calculations {
                let stages = parsed(&format!("search * | {}", c.command)).map_err(damaged)?.stages;
                for stage in stages.into_iter().skip(1) {
                    level.commands.push((Some(c.outputs.clone()), stage));
                }
                scope.calculated.extend(c.outputs.iter().cloned());
            }
            scope.levels.push(level);
        }
        Ok(scope)
    }

    /// The name in events of a field that the search names; none where the dataset has no such
    /// field.
    ///
    /// A field is named after the dataset that brings it (`Authentication.action` in
    /// `Failed_Authentication` too); any dataset of the lineage is taken.
    pub fn raw(&self, name: &str) -> Option<&str> {
        if let Some((_, raw)) = self.fields.iter().find(|(full, _)| full == name) {
            return Some(raw);
        }
        if let Some(known) = OF_EVERY_EVENT.iter().find(|f| **f == name) {
            return Some(known);
        }
        self.prefixes().find_map(|prefix| {
            let field = name.strip_prefix(&prefix)?.strip_prefix('.')?;
            let known = || OF_EVERY_EVENT.iter().copied().find(|f| *f == field);
            self.fields.iter().map(|(_, raw)| raw.as_str()).find(|raw| *raw == field).or_else(known)
        })
    }

    /// What a name is of another dataset with the same root, if this one has no such field.
    pub fn of_others(&self, name: &str) -> Option<Asked> {
        if name.contains('*') || self.raw(name).is_some() {
            return None;
        }
        below::asked(self, &self.model, name)
    }

    /// The data model.
    pub fn model(&self) -> Arc<DataModel> {
        Arc::clone(&self.model)
    }

    /// `A`, `B` and `A.B` for the dataset B below A.
    fn prefixes(&self) -> impl Iterator<Item = String> {
        let paths = (0..self.lineage.len()).map(|n| self.lineage[..=n].join("."));
        paths.chain(self.lineage.iter().cloned())
    }

    /// The renaming of a field that the search names; none where the name is the same.
    pub fn pair(&self, name: &str) -> Option<Pair> {
        let raw = self.raw(name).filter(|raw| *raw != name)?;
        let keep = OF_EVERY_EVENT.contains(&raw);
        Some(Pair { raw: FieldName::new(raw), name: FieldName::new(name), keep })
    }

    /// The renaming of all fields whose name matches, of all without a pattern.
    pub fn pairs(&self, pattern: Option<&Pattern>) -> Vec<Pair> {
        let named = self.fields.iter().map(|(full, _)| full);
        let taken = named.filter(|full| pattern.is_none_or(|p| p.is_match(full)));
        taken.filter_map(|full| self.pair(full)).collect()
    }

    /// The fields that are left of an event where only those of the dataset are wanted.
    pub fn default_fields() -> &'static [&'static str] {
        OF_EVERY_EVENT
    }

    /// A pattern of names as the search writes it, as a pattern of names in events.
    pub fn raw_pattern(&self, pattern: &str) -> String {
        let strip = |p: String| pattern.strip_prefix(&p)?.strip_prefix('.').map(str::to_owned);
        self.prefixes().find_map(strip).unwrap_or_else(|| pattern.to_owned())
    }

    /// The warning that the dataset has no such field.
    pub fn unknown_field(&self, name: &Spanned<String>) -> Diagnostic {
        let dataset = self.lineage.last().map_or("", String::as_str);
        let message = format!("dataset {dataset} has no field `{}`", name.node);
        let d = Diagnostic::warning("SPL2316", name.span, message).label("never has a value");
        let all = self.fields.iter().map(|(full, _)| full.as_str());
        match suggest(&name.node, all) {
            Some(meant) => d.help(format!("did you mean `{meant}`?")),
            None => d.help("fields of a dataset are written Dataset.field"),
        }
    }

    /// The condition that `nodename=name` is.
    pub fn node(&self, name: &Spanned<String>) -> Result<SearchExpr, Vec<Diagnostic>> {
        if name.node.contains('*') {
            let d = Diagnostic::unsupported("SPL2317", name.span, "a wildcard in nodename");
            return Err(vec![d.help("name the dataset")]);
        }
        let of = Scope::new(Arc::clone(&self.model), &name.node, name.span)?;
        Ok(SearchExpr::And(of.levels.into_iter().flat_map(|l| l.constraints).collect()))
    }
}

/// The only fields that a command of a root gives, if that is all it does.
fn gives(stage: &Stage) -> Option<Vec<String>> {
    let Command::Eval(eval) = &stage.command else { return None };
    let targets = eval.assignments.iter().map(|a| a.target.node.clone());
    let targets: Vec<String> = targets.collect();
    // `eval {f}=x` gives any field
    (!targets.iter().any(|t| t.contains('{'))).then_some(targets)
}

/// Terms that must all hold, one by one.
pub(super) fn flatten(expr: SearchExpr, out: &mut Vec<SearchExpr>) {
    match expr {
        SearchExpr::And(es) => es.into_iter().for_each(|e| flatten(e, out)),
        e => out.push(e),
    }
}

/// The condition of a dataset and, of a root, the commands after it.
fn condition(dataset: &Dataset, root: bool) -> Result<(SearchExpr, Vec<Stage>), String> {
    if dataset.constraint.trim().is_empty() {
        return Ok((SearchExpr::And(Vec::new()), Vec::new()));
    }
    let pipeline = parsed(&dataset.constraint)?;
    let mut stages = pipeline.stages.into_iter();
    let Some(Stage { command: Command::Search(s), .. }) = stages.next() else {
        return Err("its constraint does not begin with a search".to_owned());
    };
    let rest: Vec<Stage> = stages.collect();
    match root || rest.is_empty() {
        true => Ok((s.expr, rest)),
        false => Err("the constraint of a dataset with a parent has a `|`".to_owned()),
    }
}

/// Texts of datasets as they were parsed: thousands of searches ask for the same few.
static PARSED: LazyLock<Mutex<HashMap<String, Pipeline>>> = LazyLock::new(Mutex::default);

/// So many are kept.
const MOST_PARSED: usize = 1024;

fn parsed(text: &str) -> Result<Pipeline, String> {
    let lock = || PARSED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().get(text) {
        return Ok(known.clone());
    }
    let parsed = sepal_parser::parse(text);
    if let Some(d) = parsed.diagnostics.into_iter().find(|d| d.severity == Severity::Error) {
        return Err(format!("{} in `{text}`", d.message));
    }
    let mut known = lock();
    if known.len() >= MOST_PARSED {
        known.clear();
    }
    known.insert(text.to_owned(), parsed.pipeline.clone());
    Ok(parsed.pipeline)
}

/// "the dataset cannot be used".
pub(super) fn damaged(
    model: &DataModel,
    dataset: &Dataset,
    at: Span,
    why: &str,
) -> Vec<Diagnostic> {
    let message = format!("dataset {}.{} cannot be used: {why}", model.name, dataset.name);
    vec![Diagnostic::error("SPL4132", at, message).label("wrong definition")]
}

impl Scope {
    /// The same for a command of the dataset that cannot be planned.
    pub fn damaged(&self, at: Span, why: &[Diagnostic]) -> Vec<Diagnostic> {
        let dataset = self.lineage.last().and_then(|d| self.model.dataset(d));
        let why = why.first().map_or(String::new(), |d| match d.label.is_empty() {
            true => d.message.clone(),
            false => format!("{} ({})", d.message, d.label),
        });
        dataset.map_or_else(Vec::new, |d| damaged(&self.model, d, at, &why))
    }
}

fn unknown_dataset(model: &DataModel, name: &str, at: Span) -> Diagnostic {
    let message = format!("data model {} has no dataset `{name}`", model.name);
    let d = Diagnostic::error("SPL4131", at, message).label("unknown dataset");
    let names = || model.datasets.iter().map(|d| d.name.as_str());
    match suggest(name, names()) {
        Some(meant) => d.help(format!("did you mean `{meant}`?")),
        None => d.help(format!("it has {}", names().collect::<Vec<_>>().join(", "))),
    }
}
