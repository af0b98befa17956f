//! `mvdedup`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use smol_str::SmolStr;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvdedup",
    aliases: &[],
    arity: (1, 1),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The multivalue with each value once, where it first stands.",
        syntax: "mvdedup(<mv>)",
        details: "",
        source: pages::MV,
        examples: &[
            ex(r#"mvdedup(split("a,b,a,c,b", ","))"#, r#"["a","b","c"]"#),
            ex(r#"mvdedup("a")"#, r#""a""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let Cell::Mv(ms) = &args[0] else { return args[0].clone() };
    let mut seen: HashSet<SmolStr, FixedState> = HashSet::default();
    Cell::from_members(ms.iter().filter(|m| seen.insert(m.to_smol())).cloned())
}
