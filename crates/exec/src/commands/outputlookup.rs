//! `outputlookup`: writes the rows into a lookup table.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun, give_all};
use crate::doc::{CommandDoc, CommandExample};
use crate::lookup::{self, Definition, LookupError, Lookups, Table, mv_cell};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use flate2::Compression;
use flate2::write::GzEncoder;
use indexmap::{IndexMap, IndexSet};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Stage;
use sepal_parser::commands::Command;
use std::io::{self, Write};
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "outputlookup",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Writes the rows into a lookup table, and gives them on.",
        syntax: "outputlookup [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] \
                 [max=<int>] [key_field=<field>] [allow_updates=<bool>] [createinapp=<bool>] \
                 [create_context=<string>] [output_format=splunk_sv_csv|splunk_mv_csv] <lookup>",
        details: "Refused unless --allow-write is given, and then only inside the folders of \
                  --lookups. The table is replaced in one step once all rows are there, and not at \
                  all where the search is stopped. append=true keeps the table's rows and columns: \
                  other fields are left out. Without rows, the table is removed, unless \
                  override_if_empty=false or create_empty=true. key_field replaces the rows of the \
                  same _key in the CSV file that stands for a KV store collection. createinapp and \
                  create_context have no meaning here.",
        source: "help.splunk.com/splunk-enterprise/spl-search-reference/10.0/search-commands/outputlookup",
        examples: &[CommandExample {
            title: "what is written can be read",
            search: "| makeresults | eval user=\"ann\" | table user | outputlookup seen.csv | stats count",
            events: "",
            rows: r#"{"count":1}"#,
        }],
    },
    plan,
};

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Outputlookup(o) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let lookups = cx.lookups(&o.table)?;
    let at_name = |e: LookupError| vec![e.at(o.table.span)];
    let definition = lookups.target(&o.table.node).map_err(at_name)?;
    let (append, gz) = (o.append.unwrap_or(false), definition.file.ends_with(".gz"));
    if append && gz {
        let text = "outputlookup cannot append to a .gz file";
        return Err(vec![Diagnostic::error("SPL2231", o.table.span, text).label("compressed")]);
    }
    if let Some(key) = &o.key_field
        && !definition.kv_store
    {
        let text = "key_field needs a KV store lookup: a CSV lookup has no keys";
        return Err(vec![Diagnostic::error("SPL2232", key.span, text).label("no key here")]);
    }
    Ok(Op::Ordered(Box::new(Outputlookup(Arc::new(Target {
        append,
        gz,
        create_empty: o.create_empty.unwrap_or(false),
        override_if_empty: o.override_if_empty.unwrap_or(true),
        max: o.max.as_ref().map_or(usize::MAX, |n| usize::try_from(n.node).unwrap_or(usize::MAX)),
        key_field: o.key_field.as_ref().map(|f| FieldName::new(&f.node)),
        allow_updates: o.allow_updates.unwrap_or(true),
        multivalue: o.multivalue,
        lookups,
        definition,
    })))))
}

/// The table and how it is written.
struct Target {
    lookups: Arc<dyn Lookups>,
    definition: Arc<Definition>,
    append: bool,
    gz: bool,
    create_empty: bool,
    override_if_empty: bool,
    max: usize,
    key_field: Option<FieldName>,
    allow_updates: bool,
    multivalue: bool,
}

struct Outputlookup(Arc<Target>);

impl Operator for Outputlookup {
    fn needed(&self, _: FieldSet) -> FieldSet {
        // every field of the rows is written
        FieldSet::all()
    }
    fn describe(&self) -> String {
        let how = if self.0.append { "appends to" } else { "writes" };
        format!("{how} {}", self.0.definition.file)
    }
    fn acts(&self) -> bool {
        true
    }
}

impl Ordered for Outputlookup {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(OutputRun { target: Arc::clone(&self.0), rows: Vec::new() })
    }
}

/// Keeps all rows until the end: a later `head` must not keep any from being written.
struct OutputRun {
    target: Arc<Target>,
    rows: Vec<Batch>,
}

impl OrderedRun for OutputRun {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.rows.push(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        if cx.was_cut_short() {
            let text =
                format!("{} is not written: the search was stopped", self.target.definition.file);
            cx.notice("SPL3157", text, true);
        } else {
            self.target.write(&self.rows, cx)?;
        }
        give_all(self.rows.drain(..), give)
    }
}

/// A row to write.
#[derive(Clone, Copy)]
enum Row {
    /// Of the table as it was.
    Old(u32),
    /// Of a batch.
    New(usize, usize),
}

/// The key of a KV store record.
const KEY: &str = "_key";

