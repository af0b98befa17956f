//! `lookup`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::lookup::finder::{Finder, Indexed, event_time};
use crate::lookup::{self, Definition, LookupError, Lookups};
use crate::run_cx::RunCx;
use sepal_data::{FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, ExprKind, Span};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "lookup",
    aliases: &[],
    arity: (3, 3),
    category: "conditional",
    doc: FunctionDoc {
        summary: "Fields of a lookup table as a JSON object.",
        syntax: r#"lookup("<lookup>", json_object("<column>", <value>, ...), json_array("<column>", ...))"#,
        details: "The lookup is a definition or a CSV file in a folder of --lookups. The rows \
                  that match all columns of json_object give the columns of json_array, as text; of \
                  several rows an array. Null where no row matches, or where a value is null. It \
                  can stand in eval and where, and inside other functions there.",
        source: pages::CONDITION,
        examples: &[
            ex(
                r#"lookup("hosts.csv", json_object("ip", "10.0.0.1"), json_array("name"))"#,
                r#""{\"name\":\"web\"}""#,
            ),
            ex(r#"lookup("hosts.csv", json_object("ip", "10.0.0.9"), json_array("name"))"#, "null"),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], span: Span) -> NodeBox {
    let [table, inputs, outputs] = args else { return c.constant(Cell::Null) };
    match plan(c, (table, inputs, outputs), span) {
        Ok(node) => Box::new(node),
        Err(ds) => {
            let null = c.constant(Cell::Null);
            c.diagnostics.extend(ds);
            null
        }
    }
}

fn wrong(at: &Expr, what: &str) -> Diagnostic {
    Diagnostic::error("SPL2501", at.span, format!("{what} of lookup must be known beforehand"))
        .label(SPEC.doc.syntax)
}

/// The arguments of a call of `name`.
fn call<'e>(e: &'e Expr, name: &str, what: &str) -> Result<&'e [Expr], Vec<Diagnostic>> {
    match &e.kind {
        ExprKind::Call { name: n, args } if n.node == name => Ok(args),
        _ => Err(vec![wrong(e, what)]),
    }
}

fn literal<'e>(e: &'e Expr, what: &str) -> Result<&'e str, Vec<Diagnostic>> {
    match &e.kind {
        ExprKind::String(s) => Ok(s),
        _ => Err(vec![wrong(e, what)]),
    }
}

fn plan(
    c: &mut Compiler,
    (table, inputs, outputs): (&Expr, &Expr, &Expr),
    span: Span,
) -> Result<Lookup, Vec<Diagnostic>> {
    let Some(lookups) = c.lookups() else {
        let d = Diagnostic::unsupported("SPL2500", span, "the function lookup here");
        return Err(vec![
            d.help("it can stand in `eval` and `where`; put its result into a field"),
        ]);
    };
    let name = literal(table, "the table")?;
    let at_table = |e: LookupError| vec![e.at(table.span)];
    let Some(lookups) = lookups else { return Err(at_table(LookupError::unknown(name, []))) };
    let lookups = Arc::clone(lookups);
    let definition = lookups.find(name).map_err(at_table)?;
    let header = lookup::header(&*lookups, &definition).map_err(at_table)?;
    let column = |e: &Expr| {
        let name = literal(e, "a column")?;
        header
            .iter()
            .find(|h| *h == name)
            .cloned()
            .ok_or_else(|| vec![no_column(e, name, &definition, &header)])
    };
    let (pairs, rest) = call(inputs, "json_object", "the input")?.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        let d = Diagnostic::error("SPL2501", inputs.span, "lookup needs pairs of column and value");
        return Err(vec![d.label(SPEC.doc.syntax)]);
    }
    let mut keys = Vec::new();
    for [name, value] in pairs {
        keys.push((column(name)?, c.node(value)));
    }
    let outputs = call(outputs, "json_array", "the output")?;
    let outputs = outputs.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    if let Some(time) = &definition.time
        && !header.iter().any(|h| *h == time.field)
    {
        let text = format!("{} has no column `{}`, its time_field", definition.file, time.field);
        let d = Diagnostic::error("SPL4111", table.span, text);
        return Err(vec![d.label("cannot be used")]);
    }
    let time = definition.time.as_ref().map(|_| c.slot("_time"));
    Ok(Lookup { lookups, definition, keys, outputs, time, loaded: OnceLock::new() })
}

fn no_column(e: &Expr, name: &str, definition: &Definition, header: &[FieldName]) -> Diagnostic {
    let text = format!("lookup `{}` has no column `{name}`", definition.name);
    let near = sepal_parser::suggest(name, header.iter().map(|h| h.as_str()));
    Diagnostic::error("SPL4111", e.span, text).label("not in the table").help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("columns of {}: {}", definition.file, header.join(", ")),
    })
}

struct Lookup {
    lookups: Arc<dyn Lookups>,
    definition: Arc<Definition>,
    /// Column and the value that it is compared with.
    keys: Vec<(FieldName, NodeBox)>,
    outputs: Vec<FieldName>,
    /// `_time`, where the lookup is time-bounded.
    time: Option<u32>,
    /// None where it cannot be read: the run then ends with that error.
    loaded: OnceLock<Option<Loaded>>,
}

struct Loaded {
    indexed: Indexed,
    /// The place of each output column.
    places: Vec<usize>,
}

impl Lookup {
    fn load(&self, cx: &RunCx) -> Option<Loaded> {
        let keys: Vec<&str> = self.keys.iter().map(|(c, _)| c.as_str()).collect();
        let is_output = |name: &str| self.outputs.iter().any(|o| o == name);
        match Indexed::load(&*self.lookups, &self.definition, &keys, &is_output, cx) {
            Ok(indexed) => {
                let places = self.outputs.iter().filter_map(|o| indexed.table.place(o)).collect();
                Some(Loaded { indexed, places })
            }
            Err(e) => {
                cx.fail(e);
                None
            }
        }
    }
}

impl Node for Lookup {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let cells: Vec<Cell> = self.keys.iter().map(|(_, n)| n.eval(row, cx)).collect();
        if cells.iter().any(Cell::is_null) {
            return Cell::Null;
        }
        let Some(loaded) = self.loaded.get_or_init(|| self.load(cx)) else { return Cell::Null };
        let members: Vec<Cow<'_, [Value]>> = cells.iter().map(Cell::members).collect();
        let members: Vec<&[Value]> = members.iter().map(|m| &**m).collect();
        let time = self.time.and_then(|slot| event_time(row.field(slot)));
        let mut rows = Vec::new();
        let matcher = &loaded.indexed.matcher;
        let mut finder = Finder::new(&self.definition, matcher, members.len(), cx);
        if finder.row(&members, time, &mut rows).is_none() || rows.is_empty() {
            return Cell::Null;
        }
        let mut object = Map::with_capacity(self.outputs.len());
        for (name, place) in self.outputs.iter().zip(&loaded.places) {
            let value = |row: &u32| loaded.indexed.value(&self.definition, *place, *row);
            match Value::from_members(rows.iter().map(value)) {
                Value::Null => {}
                Value::Mv(ms) => {
                    let all = ms.iter().map(|m| Json::String(m.text().into_owned())).collect();
                    object.insert(name.to_string(), Json::Array(all));
                }
                one => {
                    object.insert(name.to_string(), Json::String(one.text().into_owned()));
                }
            }
        }
        Json::Object(object).to_string().into()
    }
}
