//! The pass itself.

use super::fields::{Memo, Passed};
use super::{Condition, Router};
use sepal_data::{Batch, Col, Value};
use sepal_exec::RunError;
use sepal_exec::run::survey::Surveyor;
use sepal_exec::scan::{Input, InputData, Keeper, KeptEvents, Looks, Tape};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows that are judged together: a bit each.
const ROWS: usize = 1024;

type Bits = [u64; ROWS / 64];

const NONE: Bits = [0; ROWS / 64];

/// How many bytes may still be kept of a data set, by all threads.
pub(super) struct Budget {
    /// Copies of events.
    copies: AtomicUsize,
    /// Where they are.
    places: AtomicUsize,
}

impl Budget {
    pub fn new(bytes: usize) -> Budget {
        Budget { copies: AtomicUsize::new(bytes), places: AtomicUsize::new(bytes) }
    }
}

/// Takes some bytes of what is left; false where there is too little, and from then on.
fn take(from: &AtomicUsize, bytes: usize) -> bool {
    let less = |left: usize| Some(left.saturating_sub(bytes));
    let before = from.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    bytes == 0 || before.is_ok_and(|left| left > bytes)
}

/// What one thread has found.
pub(super) struct Pass<'r> {
    router: &'r Router,
    budget: &'r Budget,
    /// By field.
    memos: Vec<Memo>,
    none: Passed,
    /// By test: for which rows some value passes.
    passed: Vec<Bits>,
    /// The tests that are so for any.
    touched: Vec<u32>,
    keeper: Keeper,
    /// By search.
    found: Vec<Found>,
    /// The rows of each search in the batch at hand.
    now: Vec<(usize, Bits)>,
    /// Whether some events were not kept.
    over: bool,
}

/// The events of a search.
#[derive(Clone, Default)]
struct Found {
    /// By the numbers in the keeper.
    events: Vec<u32>,
    /// Whether there are more than are counted.
    many: bool,
}

/// More events than this of one search are not listed: it runs over all.
const MOST: usize = 4 << 20;

