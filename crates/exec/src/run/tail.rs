use super::{Kernel, Mapped};
use crate::commands::{Flow, Op, Ordered, OrderedRun, Partial, PartialRun, Streaming};
use crate::plan::Planned;
use crate::run_cx::RunError;
use sepal_data::Batch;

impl Kernel<'_> {
    /// tail: the rest of the pipeline, in event order. Gives the number of rows.
    pub fn tail(
        &self,
        state: Mapped,
        out: &mut dyn FnMut(Batch) -> Result<bool, RunError>,
    ) -> Result<u64, RunError> {
        let first = self.plan.streaming + usize::from(self.plan.partial);
        // a `fillnull` without a list that stands first is done while the rows are read back
        let fill = match (&state, self.plan.ops.get(first).map(|p| &p.op)) {
            (Mapped::Rows(_), Some(Op::Ordered(o))) => o.fills_all(),
            _ => None,
        };
        let mut chain = Chain::new(self, first, fill.is_some());
        let mut rows = 0;
        let mut emit = |batch: Batch| -> Result<bool, RunError> {
            if batch.len == 0 {
                return Ok(true);
            }
            rows += batch.len as u64;
            out(batch)
        };
        let mut wants = true;
        match state {
            Mapped::Partial(mut p) => {
                let batches = self.meter(self.plan.streaming, 0, |cx| p.finish(cx))?;
                for batch in batches {
                    self.gave(self.plan.streaming, batch.len);
                    wants = wants && chain.push(batch, &mut emit)?;
                }
            }
            Mapped::Rows(store) => store.drain(self.cx, fill, |batch| {
                wants = chain.push(batch, &mut emit)?;
                Ok(wants)
            })?,
        }
        chain.finish(&mut emit)?;
        Ok(rows)
    }
}

/// A command of the tail, whatever its class.
enum Link<'a> {
    Streaming(&'a dyn Streaming),
    Ordered(Box<dyn OrderedRun>),
    /// Done before: rows go on as they are.
    Done,
    Partial(Box<dyn PartialRun>),
}

/// The commands of the tail, each giving its rows to the next.
struct Chain<'a> {
    kernel: &'a Kernel<'a>,
    first: usize,
    links: Vec<(Link<'a>, Flow)>,
}

type Emit<'e> = dyn FnMut(Batch) -> Result<bool, RunError> + 'e;

impl<'a> Chain<'a> {
    /// `filled`: the first command is a `fillnull` that is done already.
    fn new(kernel: &'a Kernel<'a>, first: usize, filled: bool) -> Self {
        let link = |(i, p): (usize, &'a Planned)| match &p.op {
            Op::Streaming(s) => Some(Link::Streaming(&**s)),
            Op::Ordered(_) if filled && i == 0 => Some(Link::Done),
            Op::Ordered(o) => Some(Link::Ordered(Ordered::start(&**o))),
            Op::Partial(p) => Some(Link::Partial(Partial::start(&**p))),
            Op::Generating(_) => None,
        };
        let ops = kernel.plan.ops[first..].iter().enumerate();
        let links = ops.filter_map(link).map(|l| (l, Flow::More)).collect();
        Chain { kernel, first, links }
    }

    /// Gives rows to the first command; says whether more are wanted.
    fn push(&mut self, batch: Batch, emit: &mut Emit<'_>) -> Result<bool, RunError> {
        push_at(self.kernel, self.first, &mut self.links, batch, emit)
    }

    fn finish(&mut self, emit: &mut Emit<'_>) -> Result<(), RunError> {
        let kernel = self.kernel;
        for at in 0..self.links.len() {
            let op = self.first + at;
            let (done, rest) = self.links.split_at_mut(at + 1);
            let mut give = |b: Batch| {
                kernel.gave(op, b.len);
                push_at(kernel, op + 1, rest, b, emit)
            };
            match &mut done[at].0 {
                Link::Streaming(_) | Link::Done => {}
                Link::Ordered(o) => kernel.meter(op, 0, |cx| o.drain(&mut give, cx))?,
                Link::Partial(p) => {
                    for b in kernel.meter(op, 0, |cx| p.finish(cx))? {
                        if !give(b)? {
                            break;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// Gives rows to the first of `links`, command number `op`; says whether more are wanted.
fn push_at(
    kernel: &Kernel<'_>,
    op: usize,
    links: &mut [(Link<'_>, Flow)],
    mut batch: Batch,
    emit: &mut Emit<'_>,
) -> Result<bool, RunError> {
    kernel.cx.check_stop()?;
    batch.order.clear();
    let Some(((link, flow), rest)) = links.split_first_mut() else { return emit(batch) };
    if *flow == Flow::Done {
        return Ok(false);
    }
    let mut out = Vec::new();
    match link {
        Link::Streaming(s) => out.push(kernel.meter(op, batch.len, |cx| s.apply(batch, cx))?),
        Link::Done => out.push(kernel.meter(op, batch.len, |_| Ok(batch))?),
        Link::Ordered(o) => {
            *flow = kernel.meter(op, batch.len, |cx| o.push(batch, &mut out, cx))?;
        }
        Link::Partial(p) => kernel.meter(op, batch.len, |cx| p.update(&batch, cx))?,
    }
    let mut more = *flow == Flow::More;
    for b in out {
        kernel.gave(op, b.len);
        if b.len > 0 || !b.cols.is_empty() {
            more &= push_at(kernel, op + 1, rest, b, emit)?;
        }
    }
    Ok(more)
}
