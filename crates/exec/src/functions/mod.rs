//! The eval functions: one file each, named as the user types it.
//!
//! Adding a function: its file, its line in `functions!`, its cases in `tests/cases/functions`.

mod shared;

use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::ast::{Expr, Span, Spanned};
use sepal_parser::{Diagnostic, names, suggest};

pub use shared::json_path::{extract as json_path_extract, parse as parse_json_path};

/// An eval function.
pub struct FunctionSpec {
    /// The name in lower case.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// The smallest and the largest number of arguments.
    pub arity: (usize, usize),
    /// The group on Splunk's pages: `text`, `multivalue`, `conversion`...
    pub category: &'static str,
    /// Help.
    pub doc: FunctionDoc,
    /// How it computes.
    pub imp: Imp,
}

/// No limit to the number of arguments.
pub const ANY: usize = usize::MAX;

/// How a function computes.
#[derive(Clone, Copy)]
pub enum Imp {
    /// From the values of all its arguments alone; computed once where they are literals.
    Pure(fn(&[Cell]) -> Cell),
    /// From the values of all its arguments and what the run offers: clock, zone, notices.
    Call(fn(&[Cell], &RunCx) -> Cell),
    /// By a node of its own, made once: conditions that are not always evaluated, regexes and
    /// formats compiled once, arguments that are not values.
    Compile(fn(&mut Compiler, &[Expr], Span) -> NodeBox),
}

macro_rules! functions {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// All functions, sorted by name.
        pub static FUNCTIONS: &[&FunctionSpec] = &[$(&$module::SPEC),+];
    };
}

functions! {
    abs,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    avg,
    bit_and,
    bit_not,
    bit_or,
    bit_shift_left,
    bit_shift_right,
    bit_xor,
    case,
    ceiling,
    cidrmatch,
    coalesce,
    commands,
    cos,
    cosh,
    exact,
    exp,
    r#false,
    floor,
    hypot,
    r#if,
    r#in,
    ipmask,
    isarray,
    isbool,
    isdouble,
    isint,
    ismv,
    isnotnull,
    isnull,
    isnum,
    isobject,
    isstr,
    json,
    json_append,
    json_array,
    json_array_to_mv,
    json_delete,
    json_entries,
    json_extend,
    json_extract,
    json_extract_exact,
    json_has_key_exact,
    json_keys,
    json_object,
    json_set,
    json_set_exact,
    json_valid,
    len,
    like,
    ln,
    log,
    lookup,
    lower,
    ltrim,
    r#match,
    max,
    md5,
    min,
    mv_to_json_array,
    mvappend,
    mvcount,
    mvdedup,
    mvfilter,
    mvfind,
    mvindex,
    mvjoin,
    mvmap,
    mvrange,
    mvreverse,
    mvsort,
    mvzip,
    now,
    null,
    nullif,
    pi,
    pow,
    printf,
    random,
    relative_time,
    replace,
    round,
    rtrim,
    searchmatch,
    sha1,
    sha256,
    sha512,
    sigfig,
    sin,
    sinh,
    spath,
    split,
    sqrt,
    stdev,
    strftime,
    strptime,
    substr,
    sum,
    tan,
    tanh,
    time,
    toarray,
    tobool,
    todouble,
    toint,
    tomv,
    tonumber,
    toobject,
    tostring,
    trim,
    r#true,
    r#typeof,
    upper,
    urldecode,
    validate,
    var,
}

/// Functions that Splunk has and this engine has not, with the reason.
const REFUSED: &[(&str, &str)] = &[
    ("cluster", "it is a function of SPL2, not of SPL: use the `cluster` command"),
    ("getfields", "it is a function of SPL2, not of SPL: use `tojson` or name the fields"),
];

/// Why a function (lower case) stays refused.
pub fn refused(name: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(n, _)| *n == name).map(|(_, why)| *why)
}

