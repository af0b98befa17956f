//! `metadata`: the hosts, sources or sourcetypes of the events.

use super::eventcount::over_events;
use super::{Class, CommandSpec};
use crate::doc::{CommandDoc, CommandExample};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "metadata",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Gives a row for each host, source or sourcetype of the events.",
        syntax: "metadata type=(hosts | sources | sourcetypes) [index=<string>]... \
                 [splunk_server=<string>] [splunk_server_group=<string>]",
        details: "firstTime and lastTime are the earliest and the latest time of its events, \
                  totalCount is how many there are. Splunk's recentTime is the time of indexing: \
                  events here have none, so that it is lastTime. The events themselves are read, \
                  so the numbers are exact. Servers have no effect; datatype=metric is refused.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/metadata",
        examples: &[CommandExample {
            title: "hosts",
            search: "| metadata type=hosts | table host totalCount firstTime lastTime",
            events: r#"{"_time":2,"host":"a"}
{"_time":1,"host":"a"}
{"_time":3,"host":"b"}"#,
            rows: r#"{"host":"a","totalCount":2,"firstTime":1,"lastTime":2}
{"host":"b","totalCount":1,"firstTime":3,"lastTime":3}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Metadata(m) => {
            if let Some(d) = m.datatype.as_ref().filter(|d| !d.node.eq_ignore_ascii_case("event")) {
                return Err(vec![
                    Diagnostic::unsupported("SPL2286", d.span, format!("datatype={}", d.node))
                        .label("there is no metric index"),
                ]);
            }
            let kind = m.kind.node.as_str();
            let field = kind.trim_end_matches('s');
            let rest = format!(
                "stats min(_time) AS firstTime max(_time) AS lastTime count AS totalCount BY {field} \
                 | eval recentTime=lastTime, type=\"{kind}\" \
                 | fields firstTime {field} lastTime recentTime totalCount type"
            );
            over_events(&m.indexes, &rest, stage.name.span, cx)
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};
