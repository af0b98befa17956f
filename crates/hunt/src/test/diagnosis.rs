//! Why a test fails: how many rows each command let through, and what came nearest to the condition
//! that nothing met.

use super::over::Over;
use super::terms::{Term, terms, terms_of_where};
use crate::Ready;
use sepal_data::Batch;
use sepal_exec::RunError;
use sepal_exec::plan::Source;
use sepal_exec::run::Summary;
use sepal_parser::ast::{Pipeline, Span, Stage};
use sepal_parser::commands::Command;
use sepal_parser::commands::tstats::TstatsSource;

/// What a run of a test's detection shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// How many events it read.
    pub events: u64,
    /// The commands in order, up to the one that let nothing through.
    pub stages: Vec<StageRows>,
    /// Of that one, where it is a condition: what came nearest.
    pub nearest: Option<Nearest>,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageRows {
    /// Its name.
    pub name: String,
    /// How many rows it gave.
    pub rows: u64,
}

/// What came nearest to a condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nearest {
    /// The command with the condition.
    pub stage: String,
    /// How many rows, or events, were looked at.
    pub rows: u64,
    /// The parts of the condition, all of which must hold, those that hold least often first.
    pub terms: Vec<TermRows>,
    /// How many more parts there are.
    pub more_terms: usize,
    /// The rows that miss the fewest parts.
    pub misses: Vec<NearMiss>,
}

/// A part of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermRows {
    /// As it is written, macros expanded.
    pub text: String,
    /// How many rows meet it.
    pub rows: u64,
}

/// Rows that miss the same parts with the same values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// How many there are, as far as they were told apart.
    pub rows: u64,
    /// The parts that they miss.
    pub missed: Vec<String>,
    /// The fields of those parts with their values; none where the row has no such field.
    pub values: Vec<(String, Option<String>)>,
}

/// Parts that are shown.
const TERMS: usize = 8;
/// Near misses that are shown.
const MISSES: usize = 3;
/// Kinds of near misses that are told apart.
const KINDS: usize = 64;
/// Parts that a near miss is shown with.
const MISSED: usize = 6;
/// Fields that it is shown with.
const FIELDS: usize = 8;
/// Characters of a value.
const VALUE: usize = 60;

/// Runs a detection once more, and looks at what its first fruitless condition misses.
pub(super) fn diagnose(ready: &Ready, over: &Over<'_>) -> Option<Diagnosis> {
    let plan = over.plan(&ready.pipeline).ok()?;
    let mut rows = 0u64;
    let summary = over
        .run(&plan, &mut |batch| {
            rows += batch.len as u64;
            Ok(true)
        })
        .ok()?;
    let scans = matches!(plan.source, Source::Scan(_));
    let groups = groups(ready, plan.first, scans, rows, &summary);
    let events = summary.scan.events;
    let last = groups.iter().position(|g| g.rows == 0).map_or(groups.len(), |n| n + 1);
    let stages = groups.iter().take(last);
    let stages = stages.map(|g| StageRows { name: g.name.clone(), rows: g.rows }).collect();
    let fruitless = groups.iter().find(|g| g.rows == 0 && events > 0);
    let nearest = fruitless.and_then(|g| {
        let at = ready.pipeline.stages.iter().position(|s| s.span.start == g.start)?;
        nearest(ready, over, at).ok().flatten()
    });
    Some(Diagnosis { events, stages, nearest })
}

/// A command as it was counted: what it is planned as may be several operators.
struct Group {
    name: String,
    start: u32,
    rows: u64,
}

fn groups(ready: &Ready, first: Span, scans: bool, rows: u64, summary: &Summary) -> Vec<Group> {
    let name = ready.pipeline.stages.first().map_or("search", |s| s.name.node.as_str());
    let given = match (scans, summary.profile.first()) {
        (true, _) => summary.scan.matched,
        (false, Some(op)) => op.rows_in,
        (false, None) => rows,
    };
    let mut out = vec![Group { name: name.to_owned(), start: first.start, rows: given }];
    for op in &summary.profile {
        match out.last_mut() {
            Some(last) if last.start == op.span.start => last.rows = op.rows_out,
            _ => out.push(Group { name: op.name.clone(), start: op.span.start, rows: op.rows_out }),
        }
    }
    out
}

/// The rows that reach a condition, as a search, and the parts of the condition.
fn nearest(ready: &Ready, over: &Over<'_>, at: usize) -> Result<Option<Nearest>, RunError> {
    let Some(stage) = ready.pipeline.stages.get(at) else { return Ok(None) };
    let text = ready.text.as_str();
    let before = || {
        let stages = ready.pipeline.stages.get(..at).unwrap_or_default().to_vec();
        Some(Pipeline { stages, span: ready.pipeline.span })
    };
    let (before, terms) = match &stage.command {
        Command::Search(s) if at == 0 => (parsed("search *"), terms(&s.expr, text)),
        Command::Search(s) => (before(), terms(&s.expr, text)),
        Command::Where(w) => (before(), terms_of_where(&w.expr, text, &over.planning)),
        Command::Tstats(t) => {
            let Some(filter) = &t.filter else { return Ok(None) };
            let search = match &t.from {
                None => "search *".to_owned(),
                Some(TstatsSource::Datamodel(name)) => {
                    let Some(dataset) = &name.dataset else { return Ok(None) };
                    let (model, dataset) = (&name.model.node, &dataset.node);
                    format!("| datamodel {model} {dataset} search strict_fields=false")
                }
                Some(_) => return Ok(None),
            };
            (parsed(&search), terms(filter, text))
        }
        _ => return Ok(None),
    };
    let Some(mut before) = before.filter(|_| !terms.is_empty()) else { return Ok(None) };
    before.stages.extend(only(&terms));
    let plan = over.plan(&before)?;
    let cx = over.cx();
    let mut seen = Seen::new(&terms);
    over.run(&plan, &mut |batch| {
        let masks: Vec<Vec<bool>> = terms.iter().map(|t| t.mask(&batch, &cx)).collect();
        (0..batch.len).for_each(|row| seen.row(&batch, row, &masks));
        Ok(true)
    })?;
    Ok(seen.nearest(&stage.name.node))
}

