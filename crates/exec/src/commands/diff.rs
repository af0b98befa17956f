//! `diff`: the difference between two results.

mod lines;

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use lines::Matcher;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "diff",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Shows the lines in which a field of two results differs.",
        syntax: "diff [position1=<int>] [position2=<int>] [attribute=<string>] \
                 [diffheader=<bool>] [context=<bool>] [maxlen=<int>]",
        details: "Gives one row with the difference in _raw: a unified diff, or a context diff \
                  with context=true, three lines around each change; diffheader=true puts the \
                  lines with the two names before it. position1 and position2 count results from 1 (1 and 2), \
                  attribute is _raw, maxlen the bytes of each that are compared (100000; 0 = \
                  all). Equal texts give the row `Results are the same`. Where one of the \
                  results, or its attribute, is missing, the search fails.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/diff",
        examples: &[CommandExample {
            title: "the first result against the second",
            search: "* | diff attribute=text | eval change=_raw | table change",
            events: r#"{"text":"a\nb\nc"}
{"text":"a\nc\nd"}"#,
            rows: r#"{"change":"@@ -1,3 +1,3 @@\n a\n-b\n c\n+d"}"#,
        }],
    },
    plan: |stage, _| {
        let Command::Diff(d) = &stage.command else { return Err(super::wrong_syntax(stage)) };
        let attribute = d.attribute.as_ref().map_or("_raw", |f| f.node.as_str());
        Ok(Op::Ordered(Box::new(Diff {
            positions: [
                d.position1.as_ref().map_or(1, |n| n.node),
                d.position2.as_ref().map_or(2, |n| n.node),
            ],
            attribute: FieldName::new(attribute),
            header: d.diffheader.unwrap_or(false),
            context: d.context.unwrap_or(false),
            maxlen: match d.maxlen.as_ref().map_or(MAXLEN, |n| n.node) {
                0 => usize::MAX,
                n => usize::try_from(n).unwrap_or(usize::MAX),
            },
        })))
    },
};

/// Source: the page, "maxlen".
const MAXLEN: u64 = 100_000;

#[derive(Clone)]
struct Diff {
    positions: [u64; 2],
    attribute: FieldName,
    header: bool,
    context: bool,
    maxlen: usize,
}

impl Operator for Diff {
    fn needed(&self, _: FieldSet) -> FieldSet {
        std::iter::once(self.attribute.as_str()).collect()
    }
}

impl Ordered for Diff {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: self.clone(), seen: 0, texts: [None, None] })
    }
    fn first_rows(&self) -> Option<usize> {
        usize::try_from(self.positions[0].max(self.positions[1])).ok()
    }
}

struct Run {
    plan: Diff,
    seen: u64,
    /// Of each position, once it was reached: the field.
    texts: [Option<Value>; 2],
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        for (position, text) in self.plan.positions.iter().zip(&mut self.texts) {
            let row = position.checked_sub(self.seen + 1).and_then(|r| usize::try_from(r).ok());
            if let Some(row) = row.filter(|r| *r < batch.len && text.is_none()) {
                *text = Some(batch.get(&self.plan.attribute, row).clone());
            }
        }
        self.seen += batch.len as u64;
        Ok(if self.texts.iter().all(Option::is_some) { Flow::Done } else { Flow::More })
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let text = |n: usize| -> Result<String, RunError> {
            let position = self.plan.positions[n];
            match &self.texts[n] {
                None => {
                    let message = format!("diff: there is no result {position}, but {}", self.seen);
                    Err(RunError::failed("SPL3341", message))
                }
                Some(v) if v.is_null() => {
                    let message = format!("diff: result {position} has no {}", self.plan.attribute);
                    Err(RunError::failed("SPL3341", message))
                }
                Some(v) => Ok(cut(v.text().into_owned(), self.plan.maxlen)),
            }
        };
        let (a, b) = (text(0)?, text(1)?);
        let shown = match a == b {
            true => "Results are the same".to_owned(),
            false => self.show(&a, &b, cx)?,
        };
        let mut out = Batch::with_len(1);
        out.set("_raw", Col::Const(Value::from(shown)));
        give(out)?;
        Ok(())
    }
}

impl Run {
    fn show(&self, a: &str, b: &str, cx: &RunCx) -> Result<String, RunError> {
        let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
        let groups = Matcher::new(&a, &b).groups(lines::AROUND, cx)?;
        let [from, to] = self.plan.positions.map(|n| format!("Result {n}"));
        let mut out = Vec::new();
        if self.plan.header && !groups.is_empty() {
            let marks = if self.plan.context { ["***", "---"] } else { ["---", "+++"] };
            out.push(format!("{} {from}", marks[0]));
            out.push(format!("{} {to}", marks[1]));
        }
        match self.plan.context {
            true => lines::context(&groups, &a, &b, &mut out),
            false => lines::unified(&groups, &a, &b, &mut out),
        }
        Ok(out.join("\n"))
    }
}

fn cut(mut text: String, maxlen: usize) -> String {
    if text.len() > maxlen {
        let end = (0..=maxlen).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0);
        text.truncate(end);
    }
    text
}
