//! `spath`: fields from JSON or XML text.

mod json;
mod path;
pub(super) mod xml;

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use path::Step;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "spath",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Extracts fields from the JSON or XML text of a field.",
        syntax: "spath [input=<field>] [output=<field>] [path=<datapath>|<datapath>]",
        details: "input is _raw by default. With a path its values go to output, or to a field \
                  named like the path: a.b goes into objects and elements, a{} takes every member \
                  of a JSON array, a{0} its first, for XML a{1} the first of several elements and \
                  a{@b} an attribute. What has objects, arrays or elements inside is given as its \
                  text. A path that leads nowhere leaves the field as it is. Without a path every \
                  field of the first 5,000 characters is extracted, members of an array as one \
                  multivalue a{}; that text was longer is told.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/spath",
        examples: &[
            CommandExample {
                title: "one path",
                search: r#"| makeresults | eval j="{\"a\":[{\"b\":1},{\"b\":2}]}" | spath input=j path=a{}.b output=b | table b"#,
                events: "",
                rows: r#"{"b":["1","2"]}"#,
            },
            CommandExample {
                title: "all fields of XML",
                search: r#"| makeresults | eval x="<e id='7'><n>ann</n></e>" | spath input=x | table e.n e{@id}"#,
                events: "",
                rows: r#"{"e.n":"ann","e{@id}":"7"}"#,
            },
        ],
    },
    plan: |stage, _| match &stage.command {
        Command::Spath(s) => {
            let name =
                |f: &Option<sepal_parser::ast::Field>| f.as_ref().map(|f| FieldName::new(&f.node));
            let input = name(&s.input).unwrap_or(FieldName::new_static("_raw"));
            match (&s.path, &s.output) {
                (None, Some(output)) => Err(vec![
                    Diagnostic::error("SPL2125", output.span, "spath has an output, but no path")
                        .label("what should go here?")
                        .help("name the value with path=..., or leave output= out to extract every field"),
                ]),
                (None, None) => Ok(Op::Streaming(Box::new(Extract { input }))),
                (Some(path), _) => match path::parse(&path.node) {
                    Some(steps) => Ok(Op::Streaming(Box::new(Spath {
                        input,
                        output: name(&s.output).unwrap_or_else(|| FieldName::new(&path.node)),
                        steps,
                    }))),
                    None => Err(vec![
                        Diagnostic::error("SPL2125", path.span, format!("{} is not a path", path.node))
                            .label("expected steps such as a.b, a{}, a{0} or a{@b}"),
                    ]),
                },
            }
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Characters that are read where every field is extracted. Source: the page, "Location path
/// omitted"; limits.conf, [spath] extraction_cutoff.
const CUTOFF: usize = 5000;

/// The values at a path of an XML text, for the eval function; none where it is no path.
pub(crate) fn xml_values(text: &str, path: &str) -> Option<Vec<Value>> {
    path::parse(path).map(|steps| xml::extract(text, &steps))
}

/// Whether the text is XML rather than JSON.
pub(crate) fn is_xml(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// One path.
struct Spath {
    input: FieldName,
    output: FieldName,
    steps: Vec<Step>,
}

impl Operator for Spath {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        // a path that leads nowhere leaves the output as it is, so it stays in the set
        after.insert(&self.input);
        after
    }
}

impl Spath {
    fn find(&self, v: &Value) -> Value {
        Value::from_members(v.members().iter().flat_map(|m| {
            let text = m.text();
            match is_xml(&text) {
                true => xml::extract(&text, &self.steps),
                false => json::extract(&text, &self.steps),
            }
        }))
    }
}

impl Streaming for Spath {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let found = match batch.col(&self.input) {
            None => return Ok(batch),
            Some(Col::Const(v)) => Col::Const(self.find(v)),
            Some(Col::Values(vs)) => Col::Values(vs.iter().map(|v| self.find(v)).collect()),
        };
        if !found.is_all_null() {
            for (row, place) in batch.values_mut(&self.output).iter_mut().enumerate() {
                if !found.get(row).is_null() {
                    *place = found.get(row).clone();
                }
            }
        }
        Ok(batch)
    }
}

/// Every field.
struct Extract {
    input: FieldName,
}

impl Operator for Extract {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert(&self.input);
        after
    }
}

impl Streaming for Extract {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let Some(input) = batch.col(&self.input).cloned() else { return Ok(batch) };
        let mut reader = json::Reader::new();
        for row in 0..batch.len {
            let mut found = Vec::new();
            let mut cut = false;
            for member in input.get(row).members() {
                let whole = member.text();
                let text = match whole.char_indices().nth(CUTOFF) {
                    Some((at, _)) => &whole[..at],
                    None => &*whole,
                };
                cut |= text.len() < whole.len();
                match is_xml(text) {
                    true => xml::flatten(text, &mut found),
                    false => reader.flatten(text, &mut found),
                }
            }
            if cut {
                let message = format!(
                    "spath read the first {CUTOFF} characters of a longer text, as Splunk does; with a path it reads all"
                );
                cx.notice("SPL3111", message, false);
            }
            for (name, values) in gather(found) {
                let place = &mut batch.values_mut(&name)[row];
                // the scan has read the whole event: its values are not replaced by a part of them
                if !(cut && self.input == "_raw" && !place.is_null()) {
                    *place = values;
                }
            }
        }
        if reader.dropped() > 0 {
            cx.notice("SPL3112", "spath met too many field names and left some out", true);
        }
        Ok(batch)
    }
}

/// Several values of one name as a multivalue, in the order of first appearance.
fn gather(found: Vec<(FieldName, Value)>) -> impl Iterator<Item = (FieldName, Value)> {
    let mut all: indexmap::IndexMap<FieldName, Vec<Value>, foldhash::fast::FixedState> =
        Default::default();
    for (name, v) in found {
        all.entry(name).or_default().push(v);
    }
    all.into_iter().map(|(name, vs)| (name, Value::from_members(vs)))
}
