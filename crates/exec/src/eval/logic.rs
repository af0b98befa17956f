use super::Cell;
use super::compile::{Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;

/// `AND` or `OR` of all; literals are settled here.
pub(super) fn chain(c: &Compiler, and: bool, terms: Vec<NodeBox>) -> NodeBox {
    let mut rest = Vec::with_capacity(terms.len());
    let mut null = false;
    for term in terms {
        match term.constant() {
            Some(Cell::Bool(b)) if *b == and => {}
            Some(Cell::Bool(b)) => return c.constant(Cell::Bool(*b)),
            Some(_) => null = true,
            None => rest.push(term),
        }
    }
    if rest.is_empty() {
        return c.constant(if null { Cell::Null } else { Cell::Bool(and) });
    }
    if null {
        rest.push(c.constant(Cell::Null));
    }
    if and { Box::new(And(rest)) } else { Box::new(Or(rest)) }
}

/// `AND` of all: false if one is false, else null if one is null or no truth value.
pub(super) struct And(pub Vec<NodeBox>);
impl Node for And {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        let mut all = Some(true);
        for node in &self.0 {
            match node.test(row, cx) {
                Some(false) => return Some(false),
                Some(true) => {}
                None => all = None,
            }
        }
        all
    }
}

/// `OR` of all: true if one is true, else null if one is null or no truth value.
pub(super) struct Or(pub Vec<NodeBox>);
impl Node for Or {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        let mut any = Some(false);
        for node in &self.0 {
            match node.test(row, cx) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => any = None,
            }
        }
        any
    }
}

pub(super) struct Xor(pub NodeBox, pub NodeBox);
impl Node for Xor {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        Some(self.0.test(row, cx)? ^ self.1.test(row, cx)?)
    }
}

/// `NOT`: of null it is null.
pub(super) struct Not(pub NodeBox);
impl Node for Not {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        Some(!self.0.test(row, cx)?)
    }
}
