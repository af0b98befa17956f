use super::{Cell, logic, ops};
use crate::functions;
use crate::lookup::Lookups;
use crate::plan::PlanCx;
use crate::run_cx::RunCx;
use indexmap::IndexSet;
use sepal_data::value::NULL;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{BinaryOp, Expr, ExprKind};
use std::sync::Arc;

/// One operation of a compiled expression.
pub trait Node: Send + Sync {
    /// The value in a row. Never fails: what cannot be computed is null, and what the user should
    /// know is counted in `cx`.
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell;

    /// The truth of a condition; none for null and for what is no truth value.
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        match self.eval(row, cx) {
            Cell::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// The value, where it is the same in every row.
    fn constant(&self) -> Option<&Cell> {
        None
    }

    /// The field that the node reads, where it is a bare field reference.
    fn field(&self) -> Option<&str> {
        None
    }
}

/// A compiled operation.
pub type NodeBox = Box<dyn Node>;

/// The columns of a batch that a program reads, looked up once a batch.
pub struct Bound<'a> {
    cols: Vec<Option<&'a Col>>,
    batch: &'a Batch,
}

/// One row of a bound batch, where single members may stand in the place of multivalue fields
/// (`mvfilter`, `mvmap`).
#[derive(Clone, Copy)]
pub struct Row<'a> {
    bound: &'a Bound<'a>,
    /// The row's number in the batch.
    pub row: usize,
    over: Option<&'a Over<'a>>,
}

/// One member that stands in the place of a multivalue field, over those of the outer calls.
pub struct Over<'a> {
    slot: u32,
    value: &'a Value,
    outer: Option<&'a Over<'a>>,
}

impl<'a> Over<'a> {
    /// `value` in the place of field number `slot` of `row`; for [`Row::with`].
    pub fn new(slot: u32, value: &'a Value, row: &Row<'a>) -> Over<'a> {
        Over { slot, value, outer: row.over }
    }
}

impl<'a> Row<'a> {
    /// The value of the program's field number `slot`.
    pub fn field(&self, slot: u32) -> &'a Value {
        let mut over = self.over;
        while let Some(o) = over {
            if o.slot == slot {
                return o.value;
            }
            over = o.outer;
        }
        match self.bound.cols.get(slot as usize) {
            Some(Some(col)) => col.get(self.row),
            _ => &NULL,
        }
    }

    /// The same row with one member in the place of a field.
    pub fn with<'b>(&self, over: &'b Over<'b>) -> Row<'b>
    where
        'a: 'b,
    {
        Row { bound: self.bound, row: self.row, over: Some(over) }
    }

    /// The whole batch, for what needs fields by name (`searchmatch`, `{field}`).
    pub fn batch(&self) -> &'a Batch {
        self.bound.batch
    }
}

/// A compiled expression and the fields that it reads.
pub struct Program {
    node: NodeBox,
    fields: IndexSet<FieldName>,
    whole_row: bool,
}

impl Program {
    /// Compiles an expression; every wrong call is a diagnostic.
    pub fn compile(expr: &Expr) -> Result<Program, Vec<Diagnostic>> {
        let mut c = Compiler::default();
        let node = c.node(expr);
        c.finish(node)
    }

    /// The same for an expression that may use the lookups of a search.
    pub fn compile_with(expr: &Expr, cx: &PlanCx) -> Result<Program, Vec<Diagnostic>> {
        let mut c = Compiler { lookups: Some(cx.any_lookups()), ..Compiler::default() };
        let node = c.node(expr);
        c.finish(node)
    }

    /// The fields that the program reads.
    pub fn fields(&self) -> impl Iterator<Item = &FieldName> {
        self.fields.iter()
    }

    /// Whether the program may read any field of the row (`searchmatch`).
    pub fn reads_whole_row(&self) -> bool {
        self.whole_row
    }

    /// The value, where it is the same in every row.
    pub fn constant(&self) -> Option<&Cell> {
        self.node.constant()
    }

    /// Looks the program's fields up in a batch.
    pub fn bind<'a>(&self, batch: &'a Batch) -> Bound<'a> {
        Bound { cols: self.fields.iter().map(|f| batch.col(f)).collect(), batch }
    }

    /// The value in a row.
    pub fn eval(&self, bound: &Bound<'_>, row: usize, cx: &RunCx) -> Cell {
        self.node.eval(&Row { bound, row, over: None }, cx)
    }

    /// The truth of a condition in a row; none for null and for what is no truth value.
    pub fn test(&self, bound: &Bound<'_>, row: usize, cx: &RunCx) -> Option<bool> {
        self.node.test(&Row { bound, row, over: None }, cx)
    }

    /// The values of all rows as a column to store.
    pub fn column(&self, batch: &Batch, cx: &RunCx) -> Col {
        if let Some(c) = self.node.constant() {
            return Col::Const(c.clone().into_value());
        }
        let bound = self.bind(batch);
        Col::Values((0..batch.len).map(|r| self.eval(&bound, r, cx).into_value()).collect())
    }

    /// For each row, whether the condition is true.
    pub fn mask(&self, batch: &Batch, cx: &RunCx) -> Vec<bool> {
        let bound = self.bind(batch);
        (0..batch.len).map(|r| self.test(&bound, r, cx) == Some(true)).collect()
    }
}

