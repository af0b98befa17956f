//! `tojson`: rows as JSON objects.

use super::{Class, CommandSpec, Names, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value, number};
use sepal_parser::commands::Command;
use sepal_parser::commands::tojson::Datatype;
use serde_json::{Map, Value as Json};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "tojson",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Writes the fields of a row as a JSON object.",
        syntax: "tojson [(auto | bool | json | none | num | str)(<wc-field>)]... \
                 [default_type=<datatype>] [fill_null=<bool>] [include_internal=<bool>] \
                 [output_field=<string>]",
        details: "Without a list all fields are written, as none(*) does; fields that begin with _ \
                  only with include_internal=true, or named. A multivalue becomes an array. auto: \
                  a number, true, false or null where the value reads as one, else text. bool: \
                  false for 0, false, f and no, true for another number, true, t and yes, letter \
                  case aside. json: the JSON that the text is. num: a number. str: text. none: a \
                  number where the field holds one, else text. What cannot be converted is left \
                  out, or null with fill_null=true. default_type is that of fields listed without \
                  a function, or of all. output_field is _raw where none is given. A field that is \
                  in several lists counts in the first.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/tojson",
        examples: &[CommandExample {
            title: "datatypes",
            search: r#"| makeresults | eval age="39", ok="t", name="ann" | tojson num(age) bool(ok) str(name) output_field=j | table j"#,
            events: "",
            rows: r#"{"j":"{\"age\":39,\"ok\":true,\"name\":\"ann\"}"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Tojson(t) => {
            let default = t.default_type.unwrap_or(Datatype::None);
            Ok(Op::Streaming(Box::new(Tojson {
                names: (!t.fields.is_empty())
                    .then(|| Names::new(t.fields.iter().map(|f| f.field.node.as_str()))),
                types: t.fields.iter().map(|f| f.datatype.unwrap_or(default)).collect(),
                default,
                fill: t.fill_null.unwrap_or(false),
                internal: t.include_internal.unwrap_or(false),
                output: FieldName::new(t.output_field.as_ref().map_or("_raw", |f| f.node.as_str())),
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Tojson {
    /// None = all fields.
    names: Option<Names>,
    /// The types of `names`.
    types: Vec<Datatype>,
    default: Datatype,
    fill: bool,
    internal: bool,
    output: FieldName,
}

impl Operator for Tojson {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        let Some(names) = &self.names else { return FieldSet::all() };
        after.remove(&self.output);
        for (name, pattern) in names.iter() {
            if pattern.is_some() && self.internal {
                return FieldSet::all();
            }
            after.insert(name);
        }
        after
    }
}

fn num(v: &Value) -> Option<Json> {
    if let Value::Num(n) = v {
        return Some(number::to_json(*n)).filter(|j| !j.is_null());
    }
    let text = v.text();
    let text = text.trim();
    number::parse(text)?;
    // digits as they are written, where JSON takes them
    match serde_json::from_str::<Json>(text) {
        Ok(n @ Json::Number(_)) => Some(n),
        _ => number::parse(text).map(number::to_json).filter(|j| !j.is_null()),
    }
}

/// The value as its datatype; none where it cannot be.
fn typed(v: &Value, datatype: Datatype) -> Option<Json> {
    let text = v.text();
    let is_num = matches!(v, Value::Num(_)) || number::parse(text.trim()).is_some();
    match datatype {
        Datatype::Str => Some(Json::String(text.into_owned())),
        Datatype::Num => num(v),
        Datatype::None if is_num => num(v),
        Datatype::None => Some(Json::String(text.into_owned())),
        Datatype::Json => serde_json::from_str(&text).ok(),
        Datatype::Bool => match (v.number(), text.to_ascii_lowercase().as_str()) {
            (Some(n), _) => Some(Json::Bool(n != 0.0)),
            (None, "true" | "t" | "yes") => Some(Json::Bool(true)),
            (None, "false" | "f" | "no") => Some(Json::Bool(false)),
            _ => None,
        },
        Datatype::Auto => match (is_num, &*text) {
            (true, _) => num(v),
            (false, "true") => Some(Json::Bool(true)),
            (false, "false") => Some(Json::Bool(false)),
            (false, "null") => Some(Json::Null),
            _ => Some(Json::String(text.into_owned())),
        },
    }
}

impl Tojson {
    fn datatype(&self, name: &FieldName) -> Option<Datatype> {
        let internal = name.starts_with('_');
        match &self.names {
            None => (!internal || self.internal).then_some(self.default),
            Some(names) => {
                let place = names.iter().position(|(n, pattern)| match pattern {
                    Some(p) => {
                        p.is_match(name) && (!internal || self.internal || n.starts_with('_'))
                    }
                    None => n == name,
                })?;
                self.types.get(place).copied()
            }
        }
    }

    fn member(&self, v: &Value, datatype: Datatype) -> Option<Json> {
        match typed(v, datatype) {
            None if self.fill => Some(Json::Null),
            other => other,
        }
    }
}

impl Streaming for Tojson {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let mut objects = vec![Map::new(); batch.len];
        for (name, col) in &batch.cols {
            let Some(datatype) = self.datatype(name) else { continue };
            for (row, object) in objects.iter_mut().enumerate() {
                let json = match col.get(row) {
                    Value::Null if self.fill => Some(Json::Null),
                    Value::Null => None,
                    Value::Mv(all) => {
                        let all = all.iter().filter_map(|m| self.member(m, datatype));
                        Some(Json::Array(all.collect()))
                    }
                    v => self.member(v, datatype),
                };
                if let Some(json) = json {
                    object.insert(name.to_string(), json);
                }
            }
        }
        let texts = objects.into_iter().map(|o| Value::from(Json::Object(o).to_string()));
        batch.set(self.output.clone(), Col::Values(texts.collect()));
        Ok(batch)
    }
}
