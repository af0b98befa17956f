//! From the syntax tree to operators, split into what runs beside the scan and what comes after.

mod events;
mod fields;

pub use fields::plan_fields;

use crate::commands::stats::{self, prestats::Made};
use crate::commands::{self, Op, Operator};
use crate::datamodel::{DataModels, DatasetCheck};
use crate::knowledge::{self, Installed, Knowledge, ScanFilter};
use crate::lookup::{LookupError, Lookups};
use crate::run_cx::{RunCx, RunError};
use crate::search::SearchProgram;
use crate::subsearch::Unresolved;
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Pipeline, SearchExpr, Span, Spanned, Stage};
use sepal_parser::commands::Command;
use sepal_parser::macros::MacroSet;
use std::sync::Arc;

/// Switches and limits of a scan.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// Whether a literal probe over raw bytes comes before parsing.
    pub prefilter: bool,
    /// The field that holds the time; without one, well-known fields, else the text.
    pub time_field: Option<String>,
    /// The most distinct field names that are kept where all fields are wanted.
    pub max_fields: usize,
    /// Bytes read at a time; 1 at least.
    pub block: usize,
    /// Bytes of a plain file that one thread takes at a time; 1 at least.
    pub piece: u64,
    /// The most bytes of one event: a longer one is cut there, and counted as damaged.
    pub max_event: usize,
}

impl Default for ScanOptions {
    fn default() -> Self {
        ScanOptions {
            prefilter: true,
            time_field: None,
            max_fields: 100_000,
            block: 512 << 10,
            piece: 8 << 20,
            max_event: 64 << 20,
        }
    }
}

/// What planning knows besides the syntax.
#[derive(Clone, Default)]
pub struct PlanCx {
    /// Warnings so far.
    pub warnings: Vec<Diagnostic>,
    lookups: Option<Arc<dyn Lookups>>,
    data_models: Option<Arc<dyn DataModels>>,
    knowledge: Option<Arc<dyn Knowledge>>,
    /// Its rules as they were planned first, for all plans that are made with this or a clone.
    pub(crate) rules: Arc<knowledge::PlannedRules>,
    macros: MacroSet,
    /// The command being planned is the first of its pipeline.
    first: bool,
    depth: usize,
    /// The time modifiers of the pipeline being planned.
    pub(crate) time: Vec<TimeModifier>,
    /// Whether the search has subsearches that have not run: the plan is an outline.
    outline: bool,
    /// What commands so far make with `prestats=true`.
    pub(crate) prestats: Made,
    /// Saved searches planned so far, and those that are being planned.
    pub(crate) saved: usize,
    pub(crate) saving: Vec<String>,
}

/// Deepest nesting of subsearches.
const MAX_DEPTH: usize = 32;

impl PlanCx {
    /// The same with lookups.
    pub fn with_lookups(mut self, lookups: Option<Arc<dyn Lookups>>) -> Self {
        self.lookups = lookups;
        self
    }

    /// The same with data models.
    pub fn with_data_models(mut self, models: Option<Arc<dyn DataModels>>) -> Self {
        self.data_models = models;
        self
    }

    /// The data models, if there are any.
    pub fn data_models(&self) -> Option<&Arc<dyn DataModels>> {
        self.data_models.as_ref()
    }

    /// The same with what is known of events by their sourcetype.
    pub fn with_knowledge(mut self, knowledge: Option<Arc<dyn Knowledge>>) -> Self {
        self.knowledge = knowledge;
        self.rules = Arc::default();
        self
    }

    /// What is known of events by their sourcetype, if anything.
    pub fn knowledge(&self) -> Option<&Arc<dyn Knowledge>> {
        self.knowledge.as_ref()
    }

    /// The same with macros, for searches that are texts until they run (`map`).
    pub fn with_macros(mut self, macros: MacroSet) -> Self {
        self.macros = macros;
        self
    }

