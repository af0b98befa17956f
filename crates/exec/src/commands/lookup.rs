//! `lookup`: fields from a table.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::lookup::finder::{Finder, Indexed, event_time};
use crate::lookup::{self, Definition, Lookups};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Field, Stage};
use sepal_parser::commands::Command;
use sepal_parser::commands::lookup as syntax;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "lookup",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Adds fields from the rows of a lookup table that match a row's fields.",
        syntax: "lookup [local=<bool>] [update=<bool>] <lookup> (<column> [AS <field>])... \
                 [OUTPUT|OUTPUTNEW (<column> [AS <field>])...]",
        details: "The lookup is a definition or a CSV file in a folder of --lookups. A row takes \
                  part where all its compared fields have a value and the table has a row that \
                  matches them all: exactly, or by the definition's match_type. Several matches, up \
                  to max_matches (100), make multivalues, in the order of the file; each value of a \
                  multivalue is looked up. OUTPUT overwrites: where no row matches, the output \
                  fields become null. OUTPUTNEW fills only fields that have no value. Without \
                  either, all columns that are not compared are taken over as by OUTPUT.",
        source: "help.splunk.com/splunk-enterprise/spl-search-reference/10.0/search-commands/lookup",
        examples: &[CommandExample {
            title: "with a table hosts.csv of the lines ip,name and 10.0.0.1,web",
            search: "* | lookup hosts.csv ip AS src OUTPUT name AS src_name | table src src_name",
            events: r#"{"src":"10.0.0.1"}
{"src":"10.0.0.2"}"#,
            rows: r#"{"src":"10.0.0.1","src_name":"web"}
{"src":"10.0.0.2"}"#,
        }],
    },
    plan,
};

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Lookup(l) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let lookups = cx.lookups(&l.table)?;
    let at_name = |e: lookup::LookupError| vec![e.at(l.table.span)];
    let definition = lookups.find(&l.table.node).map_err(at_name)?;
    let header = lookup::header(&*lookups, &definition).map_err(at_name)?;
    let mut diagnostics = Vec::new();
    let mut inputs: Vec<(FieldName, FieldName)> = Vec::new();
    for pair in &l.inputs {
        match header.iter().find(|h| *h == pair.column.node.as_str()) {
            Some(column) => inputs.push((column.clone(), target(pair))),
            None => diagnostics.push(no_column(&pair.column, &definition, &header)),
        }
    }
    let mut outputs: Vec<(FieldName, FieldName)> = Vec::new();
    let is_input = |name: &str| inputs.iter().any(|(c, _)| c == name);
    let others = || header.iter().filter(|h| !is_input(h) && *h != "_key");
    match &l.output {
        None => outputs.extend(others().map(|h| (h.clone(), h.clone()))),
        Some(output) => {
            for pair in &output.fields {
                let (from, to) = (pair.column.node.as_str(), target(pair));
                if from.contains('*') && !header.iter().any(|h| h == from) {
                    let before = outputs.len();
                    outputs.extend(others().filter_map(|h| {
                        super::wildcard_swap(from, &to, h).map(|to| (h.clone(), to.into()))
                    }));
                    if outputs.len() > before {
                        continue;
                    }
                }
                match header.iter().find(|h| *h == from) {
                    Some(column) => outputs.push((column.clone(), to)),
                    None => diagnostics.push(no_column(&pair.column, &definition, &header)),
                }
            }
        }
    }
    if let Some(time) = &definition.time
        && !header.iter().any(|h| *h == time.field)
    {
        let text = format!("{} has no column `{}`, its time_field", definition.file, time.field);
        diagnostics.push(Diagnostic::error("SPL4111", l.table.span, text).label("cannot be used"));
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    Ok(Op::Streaming(Box::new(Lookup {
        new: l.output.as_ref().is_some_and(|o| o.new),
        lookups,
        definition,
        inputs,
        outputs,
        wanted: Mutex::default(),
        loaded: OnceLock::new(),
    })))
}

fn target(pair: &syntax::LookupField) -> FieldName {
    FieldName::new(&pair.field.as_ref().unwrap_or(&pair.column).node)
}

/// "The table has no such column".
pub(super) fn no_column(name: &Field, definition: &Definition, header: &[FieldName]) -> Diagnostic {
    let text = format!("lookup `{}` has no column `{}`", definition.name, name.node);
    let near = sepal_parser::suggest(&name.node, header.iter().map(|h| h.as_str()));
    Diagnostic::error("SPL4111", name.span, text).label("not in the table").help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("columns of {}: {}", definition.file, header.join(", ")),
    })
}