/// The function of that name or alias.
pub fn find(name: &str) -> Option<&'static FunctionSpec> {
    match FUNCTIONS.binary_search_by(|f| f.name.cmp(name)) {
        Ok(i) => FUNCTIONS.get(i).copied(),
        Err(_) => FUNCTIONS.iter().copied().find(|f| f.aliases.contains(&name)),
    }
}

/// Compiles a call.
pub(crate) fn compile(
    c: &mut Compiler,
    name: &Spanned<String>,
    args: &[Expr],
    span: Span,
) -> NodeBox {
    let Some(spec) = find(&name.node) else { return unknown(c, name) };
    let (least, most) = spec.arity;
    if args.len() < least || args.len() > most {
        let d = Diagnostic::error(
            "SPL2147",
            span,
            format!("{} takes {}, not {}", spec.name, arguments(least, most), args.len()),
        );
        return c.fail(d.label("wrong number of arguments").help(spec.doc.syntax));
    }
    match spec.imp {
        Imp::Compile(f) => f(c, args, span),
        Imp::Pure(f) => {
            let args: Box<[NodeBox]> = args.iter().map(|a| c.node(a)).collect();
            if let Some(cells) =
                args.iter().map(|a| a.constant().cloned()).collect::<Option<Vec<_>>>()
            {
                return c.constant(f(&cells));
            }
            Box::new(PureCall { f, args })
        }
        Imp::Call(f) => {
            let args = args.iter().map(|a| c.node(a)).collect();
            Box::new(Call { f, args })
        }
    }
}

fn unknown(c: &mut Compiler, name: &Spanned<String>) -> NodeBox {
    if let Some(why) = refused(&name.node) {
        let d = Diagnostic::unsupported("SPL1002", name.span, format!("function {}", name.node));
        return c.fail(d.help(why));
    }
    if names::is_eval_function(&name.node) {
        let d = Diagnostic::unsupported("SPL1002", name.span, format!("function {}", name.node));
        return c.fail(d);
    }
    let d = Diagnostic::error("SPL1002", name.span, format!("unknown function {}", name.node));
    let d = d.label("not an eval function");
    let all = FUNCTIONS.iter().flat_map(|f| [f.name].into_iter().chain(f.aliases.iter().copied()));
    c.fail(match suggest(&name.node, all) {
        Some(n) => d.help(format!("did you mean `{n}`?")),
        None => d,
    })
}

fn arguments(least: usize, most: usize) -> String {
    let count = |n| if n == 1 { "1 argument".to_owned() } else { format!("{n} arguments") };
    match (least, most) {
        (0, 0) => "no argument".to_owned(),
        (a, b) if a == b => count(a),
        (a, ANY) => format!("at least {}", count(a)),
        (a, b) if b == a + 1 => format!("{a} or {b} arguments"),
        (a, b) => format!("{a} to {b} arguments"),
    }
}

/// Evaluates arguments without an allocation for the usual few.
fn with_args<R>(args: &[NodeBox], row: &Row<'_>, cx: &RunCx, f: impl FnOnce(&[Cell]) -> R) -> R {
    match args {
        [] => f(&[]),
        [a] => f(&[a.eval(row, cx)]),
        [a, b] => f(&[a.eval(row, cx), b.eval(row, cx)]),
        [a, b, c] => f(&[a.eval(row, cx), b.eval(row, cx), c.eval(row, cx)]),
        many => f(&many.iter().map(|a| a.eval(row, cx)).collect::<Vec<_>>()),
    }
}

struct PureCall {
    f: fn(&[Cell]) -> Cell,
    args: Box<[NodeBox]>,
}
impl Node for PureCall {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        with_args(&self.args, row, cx, self.f)
    }
}

struct Call {
    f: fn(&[Cell], &RunCx) -> Cell,
    args: Box<[NodeBox]>,
}
impl Node for Call {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        with_args(&self.args, row, cx, |cells| (self.f)(cells, cx))
    }
}
