//! `selfjoin`: rows joined with other rows of the same result.

use super::matched::{CHUNK, Pair, key, lay_over, left_rows};
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use foldhash::HashMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName};
use sepal_parser::commands::{Command, selfjoin};
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "selfjoin",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Joins each row with other rows of the result that have the same values.",
        syntax: "selfjoin [overwrite=<bool>] [max=<int>] [keepsingle=<bool>] <field>...",
        details: "A row is joined with the first other row that has the same values in the \
                  fields, with max=0 with all of them, each a row of the result. The other row's \
                  fields replace its own unless overwrite=false. Rows that no other row matches \
                  are left out unless keepsingle=true; a row without one of the fields matches \
                  none. At most 100,000 rows count.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/selfjoin",
        examples: &[CommandExample {
            title: "start and end of a job",
            search: "* | selfjoin overwrite=false id | table id start end",
            events: r#"{"id":1,"start":10}
{"id":1,"end":20}
{"id":2,"start":30}"#,
            rows: r#"{"id":1,"start":10,"end":20}
{"id":1,"start":10,"end":20}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Selfjoin(s) => {
            let wild = super::refuse_wildcards(stage, &s.fields);
            match wild.is_empty() {
                true => Ok(Op::Ordered(Box::new(Selfjoin(Arc::new((**s).clone()))))),
                false => Err(wild),
            }
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Rows that count. Source: the page's "max".
const MAX_ROWS: usize = 100_000;

struct Selfjoin(Arc<selfjoin::Selfjoin>);

impl Operator for Selfjoin {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        self.0.fields.iter().for_each(|f| after.insert(&f.node));
        after
    }
    fn describe(&self) -> String {
        let fields: Vec<&str> = self.0.fields.iter().map(|f| f.node.as_str()).collect();
        format!("on {}", fields.join(", "))
    }
}

impl Ordered for Selfjoin {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { syntax: Arc::clone(&self.0), rows: Batch::default() })
    }
}

struct Run {
    syntax: Arc<selfjoin::Selfjoin>,
    rows: Batch,
}

impl Run {
    fn joined(&self, pairs: &[Pair]) -> Batch {
        let mut out = left_rows(&self.rows, pairs);
        for (name, col) in &self.rows.cols {
            lay_over(&mut out, name, col, pairs, self.syntax.overwrite);
        }
        out
    }
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        self.rows.append(batch);
        self.rows.order.clear();
        if self.rows.len > MAX_ROWS {
            let message = format!("selfjoin took the first {MAX_ROWS} rows, as Splunk does");
            cx.notice("SPL3177", message, true);
            self.rows = self.rows.take(&(0..MAX_ROWS).collect::<Vec<_>>());
            return Ok(Flow::Done);
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let fields: Vec<FieldName> =
            self.syntax.fields.iter().map(|f| FieldName::new(&f.node)).collect();
        let keys: Vec<Option<Vec<u8>>> =
            (0..self.rows.len).map(|r| key(&self.rows, &fields, r)).collect();
        let mut alike: HashMap<&Vec<u8>, Vec<usize>> = HashMap::default();
        for (row, key) in keys.iter().enumerate() {
            if let Some(key) = key {
                alike.entry(key).or_default().push(row);
            }
        }
        let most = match usize::try_from(self.syntax.max) {
            Ok(0) | Err(_) => usize::MAX,
            Ok(n) => n,
        };
        let mut pairs: Vec<Pair> = Vec::new();
        for (row, key) in keys.iter().enumerate() {
            let same = key.as_ref().and_then(|k| alike.get(k)).map_or(&[][..], Vec::as_slice);
            let mut others = same.iter().filter(|o| **o != row).take(most).peekable();
            if others.peek().is_none() && self.syntax.keepsingle {
                pairs.push((row, None));
            }
            for other in others {
                pairs.push((row, Some(*other)));
                if pairs.len() >= CHUNK {
                    cx.check_stop()?;
                    if !give(self.joined(&std::mem::take(&mut pairs)))? {
                        return Ok(());
                    }
                }
            }
        }
        if !pairs.is_empty() {
            give(self.joined(&pairs))?;
        }
        Ok(())
    }
}