struct Lookup {
    lookups: Arc<dyn Lookups>,
    definition: Arc<Definition>,
    /// Column and field.
    inputs: Vec<(FieldName, FieldName)>,
    outputs: Vec<(FieldName, FieldName)>,
    /// OUTPUTNEW.
    new: bool,
    /// What later commands read: other columns are not.
    wanted: Mutex<Option<FieldSet>>,
    loaded: OnceLock<Result<Loaded, RunError>>,
}

/// The table with its index.
struct Loaded {
    indexed: Indexed,
    /// The column's place in the table, and the field.
    outputs: Vec<(usize, FieldName)>,
}

impl Operator for Lookup {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.get_or_insert_default().union(&after);
        // a field that is overwritten stays where a row is not looked up
        self.inputs.iter().for_each(|(_, f)| after.insert(f));
        if self.definition.time.is_some() {
            after.insert("_time");
        }
        after
    }

    fn describe(&self) -> String {
        let names = |list: &[(FieldName, FieldName)]| {
            list.iter().map(|(_, f)| f.as_str()).collect::<Vec<_>>().join(", ")
        };
        let how = if self.new { "fills" } else { "gives" };
        format!(
            "{} by {}, {how} {}",
            self.definition.file,
            names(&self.inputs),
            names(&self.outputs)
        )
    }
}

impl Lookup {
    fn load(&self, cx: &RunCx) -> Result<Loaded, RunError> {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let asked = |f: &str| wanted.as_ref().is_none_or(|w| w.contains(f));
        let outputs: Vec<&(FieldName, FieldName)> =
            self.outputs.iter().filter(|(_, f)| asked(f)).collect();
        let keys: Vec<&str> = self.inputs.iter().map(|(c, _)| c.as_str()).collect();
        let is_output = |name: &str| outputs.iter().any(|(c, _)| c == name);
        let indexed = Indexed::load(&*self.lookups, &self.definition, &keys, &is_output, cx)?;
        let outputs =
            outputs.iter().filter_map(|(c, f)| Some((indexed.table.place(c)?, f.clone())));
        let outputs = outputs.collect();
        Ok(Loaded { indexed, outputs })
    }

    /// Whether a row is looked up, apart from its inputs.
    fn wants(&self, old: &[Option<&Col>], row: usize) -> bool {
        let has = |col: &Option<&Col>| col.is_some_and(|c| !c.get(row).is_null());
        !self.new || !old.iter().all(has)
    }
}

/// What was found for the rows of a batch.
#[derive(Default)]
struct Hits {
    /// Rows of the table, or that of `default_match`.
    rows: Vec<u32>,
    /// Of each row of the batch: its part of `rows`; none where it was not looked up.
    spans: Vec<Option<(usize, usize)>>,
}

impl Streaming for Lookup {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let inputs: Option<Vec<&Col>> = self.inputs.iter().map(|(_, f)| batch.col(f)).collect();
        let Some(inputs) = inputs else { return Ok(batch) };
        if batch.len == 0 && self.loaded.get().is_none() {
            // a table is read for rows, not for the columns that it would give
            let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
            let asked = |f: &FieldName| wanted.as_ref().is_none_or(|w| w.contains(f));
            self.outputs.iter().filter(|(_, f)| asked(f)).for_each(|(_, f)| {
                batch.values_mut(f);
            });
            return Ok(batch);
        }
        let loaded = match self.loaded.get_or_init(|| self.load(cx)) {
            Ok(loaded) if loaded.outputs.is_empty() => return Ok(batch),
            Ok(loaded) => loaded,
            Err(e) => return Err(e.clone()),
        };
        let old: Vec<Option<&Col>> = loaded.outputs.iter().map(|(_, f)| batch.col(f)).collect();
        let matcher = &loaded.indexed.matcher;
        let mut finder = Finder::new(&self.definition, matcher, inputs.len(), cx);
        let times = self.definition.time.as_ref().and_then(|_| batch.col("_time"));
        let mut members: Vec<&[Value]> = Vec::with_capacity(inputs.len());
        let mut hits = Hits::default();
        for row in 0..batch.len {
            let span = self.wants(&old, row).then(|| {
                members.clear();
                members.extend(inputs.iter().map(|col| col.get(row).members()));
                let time = times.and_then(|col| event_time(col.get(row)));
                finder.row(&members, time, &mut hits.rows)
            });
            hits.spans.push(span.flatten());
        }
        for (place, field) in &loaded.outputs {
            let value = |row: u32| loaded.indexed.value(&self.definition, *place, row);
            let cells = batch.values_mut(field);
            for (cell, span) in cells.iter_mut().zip(&hits.spans) {
                let Some((from, to)) = span else { continue };
                if self.new && !cell.is_null() {
                    continue;
                }
                *cell = match &hits.rows[*from..*to] {
                    [] => Value::Null,
                    [one] => value(*one),
                    many => Value::from_members(many.iter().map(|&r| value(r))),
                };
            }
        }
        Ok(batch)
    }
}
