//! `loadjob`: the results of a search that ran before.

use super::{Class, CommandSpec, Generating, Op, Operator};
use crate::doc::{CommandDoc, CommandExample};
use crate::lookup::{self, Definition, Lookups};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Span, Spanned, Stage};
use sepal_parser::commands::Command;
use sepal_parser::commands::loadjob::{Job, Loadjob as Syntax};
use serde_json::{Map, Value as Json};
use std::io::Read;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "loadjob",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Gives the results of a search that ran before.",
        syntax: "loadjob <sid> | savedsearch=\"<user>:<app>:<name>\" [events=<bool>] \
                 [job_delegate=<string>] [artifact_offset=<int>] [ignore_running=<bool>]",
        details: "The results stand in a folder of --lookups: as SID.csv (or .csv.gz), SID.ndjson \
                  (or .jsonl) or SID.json, as `sepal run -o` writes them, or as the folder SID \
                  with results.csv.gz, as Splunk keeps a job. It must be the first command. \
                  savedsearch= takes the latest of the jobs whose id is that of a scheduled search, \
                  scheduler__USER__APP__NAME_at_TIME, or artifact_offset before it; \
                  job_delegate= stands in place of scheduler. Ids in which Splunk hides the name \
                  behind a checksum are not found by name. There is no job that is still running, so \
                  that ignore_running has no effect. events=true is refused: results are kept, not \
                  the events that they come from.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/loadjob",
        examples: &[CommandExample {
            title: "with a file 1233886270.2.csv of the lines host,count and web,3",
            search: "| loadjob 1233886270.2 | eval twice=2*count",
            events: "",
            rows: r#"{"host":"web","count":"3","twice":6}"#,
        }],
    },
    plan,
};

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Loadjob(j) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    if let Some(events) = j.events.as_ref().filter(|e| e.node) {
        let d = Diagnostic::unsupported("SPL3366", events.span, "loadjob events=true");
        return Err(vec![d.label("the results of a job are kept, not its events")]);
    }
    let name = match &j.job {
        Job::Sid(sid) => sid,
        Job::Saved { value, .. } => value,
    };
    let lookups = cx.lookups(name).map_err(|_| vec![nothing(name, &[])])?;
    let sid = sid(j, &*lookups)?;
    let found = lookups.job(&sid).map_err(|e| vec![e.at(name.span)])?;
    let Some(definition) = found else { return Err(vec![nothing(name, &lookups.jobs())]) };
    Ok(Op::Generating(Box::new(Loadjob { lookups, definition, span: name.span })))
}

/// "there is no job".
fn nothing(name: &Spanned<String>, known: &[String]) -> Diagnostic {
    let text = format!("there are no results of the job `{}`", name.node);
    let d = Diagnostic::error("SPL3365", name.span, text).label("not in a folder of --lookups");
    match sepal_parser::suggest(&name.node, known.iter().map(String::as_str)) {
        Some(meant) => d.help(format!("did you mean `{meant}`?")),
        None => d.help("save them as SID.csv, SID.ndjson or SID.json"),
    }
}

/// The id of the job.
fn sid(j: &Syntax, lookups: &dyn Lookups) -> Result<String, Vec<Diagnostic>> {
    let (value, user, app, name) = match &j.job {
        Job::Sid(sid) => {
            let of_saved = "an option of savedsearch=";
            if let Some(o) = j.artifact_offset.as_ref().filter(|o| o.node > 0) {
                let text = "`artifact_offset=` does not go with a search id";
                return Err(vec![Diagnostic::error("SPL3366", o.span, text).label(of_saved)]);
            }
            return Ok(sid.node.clone());
        }
        Job::Saved { value, user, app, name } => (value, user, app, name),
    };
    // Source: Search Manual, "Dispatch directory and search artifacts", the names of its folders
    let delegate = j.job_delegate.as_ref().map_or("scheduler", |d| d.node.as_str());
    let begin = format!("{delegate}__{user}__{app}__{name}_at_");
    let mut known: Vec<((f64, u64), String)> = Vec::new();
    for sid in lookups.jobs() {
        let Some(rest) = sid.strip_prefix(&begin) else { continue };
        let (time, number) = rest.split_once('_').unwrap_or((rest, "0"));
        if let (Ok(time), Ok(number)) = (time.parse(), number.parse()) {
            known.push(((time, number), sid));
        }
    }
    known.sort_by(|((t, n), _), ((u, m), _)| u.total_cmp(t).then(m.cmp(n)));
    let offset = j.artifact_offset.as_ref().map_or(0, |o| o.node);
    let at = usize::try_from(offset).unwrap_or(usize::MAX);
    match known.into_iter().nth(at) {
        Some((_, sid)) => Ok(sid),
        None => {
            let text = format!("there are no results of the saved search `{}`", value.node);
            let d = Diagnostic::error("SPL3365", value.span, text);
            Err(vec![d.label("none, or not so many").help(format!(
                "save them in a folder of --lookups as {begin}TIME.csv, .ndjson or .json"
            ))])
        }
    }
}

