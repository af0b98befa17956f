//! `addinfo`: the search's time range in each row.

use super::bin::TimeRange;
use super::{Class, CommandSpec, Op, Operator, Streaming, chart};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::time::{Modifier, Time};
use sepal_data::{Batch, Col, Value};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "addinfo",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Adds the time range of the search, and when it ran, to each row.",
        syntax: "addinfo",
        details: "info_min_time and info_max_time are the ends of the time range in seconds since \
                  the epoch: that of earliest= and latest= in the search, else that of the run; 0.000 \
                  and +Infinity where there is none. info_search_time is when the search started, \
                  info_sid that time as the id of a job.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/addinfo",
        examples: &[CommandExample {
            title: "how far from the end of the range the last event of each host is",
            search: "earliest=10 latest=100 * | stats latest(_time) AS last BY host | addinfo \
                     | eval age=info_max_time-last | fields - info_* last",
            events: r#"{"_time":90,"host":"a"}
{"_time":40,"host":"b"}"#,
            rows: r#"{"host":"a","age":10}
{"host":"b","age":60}"#,
        }],
    },
    plan: |_, cx| Ok(Op::Streaming(Box::new(Addinfo { range: chart::range(cx) }))),
};

const MIN: &str = "info_min_time";
const MAX: &str = "info_max_time";
const SID: &str = "info_sid";
const SEARCHED: &str = "info_search_time";

struct Addinfo {
    range: TimeRange,
}

impl Operator for Addinfo {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        [MIN, MAX, SID, SEARCHED].iter().for_each(|f| after.remove(f));
        after
    }
}

impl Streaming for Addinfo {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let (earliest, latest) = cx.given_range();
        let now = cx.now();
        let of = |m: &Option<Modifier>| m.as_ref()?.apply(now, cx.host.time_zone());
        let text = |t: Option<Time>, none: &str| t.map_or_else(|| none.to_owned(), millis);
        let fields = [
            (MIN, text(of(&self.range.0).or(earliest), "0.000")),
            (MAX, text(of(&self.range.1).or(latest), "+Infinity")),
            (SID, format!("{}.1", now.as_secs())),
            (SEARCHED, millis(now)),
        ];
        for (name, value) in fields {
            batch.set(name, Col::Const(Value::from(value.as_str())));
        }
        Ok(batch)
    }
}

/// Seconds since the epoch with three decimals, as Splunk writes them.
fn millis(t: Time) -> String {
    format!("{}.{:03}", t.as_secs(), t.subsec_micros() / 1000)
}
