//! `multikv`: a row for each line of a table in a text.

mod table;

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use std::collections::HashSet;
use table::{Header, Layout};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "multikv",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Makes a row of each line of the table that _raw holds.",
        syntax: "multikv [copyattrs=<bool>] [fields <field-list>] [filter <term-list>] \
                 [forceheader=<int>] [multitable=<bool>] [noheader=<bool>] [rmorig=<bool>]",
        details: "The header is the first line of two or more words without digits, or the line \
                  forceheader counts, from 1 and without empty lines; noheader=true calls the \
                  columns Column_1 and so on. What is no letter or digit in a name becomes _, none \
                  at its start. Commas part the columns where the header has them, and quotes \
                  around a value stay. \
                  A line with as many words as the header gives them in order; of another line \
                  each word goes to the column under whose name it stands. With multitable=true, \
                  the default, a line of capitalized words after an empty line is the header of \
                  another table. filter keeps the lines that hold one of the texts. A row has its \
                  line as _raw, and with copyattrs=true, the default, the other fields of the \
                  event. An event without a table gives no row of its own; with rmorig=false each \
                  event follows its rows. conf is refused: there is no multikv.conf.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/multikv",
        examples: &[CommandExample {
            title: "people",
            search: "* | multikv | table Name Age Occupation",
            events: r#"{"_raw":"Name     Age   Occupation\nJosh     42    SoftwareEngineer\nFrancine 35    CEO"}"#,
            rows: r#"{"Name":"Josh","Age":42,"Occupation":"SoftwareEngineer"}
{"Name":"Francine","Age":35,"Occupation":"CEO"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Multikv(m) => {
            if let Some(conf) = &m.conf {
                return Err(vec![
                    Diagnostic::unsupported("SPL2283", conf.span, "multikv.conf")
                        .label("a stanza of multikv.conf")
                        .help("say with forceheader= and filter where the table is"),
                ]);
            }
            let layout = match (m.noheader.unwrap_or(false), &m.forceheader) {
                (true, _) => Layout::NoHeader,
                (false, Some(n)) if n.node == 0 => {
                    return Err(vec![
                        Diagnostic::error("SPL2284", n.span, "lines count from 1")
                            .label("no line has this number"),
                    ]);
                }
                (false, Some(n)) => Layout::Line(usize::try_from(n.node).unwrap_or(usize::MAX)),
                (false, None) => Layout::Found,
            };
            Ok(Op::Streaming(Box::new(Multikv {
                layout,
                multitable: m.multitable.unwrap_or(true),
                copy: m.copyattrs.unwrap_or(true),
                keep_original: m.rmorig == Some(false),
                fields: m.fields.iter().map(|f| FieldName::new(&f.node)).collect(),
                filter: m.filter.iter().map(|f| f.node.clone()).collect(),
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Multikv {
    layout: Layout,
    multitable: bool,
    copy: bool,
    keep_original: bool,
    /// Empty: all columns.
    fields: HashSet<FieldName>,
    /// Empty: all lines.
    filter: Vec<String>,
}

impl Operator for Multikv {
    // any field may come of it, and one that does not is copied
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert("_raw");
        after
    }
}

/// A line of a table.
struct Line<'t> {
    text: &'t str,
    cells: Vec<(FieldName, &'t str)>,
}

impl Multikv {
    fn lines<'t>(&self, text: &'t str) -> Vec<Line<'t>> {
        let mut out = Vec::new();
        let mut header: Option<Header> = None;
        let mut after_gap = false;
        let mut number = 0;
        for line in text.lines() {
            if line.trim().is_empty() {
                after_gap = true;
                continue;
            }
            number += 1;
            let gap = std::mem::take(&mut after_gap);
            let begins = match (&header, self.layout) {
                (None, Layout::Found) => table::is_header(line),
                (None, Layout::Line(n)) => n == number,
                (None, Layout::NoHeader) => {
                    header = Some(Header::numbered(line));
                    false
                }
                (Some(_), Layout::NoHeader) => false,
                (Some(_), _) => self.multitable && gap && table::is_capitalized(line),
            };
            if begins {
                header = Some(Header::read(line));
                continue;
            }
            let Some(header) = &header else { continue };
            if !self.filter.is_empty() && !self.filter.iter().any(|f| line.contains(f.as_str())) {
                continue;
            }
            let mut cells = header.cells(line);
            if !self.fields.is_empty() {
                cells.retain(|(name, _)| self.fields.contains(name));
            }
            out.push(Line { text: line, cells });
        }
        out
    }
}

impl Streaming for Multikv {
    fn apply(&self, batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let texts: Vec<String> =
            (0..batch.len).map(|row| batch.get("_raw", row).text().into_owned()).collect();
        // for each row that comes out: its event, and the line unless it is the event itself
        let mut rows: Vec<(usize, Option<Line<'_>>)> = Vec::new();
        for (row, text) in texts.iter().enumerate() {
            rows.extend(self.lines(text).into_iter().map(|line| (row, Some(line))));
            if self.keep_original {
                rows.push((row, None));
            }
        }
        let origins: Vec<usize> = rows.iter().map(|(row, _)| *row).collect();
        let mut out = batch.take(&origins);
        if !self.copy {
            for (name, col) in &mut out.cols {
                if name == "_time" {
                    continue;
                }
                let values = col.values_mut(rows.len());
                for (value, (_, line)) in values.iter_mut().zip(&rows) {
                    if line.is_some() {
                        *value = Value::Null;
                    }
                }
            }
        }
        if out.cols.get("_raw").is_none() {
            out.set("_raw", Col::Const(Value::Null));
        }
        for (at, (_, line)) in rows.iter().enumerate() {
            let Some(line) = line else { continue };
            out.values_mut("_raw")[at] = Value::from(line.text);
            for (name, cell) in &line.cells {
                out.values_mut(name)[at] = Value::from(*cell);
            }
        }
        Ok(out)
    }
}