impl<'r> Pass<'r> {
    pub fn new(router: &'r Router, budget: &'r Budget) -> Pass<'r> {
        Pass {
            router,
            budget,
            memos: router.fields.iter().map(|_| Memo::default()).collect(),
            none: Vec::new().into(),
            passed: vec![NONE; router.tests as usize],
            touched: Vec::new(),
            keeper: Keeper::default(),
            found: vec![Found::default(); router.conditions.len()],
            now: Vec::new(),
            over: false,
        }
    }

    fn set(&mut self, tests: &[u32], place: impl Fn(&mut Bits)) {
        for test in tests {
            let Some(bits) = self.passed.get_mut(*test as usize) else { continue };
            if *bits == NONE {
                self.touched.push(*test);
            }
            place(bits);
        }
    }

    /// Asks the values of a column.
    fn column(&mut self, at: usize, col: &Col, rows: std::ops::Range<usize>, live: &Bits) {
        let Some(field) = self.router.fields.get(at) else { return };
        let none = Arc::clone(&self.none);
        let mut memo = match self.memos.get_mut(at) {
            Some(memo) => std::mem::take(memo),
            None => return,
        };
        let mut ask = |pass: &mut Self, value: &Value, place: &dyn Fn(&mut Bits)| {
            for member in value.members() {
                let passed = match member {
                    Value::Text(text) => memo.passed(field, text, &none),
                    other => memo.passed(field, &other.to_smol(), &none),
                };
                pass.set(&passed, place);
            }
        };
        match col {
            Col::Const(value) => ask(self, value, &|bits| *bits = *live),
            Col::Values(values) => {
                for (row, value) in values.get(rows).unwrap_or_default().iter().enumerate() {
                    if !value.is_null() {
                        ask(self, value, &|bits| set_bit(bits, row));
                    }
                }
            }
        }
        if let Some(place) = self.memos.get_mut(at) {
            *place = memo;
        }
    }

    fn part(&mut self, batch: &Batch, rows: std::ops::Range<usize>, tape: &Tape) {
        let mut live = NONE;
        (0..rows.len()).for_each(|row| set_bit(&mut live, row));
        for test in self.touched.drain(..) {
            if let Some(bits) = self.passed.get_mut(test as usize) {
                *bits = NONE;
            }
        }
        for at in 0..self.router.fields.len() {
            let col = self.router.fields.get(at).and_then(|f| batch.col(&f.name));
            if let Some(col) = col {
                self.column(at, col, rows.clone(), &live);
            }
        }
        let mut any = NONE;
        self.now.clear();
        for (n, condition) in self.router.conditions.iter().enumerate() {
            if matches!(condition, Condition::True | Condition::False) {
                continue;
            }
            let bits = judge(condition, &self.passed, live);
            if bits != NONE {
                or(&mut any, &bits);
                self.now.push((n, bits));
            }
        }
        if any == NONE {
            return;
        }
        let first = self.keeper.len();
        if !self.over {
            let row = |n: usize| batch.order.get(rows.start + n).map_or(u64::MAX, |key| key.row);
            let before = self.keeper.bytes;
            let count: usize = any.iter().map(|w| w.count_ones() as usize).sum();
            let kept = tape.keep(ones(&any).map(row), &mut self.keeper);
            if !take(&self.budget.copies, self.keeper.bytes - before) && !self.keeper.is_light() {
                self.keeper.lighten();
            }
            self.over = kept != count || !take(&self.budget.places, count * Keeper::EACH);
        }
        if self.over {
            self.keeper = Keeper::default();
            for (n, _) in self.now.drain(..) {
                if let Some(found) = self.found.get_mut(n) {
                    *found = Found { events: Vec::new(), many: true };
                }
            }
            return;
        }
        // the number of each row among those that are kept
        let mut places = [0u32; ROWS];
        for (place, row) in ones(&any).enumerate() {
            if let Some(to) = places.get_mut(row) {
                *to = u32::try_from(first + place).unwrap_or(u32::MAX);
            }
        }
        for (n, bits) in self.now.drain(..) {
            let Some(found) = self.found.get_mut(n) else { continue };
            if found.many {
                continue;
            }
            found.events.extend(ones(&bits).filter_map(|row| places.get(row)));
            if found.events.len() > MOST {
                *found = Found { events: Vec::new(), many: true };
            }
        }
    }
}

fn set_bit(bits: &mut Bits, row: usize) {
    if let Some(word) = bits.get_mut(row / 64) {
        *word |= 1 << (row % 64);
    }
}

fn or(bits: &mut Bits, more: &Bits) {
    bits.iter_mut().zip(more).for_each(|(a, b)| *a |= b);
}

/// The numbers of the bits that are set.
fn ones(bits: &Bits) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(n, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros() as usize;
            left &= left.checked_sub(1)?;
            Some(n * 64 + bit)
        })
    })
}

/// The rows among `live` that may meet a condition.
fn judge(condition: &Condition, passed: &[Bits], live: Bits) -> Bits {
    let of = |test: &u32| passed.get(*test as usize).unwrap_or(&NONE);
    let mut out = live;
    match condition {
        Condition::True => {}
        Condition::False => out = NONE,
        Condition::Some(test) => out.iter_mut().zip(of(test)).for_each(|(a, b)| *a &= b),
        Condition::None(test) => out.iter_mut().zip(of(test)).for_each(|(a, b)| *a &= !b),
        Condition::All(all) => {
            for part in all {
                out = judge(part, passed, out);
                if out == NONE {
                    break;
                }
            }
        }
        Condition::Any(any) => {
            out = NONE;
            let mut left = live;
            for part in any {
                let more = judge(part, passed, left);
                or(&mut out, &more);
                left.iter_mut().zip(&more).for_each(|(a, b)| *a &= !b);
                if left == NONE {
                    break;
                }
            }
        }
    }
    out
}

