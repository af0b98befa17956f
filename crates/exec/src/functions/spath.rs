//! `spath`.

use super::shared::{ex, pages};
use super::shared::{json_path, text};
use super::{FunctionSpec, Imp};
use crate::commands::spath::{is_xml, xml_values};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use sepal_data::Value;
use serde_json::Value as Json;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "spath",
    aliases: &[],
    arity: (2, 2),
    category: "text",
    doc: FunctionDoc {
        summary: "The value at a path of a JSON or XML text.",
        syntax: "spath(<value>,<path>)",
        details: "`a.b` goes into objects, `a{}` takes every element of an array, `a{0}` the first. Several values give a multivalue; true and false are text, null is the text `null`, objects and arrays are JSON text. What is neither JSON nor XML gives null. Of XML, `a.b` is the text of an element (the XML inside where it has elements), `a.b{2}` the second of that name, `a.b{@c}` an attribute.",
        source: pages::TEXT,
        examples: &[
            ex(r#"spath("{\"a\":{\"b\":[1,2]}}", "a.b{}")"#, r#"["1","2"]"#),
            ex(r#"spath("{\"a\":{\"b\":[1,2]}}", "a.b{1}")"#, r#""2""#),
            ex(r#"spath("<a><b>1</b><b>2</b></a>", "a.b{2}")"#, r#""2""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let (Some(s), Some(path)) = (text(args, 0), text(args, 1)) else { return Cell::Null };
    if is_xml(&s) {
        return xml_values(&s, &path).map_or(Cell::Null, Cell::from_members);
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
