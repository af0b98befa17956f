//! `mv_to_json_array`.

use super::shared::json_path::infer;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mv_to_json_array",
    aliases: &[],
    arity: (1, 2),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The values as a JSON array.",
        syntax: "mv_to_json_array(<field>, <infer_types>)",
        details: "They are text unless the second argument is true: then what is JSON goes in as that.",
        source: pages::MV,
        examples: &[
            ex(r#"mv_to_json_array(split("a,1", ","))"#, r#""[\"a\",\"1\"]""#),
            ex(r#"mv_to_json_array(split("a,1", ","), true())"#, r#""[\"a\",1]""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    if args[0].is_null() {
        return Cell::Null;
    }
    let types = args.get(1).is_some_and(Cell::is_true);
    let member = |m: &sepal_data::Value| {
        if types { infer(m) } else { Json::String(m.text().into_owned()) }
    };
    Json::Array(args[0].members().iter().map(member).collect()).to_string().into()
}
