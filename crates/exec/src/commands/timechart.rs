//! `timechart` (also `sitimechart`): a chart over time.

use super::chart::plan;
use super::{Class, CommandSpec};
use crate::doc::{CommandDoc, CommandExample};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "timechart",
    aliases: &["sitimechart"],
    class: Class::Partial,
    doc: CommandDoc {
        summary: "Makes a table of aggregates over time: a row for each span, a column for each value of a field.",
        syntax: "timechart [sep=<string>] [format=<string>] [partial=<bool>] [cont=<bool>] \
                 [fixedrange=<bool>] [limit=[top|bottom]<int>] [agg=<stats-func>] \
                 [span=<span-length>] [bins=<int>] [minspan=<span-length>] [aligntime=<time>] \
                 <stats-func>(<wc-field>|eval(<expr>)) [AS <wc-field>]... [BY <field> \
                 [usenull=<bool>] [useother=<bool>] [nullstr=<string>] [otherstr=<string>] \
                 [where <stats-func> (in|notin) (top|bottom)<int> | (<|>) <num>]] \
                 [dedup_splitvals=<bool>]",
        details: "Without span the smallest of 1s, 5s, 10s, 30s, 1m, 5m, 10m, 30m, 1h, 1d, 1mon \
                  and 1y that gives at most `bins` (100) rows. Spans without events are shown \
                  unless cont=false. The range is that of the events, widened to earliest= and \
                  latest= of the search unless fixedrange=false. partial=false leaves out a first \
                  and last row that the range does not cover. per_second, per_minute, per_hour and \
                  per_day divide a sum by the length of the span. Columns are chosen and named as \
                  by `chart`.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/timechart",
        examples: &[CommandExample {
            title: "events of each host in ten minutes",
            search: "* | timechart span=10m count BY host | eval t=strftime(_time, \"%H:%M\") | table t a b",
            events: r#"{"_time":1700001600,"host":"a"}
{"_time":1700000400,"host":"b"}
{"_time":1700000430,"host":"b"}"#,
            rows: r#"{"t":"22:20","a":0,"b":2}
{"t":"22:30","a":0,"b":0}
{"t":"22:40","a":1,"b":0}"#,
        }],
    },
    plan: |stage, cx| plan(stage, cx, true),
};
