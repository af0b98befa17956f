//! `commands`.

use super::shared::text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use smol_str::ToSmolStr;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "commands",
    aliases: &[],
    arity: (1, 1),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The commands that a search text uses.",
        syntax: "commands(<value>)",
        details: "",
        source: pages::MV,
        examples: &[
            ex(
                r#"commands("search foo | stats count | sort count")"#,
                r#"["search","stats","sort"]"#,
            ),
            ex(r#"commands("foo")"#, r#""search""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let Some(s) = text(args, 0) else { return Cell::Null };
    let parsed = sepal_parser::parse(&s);
    Cell::from_members(parsed.pipeline.stages.iter().map(|s| s.name.node.to_smolstr().into()))
}
