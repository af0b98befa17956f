//! `lookup`: fields from a table.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::lookup::{self, Definition, Found, Lookups, Matcher, Table, TimeBound, parse_times};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::fold;
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
    table: Table,
    matcher: Matcher,
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

/// No row of the table: `default_match` in its place.
const DEFAULT: u32 = u32::MAX;
/// Combinations of the members of several multivalues that are looked up.
const MAX_COMBINATIONS: usize = 10_000;

impl Lookup {
    fn load(&self, cx: &RunCx) -> Result<Loaded, RunError> {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let asked = |f: &str| wanted.as_ref().is_none_or(|w| w.contains(f));
        let outputs: Vec<&(FieldName, FieldName)> =
            self.outputs.iter().filter(|(_, f)| asked(f)).collect();
        let time = self.definition.time.as_ref();
        let is_read = |name: &str| {
            self.inputs.iter().any(|(c, _)| c == name)
                || outputs.iter().any(|(c, _)| c == name)
                || time.is_some_and(|t| t.field == name)
        };
        let table = lookup::read(&*self.lookups, &self.definition, &is_read, cx)?;
        let column = |name: &str| table.place(name).and_then(|i| table.column(i)).cloned();
        let keys = self.inputs.iter().map(|(c, _)| (c.as_str(), column(c).unwrap_or_default()));
        let times =
            time.map(|t| times(&column(&t.field).unwrap_or_default(), t, &self.definition, cx));
        let matcher = Matcher::new(&self.definition, keys.collect(), times);
        let outputs = outputs.iter().filter_map(|(c, f)| Some((table.place(c)?, f.clone())));
        let outputs = outputs.collect();
        Ok(Loaded { table, matcher, outputs })
    }

    /// Whether a row is looked up, apart from its inputs.
    fn wants(&self, old: &[Option<&Col>], row: usize) -> bool {
        let has = |col: &Option<&Col>| col.is_some_and(|c| !c.get(row).is_null());
        !self.new || !old.iter().all(has)
    }
}

fn times(
    column: &lookup::Column,
    bound: &TimeBound,
    definition: &Definition,
    cx: &RunCx,
) -> Vec<i64> {
    let (times, unread) = parse_times(column, bound, cx.host.time_zone(), cx.now());
    if unread > 0 {
        let text = format!(
            "{}: times in `{}` that do not follow time_format: those rows match nothing",
            definition.file, bound.field
        );
        cx.notice("SPL3154", text, true);
    }
    times
}

/// What was found for the rows of a batch.
#[derive(Default)]
struct Hits {
    /// Rows of the table, or [`DEFAULT`].
    rows: Vec<u32>,
    /// Of each row of the batch: its part of `rows`; none where it was not looked up.
    spans: Vec<Option<(usize, usize)>>,
}

impl Streaming for Lookup {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let inputs: Option<Vec<&Col>> = self.inputs.iter().map(|(_, f)| batch.col(f)).collect();
        let Some(inputs) = inputs else { return Ok(batch) };
        let loaded = match self.loaded.get_or_init(|| self.load(cx)) {
            Ok(loaded) if loaded.outputs.is_empty() => return Ok(batch),
            Ok(loaded) => loaded,
            Err(e) => return Err(e.clone()),
        };
        let old: Vec<Option<&Col>> = loaded.outputs.iter().map(|(_, f)| batch.col(f)).collect();
        let mut finder = Finder::new(self, &loaded.matcher, cx);
        let mut hits = Hits::default();
        for row in 0..batch.len {
            let span =
                self.wants(&old, row).then(|| finder.row(&inputs, &batch, row, &mut hits.rows));
            hits.spans.push(span.flatten());
        }
        for (place, field) in &loaded.outputs {
            let value = |row: u32| match row {
                DEFAULT => Value::text_of(&self.definition.default_match),
                row => loaded.table.value(*place, row),
            };
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

/// Looks rows up, with buffers that are used again.
struct Finder<'a> {
    lookup: &'a Lookup,
    matcher: &'a Matcher,
    cx: &'a RunCx,
    texts: Vec<String>,
    found: Found,
}

impl<'a> Finder<'a> {
    fn new(lookup: &'a Lookup, matcher: &'a Matcher, cx: &'a RunCx) -> Finder<'a> {
        let texts = vec![String::new(); lookup.inputs.len()];
        Finder { lookup, matcher, cx, texts, found: Found::default() }
    }

    /// Adds the table's rows for a row; their place in `out`, none where an input is null.
    fn row(
        &mut self,
        inputs: &[&Col],
        batch: &Batch,
        row: usize,
        out: &mut Vec<u32>,
    ) -> Option<(usize, usize)> {
        let from = out.len();
        let time = match self.lookup.definition.time {
            Some(_) => batch.get("_time", row).number().map(|n| (n * 1e6).round() as i64),
            None => None,
        };
        let mut combinations = 1usize;
        for (text, col) in self.texts.iter_mut().zip(inputs) {
            let members = col.get(row).members();
            combinations = combinations.saturating_mul(members.len());
            put(text, members.first()?, self.matcher.folds());
        }
        self.one(time, out);
        if combinations > MAX_COMBINATIONS {
            let text =
                "an event's multivalues have more than 10,000 combinations: lookup took the first";
            self.cx.notice("SPL3153", text, true);
        }
        // every combination of members, the last input changing first
        for n in 1..combinations.min(MAX_COMBINATIONS) {
            let mut left = n;
            for (text, col) in self.texts.iter_mut().zip(inputs).rev() {
                let members = col.get(row).members();
                put(text, &members[left % members.len()], self.matcher.folds());
                left /= members.len();
            }
            self.one(time, out);
        }
        Some((from, out.len()))
    }

    fn one(&mut self, time: Option<i64>, out: &mut Vec<u32>) {
        self.matcher.find(&self.texts, time, &mut self.found);
        let definition = &self.lookup.definition;
        if self.found.cut && definition.max_matches.is_none() && definition.time.is_none() {
            let text = format!(
                "more than 100 rows of {} match one event: the first 100 are taken, as Splunk does",
                definition.file
            );
            self.cx.notice("SPL3151", text, false);
        }
        out.extend_from_slice(&self.found.rows);
        for _ in self.found.rows.len()..definition.min_matches {
            out.push(DEFAULT);
        }
    }
}

fn put(buffer: &mut String, value: &Value, folds: bool) {
    buffer.clear();
    let text = value.text();
    if !folds {
        buffer.push_str(&text);
    } else if text.is_ascii() {
        buffer.push_str(&text);
        buffer.make_ascii_lowercase();
    } else {
        buffer.extend(text.chars().map(fold));
    }
}
