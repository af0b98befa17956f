//! `reltime`: how long ago a time was.

use super::given::write_given;
use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "reltime",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Writes how long ago a time was, such as `5 days ago`.",
        syntax: "reltime [timefield=<field-list>] [prefix=<string>]",
        details: "The difference from the start of the search to the time of the field, which is \
                  _time where none is given, in the largest unit of which there is a whole one: \
                  years of 365 days, months of 30 days, days, hours, minutes, seconds. The field \
                  is reltime; with a prefix, or several fields in quotes, there is one for each, \
                  called the prefix (`reltime_` where none is given) and its name.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/reltime",
        examples: &[CommandExample {
            title: "an hour ago",
            search: "| makeresults | eval _time=now()-3600 | reltime | table reltime",
            events: "",
            rows: r#"{"reltime":"1 hour ago"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Reltime(r) => {
            let prefix = r.prefix.as_ref().map(|p| p.node.as_str());
            let pairs = match r.fields.as_slice() {
                [] => vec![(FieldName::new("_time"), named(prefix.unwrap_or(""), "reltime"))],
                [one] => {
                    let to = prefix.map_or_else(|| "reltime".into(), |p| named(p, &one.node));
                    vec![(FieldName::new(&one.node), to)]
                }
                all => {
                    let prefix = prefix.unwrap_or("reltime_");
                    all.iter().map(|f| (FieldName::new(&f.node), named(prefix, &f.node))).collect()
                }
            };
            Ok(Op::Streaming(Box::new(Reltime { pairs })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

fn named(prefix: &str, name: &str) -> FieldName {
    FieldName::new(format!("{prefix}{name}"))
}

struct Reltime {
    /// Fields with times, and those that say how long ago these were.
    pairs: Vec<(FieldName, FieldName)>,
}

impl Operator for Reltime {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        self.pairs.iter().for_each(|(from, _)| after.insert(from));
        after
    }
}

impl Streaming for Reltime {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let now = cx.now().as_secs_f64();
        for (from, to) in &self.pairs {
            let of = |row: usize| match batch.get(from, row).number() {
                Some(time) if time.is_finite() => Value::from(ago(now - time).as_str()),
                _ => Value::Null,
            };
            let texts = (0..batch.len).map(of).collect();
            write_given(&mut batch, to, texts);
        }
        Ok(batch)
    }
}

/// `5 days ago`; what is not over yet is `5 days from now`.
fn ago(seconds: f64) -> String {
    const UNITS: [(f64, &str); 5] = [
        (31_536_000.0, "year"),
        (2_592_000.0, "month"),
        (86_400.0, "day"),
        (3_600.0, "hour"),
        (60.0, "minute"),
    ];
    let length = seconds.abs();
    let (unit, name) =
        UNITS.iter().find(|(unit, _)| length >= *unit).copied().unwrap_or((1.0, "second"));
    let count = (length / unit).floor();
    let plural = if count == 1.0 { "" } else { "s" };
    let way = if seconds < 0.0 { "from now" } else { "ago" };
    format!("{count} {name}{plural} {way}")
}