impl Surveyor for Pass<'_> {
    fn rows(&mut self, batch: &Batch, tape: &Tape) -> Result<(), RunError> {
        let mut from = 0;
        while from < batch.len {
            let to = from.saturating_add(ROWS).min(batch.len);
            self.part(batch, from..to, tape);
            from = to;
        }
        Ok(())
    }
}

/// The events of a data set, by search.
pub(crate) struct Routed {
    pub(super) kept: Arc<KeptEvents>,
    by: Vec<Events>,
    /// By search: whether its events were looked for.
    judged: Vec<bool>,
    /// Whether all events that were found are at hand.
    pub(super) whole: bool,
}

/// The events that a search is run over.
#[derive(Clone, Debug)]
pub(crate) enum Events {
    /// None meets its first condition.
    None,
    /// Those of these numbers, in order.
    Some(Arc<[u32]>),
    /// All, for it cannot be said.
    All,
}

impl Routed {
    pub(super) fn new(
        router: &Router,
        passes: Vec<Pass<'_>>,
        inputs: &[Input],
        looks: Vec<Option<Arc<Looks>>>,
    ) -> Routed {
        let over = passes.iter().any(|p| p.over);
        let (mut keepers, mut found) = (Vec::new(), Vec::new());
        for pass in passes {
            keepers.push(if over { Keeper::default() } else { pass.keeper });
            found.push(pass.found);
        }
        let (kept, numbers) = KeptEvents::join(keepers, inputs, looks);
        let of = |n: usize, condition: &Condition| {
            match condition {
                Condition::True => return Events::All,
                Condition::False => return Events::None,
                _ => {}
            }
            let all = || found.iter().filter_map(|found| found.get(n));
            match all().all(|f| f.events.is_empty() && !f.many) {
                true => return Events::None,
                false if over || all().any(|f| f.many) => return Events::All,
                false => {}
            }
            let new = |(found, numbers): (&Vec<Found>, &Vec<u32>)| {
                let events = found.get(n).map(|f| f.events.iter());
                let new = events.into_iter().flatten();
                new.filter_map(|at| numbers.get(*at as usize).copied()).collect::<Vec<u32>>()
            };
            let mut events: Vec<u32> = found.iter().zip(&numbers).flat_map(new).collect();
            events.sort_unstable();
            Events::Some(events.into())
        };
        let by = router.conditions.iter().enumerate().map(|(n, c)| of(n, c)).collect();
        let judged = router.conditions.iter().map(|c| !matches!(c, Condition::True)).collect();
        let whole = kept.are_whole();
        Routed { kept: Arc::new(kept), by, judged, whole }
    }

    /// The events that were found for a search.
    pub fn of(&self, search: usize) -> Events {
        self.by.get(search).cloned().unwrap_or(Events::All)
    }

    /// What a search is run over that reads events itself: all where those that were found for it
    /// are not at hand.
    pub fn alone(&self, search: usize) -> Events {
        match self.of(search) {
            Events::Some(_) if !self.whole => Events::All,
            events => events,
        }
    }

    /// Whether a search must read all events, since those that may meet its condition are too many
    /// to be kept.
    pub fn reads_again(&self, search: usize) -> bool {
        let judged = self.judged.get(search).is_some_and(|judged| *judged);
        judged && matches!(self.alone(search), Events::All)
    }

    /// Inputs that have only these events.
    pub fn inputs(&self, inputs: &[Input], events: &[u32]) -> Vec<Input> {
        let of = |(unit, input): (usize, &Input)| {
            let unit = u32::try_from(unit).unwrap_or(u32::MAX);
            let which = self.kept.of_unit(unit, events).into();
            let mut input = input.clone();
            input.data = InputData::Kept(Arc::clone(&self.kept), which);
            input
        };
        inputs.iter().enumerate().map(of).collect()
    }
}
