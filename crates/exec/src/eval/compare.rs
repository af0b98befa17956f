use super::Cell;
use super::compile::{Node, NodeBox, Row};
use crate::run_cx::RunCx;
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use sepal_data::{Value, number};
use sepal_parser::ast::CompareOp;
use smol_str::SmolStr;
use std::cmp::Ordering;

/// Whether an order fits the operator. `None` is "not comparable" (NaN): only `!=` is true.
fn fits(op: CompareOp, o: Option<Ordering>) -> bool {
    match op {
        CompareOp::Eq => o == Some(Ordering::Equal),
        CompareOp::Ne => o != Some(Ordering::Equal),
        CompareOp::Lt => o == Some(Ordering::Less),
        CompareOp::Le => matches!(o, Some(Ordering::Less | Ordering::Equal)),
        CompareOp::Gt => o == Some(Ordering::Greater),
        CompareOp::Ge => matches!(o, Some(Ordering::Greater | Ordering::Equal)),
    }
}

/// A single value to compare with, its number found out once.
#[derive(Clone, Debug)]
struct Operand {
    text: SmolStr,
    num: Option<f64>,
    is_bool: bool,
}

impl Operand {
    fn of_value(v: &Value) -> Operand {
        Operand { text: v.to_smol(), num: v.number(), is_bool: false }
    }

    /// None for null and for a multivalue.
    fn of_cell(c: &Cell) -> Option<Operand> {
        match c {
            Cell::Null | Cell::Mv(_) => None,
            c => Some(Operand {
                text: c.to_smol(),
                num: c.number_lenient(),
                is_bool: matches!(c, Cell::Bool(_)),
            }),
        }
    }

    fn order_text(&self, s: &str) -> Ordering {
        // Splunk prints truth values as True and False; data writes them in any letter case
        if self.is_bool && s.eq_ignore_ascii_case(&self.text) {
            return Ordering::Equal;
        }
        s.cmp(&self.text)
    }

    /// `v op self` for a single value.
    fn holds(&self, op: CompareOp, v: &Value) -> bool {
        match v {
            Value::Text(s) => {
                let Some(k) = self.num else { return fits(op, Some(self.order_text(s))) };
                if op == CompareOp::Eq && s == self.text.as_str() {
                    return true;
                }
                match number::parse(s) {
                    Some(n) => fits(op, n.partial_cmp(&k)),
                    None => fits(op, Some(self.order_text(s))),
                }
            }
            Value::Num(n) => match self.num {
                Some(k) => fits(op, n.partial_cmp(&k)),
                None => fits(op, Some(self.order_text(&number::format(*n)))),
            },
            Value::Null | Value::Mv(_) => false,
        }
    }
}

/// A comparison of eval: null where a side is missing. Numbers where both sides are or look like
/// numbers, else texts by their bytes, letter case and all. A multivalue compares true if any of
/// its members does.
///
/// Source: Splunk Search Reference, eval, "Operators that produce booleans".
pub fn compare(op: CompareOp, a: &Cell, b: &Cell) -> Option<bool> {
    match (a, b) {
        (Cell::Null, _) | (_, Cell::Null) => None,
        (Cell::Num(x), Cell::Num(y)) => Some(fits(op, x.partial_cmp(y))),
        (Cell::Bool(x), Cell::Bool(y)) => Some(fits(op, Some(x.cmp(y)))),
        (Cell::Mv(xs), b) => Some(xs.iter().any(|x| compare(op, &Cell::from(x), b) == Some(true))),
        (a, Cell::Mv(ys)) => Some(ys.iter().any(|y| compare(op, a, &Cell::from(y)) == Some(true))),
        (a, b) => {
            if let (Some(x), Some(y)) = (a.number_lenient(), b.number_lenient()) {
                return Some(fits(op, x.partial_cmp(&y)));
            }
            let either_is_bool = matches!(a, Cell::Bool(_)) || matches!(b, Cell::Bool(_));
            let (a, b) = (a.text()?, b.text()?);
            if either_is_bool && a.eq_ignore_ascii_case(&b) {
                return Some(fits(op, Some(Ordering::Equal)));
            }
            Some(fits(op, Some(a.as_ref().cmp(b.as_ref()))))
        }
    }
}

