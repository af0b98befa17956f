//! `outputtext`: the event's text in `_xml`.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use quick_xml::escape::partial_escape;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "outputtext",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Copies _raw into _xml, escaped as XML asks.",
        syntax: "outputtext [usexml=<bool>]",
        details: "`&`, `<` and `>` are escaped; usexml=false copies the text as it is.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/outputtext",
        examples: &[CommandExample {
            title: "a text for XML",
            search: r#"| makeresults | eval _raw="a<b" | outputtext | eval xml=_xml | table xml"#,
            events: "",
            rows: r#"{"xml":"a&lt;b"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Outputtext(o) => {
            Ok(Op::Streaming(Box::new(Outputtext { escape: o.usexml.unwrap_or(true) })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Outputtext {
    escape: bool,
}

impl Operator for Outputtext {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.remove("_xml");
        after.insert("_raw");
        after
    }
}

impl Streaming for Outputtext {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let of = |row: usize| match batch.get("_raw", row) {
            Value::Null => Value::Null,
            raw if self.escape => Value::text_of(partial_escape(&*raw.text())),
            raw => raw.clone(),
        };
        let texts = (0..batch.len).map(of).collect();
        batch.set("_xml", Col::Values(texts));
        Ok(batch)
    }
}
