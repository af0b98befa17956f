//! Events that one pass over inputs keeps for others: each is cut out of its input once.

use super::input::{Input, InputData};
use super::queue::Looks;
use crate::host::Host;
use crate::run_cx::RunError;
use sepal_data::text::table::Header;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

/// The events that went into the batch that is being put together, as they stand in their input.
#[derive(Debug, Default)]
pub struct Tape {
    unit: u32,
    bytes: Vec<u8>,
    events: Vec<Taped>,
    /// The header that events have, of a table.
    header: Option<Arc<Header>>,
}

#[derive(Debug)]
struct Taped {
    row: u64,
    range: Range<usize>,
    /// Where it stands in the input, which then is not copied.
    place: Option<Range<u64>>,
    whole: bool,
    header: Option<Arc<Header>>,
}

impl Tape {
    /// Takes an event. With `placed` its row is where it begins in the bytes of the input.
    pub(super) fn event(&mut self, event: &[u8], row: u64, whole: bool, placed: bool) {
        let start = self.bytes.len();
        let place = placed.then(|| row..row.saturating_add(event.len() as u64));
        if !placed {
            self.bytes.extend_from_slice(event);
        }
        let (range, header) = (start..self.bytes.len(), self.header.clone());
        self.events.push(Taped { row, range, place, whole, header });
    }

    pub(super) fn input(&mut self, unit: u32) {
        (self.unit, self.header) = (unit, None);
    }

    pub(super) fn header(&mut self, header: &Arc<Header>) {
        self.header = Some(Arc::clone(header));
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.events.clear();
    }

    /// Cuts the events at these rows out, which are in the order in which they were read. Gives
    /// how many there were: all, but for a bug.
    pub fn keep(&self, rows: impl Iterator<Item = u64>, into: &mut Keeper) -> usize {
        let mut events = self.events.iter();
        let found: Vec<&Taped> = rows.filter_map(|row| events.find(|e| e.row == row)).collect();
        let size = if into.light { 0 } else { found.iter().map(|e| e.range.len()).sum() };
        let mut block = Vec::with_capacity(size);
        let number = u32::try_from(into.blocks.len()).unwrap_or(u32::MAX);
        for e in &found {
            let start = block.len();
            let header = e.header.as_ref().map_or(0, |h| into.header(h));
            let at = match &e.place {
                Some(place) => At::Input(place.clone()),
                None if into.light => At::Nowhere,
                None => {
                    block.extend_from_slice(self.bytes.get(e.range.clone()).unwrap_or_default());
                    At::Block(number, start..block.len())
                }
            };
            into.events.push(Kept { unit: self.unit, row: e.row, at, whole: e.whole, header });
        }
        into.bytes += size;
        if size > 0 {
            into.blocks.push(block.into());
        }
        found.len()
    }
}

/// Where a kept event is.
#[derive(Debug)]
struct Kept {
    unit: u32,
    row: u64,
    at: At,
    whole: bool,
    /// Which header it has, from 1; 0 for none.
    header: u32,
}

#[derive(Debug)]
enum At {
    /// In the bytes of the input.
    Input(Range<u64>),
    /// In the block of this number.
    Block(u32, Range<usize>),
    /// It was not copied: only its row is known.
    Nowhere,
}

/// Events that one thread keeps.
#[derive(Debug, Default)]
pub struct Keeper {
    blocks: Vec<Box<[u8]>>,
    events: Vec<Kept>,
    headers: Vec<Arc<Header>>,
    /// The bytes of events that it copied.
    pub bytes: usize,
    light: bool,
}

impl Keeper {
    /// About the bytes that it takes for each event besides those of a copy.
    pub const EACH: usize = size_of::<Kept>();

    /// From now on it copies no events, and forgets those that it has: which they are stays known.
    pub fn lighten(&mut self) {
        self.light = true;
        (self.bytes, self.blocks) = (0, Vec::new());
        for e in &mut self.events {
            if matches!(e.at, At::Block(..)) {
                e.at = At::Nowhere;
            }
        }
    }

    /// Whether it copies no events.
    pub fn is_light(&self) -> bool {
        self.light
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    fn header(&mut self, header: &Arc<Header>) -> u32 {
        let at = self.headers.iter().rposition(|h| Arc::ptr_eq(h, header)).unwrap_or_else(|| {
            self.headers.push(Arc::clone(header));
            self.headers.len() - 1
        });
        u32::try_from(at + 1).unwrap_or(0)
    }
}

/// Events that were kept, in the order of their inputs.
#[derive(Debug, Default)]
pub struct KeptEvents {
    blocks: Vec<Box<[u8]>>,
    events: Vec<Kept>,
    headers: Vec<Arc<Header>>,
    looks: Vec<Option<Arc<Looks>>>,
    /// Where the bytes of the inputs are.
    inputs: Vec<InputData>,
}

impl KeptEvents {
    /// Puts together what threads kept. Also gives for each of them the new numbers of its events.
    pub fn join(
        all: Vec<Keeper>,
        inputs: &[Input],
        looks: Vec<Option<Arc<Looks>>>,
    ) -> (KeptEvents, Vec<Vec<u32>>) {
        let inputs = inputs.iter().map(|i| i.data.clone()).collect();
        let mut out = KeptEvents { looks, inputs, ..KeptEvents::default() };
        let mut events = Vec::with_capacity(all.iter().map(Keeper::len).sum());
        let mut numbers: Vec<Vec<u32>> = Vec::with_capacity(all.len());
        for (thread, keeper) in all.into_iter().enumerate() {
            numbers.push(vec![0; keeper.events.len()]);
            let blocks = u32::try_from(out.blocks.len()).unwrap_or(u32::MAX);
            let headers = u32::try_from(out.headers.len()).unwrap_or(u32::MAX);
            out.blocks.extend(keeper.blocks);
            out.headers.extend(keeper.headers);
            for (n, mut e) in keeper.events.into_iter().enumerate() {
                if let At::Block(block, _) = &mut e.at {
                    *block = block.saturating_add(blocks);
                }
                if e.header > 0 {
                    e.header = e.header.saturating_add(headers);
                }
                events.push((e, (thread, n)));
            }
        }
        events.sort_by_key(|(e, _)| (e.unit, e.row));
        for (number, (e, (thread, n))) in events.into_iter().enumerate() {
            if let Some(place) = numbers.get_mut(thread).and_then(|all| all.get_mut(n)) {
                *place = u32::try_from(number).unwrap_or(u32::MAX);
            }
            out.events.push(e);
        }
        (out, numbers)
    }

