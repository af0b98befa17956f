//! Functions that change a JSON document at paths: `json_set`, `json_append`, `json_extend`.

use super::json_path::{self, Step};
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::functions::FunctionSpec;
use crate::run_cx::RunCx;
use sepal_parser::Diagnostic;
use sepal_parser::ast::Expr;
use serde_json::Value as Json;

/// What to do at each path.
#[derive(Clone, Copy)]
pub struct Edit {
    /// Whether keys that do not exist are made.
    pub create: bool,
    /// Whether paths are plain keys.
    pub exact: bool,
    /// Changes one place.
    pub apply: fn(&mut Json, Json),
}

/// Compiles `f(json, path, value, path, value...)`.
pub fn compile(c: &mut Compiler, args: &[Expr], spec: &FunctionSpec, edit: Edit) -> NodeBox {
    let (pairs, rest) = args[1..].as_chunks::<2>();
    if let [alone] = rest {
        let d = Diagnostic::error(
            "SPL2147",
            alone.span,
            format!("{} takes a document and pairs of a path and a value", spec.name),
        );
        return c.fail(d.label("the last path has no value").help(spec.doc.syntax));
    }
    let document = c.node(&args[0]);
    let pairs = pairs.iter().map(|[path, value]| (c.node(path), c.node(value))).collect();
    Box::new(Editor { document, pairs, edit })
}

struct Editor {
    document: NodeBox,
    pairs: Vec<(NodeBox, NodeBox)>,
    edit: Edit,
}
impl Node for Editor {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let Some(mut json) = json_path::read_document(&self.document.eval(row, cx)) else {
            return Cell::Null;
        };
        for (path, value) in &self.pairs {
            let path = path.eval(row, cx);
            let Some(path) = path.single_text() else { continue };
            let steps = if self.edit.exact {
                Some(vec![Step::Key(path.into_owned())])
            } else if path.is_empty() {
                // the document itself, as the examples of `foreach` append to an array
                Some(Vec::new())
            } else {
                json_path::parse(&path)
            };
            let Some(steps) = steps else { continue };
            let value = json_path::from_cell(&value.eval(row, cx));
            let mut apply = |place: &mut Json| (self.edit.apply)(place, value.clone());
            json_path::update(&mut json, &steps, self.edit.create, &mut apply);
        }
        json.to_string().into()
    }
}

/// The place as an array: what is none is wrapped in one.
pub fn as_array(place: &mut Json) -> &mut Vec<Json> {
    if !place.is_array() {
        *place = Json::Array(vec![place.take()]);
    }
    match place {
        Json::Array(items) => items,
        _ => unreachable!("it was just wrapped"),
    }
}
