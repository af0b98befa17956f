//! The eval functions: one file each, named as the user types it.
//!
//! Adding a function: its file, its two lines here, its cases in `tests/cases/functions`.

mod shared;

mod abs;
mod acos;
mod acosh;
mod asin;
mod asinh;
mod atan;
mod atan2;
mod atanh;
mod avg;
mod bit_and;
mod bit_not;
mod bit_or;
mod bit_shift_left;
mod bit_shift_right;
mod bit_xor;
mod case;
mod ceiling;
mod cidrmatch;
mod coalesce;
mod commands;
mod cos;
mod cosh;
mod exact;
mod exp;
mod r#false;
mod floor;
mod hypot;
mod r#if;
mod r#in;
mod ipmask;
mod isarray;
mod isbool;
mod isdouble;
mod isint;
mod ismv;
mod isnotnull;
mod isnull;
mod isnum;
mod isobject;
mod isstr;
mod json;
mod json_append;
mod json_array;
mod json_array_to_mv;
mod json_delete;
mod json_entries;
mod json_extend;
mod json_extract;
mod json_extract_exact;
mod json_has_key_exact;
mod json_keys;
mod json_object;
mod json_set;
mod json_set_exact;
mod json_valid;
mod len;
mod like;
mod ln;
mod log;
mod lookup;
mod lower;
mod ltrim;
mod r#match;
mod max;
mod md5;
mod min;
mod mv_to_json_array;
mod mvappend;
mod mvcount;
mod mvdedup;
mod mvfilter;
mod mvfind;
mod mvindex;
mod mvjoin;
mod mvmap;
mod mvrange;
mod mvreverse;
mod mvsort;
mod mvzip;
mod now;
mod null;
mod nullif;
mod pi;
mod pow;
mod printf;
mod random;
mod relative_time;
mod replace;
mod round;
mod rtrim;
mod searchmatch;
mod sha1;
mod sha256;
mod sha512;
mod sigfig;
mod sin;
mod sinh;
mod spath;
mod split;
mod sqrt;
mod stdev;
mod strftime;
mod strptime;
mod substr;
mod sum;
mod tan;
mod tanh;
mod time;
mod toarray;
mod tobool;
mod todouble;
mod toint;
mod tomv;
mod tonumber;
mod toobject;
mod tostring;
mod trim;
mod r#true;
mod r#typeof;
mod upper;
mod urldecode;
mod validate;
mod var;

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

/// All functions, sorted by name.
pub static FUNCTIONS: &[&FunctionSpec] = &[
    &abs::SPEC,
    &acos::SPEC,
    &acosh::SPEC,
    &asin::SPEC,
    &asinh::SPEC,
    &atan::SPEC,
    &atan2::SPEC,
    &atanh::SPEC,
    &avg::SPEC,
    &bit_and::SPEC,
    &bit_not::SPEC,
    &bit_or::SPEC,
    &bit_shift_left::SPEC,
    &bit_shift_right::SPEC,
    &bit_xor::SPEC,
    &case::SPEC,
    &ceiling::SPEC,
    &cidrmatch::SPEC,
    &coalesce::SPEC,
    &commands::SPEC,
    &cos::SPEC,
    &cosh::SPEC,
    &exact::SPEC,
    &exp::SPEC,
    &r#false::SPEC,
    &floor::SPEC,
    &hypot::SPEC,
    &r#if::SPEC,
    &r#in::SPEC,
    &ipmask::SPEC,
    &isarray::SPEC,
    &isbool::SPEC,
    &isdouble::SPEC,
    &isint::SPEC,
    &ismv::SPEC,
    &isnotnull::SPEC,
    &isnull::SPEC,
    &isnum::SPEC,
    &isobject::SPEC,
    &isstr::SPEC,
    &json::SPEC,
    &json_append::SPEC,
    &json_array::SPEC,
    &json_array_to_mv::SPEC,
    &json_delete::SPEC,
    &json_entries::SPEC,
    &json_extend::SPEC,
    &json_extract::SPEC,
    &json_extract_exact::SPEC,
    &json_has_key_exact::SPEC,
    &json_keys::SPEC,
    &json_object::SPEC,
    &json_set::SPEC,
    &json_set_exact::SPEC,
    &json_valid::SPEC,
    &len::SPEC,
    &like::SPEC,
    &ln::SPEC,
    &log::SPEC,
    &lookup::SPEC,
    &lower::SPEC,
    &ltrim::SPEC,
    &r#match::SPEC,
    &max::SPEC,
    &md5::SPEC,
    &min::SPEC,
    &mv_to_json_array::SPEC,
    &mvappend::SPEC,
    &mvcount::SPEC,
    &mvdedup::SPEC,
    &mvfilter::SPEC,
    &mvfind::SPEC,
    &mvindex::SPEC,
    &mvjoin::SPEC,
    &mvmap::SPEC,
    &mvrange::SPEC,
    &mvreverse::SPEC,
    &mvsort::SPEC,
    &mvzip::SPEC,
    &now::SPEC,
    &null::SPEC,
    &nullif::SPEC,
    &pi::SPEC,
    &pow::SPEC,
    &printf::SPEC,
    &random::SPEC,
    &relative_time::SPEC,
    &replace::SPEC,
    &round::SPEC,
    &rtrim::SPEC,
    &searchmatch::SPEC,
    &sha1::SPEC,
    &sha256::SPEC,
    &sha512::SPEC,
    &sigfig::SPEC,
    &sin::SPEC,
    &sinh::SPEC,
    &spath::SPEC,
    &split::SPEC,
    &sqrt::SPEC,
    &stdev::SPEC,
    &strftime::SPEC,
    &strptime::SPEC,
    &substr::SPEC,
    &sum::SPEC,
    &tan::SPEC,
    &tanh::SPEC,
    &time::SPEC,
    &toarray::SPEC,
    &tobool::SPEC,
    &todouble::SPEC,
    &toint::SPEC,
    &tomv::SPEC,
    &tonumber::SPEC,
    &toobject::SPEC,
    &tostring::SPEC,
    &trim::SPEC,
    &r#true::SPEC,
    &r#typeof::SPEC,
    &upper::SPEC,
    &urldecode::SPEC,
    &validate::SPEC,
    &var::SPEC,
];

/// Functions that Splunk has and this engine has not, with the reason.
const REFUSED: &[(&str, &str)] = &[
    ("cluster", "use the `cluster` command"),
    ("getfields", "it gives Splunk's internal form of a row; use `tojson` or name the fields"),
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
