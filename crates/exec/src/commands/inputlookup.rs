//! `inputlookup`: the rows of a lookup table.

use super::{
    Class, CommandSpec, Flow, Generating, Give, Op, Operator, Ordered, OrderedRun, put_to,
};
use crate::doc::{CommandDoc, CommandExample};
use crate::lookup::{self, Definition, Lookups};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use crate::search::SearchProgram;
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{SearchExpr, Stage};
use sepal_parser::commands::Command;
use sepal_parser::commands::inputlookup::Inputlookup as Syntax;
use std::sync::{Arc, Mutex, PoisonError};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "inputlookup",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Gives the rows of a lookup table.",
        syntax: "inputlookup [append=<bool>] [strict=<bool>] [start=<int>] [max=<int>] <lookup> \
                 [WHERE <search-query>]",
        details: "The lookup is a definition or a CSV file in a folder of --lookups. It must be the \
                  first command, or append=true puts the table's rows after those so far. start (from \
                  0) and max say which rows of the file are read; of these, WHERE keeps those that \
                  meet a condition as in search. Empty cells are null. A table that does not exist is \
                  an error, with strict=false too.",
        source: "help.splunk.com/splunk-enterprise/spl-search-reference/10.0/search-commands/inputlookup",
        examples: &[CommandExample {
            title: "with a table hosts.csv of the lines ip,name and 10.0.0.1,web",
            search: "| inputlookup hosts.csv where name=w*",
            events: "",
            rows: r#"{"ip":"10.0.0.1","name":"web"}"#,
        }],
    },
    plan,
};

/// Rows in a batch.
const ROWS: u32 = 1024;

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Inputlookup(l) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    read(l, cx)
}

/// The rows of a lookup table.
pub(super) fn read(l: &Syntax, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let lookups = cx.lookups(&l.table)?;
    let at_name = |e: lookup::LookupError| vec![e.at(l.table.span)];
    let definition = lookups.find(&l.table.node).map_err(at_name)?;
    lookup::header(&*lookups, &definition).map_err(at_name)?;
    let mut diagnostics = Vec::new();
    if let Some(expr) = &l.filter {
        only_fields(expr, &mut diagnostics);
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let input = Inputlookup {
        lookups,
        definition,
        filter: l.filter.as_ref().map(SearchProgram::compile).transpose()?,
        start: l.start.as_ref().map_or(0, |n| n.node),
        max: l.max.as_ref().map_or(u64::MAX, |n| n.node),
        wanted: Mutex::default(),
    };
    let appends = l.append.unwrap_or(false);
    Ok(match appends && !cx.is_first() {
        true => Op::Ordered(Box::new(Append(Arc::new(input)))),
        false => Op::Generating(Box::new(input)),
    })
}

/// A row of a table has fields, but no text and no time range.
fn only_fields(expr: &SearchExpr, out: &mut Vec<Diagnostic>) {
    match expr {
        SearchExpr::And(es) | SearchExpr::Or(es) => es.iter().for_each(|e| only_fields(e, out)),
        SearchExpr::Not(e) => only_fields(e, out),
        SearchExpr::Term(v) if v.text != "*" => out.push(
            Diagnostic::error("SPL2230", v.span, "a row of a lookup has no text to search in")
                .label("not a comparison")
                .help(format!("compare a column: `where column=\"*{}*\"`", v.text)),
        ),
        SearchExpr::Time { key, .. } => out.push(
            Diagnostic::error("SPL2230", key.span, "a row of a lookup has no time range")
                .label("not a column")
                .help("use `| where` after inputlookup for a column of that name"),
        ),
        _ => {}
    }
}

struct Inputlookup {
    lookups: Arc<dyn Lookups>,
    definition: Arc<Definition>,
    filter: Option<SearchProgram>,
    start: u64,
    max: u64,
    /// What later commands read: other columns are not.
    wanted: Mutex<Option<FieldSet>>,
}

impl Inputlookup {
    fn note_wanted(&self, after: &FieldSet) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.get_or_insert_default().union(after);
    }

    /// Gives the rows in batches.
    fn read(&self, cx: &RunCx, give: &mut Give<'_>) -> Result<(), RunError> {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let filter = self.filter.as_ref().map(SearchProgram::needed);
        let is_read = |name: &str| {
            wanted.as_ref().is_none_or(|w| w.contains(name))
                || filter.as_ref().is_some_and(|f| f.contains(name))
        };
        let table = lookup::read(&*self.lookups, &self.definition, &is_read, cx)?;
        let end = self.start.saturating_add(self.max).min(u64::from(table.rows()));
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        let mut at = u32::try_from(self.start).unwrap_or(u32::MAX).min(end);
        while at < end {
            cx.check_stop()?;
            let n = (end - at).min(ROWS);
            let mut batch = table.batch(at, n);
            if let Some(filter) = &self.filter {
                let mask = filter.mask(&batch, cx);
                batch.retain(&mask);
            }
            if batch.len > 0 && !give(batch)? {
                break;
            }
            at += n;
        }
        Ok(())
    }

    fn about(&self) -> String {
        self.definition.file.clone()
    }
}

impl Operator for Inputlookup {
    fn needed(&self, after: FieldSet) -> FieldSet {
        self.note_wanted(&after);
        FieldSet::new()
    }
    fn describe(&self) -> String {
        self.about()
    }
}

impl Generating for Inputlookup {
    fn rows(&self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let mut out = Vec::new();
        self.read(cx, &mut put_to(&mut out))?;
        Ok(out)
    }
}

/// `append=true`: the rows so far, then those of the table.
struct Append(Arc<Inputlookup>);

impl Operator for Append {
    fn needed(&self, after: FieldSet) -> FieldSet {
        self.0.note_wanted(&after);
        after
    }
    fn describe(&self) -> String {
        format!("appends {}", self.0.about())
    }
}

impl Ordered for Append {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(AppendRun(Arc::clone(&self.0)))
    }
}

struct AppendRun(Arc<Inputlookup>);

impl OrderedRun for AppendRun {
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        out.push(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        self.0.read(cx, give)
    }
}
