use super::Cidr;
use sepal_data::number;
use sepal_data::wildcard::{Pattern, fold_str};
use sepal_parser::ast::{CompareOp, SearchValue, TermKind};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

/// What one value of a field is asked in `search`.
///
/// `=` and `!=` compare text, any letter case, with `*` as a wildcard; `<` and the like compare
/// numbers where both are, else text. Source: Splunk Search Reference, `search`, "Comparison
/// expressions".
#[derive(Clone, Debug)]
pub enum Test {
    /// `f=*`: any value.
    Exists,
    /// `f=pattern`.
    Is(Pattern),
    /// `f!=pattern`: some value that differs.
    IsNot(Pattern),
    /// `f<5` and the like.
    Order(CompareOp, String, Option<f64>),
    /// `f="10.0.0.0/8"`: an address of the network, or that text.
    In(Cidr, Pattern),
    /// `f!="10.0.0.0/8"`.
    NotIn(Cidr, Pattern),
    /// `f!=*`: never.
    Never,
    /// `f IN (a, b...)` with many texts and no wildcards.
    OneOf(Arc<Texts>),
}

/// Many texts, looked up at once in any letter case.
#[derive(Debug)]
pub struct Texts {
    folded: HashSet<String>,
    /// As written.
    pub texts: Vec<String>,
}

impl Texts {
    /// From so many on, a look-up is cheaper than one comparison after the other.
    pub(super) const MANY: usize = 16;

    /// The set of these texts.
    pub fn new(texts: Vec<String>) -> Texts {
        Texts { folded: texts.iter().map(|t| fold_str(t)).collect(), texts }
    }
}

/// The pattern of a literal.
pub(super) fn pattern(value: &SearchValue) -> Pattern {
    if value.kind == TermKind::Case {
        Pattern::case_sensitive(&value.text)
    } else {
        Pattern::new(&value.text)
    }
}

impl Test {
    /// The text that `op value` asks for, where it is nothing but that text in any letter case.
    pub(super) fn plain_text(op: CompareOp, value: &SearchValue) -> Option<&str> {
        let plain = op == CompareOp::Eq
            && value.kind != TermKind::Case
            && !value.text.contains('*')
            && Cidr::parse(&value.text).is_none();
        plain.then_some(value.text.as_str())
    }

    /// The text or pattern that `= value` asks for, where a value passes by its text alone.
    pub fn plain(value: &SearchValue) -> Option<&str> {
        Cidr::parse(&value.text).is_none().then_some(value.text.as_str())
    }

    /// The test that `op value` is.
    pub fn new(op: CompareOp, value: &SearchValue) -> Test {
        let p = pattern(value);
        match op {
            CompareOp::Eq if p.is_any() => Test::Exists,
            CompareOp::Ne if p.is_any() => Test::Never,
            CompareOp::Eq => match Cidr::parse(&value.text) {
                Some(net) => Test::In(net, p),
                None => Test::Is(p),
            },
            CompareOp::Ne => match Cidr::parse(&value.text) {
                Some(net) => Test::NotIn(net, p),
                None => Test::IsNot(p),
            },
            _ => Test::Order(op, value.text.clone(), number::parse(&value.text)),
        }
    }

    /// Whether a value passes, where `folded` is what [`fold_str`] makes of it.
    pub fn passes_folded(&self, s: &str, folded: &str) -> bool {
        match self {
            Test::OneOf(texts) => texts.folded.contains(folded),
            Test::Is(p) => p.is_match_folded(s, folded),
            Test::IsNot(p) => !p.is_match_folded(s, folded),
            _ => self.passes(s),
        }
    }

    /// Whether a value passes.
    pub fn passes(&self, s: &str) -> bool {
        match self {
            Test::Exists => true,
            Test::Never => false,
            Test::OneOf(texts) => texts.folded.contains(&fold_str(s)),
            Test::Is(p) => p.is_match(s),
            Test::IsNot(p) => !p.is_match(s),
            Test::In(net, p) => net.contains(s) || p.is_match(s),
            Test::NotIn(net, p) => !(net.contains(s) || p.is_match(s)),
            Test::Order(op, text, n) => {
                let ord = match (number::parse(s), n) {
                    (Some(a), Some(b)) => a.partial_cmp(b),
                    _ => Some(s.cmp(text.as_str())),
                };
                let Some(ord) = ord else { return false };
                match op {
                    CompareOp::Lt => ord == Ordering::Less,
                    CompareOp::Le => ord != Ordering::Greater,
                    CompareOp::Gt => ord == Ordering::Greater,
                    CompareOp::Ge => ord != Ordering::Less,
                    CompareOp::Eq => ord == Ordering::Equal,
                    CompareOp::Ne => ord != Ordering::Equal,
                }
            }
        }
    }
}
