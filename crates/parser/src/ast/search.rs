use super::{Expr, Field, Pipeline, Span, Spanned};
use serde::Serialize;

/// How a field is compared with a literal in `search`, and the comparison operators of eval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareOp {
    /// `=` (or `==`)
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// What kind of term a literal is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TermKind {
    /// A word or phrase, any letter case, `*` is a wildcard.
    #[default]
    Plain,
    /// `TERM(x)`: one indexed term, minor breakers included.
    Term,
    /// `CASE(x)`: letter case matters.
    Case,
    /// `PREFIX(x)`: the beginning of an indexed term (`tstats`).
    Prefix,
}

/// The right side of a comparison in `search`, or a bare term: always a literal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SearchValue {
    /// The text without quotes and with `\"`, `\\`, `\|` resolved. `*` is a wildcard, quoted or not.
    pub text: String,
    /// Whether it stood in double quotes.
    pub quoted: bool,
    /// Plain, or inside `TERM()`, `CASE()`, `PREFIX()`.
    pub kind: TermKind,
    /// Where it stands.
    pub span: Span,
}

/// The language of `search`: parentheses, then NOT, then OR, then AND (implied between terms).
///
/// Source: Splunk Search Manual, "Boolean expressions with logical operators".
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchExpr {
    /// All hold; an empty list matches every event.
    And(Vec<SearchExpr>),
    /// One holds.
    Or(Vec<SearchExpr>),
    /// Does not hold.
    Not(Box<SearchExpr>),
    /// `field=value` and the like. The field may hold wildcards.
    Compare {
        /// The left side.
        field: Field,
        /// The operator.
        op: CompareOp,
        /// The literal on the right.
        value: SearchValue,
        /// The whole comparison.
        span: Span,
    },
    /// `field IN (a, b*)`.
    In {
        /// The left side.
        field: Field,
        /// The list.
        values: Vec<SearchValue>,
        /// The whole.
        span: Span,
    },
    /// `field=[search ...]`: what the subsearch returns becomes the literal before the search
    /// starts. A time modifier (`earliest=[...]`) has its name in lower case here too.
    CompareSubsearch {
        /// The left side.
        field: Field,
        /// The operator.
        op: CompareOp,
        /// The subsearch.
        search: Box<Pipeline>,
        /// The whole comparison.
        span: Span,
    },
    /// `field IN (a, [search ...])`: what the subsearches return is read as more of the list.
    InSubsearch {
        /// The left side.
        field: Field,
        /// The literals of the list.
        values: Vec<SearchValue>,
        /// The subsearches of the list.
        searches: Vec<Pipeline>,
        /// The whole.
        span: Span,
    },
    /// A word, a phrase, or a `TERM()`, `CASE()`, `PREFIX()` directive on its own.
    Term(SearchValue),
    /// `earliest=-24h@h`, `latest=now`, `_index_earliest`, `starttimeu`, `starthoursago`...:
    /// restricts the time range, matches every event.
    Time {
        /// The modifier's name in lower case.
        key: Spanned<String>,
        /// Its value.
        value: Spanned<String>,
    },
    /// An eval function used as a term, such as `cidrmatch("10.0.0.0/8", ip)` or
    /// `searchmatch(...)`.
    Call(Expr),
    /// `[search ...]`: its rows become terms before the search starts.
    Subsearch(Box<Pipeline>),
}