    /// The macros.
    pub fn macros(&self) -> &MacroSet {
        &self.macros
    }

    /// The lookups; an error at `name` where there are none.
    pub fn lookups(&self, name: &Spanned<String>) -> Result<Arc<dyn Lookups>, Vec<Diagnostic>> {
        let none = || vec![LookupError::unknown(&name.node, []).at(name.span)];
        self.lookups.clone().ok_or_else(none)
    }

    /// The lookups, if there are any.
    pub fn any_lookups(&self) -> Option<Arc<dyn Lookups>> {
        self.lookups.clone()
    }

    /// Whether the command being planned is the first of its pipeline.
    pub fn is_first(&self) -> bool {
        self.first
    }

    /// Plans a subsearch.
    pub fn subsearch(&mut self, pipeline: &Pipeline) -> Result<Plan, Vec<Diagnostic>> {
        if self.depth >= MAX_DEPTH {
            return Err(vec![Diagnostic::error(
                "SPL2144",
                pipeline.span,
                "subsearches are nested too deeply",
            )]);
        }
        self.depth += 1;
        let (first, direct) = (self.first, self.prestats.direct);
        self.prestats.direct = false;
        let plan = plan_with(pipeline, self);
        self.first = first;
        self.prestats.direct = direct;
        self.depth -= 1;
        plan
    }

    /// Compiles a condition of `search`. A subsearch in it is one that the plan runs before, or an
    /// error.
    pub(crate) fn condition(&self, expr: &SearchExpr) -> Result<SearchProgram, Vec<Diagnostic>> {
        if self.outline { SearchProgram::outline(expr) } else { SearchProgram::compile(expr) }
    }

    /// For a search of its own over the same events: the same rules of sourcetypes, and the lookups
    /// that they use.
    pub(crate) fn for_events(&self) -> PlanCx {
        PlanCx {
            lookups: self.lookups.clone(),
            knowledge: self.knowledge.clone(),
            rules: Arc::clone(&self.rules),
            ..PlanCx::default()
        }
    }

    /// Whether the plan being made is an outline.
    pub(crate) fn is_outline(&self) -> bool {
        self.outline
    }

    /// The same for planning once more, without the warnings so far.
    pub(crate) fn at_this_depth(&self) -> PlanCx {
        PlanCx { warnings: Vec::new(), ..self.clone() }
    }
}

/// A planned command and where it stands.
pub struct Planned {
    /// The command's name as typed.
    pub name: String,
    /// Its place in the expanded text.
    pub span: Span,
    /// The operator.
    pub op: Op,
    /// The fields that must reach it; filled in once the whole pipeline is known.
    pub needed: FieldSet,
}

/// What a command such as `tstats` reads and does, as parts of a plan.
pub struct Events {
    /// Which events.
    pub filter: ScanFilter,
    /// `earliest=` and the like of its condition.
    pub time: Vec<TimeModifier>,
    /// What it does with them, in order.
    pub ops: Vec<Planned>,
    /// The dataset that the events are of, if one was asked for.
    pub dataset: Option<DatasetCheck>,
}

impl Operator for Events {
    fn needed(&self, after: FieldSet) -> FieldSet {
        let mut set = self.ops.iter().rev().fold(after, |set, p| p.op.operator().needed(set));
        set.union(&self.filter.needed());
        set
    }
}

impl Events {
    /// The plan of a search that has only this command.
    pub(crate) fn into_plan(self, first: Span) -> Plan {
        let (source, dataset) = (Source::Scan(self.filter), self.dataset);
        Plan { first, dataset, ..assemble(source, self.time, self.ops, Vec::new()) }
    }
}

/// Where the rows come from.
#[allow(clippy::large_enum_variant)] // a few a run, never moved in a loop
pub enum Source {
    /// Events that the first search's condition lets through.
    Scan(ScanFilter),
    /// A generating command.
    Generate(Planned),
}

