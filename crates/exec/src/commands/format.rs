//! `format`: turns rows into the text of a search.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use crate::subsearch::Style;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, Value};
use sepal_parser::commands::{Command, format};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "format",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Turns all rows into one search text, in the field search.",
        syntax: "format [mvsep=<string>] [maxresults=<int>] [<row prefix> <column prefix> <column separator> <column end> <row separator> <row end>] [emptystr=<string>]",
        details: "A subsearch does this by itself with its rows. Fields of a row are joined by AND, \
                  rows by OR. Fields that begin with `_` are left out; of a field named search or \
                  query only the value is taken, as a term. The values of a multivalue field are \
                  joined by mvsep. The six texts in quotes are given all or not at all. No rows \
                  give emptystr, which is `NOT ()` and matches no event. maxresults=0 takes all \
                  rows.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/format",
        examples: &[CommandExample {
            title: "two rows",
            search: "* | fields host code | format",
            events: r#"{"host":"a","code":1}
{"host":"b","code":2}"#,
            rows: r#"{"search":"( ( host=\"a\" AND code=\"1\" ) OR ( host=\"b\" AND code=\"2\" ) )"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Format(f) => Ok(Op::Ordered(Box::new(Format {
            style: style(f),
            most: match f.maxresults.as_ref().map(|n| n.node) {
                None | Some(0) => usize::MAX,
                Some(n) => usize::try_from(n).unwrap_or(usize::MAX),
            },
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

fn style(f: &format::Format) -> Style {
    let mut style = Style::default();
    if let Some([rp, cp, cs, ce, rs, re]) = f.parts.as_deref() {
        style.row_prefix = rp.node.clone();
        style.column_prefix = cp.node.clone();
        style.column_separator = cs.node.clone();
        style.column_end = ce.node.clone();
        style.row_separator = rs.node.clone();
        style.row_end = re.node.clone();
    }
    if let Some(sep) = &f.mvsep {
        style.mvsep = sep.node.clone();
    }
    if let Some(empty) = &f.emptystr {
        style.empty = empty.node.clone();
    }
    style
}

struct Format {
    style: Style,
    most: usize,
}

impl Operator for Format {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::all()
    }
}

impl Ordered for Format {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(FormatRun { style: self.style.clone(), left: self.most, rows: Vec::new() })
    }
    fn first_rows(&self) -> Option<usize> {
        (self.most < usize::MAX).then_some(self.most)
    }
}

struct FormatRun {
    style: Style,
    left: usize,
    rows: Vec<String>,
}

impl OrderedRun for FormatRun {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        let take = batch.len.min(self.left);
        self.rows.extend((0..take).filter_map(|row| self.style.row(batch.row(row))));
        self.left -= take;
        Ok(if self.left == 0 { Flow::Done } else { Flow::More })
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        let mut batch = Batch::with_len(1);
        batch.set("search", Col::Const(Value::text_of(self.style.rows(&self.rows))));
        give(batch)?;
        Ok(())
    }
}
