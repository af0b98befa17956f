//! `fromjson`: the keys of JSON objects as fields.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::Command;
use serde_json::Value as Json;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "fromjson",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Makes fields of the keys of JSON objects.",
        syntax: "fromjson <field> [prefix=<string>]",
        details: "Only the first level: an object inside stays text, an array becomes a \
                  multivalue. null gives no field. What is no JSON object is left alone. A field \
                  that exists is overwritten.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fromjson",
        examples: &[CommandExample {
            title: "with a prefix",
            search: r#"| makeresults | eval object=json_object("name", "Albert", "age", 63) | fromjson object prefix=json_ | table json_name json_age"#,
            events: "",
            rows: r#"{"json_name":"Albert","json_age":63}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Fromjson(f) => Ok(Op::Streaming(Box::new(Fromjson {
            field: FieldName::new(&f.field.node),
            prefix: f.prefix.as_ref().map_or_else(String::new, |p| p.node.clone()),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Makes fields of the keys of an object: `fromjson`, and `flatten` without a prefix.
pub(super) struct Fromjson {
    pub field: FieldName,
    pub prefix: String,
}

impl Operator for Fromjson {
    // any field may come of it, and one that does not keeps its value
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert(&self.field);
        after
    }
}

/// A value of a key; text of a JSON value where that is an object.
fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::String(s) => Value::from(s.as_str()),
        Json::Array(all) => Value::from_members(all.iter().map(value)),
        other => Value::from(other.to_string()),
    }
}

impl Streaming for Fromjson {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let Some(col) = batch.col(&self.field).cloned() else { return Ok(batch) };
        for row in 0..batch.len {
            let text = col.get(row).text();
            if !text.trim_start().starts_with('{') {
                continue;
            }
            let Ok(Json::Object(object)) = serde_json::from_str::<Json>(&text) else { continue };
            for (key, json) in &object {
                let value = match json {
                    // an array inside an array stays text
                    Json::Array(all) => Value::from_members(all.iter().map(|j| match j {
                        Json::Array(_) => Value::from(j.to_string()),
                        j => value(j),
                    })),
                    j => value(j),
                };
                let name = format!("{}{key}", self.prefix);
                if !name.is_empty() && !value.is_null() {
                    batch.values_mut(&name)[row] = value;
                }
            }
        }
        Ok(batch)
    }
}