/// Turns expressions into nodes; functions get it to compile their own arguments.
#[derive(Default)]
pub struct Compiler {
    fields: IndexSet<FieldName>,
    whole_row: bool,
    /// The lookups, where the expression may use them; inside none where there are none.
    lookups: Option<Option<Arc<dyn Lookups>>>,
    /// What was wrong.
    pub diagnostics: Vec<Diagnostic>,
}

struct Const(Cell);
impl Node for Const {
    fn eval(&self, _: &Row<'_>, _: &RunCx) -> Cell {
        self.0.clone()
    }
    fn constant(&self) -> Option<&Cell> {
        Some(&self.0)
    }
}

struct FieldRef {
    slot: u32,
    name: FieldName,
}
impl Node for FieldRef {
    fn eval(&self, row: &Row<'_>, _: &RunCx) -> Cell {
        Cell::from(row.field(self.slot))
    }
    fn field(&self) -> Option<&str> {
        Some(&self.name)
    }
}

impl Compiler {
    /// The program of a node, or what was wrong.
    pub(super) fn finish(self, node: NodeBox) -> Result<Program, Vec<Diagnostic>> {
        if self.diagnostics.is_empty() {
            Ok(Program { node, fields: self.fields, whole_row: self.whole_row })
        } else {
            Err(self.diagnostics)
        }
    }

    /// The number of a field in this program.
    pub fn slot(&mut self, field: &str) -> u32 {
        let (i, _) = self.fields.insert_full(field.into());
        u32::try_from(i).unwrap_or(u32::MAX)
    }

    /// Says that the program may read any field of the row.
    pub fn read_whole_row(&mut self) {
        self.whole_row = true;
    }

    /// The lookups that the expression may use: none where it may not, inside none where the
    /// search has none.
    pub fn lookups(&self) -> Option<&Option<Arc<dyn Lookups>>> {
        self.lookups.as_ref()
    }

    /// Notes what is wrong; gives a node that stands in its place.
    pub fn fail(&mut self, d: Diagnostic) -> NodeBox {
        self.diagnostics.push(d);
        self.constant(Cell::Null)
    }

    /// A node that is the same in every row.
    pub fn constant(&self, cell: Cell) -> NodeBox {
        Box::new(Const(cell))
    }

    /// The operands of a chain of one operator, left to right. Walks the left spine in a loop.
    fn chain(&mut self, op: BinaryOp, expr: &Expr, terms: &mut Vec<NodeBox>) {
        let mut right = Vec::new();
        let mut at = expr;
        while let ExprKind::Binary { op: o, lhs, rhs } = &at.kind
            && *o == op
        {
            right.push(rhs.as_ref());
            at = lhs;
        }
        terms.push(self.node(at));
        for e in right.into_iter().rev() {
            match &e.kind {
                ExprKind::Binary { op: o, .. } if *o == op => self.chain(op, e, terms),
                _ => terms.push(self.node(e)),
            }
        }
    }

    /// Compiles an expression.
    pub fn node(&mut self, expr: &Expr) -> NodeBox {
        match &expr.kind {
            ExprKind::Number(text) => ops::number(self, text, expr.span),
            ExprKind::String(s) => self.constant(Cell::Str(s.into())),
            ExprKind::Field(name) => {
                Box::new(FieldRef { slot: self.slot(name), name: name.into() })
            }
            ExprKind::Unary { op, expr: inner } => {
                let inner = self.node(inner);
                ops::unary(self, *op, inner)
            }
            ExprKind::Binary { op: op @ (BinaryOp::And | BinaryOp::Or), .. } => {
                // a chain of a thousand ORs is one node, not a thousand levels
                let mut terms = Vec::new();
                self.chain(*op, expr, &mut terms);
                logic::chain(self, *op == BinaryOp::And, terms)
            }
            ExprKind::Binary { op, lhs, rhs } => {
                let (lhs, rhs) = (self.node(lhs), self.node(rhs));
                ops::binary(self, *op, lhs, rhs, expr.span)
            }
            ExprKind::In { expr: inner, list } => {
                let inner = self.node(inner);
                let list: Vec<NodeBox> = list.iter().map(|e| self.node(e)).collect();
                ops::is_in(self, inner, list)
            }
            ExprKind::Call { name, args } => functions::compile(self, name, args, expr.span),
            ExprKind::Subsearch(_) => self.fail(
                Diagnostic::unsupported("SPL2140", expr.span, "a subsearch here")
                    .help("it can stand in `search`, `where` and `eval`"),
            ),
        }
    }
}
