use super::{Kernel, Mapped, Meter};
use crate::commands::{Flow, Op, Ordered, OrderedRun, Partial, PartialRun, Streaming};
use crate::plan::{Planned, Source};
use crate::run_cx::RunError;
use sepal_data::Batch;
use std::sync::atomic::Ordering;

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
            Mapped::Rows(store) => {
                // the rows of a generating command keep its order of columns
                let scanned = matches!(self.plan.source, Source::Scan(_));
                let open = scanned && self.plan.needed.only_exact().is_none();
                let order = |a: &str, b: &str| self.column_order(a, b);
                store.drain(self.cx, fill, if open { Some(&order) } else { None }, |batch| {
                    wants = chain.push(batch, &mut emit)?;
                    Ok(wants)
                })?;
            }
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
            Op::Generating(_) | Op::Events(_) => None,
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
            // what the commands behind take is theirs
            let behind = Meter::default();
            let mut give = |b: Batch| {
                kernel.gave(op, b.len);
                behind.time(kernel.options.profile, || push_at(kernel, op + 1, rest, b, emit))
            };
            match &mut done[at].0 {
                Link::Streaming(_) | Link::Done => {}
                Link::Ordered(o) => {
                    kernel.meter(op, 0, |cx| o.finish(&mut give, cx))?;
                    if let Some(meter) = kernel.meters.get(op) {
                        let nanos = behind.nanos.load(Ordering::Relaxed);
                        meter.nanos.fetch_sub(nanos, Ordering::Relaxed);
                    }
                }
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

/// Gives rows to the first of `links`, command number `first`, and what it makes of them to the
/// next, without recursion: a search may have thousands of commands. Says whether more are wanted.
fn push_at(
    kernel: &Kernel<'_>,
    first: usize,
    links: &mut [(Link<'_>, Flow)],
    batch: Batch,
    emit: &mut Emit<'_>,
) -> Result<bool, RunError> {
    kernel.cx.check_stop()?;
    let mut more = true;
    let mut todo = vec![(0, batch)];
    while let Some((at, mut batch)) = todo.pop() {
        batch.order.clear();
        let op = first + at;
        let Some((link, flow)) = links.get_mut(at) else {
            more &= emit(batch)?;
            continue;
        };
        if *flow == Flow::Done {
            more = false;
            continue;
        }
        let mut out = Vec::new();
        match link {
            Link::Done => out.push(kernel.meter(op, batch.len, |_| Ok(batch))?),
            Link::Streaming(s) => out.push(kernel.meter(op, batch.len, |cx| s.apply(batch, cx))?),
            Link::Ordered(o) => {
                *flow = kernel.meter(op, batch.len, |cx| o.push(batch, &mut out, cx))?;
            }
            Link::Partial(p) => kernel.meter(op, batch.len, |cx| p.update(&batch, cx))?,
        }
        more &= *flow == Flow::More;
        // the last in is the first out
        for b in out.into_iter().rev() {
            kernel.gave(op, b.len);
            if b.len > 0 || !b.cols.is_empty() {
                todo.push((at + 1, b));
            }
        }
    }
    Ok(more)
}