/// `a = b`, false where a side is missing.
pub fn equal(a: &Cell, b: &Cell) -> bool {
    compare(CompareOp::Eq, a, b) == Some(true)
}

/// Literals to look a value up among (`IN`).
#[derive(Default)]
pub struct ConstSet {
    texts: HashSet<SmolStr, FixedState>,
    numbers: Vec<f64>,
}

impl ConstSet {
    /// The set of all members of all cells.
    pub fn new<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> ConstSet {
        let mut set = ConstSet::default();
        for v in cells.into_iter().flat_map(|c| c.members().into_owned()) {
            let o = Operand::of_value(&v);
            // what is no number is equal to nothing, itself included
            if o.num.is_some_and(f64::is_nan) {
                continue;
            }
            set.numbers.extend(o.num);
            set.texts.insert(o.text);
        }
        set.numbers.sort_by(f64::total_cmp);
        set.numbers.dedup();
        set
    }

    /// Whether the value, or one of its members, is in the set.
    pub fn holds(&self, v: &Value) -> bool {
        match v {
            Value::Null => false,
            Value::Text(s) => {
                self.texts.contains(s.as_str())
                    || (!self.numbers.is_empty() && number::parse(s).is_some_and(|n| self.has(n)))
            }
            Value::Num(n) => self.has(*n) || self.texts.contains(number::format(*n).as_str()),
            Value::Mv(ms) => ms.iter().any(|m| self.holds(m)),
        }
    }

    fn has(&self, n: f64) -> bool {
        // -0.0 and 0.0 differ in the total order
        let n = if n == 0.0 { 0.0 } else { n };
        self.numbers.binary_search_by(|k| (if *k == 0.0 { 0.0 } else { *k }).total_cmp(&n)).is_ok()
            && !n.is_nan()
    }
}

/// `a op b`.
pub(super) struct Compare {
    pub op: CompareOp,
    pub lhs: NodeBox,
    pub rhs: NodeBox,
}
impl Node for Compare {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        compare(self.op, &self.lhs.eval(row, cx), &self.rhs.eval(row, cx))
    }
}

/// `field op literal`, the most common condition: nothing is copied.
pub(super) struct CompareField {
    slot: u32,
    op: CompareOp,
    literal: Operand,
}
impl CompareField {
    /// None where the literal is null or a multivalue.
    pub fn new(slot: u32, op: CompareOp, literal: &Cell) -> Option<Self> {
        Some(CompareField { slot, op, literal: Operand::of_cell(literal)? })
    }
}
impl Node for CompareField {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, _: &RunCx) -> Option<bool> {
        match row.field(self.slot) {
            Value::Null => None,
            Value::Mv(ms) => Some(ms.iter().any(|m| self.literal.holds(self.op, m))),
            one => Some(self.literal.holds(self.op, one)),
        }
    }
}

/// `expr IN (literals)`.
pub(super) struct InConst {
    pub inner: NodeBox,
    pub slot: Option<u32>,
    pub set: ConstSet,
}
impl Node for InConst {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        if let Some(slot) = self.slot {
            let v = row.field(slot);
            return (!v.is_null()).then(|| self.set.holds(v));
        }
        let v = self.inner.eval(row, cx).into_value();
        (!v.is_null()).then(|| self.set.holds(&v))
    }
}

/// `expr IN (exprs)`.
pub(super) struct In {
    pub inner: NodeBox,
    pub list: Vec<NodeBox>,
}
impl Node for In {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        let v = self.inner.eval(row, cx);
        (!v.is_null()).then(|| self.list.iter().any(|e| equal(&v, &e.eval(row, cx))))
    }
}
