use super::{RowSource, TermMatcher, Test, Texts};
use crate::eval::Program;
use indexmap::{IndexMap, IndexSet};
use sepal_data::FieldName;
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{CompareOp, SearchExpr, SearchValue, Span};
use std::sync::Arc;

/// A compiled `search`.
pub struct SearchProgram {
    /// The condition.
    pub pred: Pred,
    /// The fields that it reads, by number.
    pub fields: IndexSet<FieldName>,
    pub(super) expressions: Vec<Program>,
}

/// A condition.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // a few a run, never moved in a loop
pub enum Pred {
    /// Every event.
    True,
    /// No event.
    False,
    /// All hold.
    And(Vec<Pred>),
    /// One holds.
    Or(Vec<Pred>),
    /// Does not hold.
    Not(Box<Pred>),
    /// Some value of field number `slot` passes.
    Field(u32, Test),
    /// Some value of a field whose name matches passes.
    Named(Pattern, Test),
    /// The event's text holds a term.
    Term(TermMatcher, String),
    /// Eval expression number `n` is true.
    Expression(usize),
    /// What a subsearch will give; stands only in the outline of a plan, which is never run.
    Subsearch,
}

impl Pred {
    /// Whether a row matches.
    pub fn matches<R: RowSource>(&self, row: &R) -> bool {
        match self {
            Pred::True => true,
            Pred::False => false,
            Pred::And(ps) => ps.iter().all(|p| p.matches(row)),
            Pred::Or(ps) => ps.iter().any(|p| p.matches(row)),
            Pred::Not(p) => !p.matches(row),
            Pred::Field(slot, test) => row.any(*slot, |s| test.passes(s)),
            Pred::Named(name, test) => row.any_named(name, |s| test.passes(s)),
            Pred::Term(t, _) => t.is_any() || row.raw().is_some_and(|raw| t.is_match(&raw)),
            Pred::Expression(i) => row.expression(*i),
            Pred::Subsearch => false,
        }
    }

    /// The same with every part that `known` can decide replaced by its truth.
    pub fn simplify(&self, known: &dyn Fn(&Pred) -> Option<bool>) -> Pred {
        let of = |b: bool| if b { Pred::True } else { Pred::False };
        if let Some(b) = known(self) {
            return of(b);
        }
        match self {
            Pred::And(ps) => {
                let mut out = Vec::new();
                for p in ps {
                    match p.simplify(known) {
                        Pred::True => {}
                        Pred::False => return Pred::False,
                        Pred::And(more) => out.extend(more),
                        p => out.push(p),
                    }
                }
                if out.len() == 1 {
                    out.remove(0)
                } else if out.is_empty() {
                    Pred::True
                } else {
                    Pred::And(out)
                }
            }
            Pred::Or(ps) => {
                let mut out = Vec::new();
                for p in ps {
                    match p.simplify(known) {
                        Pred::False => {}
                        Pred::True => return Pred::True,
                        Pred::Or(more) => out.extend(more),
                        p => out.push(p),
                    }
                }
                if out.len() == 1 {
                    out.remove(0)
                } else if out.is_empty() {
                    Pred::False
                } else {
                    Pred::Or(out)
                }
            }
            Pred::Not(p) => match p.simplify(known) {
                Pred::True => Pred::False,
                Pred::False => Pred::True,
                p => Pred::Not(Box::new(p)),
            },
            Pred::Term(t, _) if t.is_any() => Pred::True,
            Pred::Field(_, Test::Never) | Pred::Named(_, Test::Never) => Pred::False,
            p => p.clone(),
        }
    }

    /// Calls `f` on every leaf.
    pub fn leaves(&self, f: &mut dyn FnMut(&Pred)) {
        match self {
            Pred::And(ps) | Pred::Or(ps) => ps.iter().for_each(|p| p.leaves(f)),
            Pred::Not(p) => p.leaves(f),
            leaf => f(leaf),
        }
    }
}

impl SearchProgram {
    /// Compiles a condition. Time modifiers match everything here; the planner reads them. A
    /// subsearch is an error: the planner replaces those of whole searches before.
    pub fn compile(expr: &SearchExpr) -> Result<SearchProgram, Vec<Diagnostic>> {
        Self::build(expr, false)
    }

    /// The same for a plan whose subsearches have not run: each is [`Pred::Subsearch`].
    pub(crate) fn outline(expr: &SearchExpr) -> Result<SearchProgram, Vec<Diagnostic>> {
        Self::build(expr, true)
    }

    /// Every event.
    pub(crate) fn any() -> SearchProgram {
        SearchProgram { pred: Pred::True, fields: IndexSet::new(), expressions: Vec::new() }
    }

    /// An eval expression of the condition, by its number.
    pub(crate) fn expression(&self, index: usize) -> Option<&Program> {
        self.expressions.get(index)
    }

