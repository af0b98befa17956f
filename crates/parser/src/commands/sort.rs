//! `sort`: orders rows.

use crate::ast::*;
use crate::grammar::args::{columns, count, field};
use crate::grammar::options::{missing, options};
use crate::input::{In, Res};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sort {
    /// How many rows are kept: `sort 20 ...` or `limit=20`; 10,000 where none is given, 0 = all.
    pub limit: Option<Spanned<u64>>,
    /// The keys in order.
    pub keys: Vec<SortKey>,
    /// `desc` or `d` at the end: reverses every key.
    pub descending: bool,
}

/// One sort key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SortKey {
    /// The field.
    pub field: Field,
    /// `-field`.
    pub descending: bool,
    /// `auto(f)`, `str(f)`, `ip(f)`, `num(f)`.
    pub cast: SortCast,
}

/// How the values of a sort key are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SortCast {
    /// Numbers by size, IP addresses by number, else text; decided pair by pair.
    #[default]
    Auto,
    /// As text.
    Str,
    /// As IP addresses.
    Ip,
    /// As numbers.
    Num,
}

pub(crate) fn parse<'a>(i: In<'a>, name: &str) -> Res<'a, Sort> {
    let (i, limits) = options(i, name, &["limit"])?;
    let mut limit = limits.last().map(|o| o.as_count()).transpose()?;
    let mut i = i;
    if limit.is_none()
        && let Ok((rest, n)) = count(i)
    {
        limit = Some(n);
        i = rest;
    }
    let (rest, mut keys) = keys(i)?;
    if keys.is_empty() {
        return missing(i, "`sort` needs a field", "write `sort - count`, or `sort 0 user`");
    }
    // the last word may be the direction of all keys
    let mut descending = false;
    if let [.., before, last] = keys.as_slice()
        && !last.descending
        && last.cast == SortCast::Auto
        && !between(i, before.field.span, last.field.span).contains([',', '+', '"'])
    {
        match last.field.node.as_str() {
            "d" | "desc" => {
                descending = true;
                keys.pop();
            }
            "a" | "asc" => {
                keys.pop();
            }
            _ => {}
        }
    }
    Ok((rest, Sort { limit, keys, descending }))
}

/// The text between two spans.
fn between<'a>(i: In<'a>, a: Span, b: Span) -> &'a str {
    let at = |n: u32| (n as usize).saturating_sub(i.off);
    i.s.get(at(a.end)..at(b.start)).unwrap_or("")
}

/// Sort keys separated by commas or white space; maybe none.
pub(crate) fn keys(mut i: In<'_>) -> Res<'_, Vec<SortKey>> {
    let mut keys = Vec::new();
    loop {
        let mut at = i.ws();
        while at.s.starts_with(',') && !keys.is_empty() {
            at = at.skip(1).ws();
        }
        // an option comes next
        if at.is_empty() || !at.s.starts_with(['-', '+']) && columns(at, &[])?.1.is_empty() {
            at.cx.expect(at.off, "a field name");
            return Ok((at, keys));
        }
        let (rest, key) = key(at)?;
        keys.push(key);
        i = rest;
    }
}

fn key(i: In<'_>) -> Res<'_, SortKey> {
    let descending = i.s.starts_with('-');
    let i = if descending || i.s.starts_with('+') { i.skip(1).ws() } else { i };
    let (rest, name) = match field(i) {
        Err(nom::Err::Error(_)) => return i.cut("a field name"),
        other => other?,
    };
    if !rest.s.starts_with('(') {
        return Ok((rest, SortKey { field: name, descending, cast: SortCast::Auto }));
    }
    let cast = match name.node.to_ascii_lowercase().as_str() {
        "auto" => SortCast::Auto,
        "str" => SortCast::Str,
        "ip" => SortCast::Ip,
        "num" => SortCast::Num,
        _ => {
            let (rest, field) = crate::grammar::args::column(i)?;
            return Ok((rest, SortKey { field, descending, cast: SortCast::Auto }));
        }
    };
    let (after, field) = match field(rest.skip(1)) {
        Err(nom::Err::Error(_)) => return rest.skip(1).ws().cut("a field name"),
        other => other?,
    };
    let after = crate::grammar::eval::close_paren(rest, after)?;
    Ok((after, SortKey { field, descending, cast }))
}