/// A time modifier of the first search.
#[derive(Clone, Debug)]
pub struct TimeModifier {
    /// `earliest`, `latest`...
    pub key: Spanned<String>,
    /// Its value.
    pub value: Spanned<String>,
}

/// A planned search.
pub struct Plan {
    /// Where rows come from.
    pub source: Source,
    /// The place of the first command in the expanded text.
    pub first: Span,
    /// `earliest=` and the like.
    pub time: Vec<TimeModifier>,
    /// The commands after the source.
    pub ops: Vec<Planned>,
    /// How many of `ops` run beside the scan.
    pub streaming: usize,
    /// Whether the next one keeps partial states beside the scan.
    pub partial: bool,
    /// The fields that the scan must give.
    pub needed: FieldSet,
    /// Whether rows must come in event order.
    pub ordered: bool,
    /// Whether its rows are looked up by the names of columns alone, so that those without a value
    /// may lack in any part of them.
    pub sparse: bool,
    /// What is odd about the search.
    pub warnings: Vec<Diagnostic>,
    /// The subsearches inside its conditions. A plan that has any cannot be run: it is an outline
    /// of the one that [`Plan::resolve`] gives.
    pub subsearches: Option<Unresolved>,
    /// The `fillnull` commands that `stats` does in passing, with the number in `ops` of that
    /// `stats`.
    pub folded: Vec<(usize, Planned)>,
    /// The dataset that the first command reads.
    pub dataset: Option<DatasetCheck>,
}

impl Plan {
    /// The result as a table shows it, where `fieldformat` says that it differs from the values.
    pub fn shown(&self, batch: &Batch, cx: &RunCx) -> Option<Batch> {
        let last = self.ops.iter().rposition(|p| matches!(p.op, Op::Partial(_)));
        let ops = self.ops.iter().skip(last.map_or(0, |n| n + 1));
        let formats: Vec<_> = ops
            .filter_map(|p| match &p.op {
                Op::Streaming(o) => Some(o.formats()),
                _ => None,
            })
            .flatten()
            .collect();
        (!formats.is_empty()).then(|| commands::fieldformat::shown(&formats, batch, cx))
    }

    /// Runs the subsearches inside the conditions, each once, and gives the plan with what they
    /// gave in their place; none where there are none.
    ///
    /// # Errors
    /// A subsearch that fails, or that gives what cannot stand in its place.
    pub fn resolve(&self, cx: &RunCx) -> Result<Option<Plan>, RunError> {
        self.subsearches.as_ref().map(|s| s.resolve(cx)).transpose()
    }
}

/// Plans a search. Every wrong or unsupported command, function and argument is a diagnostic.
pub fn plan(pipeline: &Pipeline) -> Result<Plan, Vec<Diagnostic>> {
    plan_with(pipeline, &mut PlanCx::default())
}

/// The same with what planning knows.
pub fn plan_with(pipeline: &Pipeline, cx: &mut PlanCx) -> Result<Plan, Vec<Diagnostic>> {
    let (subsearches, mut diagnostics) = Unresolved::collect(pipeline, cx);
    let outline = subsearches.as_ref().map(Unresolved::outline);
    let pipeline = outline.as_ref().unwrap_or(pipeline);
    let around = std::mem::replace(&mut cx.outline, subsearches.is_some());
    let plan = plan_stages(pipeline, cx);
    cx.outline = around;
    match plan {
        Ok(plan) if diagnostics.is_empty() => Ok(Plan { subsearches, ..plan }),
        Ok(_) => Err(diagnostics),
        Err(ds) => {
            diagnostics.extend(ds);
            diagnostics.sort_by_key(|d| d.span.start);
            Err(diagnostics)
        }
    }
}