    fn build(expr: &SearchExpr, outline: bool) -> Result<SearchProgram, Vec<Diagnostic>> {
        let mut c = Builder {
            fields: IndexSet::new(),
            expressions: Vec::new(),
            diagnostics: Vec::new(),
            outline,
        };
        let pred = c.pred(expr).simplify(&|_| None);
        if c.diagnostics.is_empty() {
            Ok(SearchProgram { pred, fields: c.fields, expressions: c.expressions })
        } else {
            Err(c.diagnostics)
        }
    }

    /// The fields that the condition reads.
    pub fn needed(&self) -> FieldSet {
        let mut set = FieldSet::new();
        for f in &self.fields {
            set.insert(f);
        }
        for p in &self.expressions {
            if p.reads_whole_row() {
                set = FieldSet::all();
            }
            for f in p.fields() {
                set.insert(f);
            }
        }
        self.pred.leaves(&mut |leaf| match leaf {
            Pred::Named(name, _) => set.insert(name.text()),
            Pred::Term(t, _) if !t.is_any() => set.insert("_raw"),
            Pred::Subsearch => set = FieldSet::all(),
            _ => {}
        });
        set
    }
}

struct Builder {
    fields: IndexSet<FieldName>,
    expressions: Vec<Program>,
    diagnostics: Vec<Diagnostic>,
    outline: bool,
}

impl Builder {
    fn subsearch(&mut self, span: Span) -> Pred {
        if !self.outline {
            self.diagnostics.push(
                Diagnostic::unsupported("SPL2140", span, "a subsearch here")
                    .help("it can stand in `search`, `where` and `eval`"),
            );
        }
        Pred::Subsearch
    }

    fn field(&mut self, name: &str, test: Test) -> Pred {
        if name.contains('*') {
            return Pred::Named(Pattern::case_sensitive(name), test);
        }
        let (slot, _) = self.fields.insert_full(name.into());
        Pred::Field(u32::try_from(slot).unwrap_or(u32::MAX), test)
    }

    /// `field IN (...)`: many plain texts are one look-up.
    fn one_of(&mut self, field: &str, values: &[SearchValue]) -> Pred {
        let plain = |v: &&SearchValue| Test::plain_text(CompareOp::Eq, v).is_some();
        let many = values.iter().filter(plain).count() >= Texts::MANY;
        let (texts, others): (Vec<_>, Vec<_>) = values.iter().partition(|v| many && plain(v));
        let mut any: Vec<Pred> =
            others.iter().map(|v| self.field(field, Test::new(CompareOp::Eq, v))).collect();
        if many {
            let texts = texts.iter().map(|v| v.text.clone()).collect();
            any.push(self.field(field, Test::OneOf(Arc::new(Texts::new(texts)))));
        }
        Pred::Or(any)
    }

    /// An OR; where it compares a field with many plain texts, as a subsearch does, those are one
    /// look-up.
    fn any(&mut self, es: &[SearchExpr]) -> Pred {
        let plain = |e: &SearchExpr| match e {
            SearchExpr::Compare { field, op, value, .. } => {
                Test::plain_text(*op, value).map(|_| (field.node.clone(), value.clone()))
            }
            _ => None,
        };
        if es.len() < Texts::MANY {
            return Pred::Or(es.iter().map(|e| self.pred(e)).collect());
        }
        let (mut fields, mut any) = (IndexMap::<String, Vec<SearchValue>>::new(), Vec::new());
        for e in es {
            match plain(e) {
                Some((field, value)) => fields.entry(field).or_default().push(value),
                None => any.push(self.pred(e)),
            }
        }
        any.extend(fields.iter().map(|(field, values)| self.one_of(field, values)));
        Pred::Or(any)
    }

    fn pred(&mut self, expr: &SearchExpr) -> Pred {
        match expr {
            SearchExpr::And(es) => Pred::And(es.iter().map(|e| self.pred(e)).collect()),
            SearchExpr::Or(es) => self.any(es),
            SearchExpr::Not(e) => Pred::Not(Box::new(self.pred(e))),
            SearchExpr::Compare { field, op, value, .. } => {
                self.field(&field.node, Test::new(*op, value))
            }
            SearchExpr::In { field, values, .. } => self.one_of(&field.node, values),
            SearchExpr::Term(value) => match TermMatcher::new(value) {
                Ok(t) => Pred::Term(t, value.text.clone()),
                Err(e) => {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "SPL2149",
                            value.span,
                            "this term cannot be searched for",
                        )
                        .label(e),
                    );
                    Pred::False
                }
            },
            SearchExpr::Time { .. } => Pred::True,
            SearchExpr::Call(e) => match Program::compile(e) {
                Ok(p) => {
                    self.expressions.push(p);
                    Pred::Expression(self.expressions.len() - 1)
                }
                Err(ds) => {
                    self.diagnostics.extend(ds);
                    Pred::False
                }
            },
            SearchExpr::Subsearch(p) => self.subsearch(p.span),
            SearchExpr::CompareSubsearch { search, .. } => self.subsearch(search.span),
            SearchExpr::InSubsearch { span, .. } => self.subsearch(*span),
        }
    }
}
