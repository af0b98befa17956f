//! `rare`: the least common values.

use super::top::{Which, plan};
use super::{Class, CommandSpec};
use crate::doc::{CommandDoc, CommandExample};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "rare",
    aliases: &["sirare"],
    class: Class::Partial,
    doc: CommandDoc {
        summary: "Counts the combinations of values of the fields and shows the least common ones.",
        syntax: "rare [<N>] [countfield=<string>] [limit=<int>] [percentfield=<string>] \
                 [showcount=<bool>] [showperc=<bool>] <field-list> [BY <field-list>]",
        details: "`top` the other way round: the smallest count first, among equal counts the \
                  values in order of their text. 10 rows of each BY group unless a number is given; \
                  0 shows all, up to 50,000.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/rare",
        examples: &[CommandExample {
            title: "the rarest user agent",
            search: "* | rare limit=1 agent",
            events: r#"{"agent":"curl"}
{"agent":"kubectl"}
{"agent":"kubectl"}
{"agent":"kubectl"}"#,
            rows: r#"{"agent":"curl","count":1,"percent":"25.000000"}"#,
        }],
    },
    plan: |stage, cx| plan(stage, Which::Rare, cx),
};
