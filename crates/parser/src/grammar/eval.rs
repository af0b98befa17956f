//! Eval expressions: precedence climbing.
//!
//! Source: Splunk Search Reference, eval, "Operators"; `where`. In `search` the operators must
//! be in upper case, eval takes any letter case (ESCU runs `count > 5 and dc > 2` in `where`).

use super::pipeline::subsearch;
use crate::Diagnostic;
use crate::ast::{BinaryOp, Expr, ExprKind, Span, Spanned, UnaryOp};
use crate::input::{In, MAX_DEPTH, Res, stop, too_deep};
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
    expr: Expr,
    height: u32,
}

enum Infix {
    Op(BinaryOp, u8),
    In { negated: bool },
    NotLike,
}

/// An expression.
pub(crate) fn expr(i: In<'_>) -> Res<'_, Expr> {
    let (i, node) = climb(i, 0)?;
    Ok((i, node.expr))
}

fn climb(i: In<'_>, min: u8) -> Res<'_, Node> {
    let (mut i, mut left) = i.nested(1, operand)?;
    loop {
        let Some((rest, infix)) = infix(i) else {
            i.cx.expect(i.ws().off, "an operator");
            return Ok((i, left));
        };
        match infix {
            Infix::Op(_, power) if power < min => return Ok((i, left)),
            Infix::Op(op @ (BinaryOp::And | BinaryOp::Or | BinaryOp::Xor), power) => {
                (i, left) = logical_chain(i, left, op, power)?;
            }
            Infix::Op(op, power) => {
                let (after, right) = rest.nested(1, |r| climb(r, power + 1))?;
                left = binary(i, op, left, right)?;
                i = after;
            }
            _ if COMPARE < min => return Ok((i, left)),
            Infix::In { negated } => {
                let (after, list) = call_args(rest.ws())?;
                let height =
                    1 + list.iter().map(|n| n.height).chain([left.height]).max().unwrap_or(0);
                let span = left.expr.span.to(Span::new(after.off, after.off));
                let kind = ExprKind::In {
                    expr: Box::new(left.expr),
                    list: list.into_iter().map(|n| n.expr).collect(),
                };
                left = negate_if(negated, Node { expr: Expr { kind, span }, height });
                i = after;
            }
            Infix::NotLike => {
                let (after, right) = rest.nested(1, |r| climb(r, COMPARE + 1))?;
                left = negate_if(true, binary(i, BinaryOp::Like, left, right)?);
                i = after;
            }
        }
        if left.height > MAX_DEPTH {
            return Err(too_deep(i));
        }
    }
}

/// `x NOT IN (...)` is `NOT x IN (...)`.
fn negate_if(negated: bool, node: Node) -> Node {
    if !negated {
        return node;
    }
    let span = node.expr.span;
    let kind = ExprKind::Unary { op: UnaryOp::Not, expr: Box::new(node.expr) };
    Node { expr: Expr { kind, span }, height: node.height + 1 }
}

fn binary<'a>(
    i: In<'a>,
    op: BinaryOp,
    left: Node,
    right: Node,
) -> Result<Node, nom::Err<crate::input::Fail>> {
    let height = 1 + left.height.max(right.height);
    if height > MAX_DEPTH {
        return Err(too_deep(i));
    }
    let span = left.expr.span.to(right.expr.span);
    let kind = ExprKind::Binary { op, lhs: Box::new(left.expr), rhs: Box::new(right.expr) };
    Ok(Node { expr: Expr { kind, span }, height })
}

/// `a AND b AND c ...`: a long chain becomes a balanced tree, so that thousands of alternatives
/// do not make a tree of that height.
fn logical_chain(mut i: In<'_>, first: Node, op: BinaryOp, power: u8) -> Res<'_, Node> {
    let mut items = vec![first];
    while let Some((rest, Infix::Op(next, _))) = infix(i) {
        if next != op {
            break;
        }
        let (after, right) = rest.nested(1, |r| climb(r, power + 1))?;
        items.push(right);
        i = after;
    }
    let node = join(i, op, items)?;
    Ok((i, node))
}

fn join(
    i: In<'_>,
    op: BinaryOp,
    mut items: Vec<Node>,
) -> Result<Node, nom::Err<crate::input::Fail>> {
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
    match i.peek() {
        Some('(') => parenthesised(i),
        Some('[') => {
            let (rest, pipeline) = subsearch(i)?;
            leaf(i, rest, ExprKind::Subsearch(Box::new(pipeline)))
        }
        Some('"') => {
            let (rest, text) = string(i)?;
            leaf(i, rest, ExprKind::String(text.node))
        }
        Some('\'') => {
            let (rest, name) = single_quoted(i)?;
            leaf(i, rest, ExprKind::Field(name.node))
        }
        Some('-') => unary(i, 1, UnaryOp::Neg, UNARY),
        Some('+') => unary(i, 1, UnaryOp::Plus, UNARY),
        Some(c) if c.is_ascii_digit() || c == '.' => number(i),
        _ => named(i),
    }
}

fn leaf<'a>(i: In<'a>, rest: In<'a>, kind: ExprKind) -> Res<'a, Node> {
    Ok((rest, Node { expr: Expr { kind, span: i.span_to(rest) }, height: 1 }))
}

fn unary(i: In<'_>, len: usize, op: UnaryOp, power: u8) -> Res<'_, Node> {
    let (rest, inner) = climb(i.skip(len), power)?;
    let span = Span::new(i.off, i.off).to(inner.expr.span);
    let kind = ExprKind::Unary { op, expr: Box::new(inner.expr) };
    Ok((rest, Node { expr: Expr { kind, span }, height: inner.height + 1 }))
}

fn parenthesised(i: In<'_>) -> Res<'_, Node> {
    let (rest, mut node) = climb(i.skip(1), 0)?;
    let rest = close_paren(i, rest)?;
    node.expr.span = i.span_to(rest);
    Ok((rest, node))
}

/// The `)` that belongs to the `(` at `open`.
pub(crate) fn close_paren<'a>(
    open: In<'a>,
    i: In<'a>,
) -> Result<In<'a>, nom::Err<crate::input::Fail>> {
    let i = i.ws();
    match i.s.starts_with(')') {
        true => Ok(i.skip(1)),
        false if i.is_empty() => Err(nom::Err::Failure(crate::input::Fail(Some(Box::new(
            unclosed_paren(Span::new(open.off, open.off + 1)),
        ))))),
        false => {
            i.cx.expect(i.off, "`)`");
            Err(nom::Err::Failure(crate::input::Fail(None)))
        }
    }
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
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "not" => return unary(i, 3, UnaryOp::Not, NOT),
        "and" | "or" | "xor" | "like" if !rest.ws().s.starts_with('(') || lower != "like" => {
            return i.cut("an expression");
        }
        _ => {}
    }
    if !rest.ws().s.starts_with('(') {
        return leaf(i, rest, ExprKind::Field(name.to_owned()));
    }
    let span = i.span_to(rest);
    if !names::is_eval_function(&lower) {
        unknown_function(i, &lower, span);
    }
    let (rest, args) = call_args(rest.ws())?;
    let height = 1 + args.iter().map(|n| n.height).max().unwrap_or(0);
    let kind = ExprKind::Call {
        name: Spanned::new(lower, span),
        args: args.into_iter().map(|n| n.expr).collect(),
    };
    Ok((rest, Node { expr: Expr { kind, span: i.span_to(rest) }, height }))
}

#[cold]
fn unknown_function(i: In<'_>, name: &str, span: Span) {
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

/// `(a, b, ...)`, maybe empty.
fn call_args(open: In<'_>) -> Res<'_, Vec<Node>> {
    if !open.s.starts_with('(') {
        return open.cut("`(`");
    }
    let mut args = Vec::new();
    let mut i = open.skip(1);
    if i.ws().s.starts_with(')') {
        return Ok((i.ws().skip(1), args));
    }
    loop {
        if i.ws().is_empty() {
            return stop(unclosed_paren(Span::new(open.off, open.off + 1)));
        }
        let (rest, arg) = match climb(i, 0) {
            Err(nom::Err::Error(_)) => return i.ws().cut("an expression"),
            other => other?,
        };
        args.push(arg);
        match comma(rest) {
            Ok((rest, _)) => i = rest,
            Err(_) => return Ok((close_paren(open, rest)?, args)),
        }
    }
}

/// A function call that stands where `search` expects a term, such as `cidrmatch(...)`.
pub(crate) fn call(i: In<'_>) -> Res<'_, Expr> {
    let (rest, node) = i.nested(1, operand)?;
    Ok((rest, node.expr))
}