    /// Whether each of them can be had. Else only their rows are known.
    pub fn are_whole(&self) -> bool {
        !self.events.iter().any(|e| matches!(e.at, At::Nowhere))
    }

    /// The events of an input, of some that are in order.
    pub fn of_unit<'w>(&self, unit: u32, which: &'w [u32]) -> &'w [u32] {
        let of = |n: &u32| self.events.get(*n as usize).map_or(u32::MAX, |e| e.unit);
        let from = which.partition_point(|n| of(n) < unit);
        let to = which.partition_point(|n| of(n) <= unit);
        which.get(from..to).unwrap_or_default()
    }

    /// The number of the event at a row of an input.
    pub fn number(&self, unit: u32, row: u64) -> Option<u32> {
        let at = self.events.binary_search_by(|e| (e.unit, e.row).cmp(&(unit, row))).ok()?;
        u32::try_from(at).ok()
    }

    /// What an input was found to be.
    pub(super) fn looks(&self, unit: u32) -> Option<Arc<Looks>> {
        self.looks.get(unit as usize).cloned().flatten()
    }

    /// An event: its bytes, its row, whether all of it is there, its header.
    pub(super) fn event<'a>(
        &'a self,
        number: u32,
        again: &'a mut Again,
        host: &dyn Host,
    ) -> Result<Option<Event<'a>>, RunError> {
        let Some(e) = self.events.get(number as usize) else { return Ok(None) };
        let bytes = match &e.at {
            At::Block(block, range) => {
                self.blocks.get(*block as usize).and_then(|b| b.get(range.clone()))
            }
            At::Nowhere => None,
            At::Input(range) => match self.inputs.get(e.unit as usize) {
                Some(input) => Some(again.read(e.unit, input, range, host)?),
                None => None,
            },
        };
        let header = e.header.checked_sub(1).and_then(|n| self.headers.get(n as usize));
        Ok(bytes.map(|bytes| Event { bytes, row: e.row, whole: e.whole, header }))
    }
}

/// A kept event.
pub(super) struct Event<'a> {
    pub bytes: &'a [u8],
    pub row: u64,
    pub whole: bool,
    pub header: Option<&'a Arc<Header>>,
}

/// Reads parts of inputs again, mostly one after another.
#[derive(Default)]
pub(super) struct Again {
    unit: u32,
    from: u64,
    bytes: Vec<u8>,
    step: u64,
}

/// The least and the most bytes that are read at once.
const STEP: Range<u64> = 16 << 10..512 << 10;

impl Again {
    fn read<'a>(
        &'a mut self,
        unit: u32,
        input: &'a InputData,
        range: &Range<u64>,
        host: &dyn Host,
    ) -> Result<&'a [u8], RunError> {
        let path = match input {
            InputData::Path(path) => path,
            InputData::Bytes(bytes) => return Ok(part(bytes, 0, range).unwrap_or_default()),
            InputData::Kept(..) => return Ok(&[]),
        };
        let failed =
            |message: String| RunError::Input { file: path.display().to_string(), message };
        let end = self.from.saturating_add(self.bytes.len() as u64);
        let behind = unit == self.unit && range.start >= self.from;
        if !behind || range.end > end {
            let near = behind && range.start <= end.saturating_add(STEP.start);
            let more = self.step.saturating_mul(2).clamp(STEP.start, STEP.end);
            self.step = if near { more } else { STEP.start };
            let want = range.end.saturating_sub(range.start).max(self.step);
            self.bytes.clear();
            (self.unit, self.from) = (unit, range.start);
            let reader = host.open_at(path, range.start);
            reader
                .and_then(|r| r.take(want).read_to_end(&mut self.bytes))
                .map_err(|e| failed(e.to_string()))?;
        }
        part(&self.bytes, self.from, range)
            .ok_or_else(|| failed("it became shorter while it was read".to_owned()))
    }
}

fn part<'b>(bytes: &'b [u8], from: u64, range: &Range<u64>) -> Option<&'b [u8]> {
    let place = |at: u64| usize::try_from(at.checked_sub(from)?).ok();
    bytes.get(place(range.start)?..place(range.end)?)
}
