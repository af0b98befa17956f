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
        let mut chain = Chain::new(self, first);
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
            Mapped::Rows(store) => store.drain(self.cx, |batch| {
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
    fn new(kernel: &'a Kernel<'a>, first: usize) -> Self {
        let link = |p: &'a Planned| match &p.op {
            Op::Streaming(s) => Some(Link::Streaming(&**s)),
            Op::Ordered(o) => Some(Link::Ordered(Ordered::start(&**o))),
            Op::Partial(p) => Some(Link::Partial(Partial::start(&**p))),
            Op::Generating(_) => None,
        };
        let links =
            kernel.plan.ops[first..].iter().filter_map(link).map(|l| (l, Flow::More)).collect();
        Chain { kernel, first, links }
    }

    /// Gives rows to the first command; says whether more are wanted.
    fn push(&mut self, batch: Batch, emit: &mut Emit<'_>) -> Result<bool, RunError> {
        self.kernel.cx.check_stop()?;
        self.push_at(0, batch, emit)
    }

    fn push_at(
        &mut self,
        at: usize,
        mut batch: Batch,
        emit: &mut Emit<'_>,
    ) -> Result<bool, RunError> {
        batch.order.clear();
        let op = self.first + at;
        let Some((link, flow)) = self.links.get_mut(at) else { return emit(batch) };
        if *flow == Flow::Done {
            return Ok(false);
        }
        let mut out = Vec::new();
        let kernel = self.kernel;
        match link {
            Link::Streaming(s) => out.push(kernel.meter(op, batch.len, |cx| s.apply(batch, cx))?),
            Link::Ordered(o) => {
                *flow = kernel.meter(op, batch.len, |cx| o.push(batch, &mut out, cx))?;
            }
            Link::Partial(p) => kernel.meter(op, batch.len, |cx| p.update(&batch, cx))?,
        }
        let mut more = *flow == Flow::More;
        for b in out {
            kernel.gave(op, b.len);
            if b.len > 0 || !b.cols.is_empty() {
                more &= self.push_at(at + 1, b, emit)?;
            }
        }
        Ok(more)
    }

    fn finish(&mut self, emit: &mut Emit<'_>) -> Result<(), RunError> {
        for at in 0..self.links.len() {
            let mut out = Vec::new();
            let op = self.first + at;
            let kernel = self.kernel;
            match &mut self.links[at].0 {
                Link::Streaming(_) => {}
                Link::Ordered(o) => kernel.meter(op, 0, |cx| o.finish(&mut out, cx))?,
                Link::Partial(p) => out = kernel.meter(op, 0, |cx| p.finish(cx))?,
            }
            for b in out {
                kernel.gave(op, b.len);
                if !self.push_at(at + 1, b, emit)? {
                    break;
                }
            }
        }
        Ok(())
    }
}
