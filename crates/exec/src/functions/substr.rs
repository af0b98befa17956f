//! `substr`.

use super::shared::{ex, pages};
use super::shared::{int, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "substr",
    aliases: &[],
    arity: (2, 3),
    category: "text",
    doc: FunctionDoc {
        summary: "A part of a text, by characters.",
        syntax: "substr(<str>,<start>,<length>)",
        details: "The first character is 1. A negative start counts from the end, as in SQLite; without a length the rest is taken. Multivalue fields give null.",
        source: pages::TEXT,
        examples: &[
            ex(r#"substr("string", 1, 3) . substr("string", -3)"#, r#""string""#),
            ex(r#"substr("abcdef", 3)"#, r#""cdef""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let (Some(s), Some(start)) = (text(args, 0), int(args, 1)) else { return Cell::Null };
    let length = match args.get(2) {
        None => i64::MAX,
        Some(_) => match int(args, 2) {
            Some(n) => n,
            None => return Cell::Null,
        },
    };
    Cell::str(part(&s, start, length))
}

/// SQLite's `substr(X, Y, Z)`.
fn part(s: &str, start: i64, length: i64) -> &str {
    let len = s.chars().count() as i64;
    // far enough for any text, and safe to add
    let edge = |n: i64| n.clamp(-(1 << 48), 1 << 48);
    let (mut p1, mut p2, back) = (edge(start), edge(length).abs(), length < 0);
    if p1 < 0 {
        p1 += len;
        if p1 < 0 {
            p2 = (p2 + p1).max(0);
            p1 = 0;
        }
    } else if p1 > 0 {
        p1 -= 1;
    } else {
        p2 = (p2 - 1).max(0);
    }
    if back {
        p1 -= p2;
        if p1 < 0 {
            p2 = (p2 + p1).max(0);
            p1 = 0;
        }
    }
    let at = |n: i64| s.char_indices().nth(n as usize).map_or(s.len(), |(i, _)| i);
    s.get(at(p1)..at(p1 + p2)).unwrap_or_default()
}
