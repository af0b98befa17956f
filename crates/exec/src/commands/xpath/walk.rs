//! Finding the nodes of a path.

use super::path::{Compare, Condition, Literal, Path, Paths, Step, Test};
use crate::commands::spath::xml::{Element, read};
use sepal_data::Value;
use std::cell::Cell;

/// Nodes that are looked at in one text before it is given up: conditions may look at every
/// element again and again.
const MAX_VISITS: u64 = 2_000_000;

/// A node, ordered as the document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Document,
    Element(usize),
    Text(usize),
    Attribute(usize, usize),
}

/// A text, read.
pub struct Document<'a> {
    source: &'a str,
    all: Vec<Element>,
    roots: Vec<usize>,
    left: Cell<u64>,
}

impl<'a> Document<'a> {
    pub fn new(source: &'a str) -> Document<'a> {
        let all = read(source);
        let roots = (0..all.len()).filter(|i| all[*i].parent.is_none()).collect();
        Document { source, all, roots, left: Cell::new(MAX_VISITS) }
    }

    /// Puts the values of the nodes into `out`, in document order; false where it was given up.
    pub fn values(&self, paths: &Paths, out: &mut Vec<Value>) -> bool {
        let mut nodes: Vec<Node> =
            paths.0.iter().flat_map(|p| self.nodes(p, Node::Document)).collect();
        if self.left.get() == 0 {
            return false;
        }
        nodes.sort_unstable_by_key(|n| self.place(*n));
        nodes.dedup();
        out.extend(nodes.into_iter().filter_map(|n| self.value(n)));
        true
    }

    /// Element, then its attributes, then its text, then what is inside.
    fn place(&self, node: Node) -> (usize, usize) {
        match node {
            Node::Document => (0, 0),
            Node::Element(e) => (e + 1, 0),
            Node::Attribute(e, k) => (e + 1, k + 1),
            Node::Text(e) => (e + 1, usize::MAX),
        }
    }

    fn value(&self, node: Node) -> Option<Value> {
        match node {
            Node::Document => None,
            Node::Element(e) => self.all.get(e)?.value(self.source),
            Node::Text(e) => Some(Value::from(self.all.get(e)?.text.trim())),
            Node::Attribute(e, k) => {
                let (_, value) = self.all.get(e)?.attributes.get(k)?;
                Some(Value::from(value.as_str()))
            }
        }
    }

    fn children(&self, node: Node) -> &[usize] {
        match node {
            Node::Document => &self.roots,
            Node::Element(e) => self.all.get(e).map_or(&[], |e| &e.children),
            _ => &[],
        }
    }

    /// Whether so many more nodes may be looked at.
    fn visit(&self, count: usize) -> bool {
        self.left.set(self.left.get().saturating_sub(count as u64 + 1));
        self.left.get() > 0
    }

    fn nodes(&self, path: &Path, from: Node) -> Vec<Node> {
        let mut at = vec![if path.absolute { Node::Document } else { from }];
        for step in &path.steps {
            if step.deep {
                at = self.below(&at);
            }
            let mut next = Vec::new();
            for node in at {
                self.step(step, node, &mut next);
                if self.left.get() == 0 {
                    return Vec::new();
                }
            }
            next.sort_unstable();
            next.dedup();
            at = next;
        }
        at
    }

    /// The nodes and all elements inside them.
    fn below(&self, at: &[Node]) -> Vec<Node> {
        let mut seen = vec![false; self.all.len()];
        let mut out = Vec::new();
        let mut wait: Vec<Node> = at.to_vec();
        while let Some(node) = wait.pop() {
            if let Node::Element(e) = node {
                match seen.get_mut(e) {
                    Some(s) if !*s => *s = true,
                    _ => continue,
                }
            }
            out.push(node);
            wait.extend(self.children(node).iter().map(|c| Node::Element(*c)));
        }
        self.visit(self.all.len());
        out
    }

    fn step(&self, step: &Step, node: Node, out: &mut Vec<Node>) {
        let mut found: Vec<Node> = Vec::new();
        match (&step.test, node) {
            (Test::Here, n) => found.push(n),
            (Test::Parent, Node::Element(e)) => {
                let parent = self.all.get(e).and_then(|e| e.parent);
                found.push(parent.map_or(Node::Document, Node::Element));
            }
            (Test::Parent, Node::Text(e) | Node::Attribute(e, _)) => found.push(Node::Element(e)),
            (Test::Element(name), n) => {
                let children = self.children(n);
                if !self.visit(children.len()) {
                    return;
                }
                let is = |c: &&usize| match (name, self.all.get(**c)) {
                    (Some(name), Some(e)) => e.name == *name,
                    (None, Some(_)) => true,
                    (_, None) => false,
                };
                found.extend(children.iter().filter(is).map(|c| Node::Element(*c)));
            }
            (Test::Attribute(name), Node::Element(e)) => {
                let all = self.all.get(e).map_or(&[][..], |e| &e.attributes);
                let is = |k: &usize| match name {
                    Some(name) => all.get(*k).is_some_and(|(n, _)| n == name),
                    None => true,
                };
                found.extend((0..all.len()).filter(is).map(|k| Node::Attribute(e, k)));
            }
            (Test::Text, Node::Element(e))
                if self.all.get(e).is_some_and(|e| !e.text.trim().is_empty()) =>
            {
                found.push(Node::Text(e));
            }
            _ => {}
        }
        for condition in &step.conditions {
            let count = found.len();
            let mut position = 0;
            found.retain(|n| {
                position += 1;
                self.visit(1) && self.holds(condition, *n, position, count)
            });
        }
        out.append(&mut found);
    }

    fn holds(&self, condition: &Condition, node: Node, position: usize, count: usize) -> bool {
        let again = |c: &Condition| self.holds(c, node, position, count);
        let any = |path: &Path, is: &dyn Fn(&str) -> bool| {
            let values = self.nodes(path, node).into_iter().filter_map(|n| self.value(n));
            let mut values = values;
            values.any(|v| is(&v.text()))
        };
        match condition {
            Condition::Position(n) => position == *n,
            Condition::Last(less) => position.checked_add(*less) == Some(count),
            Condition::And(a, b) => again(a) && again(b),
            Condition::Or(a, b) => again(a) || again(b),
            Condition::Not(c) => !again(c),
            Condition::Exists(path) => !self.nodes(path, node).is_empty(),
            Condition::Contains(path, text) => any(path, &|v| v.contains(text.as_str())),
            Condition::StartsWith(path, text) => any(path, &|v| v.starts_with(text.as_str())),
            Condition::Compare(path, op, literal) => any(path, &|v| compare(v, *op, literal)),
        }
    }
}

/// Source: XPath 1.0, 3.4: texts are compared for equality, numbers otherwise.
fn compare(value: &str, op: Compare, literal: &Literal) -> bool {
    let number = || value.trim().parse::<f64>().unwrap_or(f64::NAN);
    let literal_number = |l: &Literal| match l {
        Literal::Number(n) => *n,
        Literal::Text(t) => t.trim().parse().unwrap_or(f64::NAN),
    };
    match (op, literal) {
        (Compare::Eq, Literal::Text(t)) => value == t,
        (Compare::Ne, Literal::Text(t)) => value != t,
        (Compare::Eq, l) => number() == literal_number(l),
        (Compare::Ne, l) => number() != literal_number(l),
        (Compare::Lt, l) => number() < literal_number(l),
        (Compare::Le, l) => number() <= literal_number(l),
        (Compare::Gt, l) => number() > literal_number(l),
        (Compare::Ge, l) => number() >= literal_number(l),
    }
}