fn parsed(search: &str) -> Option<Pipeline> {
    let parsed = sepal_parser::parse(search);
    (!parsed.has_errors()).then_some(parsed.pipeline)
}

/// `fields` of those that the parts read: what else there is need not be taken out of the events. None
/// where some part may read any.
fn only(terms: &[Term]) -> Option<Stage> {
    let mut names: Vec<&String> = Vec::new();
    for term in terms {
        for field in term.reads.as_ref()? {
            if !names.contains(&field) {
                names.push(field);
            }
        }
    }
    if names.iter().any(|n| n.contains(['"', '\\', '*'])) {
        return None;
    }
    let list: Vec<String> = names.iter().map(|n| format!("\"{n}\"")).collect();
    let list = if list.is_empty() { "\"_raw\"".to_owned() } else { list.join(", ") };
    parsed(&format!("search * | fields {list}"))?.stages.pop()
}

/// What was seen of rows so far.
struct Seen<'t> {
    terms: &'t [Term],
    rows: u64,
    /// Rows that meet everything: then the parts do not say what is wrong.
    meet_all: u64,
    met: Vec<u64>,
    kinds: Vec<Kind>,
}

struct Kind {
    missed: Vec<usize>,
    values: Vec<(String, Option<String>)>,
    rows: u64,
}

impl<'t> Seen<'t> {
    fn new(terms: &'t [Term]) -> Seen<'t> {
        Seen { terms, rows: 0, meet_all: 0, met: vec![0; terms.len()], kinds: Vec::new() }
    }

    fn row(&mut self, batch: &Batch, row: usize, masks: &[Vec<bool>]) {
        self.rows += 1;
        let mut missed = Vec::new();
        for (n, mask) in masks.iter().enumerate() {
            match (mask.get(row), self.met.get_mut(n)) {
                (Some(true), Some(met)) => *met += 1,
                _ => missed.push(n),
            }
        }
        if missed.is_empty() {
            self.meet_all += 1;
            return;
        }
        // sorted by how much they miss
        let worst = self.kinds.last().map_or(usize::MAX, |k| k.missed.len());
        if self.kinds.len() >= MISSES && missed.len() > self.third() {
            return;
        }
        let values = self.values(batch, row, &missed);
        if let Some(kind) = self.kinds.iter_mut().find(|k| k.missed == missed && k.values == values)
        {
            kind.rows += 1;
            return;
        }
        if self.kinds.len() >= KINDS {
            if missed.len() >= worst {
                return;
            }
            self.kinds.pop();
        }
        let at = self.kinds.partition_point(|k| k.missed.len() <= missed.len());
        self.kinds.insert(at, Kind { missed, values, rows: 1 });
    }

    /// How much the last one misses that would be shown now.
    fn third(&self) -> usize {
        self.kinds.get(MISSES - 1).map_or(usize::MAX, |k| k.missed.len())
    }

    fn values(&self, batch: &Batch, row: usize, missed: &[usize]) -> Vec<(String, Option<String>)> {
        let mut out: Vec<(String, Option<String>)> = Vec::new();
        for field in missed.iter().filter_map(|n| self.terms.get(*n)).flat_map(|t| &t.fields) {
            if out.len() >= FIELDS
                || field.contains('*')
                || out.iter().any(|(name, _)| name == field)
            {
                continue;
            }
            let value = batch.get(field, row);
            let members: Vec<_> = value.members().iter().take(8).map(|m| m.text()).collect();
            let shown = (!value.is_null()).then(|| cut(&members.join(", "), VALUE));
            out.push((field.clone(), shown));
        }
        out
    }

    fn nearest(mut self, stage: &str) -> Option<Nearest> {
        if self.meet_all > 0 {
            return None;
        }
        let text = |n: usize| self.terms.get(n).map(|t| t.text.clone()).unwrap_or_default();
        let mut order: Vec<usize> = (0..self.terms.len()).collect();
        order.sort_by_key(|n| self.met.get(*n).copied());
        let terms = order.iter().take(TERMS);
        let rows = |n: usize| self.met.get(n).copied().unwrap_or(0);
        let terms = terms.map(|n| TermRows { text: text(*n), rows: rows(*n) }).collect();
        // of those that miss as much, what most rows have in common
        self.kinds
            .sort_by(|a, b| a.missed.len().cmp(&b.missed.len()).then_with(|| b.rows.cmp(&a.rows)));
        let misses = self.kinds.iter().take(MISSES).map(|kind| NearMiss {
            rows: kind.rows,
            missed: kind.missed.iter().take(MISSED).map(|n| text(*n)).collect(),
            values: kind.values.clone(),
        });
        Some(Nearest {
            stage: stage.to_owned(),
            rows: self.rows,
            terms,
            more_terms: self.terms.len().saturating_sub(TERMS),
            misses: misses.collect(),
        })
    }
}

/// The beginning of a text.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
