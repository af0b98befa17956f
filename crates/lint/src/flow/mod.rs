//! Which fields each stage may get, reads and gives: forwards over the pipeline.

mod fields;
mod gives;
mod reads;

pub use fields::{Fields, matches};
pub use reads::Reads;

use crate::walk;
use sepal_exec::lookup::{Lookups, header};
use sepal_parser::ast::{Pipeline, Span, Stage};

/// How a stage uses a field that it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Rows without it do not pass, or pass for the wrong reason.
    Filter,
    /// For its value.
    Value,
    /// Rows without it fall out of every group.
    By,
    /// It is named as a column: `table`, `fields`, `rename`, `convert`.
    Listed,
    /// It may be missing: `isnull(x)`, `fillnull x`.
    Tolerant,
}

/// A field that a stage reads.
#[derive(Clone, Debug)]
pub struct Read {
    /// The name; `*` is a wildcard where the command takes one.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// What for.
    pub how: How,
}

/// One stage.
#[derive(Clone, Debug)]
pub struct Step<'p> {
    /// The stage.
    pub stage: &'p Stage,
    /// What may come in.
    pub before: Fields,
    /// What may come out.
    pub after: Fields,
    /// What it reads.
    pub reads: Reads,
}

/// A pipeline and the subsearches inside it.
#[derive(Clone, Debug, Default)]
pub struct Flow<'p> {
    /// The stages of each pipeline: the search itself last, subsearches before the search that
    /// holds them.
    pub pipelines: Vec<Vec<Step<'p>>>,
}

impl<'p> Flow<'p> {
    /// The flow of a search over events.
    pub fn of(pipeline: &'p Pipeline, lookups: Option<&dyn Lookups>) -> Flow<'p> {
        let mut flow = Flow::default();
        flow.run(pipeline, Fields::any(), lookups);
        flow
    }

    /// The stages of the search itself.
    pub fn main(&self) -> &[Step<'p>] {
        self.pipelines.last().map_or(&[], Vec::as_slice)
    }

    /// The fields of the search's rows.
    pub fn result(&self) -> Fields {
        self.main().last().map_or_else(Fields::any, |s| s.after.clone())
    }

    /// Every stage, those of subsearches too.
    pub fn steps(&self) -> impl Iterator<Item = &Step<'p>> {
        self.pipelines.iter().flatten()
    }

    fn run(
        &mut self,
        pipeline: &'p Pipeline,
        start: Fields,
        lookups: Option<&dyn Lookups>,
    ) -> Fields {
        let mut now = start;
        let mut steps = Vec::with_capacity(pipeline.stages.len());
        for stage in &pipeline.stages {
            let from = match stage.name.node.as_str() {
                "appendpipe" => now.clone(),
                _ => Fields::any(),
            };
            let inner: Vec<Fields> = walk::subsearches(stage)
                .into_iter()
                .map(|p| self.run(p, from.clone(), lookups))
                .collect();
            let after = gives::gives(stage, &now, &inner, &|name| columns(lookups, name));
            let step =
                Step { stage, before: now, after: after.clone(), reads: reads::reads(stage) };
            steps.push(step);
            now = after;
        }
        self.pipelines.push(steps);
        now
    }
}

/// The columns of a lookup's table; none where they cannot be known.
fn columns(lookups: Option<&dyn Lookups>, name: &str) -> Option<Vec<String>> {
    let lookups = lookups?;
    let definition = lookups.find(name).ok()?;
    let names = header(lookups, &definition).ok()?;
    Some(names.iter().map(|n| n.as_str().to_owned()).collect())
}
