//! Commands over rows that are there already: what stands in the brackets of `appendpipe`.

use super::{Flow, Op, OrderedRun, PartialRun, put_to};
use crate::plan::{Plan, PlanCx};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::Pipeline;
use std::sync::Arc;

/// Planned commands whose first takes the rows of the search around them.
#[derive(Clone)]
pub(crate) struct Subpipeline(Arc<[Op]>);

impl Subpipeline {
    /// Plans every command. Commands that make rows of their own have no place here.
    pub fn plan(pipeline: &Pipeline, cx: &mut PlanCx) -> Result<Subpipeline, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let mut ops = Vec::new();
        for stage in &pipeline.stages {
            let Some(spec) = super::find(&stage.name.node) else {
                let what = format!("command {}", stage.name.node);
                diagnostics.push(
                    Diagnostic::unsupported("SPL1001", stage.name.span, what)
                        .label("not supported yet"),
                );
                continue;
            };
            match (spec.plan)(stage, cx) {
                Ok(Op::Generating(_) | Op::Events(_)) => diagnostics.push(
                    Diagnostic::error(
                        "SPL2200",
                        stage.span,
                        format!(
                            "{} makes rows of its own: a subpipeline works on those that are there",
                            stage.name.node
                        ),
                    )
                    .label("makes rows of its own")
                    .help("rows of another search come with `append [...]`"),
                ),
                Ok(op) => ops.push(op),
                Err(ds) => diagnostics.extend(ds),
            }
        }
        if diagnostics.is_empty() { Ok(Subpipeline(ops.into())) } else { Err(diagnostics) }
    }

    /// How many commands there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The fields that must reach the first command so that the fields `after` leave the last.
    pub fn needed(&self, after: FieldSet) -> FieldSet {
        self.0.iter().rev().fold(after, |set, op| op.operator().needed(set))
    }

    /// The plans of the subsearches of its commands.
    pub fn subsearches(&self) -> Vec<&Plan> {
        self.0.iter().flat_map(|op| op.operator().subsearches()).collect()
    }

    /// Whether one of its commands does something besides giving rows.
    pub fn acts(&self) -> bool {
        self.0.iter().any(|op| op.operator().acts())
    }

    /// A fresh run.
    pub fn start(&self) -> SubpipelineRun {
        let link = |op: &Op| match op {
            Op::Ordered(o) => Link::Ordered(o.start(), Flow::More),
            Op::Partial(p) => Link::Partial(p.start()),
            Op::Streaming(_) | Op::Generating(_) | Op::Events(_) => Link::Streaming,
        };
        SubpipelineRun { links: self.0.iter().map(link).collect(), ops: self.clone() }
    }
}

enum Link {
    Streaming,
    Ordered(Box<dyn OrderedRun>, Flow),
    Partial(Box<dyn PartialRun>),
}

/// A running [`Subpipeline`].
pub(crate) struct SubpipelineRun {
    ops: Subpipeline,
    links: Vec<Link>,
}

impl SubpipelineRun {
    /// Gives rows to the first command; what leaves the last is put to `out`.
    pub fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, cx: &RunCx) -> Result<(), RunError> {
        self.push_at(0, vec![batch], out, cx)
    }

    fn push_at(
        &mut self,
        from: usize,
        mut batches: Vec<Batch>,
        out: &mut Vec<Batch>,
        cx: &RunCx,
    ) -> Result<(), RunError> {
        for (op, link) in self.ops.0.iter().zip(&mut self.links).skip(from) {
            if batches.is_empty() {
                return Ok(());
            }
            let mut next = Vec::new();
            for mut batch in batches {
                cx.check_stop()?;
                // the rows come in order
                batch.order.clear();
                match (op, &mut *link) {
                    (Op::Streaming(s), _) => next.push(s.apply(batch, cx)?),
                    (_, Link::Ordered(o, flow)) if *flow == Flow::More => {
                        *flow = o.push(batch, &mut next, cx)?;
                    }
                    (_, Link::Partial(p)) => p.update(&batch, cx)?,
                    _ => {}
                }
            }
            next.retain(|b| b.len > 0);
            batches = next;
        }
        out.append(&mut batches);
        Ok(())
    }

    /// The rest of the rows.
    pub fn finish(&mut self, out: &mut Vec<Batch>, cx: &RunCx) -> Result<(), RunError> {
        for at in 0..self.links.len() {
            let mut rest = Vec::new();
            match self.links.get_mut(at) {
                Some(Link::Ordered(o, _)) => o.finish(&mut put_to(&mut rest), cx)?,
                Some(Link::Partial(p)) => rest = p.finish(cx)?,
                _ => {}
            }
            rest.retain(|b| b.len > 0);
            self.push_at(at + 1, rest, out, cx)?;
        }
        Ok(())
    }
}