struct Loadjob {
    lookups: Arc<dyn Lookups>,
    definition: Arc<Definition>,
    span: Span,
}

/// Rows in a batch.
const ROWS: u32 = 1024;

/// The largest JSON file that is read.
const LARGEST: u64 = 1 << 30;

impl Operator for Loadjob {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::new()
    }
    fn describe(&self) -> String {
        self.definition.file.clone()
    }
}

impl Generating for Loadjob {
    fn rows(&self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let file = self.definition.file.as_str();
        if file.ends_with(".csv") || file.ends_with(".csv.gz") {
            let table = lookup::read(&*self.lookups, &self.definition, &|_| true, cx)?;
            let mut out = Vec::new();
            let mut at = 0;
            while at < table.rows() {
                let n = (table.rows() - at).min(ROWS);
                out.push(table.batch(at, n));
                at += n;
            }
            return Ok(out);
        }
        let broken = |why: String| RunError::Failed {
            code: "SPL3367",
            message: format!("{file} is not the result of a search that can be read: {why}"),
            span: Some(self.span),
        };
        let mut text = String::new();
        let opened = self.lookups.open(&self.definition);
        let read = opened.and_then(|f| f.take(LARGEST + 1).read_to_string(&mut text));
        read.map_err(|e| broken(e.to_string()))?;
        if text.len() as u64 > LARGEST {
            return Err(broken("it is larger than 1 GiB".to_owned()));
        }
        let rows = match file.ends_with(".json") {
            true => array(&text),
            false => lines(&text),
        };
        Ok(vec![batch(&rows.map_err(broken)?)])
    }
}

/// The rows of a file with one object a line.
fn lines(text: &str) -> Result<Vec<Map<String, Json>>, String> {
    let lines = (1..).zip(text.lines()).filter(|(_, l)| !l.trim().is_empty());
    lines.map(|(n, l)| serde_json::from_str(l).map_err(|e| format!("line {n}: {e}"))).collect()
}

/// The rows of an array, which may stand in an object behind `results`, as Splunk's REST gives it.
fn array(text: &str) -> Result<Vec<Map<String, Json>>, String> {
    let json: Json = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let rows = match json {
        Json::Object(mut all) => all.remove("results").unwrap_or_default(),
        other => other,
    };
    let Json::Array(rows) = rows else { return Err("there is no array of rows".to_owned()) };
    let row = |json| match json {
        Json::Object(row) => Ok(row),
        other => Err(format!("`{other}` is no row")),
    };
    rows.into_iter().map(row).collect()
}

fn batch(rows: &[Map<String, Json>]) -> Batch {
    let mut cols: IndexMap<&str, Vec<Value>, foldhash::fast::FixedState> = IndexMap::default();
    for (i, row) in rows.iter().enumerate() {
        for (name, value) in row {
            let col = cols.entry(name).or_default();
            col.resize(i, Value::Null);
            col.push(Value::from_json(value));
        }
    }
    let mut batch = Batch::with_len(rows.len());
    for (name, mut values) in cols {
        values.resize(rows.len(), Value::Null);
        batch.set(FieldName::new(name), Col::Values(values));
    }
    batch
}
