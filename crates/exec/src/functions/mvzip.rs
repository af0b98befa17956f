//! `mvzip`.

use super::shared::text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvzip",
    aliases: &[],
    arity: (2, 3),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The first values joined, then the second, and so on; by a comma where no delimiter is given.",
        syntax: "mvzip(<mv_left>,<mv_right>,<delim>)",
        details: "It ends with the shorter of the two.",
        source: pages::MV,
        examples: &[
            ex(r#"mvzip(split("h1,h2", ","), split("80,443", ","))"#, r#"["h1,80","h2,443"]"#),
            ex(r#"mvzip(split("a,b", ","), "x", "|")"#, r#""a|x""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let delim = match args.get(2) {
        None => ",".into(),
        Some(_) => match text(args, 2) {
            Some(d) => d,
            None => return Cell::Null,
        },
    };
    let (left, right) = (args[0].members(), args[1].members());
    Cell::from_members(
        left.iter()
            .zip(right.iter())
            .map(|(l, r)| [l.text(), delim.clone(), r.text()].concat().into()),
    )
}