impl Target {
    fn write(&self, batches: &[Batch], cx: &RunCx) -> Result<(), RunError> {
        let all = batches.iter().enumerate().flat_map(|(b, x)| (0..x.len).map(move |r| (b, r)));
        let new: Vec<(usize, usize)> = all.take(self.max).collect();
        let keeps = self.append || self.key_field.is_some();
        let io = |e: io::Error| {
            RunError::failed("SPL4119", format!("{} cannot be written: {e}", self.definition.file))
        };
        if new.is_empty() {
            return match (keeps, self.create_empty) {
                (true, _) => Ok(()),
                (false, true) => {
                    self.lookups.replace(&self.definition, &mut |_| Ok(())).map_err(io)
                }
                (false, false)
                    if self.override_if_empty && self.lookups.exists(&self.definition) =>
                {
                    self.lookups.remove(&self.definition).map_err(io)
                }
                _ => Ok(()),
            };
        }
        let old = match keeps && self.lookups.exists(&self.definition) {
            true => lookup::read(&*self.lookups, &self.definition, &|_| true, cx)?,
            false => Table::default(),
        };
        let names = self.columns(&old, batches, cx);
        let rows = self.rows(&old, batches, &new);
        self.lookups
            .replace(&self.definition, &mut |file| {
                if self.gz {
                    let mut file = GzEncoder::new(file, Compression::default());
                    self.csv(&mut file, &names, &rows, &old, batches)?;
                    return file.finish().map(|_| ());
                }
                self.csv(file, &names, &rows, &old, batches)
            })
            .map_err(io)
    }

    /// The columns: the table's own where rows are appended to a CSV lookup, else those of the
    /// table and all fields of the rows.
    fn columns(&self, old: &Table, batches: &[Batch], cx: &RunCx) -> IndexSet<FieldName> {
        let mut names: IndexSet<FieldName> = IndexSet::new();
        if self.key_field.is_some() {
            names.insert(KEY.into());
        }
        names.extend(old.names().iter().cloned());
        let fixed = !old.names().is_empty() && !self.definition.kv_store;
        for (name, col) in batches.iter().flat_map(|b| &b.cols) {
            if !fixed {
                names.insert(name.clone());
            } else if !names.contains(name) && !col.is_all_null() {
                let text = format!(
                    "{} has no column `{name}`: outputlookup append=true leaves the field out",
                    self.definition.file
                );
                cx.notice("SPL3156", text, false);
            }
        }
        names
    }

    /// The rows in the order in which they are written. In a KV store a record takes the place of
    /// the one with its key.
    fn rows(&self, old: &Table, batches: &[Batch], new: &[(usize, usize)]) -> Vec<Row> {
        let mut rows: Vec<Row> = (0..old.rows()).map(Row::Old).collect();
        let mut places: IndexMap<FieldName, usize> = IndexMap::new();
        if self.definition.kv_store {
            let key = old.place(KEY).and_then(|i| old.column(i));
            for row in 0..key.map_or(0, |_| old.rows()) {
                let key = key.map_or("", |c| c.get(row));
                places.insert(key.into(), row as usize);
            }
        }
        for &(batch, row) in new {
            let key = self.key(&batches[batch], row);
            let key = Some(key).filter(|k| self.definition.kv_store && !k.is_null());
            match key.as_ref().and_then(|k| places.get(k.text().as_ref())) {
                Some(&at) if self.allow_updates => rows[at] = Row::New(batch, row),
                Some(_) => {}
                None => {
                    places.extend(key.map(|k| (k.to_smol(), rows.len())));
                    rows.push(Row::New(batch, row));
                }
            }
        }
        rows
    }

    fn key(&self, batch: &Batch, row: usize) -> Value {
        batch.get(self.key_field.as_deref().unwrap_or(KEY), row).clone()
    }

    fn csv(
        &self,
        file: &mut dyn Write,
        names: &IndexSet<FieldName>,
        rows: &[Row],
        old: &Table,
        batches: &[Batch],
    ) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(file);
        let multi = |name: &FieldName| format!("__mv_{name}");
        let header = names.iter().map(|n| n.to_string());
        match self.multivalue {
            true => csv.write_record(header.chain(names.iter().map(multi)))?,
            false => csv.write_record(header)?,
        }
        let places: Vec<Option<usize>> = names.iter().map(|n| old.place(n)).collect();
        let mut cells: Vec<Value> = Vec::new();
        for &row in rows {
            cells.clear();
            cells.extend(names.iter().zip(&places).map(|(name, place)| match row {
                Row::Old(r) => place.map_or(Value::Null, |p| old.value(p, r)),
                Row::New(b, r) if name == KEY && self.key_field.is_some() => {
                    self.key(&batches[b], r)
                }
                Row::New(b, r) => batches[b].get(name, r).clone(),
            }));
            for cell in &cells {
                csv.write_field(cell.text().as_ref())?;
            }
            if self.multivalue {
                for cell in &cells {
                    csv.write_field(match cell {
                        Value::Mv(members) => mv_cell(members),
                        _ => String::new(),
                    })?;
                }
            }
            csv.write_record(None::<&[u8]>)?;
        }
        csv.flush()
    }
}
