//! Eval expressions: precedence climbing.
//!
//! Source: Splunk Search Reference, eval, "Operators"; `where`. In `search` the operators must
//! be in upper case, eval takes any letter case (ESCU runs `count > 5 and dc > 2` in `where`).

use super::pipeline::subsearch;
use crate::Diagnostic;
use crate::ast::{BinaryOp, Expr, ExprKind, Span, Spanned, UnaryOp};
use crate::input::{Fail, In, MAX_DEPTH, Res, too_deep};
use crate::lex::words::{comma, compare_op, single_quoted, string};
use crate::names;
use crate::suggest::did_you_mean;

/// How tightly operators bind, loosest first.
const XOR: u8 = 1;
const OR: u8 = 2;
const AND: u8 = 3;
const NOT: u8 = 4;
const COMPARE: u8 = 5;
const CONCAT: u8 = 6;
const SUM: u8 = 7;
const PRODUCT: u8 = 8;
const UNARY: u8 = 9;

/// An expression and the height of its tree, which is bounded: whoever walks the tree later may
/// recurse.
struct Node {
    expr: Box<Expr>,
    height: u32,
}

type Failure = nom::Err<Fail>;

enum Infix {
    Op(BinaryOp, u8),
    In { negated: bool },
    NotLike,
}

/// An expression.
pub(crate) fn expr(i: In<'_>) -> Res<'_, Expr> {
    let (i, node) = climb(i, 0)?;
    Ok((i, *node.expr))
}

// The functions from here to `call_args` call each other in a circle: each does one small thing,
// which keeps the stack frame of a level small.

/// Operands joined by operators that bind at least as tightly as `min`.
fn climb(i: In<'_>, min: u8) -> Res<'_, Node> {
    let (mut i, mut left) = operand(i)?;
    loop {
        let (rest, node, more) = step(i, left, min)?;
        (i, left) = (rest, node);
        if !more {
            return Ok((i, left));
        }
    }
}

/// One more operator and its right side, if one comes next that binds tightly enough.
fn step<'a>(i: In<'a>, left: Node, min: u8) -> Result<(In<'a>, Node, bool), Failure> {
    let Some((rest, infix)) = infix(i) else {
        i.cx.expect(i.ws().off, "an operator");
        return Ok((i, left, false));
    };
    let power = if let Infix::Op(_, power) = infix { power } else { COMPARE };
    if power < min {
        return Ok((i, left, false));
    }
    let (rest, node) = match infix {
        Infix::Op(op @ (BinaryOp::And | BinaryOp::Or | BinaryOp::Xor), _) => {
            logical_chain(i, left, op, power)
        }
        Infix::Op(op, _) => right_side(rest, left, op, power),
        Infix::In { negated } => list_of_in(rest, left, negated),
        Infix::NotLike => {
            right_side(rest, left, BinaryOp::Like, COMPARE).map(|(i, n)| (i, negate(n)))
        }
    }?;
    if node.height > MAX_DEPTH {
        return Err(too_deep(i));
    }
    Ok((rest, node, true))
}

fn right_side(i: In<'_>, left: Node, op: BinaryOp, power: u8) -> Res<'_, Node> {
    let _deeper = i.deeper(2)?;
    let (rest, right) = climb(i, power + 1)?;
    Ok((rest, binary(i, op, left, right)?))
}

fn list_of_in(i: In<'_>, left: Node, negated: bool) -> Res<'_, Node> {
    let (rest, list, tallest) = call_args(i.ws())?;
    let span = left.expr.span.to(Span::new(rest.off, rest.off));
    let height = 1 + tallest.max(left.height);
    let expr = Box::new(Expr { kind: ExprKind::In { expr: left.expr, list }, span });
    let node = Node { expr, height };
    Ok((rest, if negated { negate(node) } else { node }))
}

/// `x NOT IN (...)` is `NOT x IN (...)`.
fn negate(node: Node) -> Node {
    let span = node.expr.span;
    let kind = ExprKind::Unary { op: UnaryOp::Not, expr: node.expr };
    Node { expr: Box::new(Expr { kind, span }), height: node.height + 1 }
}

fn binary(i: In<'_>, op: BinaryOp, left: Node, right: Node) -> Result<Node, Failure> {
    let height = 1 + left.height.max(right.height);
    if height > MAX_DEPTH {
        return Err(too_deep(i));
    }
    let span = left.expr.span.to(right.expr.span);
    let kind = ExprKind::Binary { op, lhs: left.expr, rhs: right.expr };
    Ok(Node { expr: Box::new(Expr { kind, span }), height })
}

/// `a AND b AND c ...`: a long chain becomes a balanced tree, so that thousands of alternatives
/// do not make a tree of that height.
fn logical_chain(mut i: In<'_>, first: Node, op: BinaryOp, power: u8) -> Res<'_, Node> {
    let _deeper = i.deeper(2)?;
    let mut items = vec![first];
    while let Some(rest) = same_operator(i, op) {
        let (after, right) = climb(rest, power + 1)?;
        items.push(right);
        i = after;
    }
    let node = join(i, op, items)?;
    Ok((i, node))
}

fn same_operator(i: In<'_>, op: BinaryOp) -> Option<In<'_>> {
    match infix(i) {
        Some((rest, Infix::Op(next, _))) if next == op => Some(rest),
        _ => None,
    }
}

fn join(i: In<'_>, op: BinaryOp, mut items: Vec<Node>) -> Result<Node, Failure> {
    const LEFT_DEEP: usize = 32;
    if items.len() > LEFT_DEEP {
        let right = items.split_off(items.len() / 2);
        let (left, right) = (join(i, op, items)?, join(i, op, right)?);
        return binary(i, op, left, right);
    }
    let mut items = items.into_iter();
    let Some(mut left) = items.next() else { return Err(too_deep(i)) };
    for right in items {
        left = binary(i, op, left, right)?;
    }
    Ok(left)
}

/// The operator between two operands, if one comes next.
fn infix(i: In<'_>) -> Option<(In<'_>, Infix)> {
    let i = i.ws();
    let first = i.peek()?;
    let one = |op, power| Some((i.skip(1), Infix::Op(op, power)));
    match first {
        '=' | '<' | '>' | '!' => {
            let (rest, op) = compare_op(i).ok()?;
            Some((rest, Infix::Op(BinaryOp::Compare(op), COMPARE)))
        }
        '.' => one(BinaryOp::Concat, CONCAT),
        '+' => one(BinaryOp::Add, SUM),
        '-' => one(BinaryOp::Sub, SUM),
        '*' => one(BinaryOp::Mul, PRODUCT),
        '/' => one(BinaryOp::Div, PRODUCT),
        '%' => one(BinaryOp::Rem, PRODUCT),
        _ => {
            let (rest, word) = word(i)?;
            let op = |op, power| Some((rest, Infix::Op(op, power)));
            match word.to_ascii_lowercase().as_str() {
                "and" => op(BinaryOp::And, AND),
                "or" => op(BinaryOp::Or, OR),
                "xor" => op(BinaryOp::Xor, XOR),
                "like" => op(BinaryOp::Like, COMPARE),
                "in" if rest.ws().s.starts_with('(') => Some((rest, Infix::In { negated: false })),
                "not" => {
                    let (rest, word) = self::word(rest.ws())?;
                    match word.to_ascii_lowercase().as_str() {
                        "in" => Some((rest, Infix::In { negated: true })),
                        "like" => Some((rest, Infix::NotLike)),
                        _ => None,
                    }
                }
                _ => None,
            }
        }
    }
}

/// A bare word of letters, digits and `_`.
fn word(i: In<'_>) -> Option<(In<'_>, &str)> {
    let n = i.s.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(i.s.len());
    (n > 0).then(|| (i.skip(n), &i.s[..n]))
}

/// A bare field name in eval: no `.`, which joins texts, and no operator characters.
fn bare_name(i: In<'_>) -> Option<(In<'_>, &str)> {
    let ok = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#' | '@' | ':' | '{' | '}');
    let n = i.s.find(|c| !ok(c)).unwrap_or(i.s.len());
    (n > 0).then(|| (i.skip(n), &i.s[..n]))
}

fn operand(i: In<'_>) -> Res<'_, Node> {
    let i = i.ws();
    let _deeper = i.deeper(2)?;
    match i.peek() {
        Some('(') => parenthesised(i),
        Some('[') => search_in_brackets(i),
        Some('"') => quoted(i),
        Some('\'') => quoted_name(i),
        Some('-') => unary(i, 1, UnaryOp::Neg, UNARY),
        Some('+') => unary(i, 1, UnaryOp::Plus, UNARY),
        Some(c) if c.is_ascii_digit() || c == '.' => number(i),
        Some('n' | 'N') if is_not(i) => unary(i, 3, UnaryOp::Not, NOT),
        _ => named(i),
    }
}

fn search_in_brackets(i: In<'_>) -> Res<'_, Node> {
    let (rest, pipeline) = subsearch(i)?;
    leaf(i, rest, ExprKind::Subsearch(Box::new(pipeline)))
}

fn quoted(i: In<'_>) -> Res<'_, Node> {
    let (rest, text) = string(i)?;
    leaf(i, rest, ExprKind::String(text.node))
}

fn quoted_name(i: In<'_>) -> Res<'_, Node> {
    let (rest, name) = single_quoted(i)?;
    leaf(i, rest, ExprKind::Field(name.node))
}

fn leaf<'a>(i: In<'a>, rest: In<'a>, kind: ExprKind) -> Res<'a, Node> {
    Ok((rest, Node { expr: Box::new(Expr { kind, span: i.span_to(rest) }), height: 1 }))
}

fn unary(i: In<'_>, len: usize, op: UnaryOp, power: u8) -> Res<'_, Node> {
    let (rest, inner) = climb(i.skip(len), power)?;
    let span = Span::new(i.off, i.off).to(inner.expr.span);
    let kind = ExprKind::Unary { op, expr: inner.expr };
    Ok((rest, Node { expr: Box::new(Expr { kind, span }), height: inner.height + 1 }))
}

fn parenthesised(i: In<'_>) -> Res<'_, Node> {
    let (rest, mut node) = climb(i.skip(1), 0)?;
    let rest = close_paren(i, rest)?;
    node.expr.span = i.span_to(rest);
    Ok((rest, node))
}

/// The `)` that belongs to the `(` at `open`.
pub(crate) fn close_paren<'a>(open: In<'a>, i: In<'a>) -> Result<In<'a>, Failure> {
    let i = i.ws();
    if i.s.starts_with(')') { Ok(i.skip(1)) } else { Err(not_closed(open, i)) }
}

#[cold]
fn not_closed(open: In<'_>, i: In<'_>) -> Failure {
    if i.is_empty() {
        let d = unclosed_paren(Span::new(open.off, open.off + 1));
        return nom::Err::Failure(Fail(Some(Box::new(d))));
    }
    i.cx.expect(i.off, "`)`");
    nom::Err::Failure(Fail(None))
}

/// "this parenthesis is never closed".
pub(crate) fn unclosed_paren(span: Span) -> Diagnostic {
    Diagnostic::error("SPL0002", span, "unclosed `(`")
        .label("opened here")
        .help("add the closing `)`")
}

fn number(i: In<'_>) -> Res<'_, Node> {
    let digits = |s: &str| s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
    let mut n = digits(i.s);
    if i.s[n..].starts_with('.') {
        let fraction = digits(&i.s[n + 1..]);
        // `1 . x` joins; so does `1.x`
        if fraction > 0
            || n > 0 && !i.s[n + 1..].starts_with(|c: char| c.is_alphabetic() || c == '_')
        {
            n += 1 + fraction;
        }
    }
    if n == 0 {
        return i.fail("an expression");
    }
    let exponent = i.s[n..].strip_prefix(['e', 'E']).and_then(|s| {
        let unsigned = s.strip_prefix(['+', '-']).unwrap_or(s);
        let len = digits(unsigned);
        (len > 0).then(|| 1 + s.len() - unsigned.len() + len)
    });
    n += exponent.unwrap_or(0);
    // a field name may begin with a digit
    if let Some((rest, name)) = bare_name(i)
        && name.len() > n
        && !i.s[..n].contains('.')
    {
        return leaf(i, rest, ExprKind::Field(name.to_owned()));
    }
    leaf(i, i.skip(n), ExprKind::Number(i.s[..n].to_owned()))
}

fn named(i: In<'_>) -> Res<'_, Node> {
    let Some((rest, name)) = bare_name(i) else { return i.fail("an expression") };
    let called = rest.ws().s.starts_with('(');
    match name.len() {
        2..=4 if is_infix_word(name) && !(called && name.eq_ignore_ascii_case("like")) => {
            i.cut("an expression")
        }
        _ if called => call(i, rest, name),
        _ => leaf(i, rest, ExprKind::Field(name.to_owned())),
    }
}

fn is_not(i: In<'_>) -> bool {
    bare_name(i).is_some_and(|(_, name)| name.eq_ignore_ascii_case("not"))
}

fn is_infix_word(name: &str) -> bool {
    ["and", "or", "xor", "like"].iter().any(|w| name.eq_ignore_ascii_case(w))
}

fn call<'a>(i: In<'a>, rest: In<'a>, name: &str) -> Res<'a, Node> {
    let name = function_name(i, rest, name);
    let (rest, args, tallest) = call_args(rest.ws())?;
    Ok((rest, call_node(name, args, i.span_to(rest), 1 + tallest)))
}

fn function_name<'a>(i: In<'a>, rest: In<'a>, name: &str) -> Spanned<String> {
    let name = Spanned::new(name.to_ascii_lowercase(), i.span_to(rest));
    if !names::is_eval_function(&name.node) {
        unknown_function(i, &name.node, name.span);
    }
    name
}

fn call_node(name: Spanned<String>, args: Vec<Expr>, span: Span, height: u32) -> Node {
    Node { expr: Box::new(Expr { kind: ExprKind::Call { name, args }, span }), height }
}

#[cold]
fn unknown_function(i: In<'_>, name: &str, span: Span) {
    if i.cx.is_full() {
        return;
    }
    let mut d = Diagnostic::error("SPL1002", span, format!("unknown eval function `{name}`"))
        .label("not a function of eval");
    d.help = did_you_mean(name, names::EVAL_FUNCTIONS.iter().copied()).or_else(|| {
        names::STATS_FUNCTIONS
            .binary_search(&name)
            .is_ok()
            .then(|| format!("`{name}` is a function of `stats`, not of `eval`"))
    });
    i.cx.report(d);
}

/// `(a, b, ...)`, maybe empty, and the height of the tallest.
fn call_args(open: In<'_>) -> Result<(In<'_>, Vec<Expr>, u32), Failure> {
    let _deeper = open.deeper(1)?;
    let mut args = Vec::new();
    let mut tallest = 0;
    let mut i = open.skip(usize::from(open.s.starts_with('(')));
    if i.ws().s.starts_with(')') {
        return Ok((i.ws().skip(1), args, tallest));
    }
    loop {
        let (rest, more) = one_arg(open, i, &mut args, &mut tallest)?;
        i = rest;
        if !more {
            return Ok((i, args, tallest));
        }
    }
}

/// One argument and what follows it; whether another one comes.
fn one_arg<'a>(
    open: In<'a>,
    i: In<'a>,
    args: &mut Vec<Expr>,
    tallest: &mut u32,
) -> Result<(In<'a>, bool), Failure> {
    let (rest, node) = match climb(i, 0) {
        Err(nom::Err::Error(_)) => return Err(no_argument(open, i)),
        other => other?,
    };
    *tallest = node.height.max(*tallest);
    push(args, node);
    match comma(rest) {
        Ok((rest, _)) => Ok((rest, true)),
        Err(_) => Ok((close_paren(open, rest)?, false)),
    }
}

fn push(args: &mut Vec<Expr>, node: Node) {
    args.push(*node.expr);
}

#[cold]
fn no_argument(open: In<'_>, i: In<'_>) -> Failure {
    let i = i.ws();
    if i.is_empty() {
        let d = unclosed_paren(Span::new(open.off, open.off + 1));
        return nom::Err::Failure(Fail(Some(Box::new(d))));
    }
    i.cx.expect(i.off, "an expression");
    nom::Err::Failure(Fail(None))
}

/// A function call that stands where `search` expects a term, such as `cidrmatch(...)`.
pub(crate) fn function(i: In<'_>) -> Res<'_, Expr> {
    let (rest, node) = operand(i)?;
    Ok((rest, *node.expr))
}
