//! `addcoltotals`: a row of column totals at the end.

use super::{Class, CommandSpec, addtotals};
use crate::doc::{CommandDoc, CommandExample};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "addcoltotals",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Adds a row with the sum of each numeric field at the end.",
        syntax: "addcoltotals [labelfield=<field>] [label=<string>] [<wc-field-list>]",
        details: "Without a list all fields are summed that have a number, but for those that begin \
                  with `_`. With labelfield the last row has label (Total) in that field.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/addcoltotals",
        examples: &[CommandExample {
            title: "a sum below a column",
            search: "* | stats count BY u | addcoltotals labelfield=u label=ALL",
            events: r#"{"u":"x"}
{"u":"y"}
{"u":"y"}"#,
            rows: r#"{"u":"x","count":1}
{"u":"y","count":2}
{"u":"ALL","count":3}"#,
        }],
    },
    plan: addtotals::plan,
};