fn plan_stages(pipeline: &Pipeline, cx: &mut PlanCx) -> Result<Plan, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut stages = pipeline.stages.iter();
    let mut time = Vec::new();
    let mut ops = Vec::new();
    let (mut source, mut dataset) = (None, None);
    match stages.next() {
        None => diagnostics.push(
            Diagnostic::error("SPL0004", pipeline.span, "the search is empty")
                .help("write a search such as `* | stats count`"),
        ),
        Some(first) => match &first.command {
            Command::Search(s) => {
                time_modifiers(&s.expr, &mut time, &mut diagnostics);
                match knowledge::install(&s.expr, cx) {
                    Ok(Installed { filter, ops: first_ops }) => {
                        source = Some(Source::Scan(filter));
                        ops = first_ops.into_iter().map(|op| by_knowledge(first, op)).collect();
                    }
                    Err(ds) => diagnostics.extend(ds),
                }
            }
            _ => match planned(first, cx, true) {
                Ok(p @ Planned { op: Op::Generating(_), .. }) => source = Some(Source::Generate(p)),
                Ok(Planned { op: Op::Events(events), .. }) => {
                    source = Some(Source::Scan(events.filter));
                    time = events.time;
                    ops = events.ops;
                    dataset = events.dataset;
                }
                Ok(_) => diagnostics.push(
                    Diagnostic::error(
                        "SPL1010",
                        first.name.span,
                        format!(
                            "{} cannot be the first command: it needs rows to work on",
                            first.name.node
                        ),
                    )
                    .label("no rows reach this command")
                    .help(format!("begin with a search: `search * | {} ...`", first.name.node)),
                ),
                Err(ds) => diagnostics.extend(ds),
            },
        },
    }
    let around = std::mem::replace(&mut cx.time, time.clone());
    for stage in stages {
        let direct = cx.prestats.direct;
        match planned(stage, cx, false) {
            Ok(Planned { op: Op::Generating(_) | Op::Events(_), name, span, .. }) => diagnostics
                .push(
                    Diagnostic::error("SPL1011", span, format!("{name} must be the first command"))
                        .label("makes rows of its own"),
                ),
            Ok(p) => {
                if matches!(p.op, Op::Partial(_)) {
                    cx.prestats.direct = false;
                }
                diagnostics.extend(direct.then(|| stats::prestats::unread(&p)).flatten());
                ops.push(p);
            }
            Err(ds) => diagnostics.extend(ds),
        }
    }
    cx.time = around;
    if cx.prestats.direct && cx.depth == 0 {
        cx.warnings.push(stats::prestats::unfinished(pipeline));
    }
    let Some(source) = source else { return Err(diagnostics) };
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let mut plan = assemble(source, time, ops, std::mem::take(&mut cx.warnings));
    plan.first = pipeline.stages.first().map(|s| s.span).unwrap_or_default();
    plan.dataset = dataset;
    Ok(plan)
}

/// An operator of the knowledge of sourcetypes, as part of the first command.
fn by_knowledge(first: &Stage, op: Op) -> Planned {
    Planned { name: first.name.node.clone(), span: first.span, op, needed: FieldSet::new() }
}

/// Plans one command.
pub(crate) fn planned(
    stage: &Stage,
    cx: &mut PlanCx,
    first: bool,
) -> Result<Planned, Vec<Diagnostic>> {
    let Some(spec) = commands::find(&stage.name.node) else { return Err(unknown(stage, cx)) };
    cx.first = first;
    let op = (spec.plan)(stage, cx)?;
    Ok(Planned { name: stage.name.node.clone(), span: stage.span, op, needed: FieldSet::new() })
}

