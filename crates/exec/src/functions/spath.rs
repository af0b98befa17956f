//! `spath`.

use super::shared::{ex, pages};
use super::shared::{json_path, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use crate::run_cx::RunCx;
use sepal_data::Value;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "spath",
    aliases: &[],
    arity: (2, 2),
    category: "text",
    doc: FunctionDoc {
        summary: "The value at a path of a JSON text.",
        syntax: "spath(<value>,<path>)",
        details: "`a.b` goes into objects, `a{}` takes every element of an array, `a{0}` the first. Several values give a multivalue; true and false are text, null is the text `null`, objects and arrays are JSON text. What is no JSON gives null; XML is not supported and counted as a notice.",
        source: pages::TEXT,
        examples: &[
            ex(r#"spath("{\"a\":{\"b\":[1,2]}}", "a.b{}")"#, r#"["1","2"]"#),
            ex(r#"spath("{\"a\":{\"b\":[1,2]}}", "a.b{1}")"#, r#""2""#),
        ],
    },
    imp: Imp::Call(run),
};

fn run(args: &[Cell], cx: &RunCx) -> Cell {
    let (Some(s), Some(path)) = (text(args, 0), text(args, 1)) else { return Cell::Null };
    if s.trim_start().starts_with('<') {
        cx.notice("SPL3004", "spath() of XML is not supported: such values give null", true);
        return Cell::Null;
    }
    let (Some(json), Some(steps)) = (json_path::read(&s), json_path::parse(&path)) else {
        return Cell::Null;
    };
    Cell::from_members(json_path::extract(&json, &steps).into_iter().map(|j| match j {
        Json::Null => "null".into(),
        Json::Array(_) => j.to_string().into(),
        other => Value::from_json(other),
    }))
}
