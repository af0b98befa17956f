//! `mvsort`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvsort",
    aliases: &[],
    arity: (1, 1),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The values sorted as text, by their bytes.",
        syntax: "mvsort(<mv>)",
        details: "10 comes before 9, upper case before lower case.",
        source: pages::MV,
        examples: &[
            ex(r#"mvsort(split("10,9,70,100", ","))"#, r#"["10","100","70","9"]"#),
            ex(r#"mvsort(split("b,B,a", ","))"#, r#"["B","a","b"]"#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let Cell::Mv(ms) = &args[0] else { return args[0].clone() };
    let mut ms = ms.to_vec();
    ms.sort_by_cached_key(sepal_data::Value::to_smol);
    Cell::from_members(ms)
}
