//! `xmlkv`: fields from XML elements.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use quick_xml::escape::unescape;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "xmlkv",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Makes fields of the XML elements that hold text only.",
        syntax: "xmlkv [<field>] [maxinputs=<int>]",
        details: "The name of an element is the field, without a namespace's prefix; its text is \
                  the value. Attributes are not read: spath does that. The text need not be whole \
                  XML: elements are found in other text too. An element without text gives no \
                  field. Of several elements of one name the last counts. The field is _raw where \
                  none is given; maxinputs has no effect here.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/xmlkv",
        examples: &[CommandExample {
            title: "a game",
            search: r#"| makeresults | eval _raw="<game><name>Settlers of Catan</name><category>competitive</category></game>" | xmlkv | table name category"#,
            events: "",
            rows: r#"{"name":"Settlers of Catan","category":"competitive"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Xmlkv(x) => {
            let field = x.field.as_ref().map_or("_raw", |f| f.node.as_str());
            Ok(Op::Streaming(Box::new(Xmlkv { field: FieldName::new(field) })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Xmlkv {
    field: FieldName,
}

impl Operator for Xmlkv {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert(&self.field);
        after
    }
}

/// The elements of a text that hold text only, in order: names and texts.
pub(crate) fn elements(text: &str) -> Vec<(&str, String)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        let len = rest.find(|c: char| !(c.is_alphanumeric() || "_-.:".contains(c)));
        let Some((name, after)) = len.filter(|n| *n > 0).map(|n| rest.split_at(n)) else {
            continue;
        };
        let Some(close) = after.find(['<', '>']) else { return out };
        if after[close..].starts_with('<') || after[..close].ends_with('/') {
            continue;
        }
        let inner = &after[close + 1..];
        let Some(end) = inner.find('<') else { return out };
        let ends = inner[end..].strip_prefix("</").and_then(|t| t.strip_prefix(name));
        if ends.is_some_and(|t| t.trim_start().starts_with('>')) {
            let value = inner[..end].trim();
            let local = name.rsplit(':').next().unwrap_or(name);
            if !value.is_empty() && !local.is_empty() {
                out.push((local, unescape(value).map_or_else(|_| value.to_owned(), Into::into)));
            }
        }
        rest = inner;
    }
    out
}

impl Streaming for Xmlkv {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let Some(col) = batch.col(&self.field).cloned() else { return Ok(batch) };
        for row in 0..batch.len {
            for member in col.get(row).members() {
                let text = member.text();
                for (name, value) in elements(&text) {
                    batch.values_mut(name)[row] = Value::from(value);
                }
            }
        }
        Ok(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_text_panics(s in "[<>/a:& é=']{0,40}") {
            elements(&s);
        }
    }
}