/// What is said of a command that is not in the registry, and of what its subsearches use that is
/// not supported either; the rest of them cannot be judged without knowing the command.
fn unknown(stage: &Stage, cx: &mut PlanCx) -> Vec<Diagnostic> {
    let name = &stage.name;
    let unsupported =
        |code| Diagnostic::unsupported(code, name.span, format!("command {}", name.node));
    let mut all = vec![match commands::refused(&name.node) {
        Some(why) => unsupported("SPL1021").label(format!("refused: {why}")),
        None => unsupported("SPL1001").label("not supported yet"),
    }];
    if let Command::Other(other) = &stage.command {
        for search in &other.subsearches {
            if let Err(ds) = cx.subsearch(search) {
                all.extend(ds.into_iter().filter(|d| d.unsupported.is_some()));
            }
        }
    }
    all
}

/// Splits the pipeline and works out backwards which fields each part needs.
fn assemble(
    source: Source,
    time: Vec<TimeModifier>,
    ops: Vec<Planned>,
    warnings: Vec<Diagnostic>,
) -> Plan {
    assemble_for(FieldSet::all(), source, time, ops, warnings)
}

/// The same where only these fields of the rows are wanted.
fn assemble_for(
    mut set: FieldSet,
    source: Source,
    time: Vec<TimeModifier>,
    mut ops: Vec<Planned>,
    warnings: Vec<Diagnostic>,
) -> Plan {
    // `fillnull` without a list asks whether any result has a field: right before `stats` the
    // question can wait in the group keys, and both run beside the scan
    let (mut i, mut folded) = (0, Vec::new());
    while i + 1 < ops.len() {
        let fill = match &ops[i].op {
            Op::Ordered(o) => o.fills_all().cloned(),
            _ => None,
        };
        if let (Some(fill), Op::Partial(p)) = (fill, &mut ops[i + 1].op)
            && p.defer_fill(&fill)
        {
            folded.push((i, ops.remove(i)));
        } else {
            i += 1;
        }
    }
    for p in ops.iter_mut().rev() {
        set = p.op.operator().needed(set);
        p.needed = set.clone();
    }
    while let Some(at) = ops.iter().position(|p| p.op.operator().is_idle()) {
        ops.remove(at);
        folded.iter_mut().filter(|(n, _)| *n > at).for_each(|(n, _)| *n -= 1);
    }
    if let Source::Generate(Planned { op: Op::Generating(g), .. }) = &source {
        g.needed(set.clone());
    }
    let streaming = ops.iter().take_while(|p| matches!(p.op, Op::Streaming(_))).count();
    let (partial, ordered) = match ops.get(streaming).map(|p| &p.op) {
        Some(Op::Partial(p)) => (true, p.needs_order()),
        _ => (false, true),
    };
    Plan {
        source,
        time,
        ops,
        streaming,
        partial,
        needed: set,
        ordered,
        sparse: false,
        warnings,
        first: Span::default(),
        subsearches: None,
        folded,
        dataset: None,
    }
}

/// Collects the time modifiers; one inside OR or NOT would not restrict the whole search.
pub(crate) fn time_modifiers(
    expr: &SearchExpr,
    out: &mut Vec<TimeModifier>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    match expr {
        SearchExpr::And(es) => es.iter().for_each(|e| time_modifiers(e, out, diagnostics)),
        SearchExpr::Time { key, value } => {
            out.push(TimeModifier { key: key.clone(), value: value.clone() });
        }
        SearchExpr::Or(es) => es.iter().for_each(|e| no_time(e, diagnostics)),
        SearchExpr::Not(e) => no_time(e, diagnostics),
        _ => {}
    }
}

fn no_time(expr: &SearchExpr, diagnostics: &mut Vec<Diagnostic>) {
    match expr {
        SearchExpr::Time { key, .. } => diagnostics.push(
            Diagnostic::unsupported("SPL2145", key.span, format!("{} inside OR or NOT", key.node))
                .help(
                    "a time modifier restricts the whole search; write it beside the other terms",
                ),
        ),
        SearchExpr::And(es) | SearchExpr::Or(es) => es.iter().for_each(|e| no_time(e, diagnostics)),
        SearchExpr::Not(e) => no_time(e, diagnostics),
        _ => {}
    }
}
