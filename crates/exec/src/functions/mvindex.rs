//! `mvindex`.

use super::shared::int;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvindex",
    aliases: &[],
    arity: (2, 3),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The value at an index, or the values from one index to another.",
        syntax: "mvindex(<mv>,<start>,<end>)",
        details: "Indexes begin at 0 and count from the end where negative; the end is included. Null where the start is out of range; an end beyond the last value stands for the last.",
        source: pages::MV,
        examples: &[
            ex(r#"mvindex(split("a,b,c", ","), 1)"#, r#""b""#),
            ex(r#"mvindex(split("a,b,c", ","), -2, -1)"#, r#"["b","c"]"#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let members = args[0].members();
    let Some(start) = int(args, 1) else { return Cell::Null };
    let end = match args.get(2) {
        None => start,
        Some(_) => match int(args, 2) {
            Some(e) => e,
            None => return Cell::Null,
        },
    };
    let len = members.len() as i64;
    let place = |i: i64| if i < 0 { i.saturating_add(len) } else { i };
    let (start, end) = (place(start), place(end).min(len - 1));
    if start < 0 || start >= len || end < start {
        return Cell::Null;
    }
    if args.len() == 2 && !matches!(args[0], Cell::Mv(_)) {
        return args[0].clone();
    }
    Cell::from_members(members[start as usize..=end as usize].iter().cloned())
}
