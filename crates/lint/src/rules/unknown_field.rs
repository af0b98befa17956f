use super::{Rule, help};
use crate::flow::{How, Step};
use crate::{Cx, Level, Raw};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: "SPL6004",
    name: "unknown_field",
    level: Level::Error,
    on: true,
    needs_whole: true,
    summary: "a field that no command before it leaves in the rows",
    why: "After stats, table, fields, tstats, chart and the like only their columns are left. \
          Whatever uses another field there gets nothing: a condition lets no row pass or all of \
          them, a group that it is part of has no rows, a computation is null.\n\n\
          Error where rows are filtered or grouped by it, warning where its value is used, note \
          where it is only listed, renamed or converted.",
    bad: "index=web | stats count BY host | where user=\"eve\"",
    good: "index=web | stats count BY host user | where user=\"eve\"",
    source: "Splunk Search Reference, stats, table, fields",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for steps in &cx.flow.pipelines {
        let mut told = BTreeSet::new();
        for step in steps {
            let words = words(cx, step);
            for read in &step.reads.list {
                let name = read.name.as_str();
                if name.contains('*')
                    || read.how == How::Tolerant
                    || words.contains(&read.span.start)
                    || help::is_constant(name)
                    || step.before.may_hold(name)
                    || step.before.other_case(name).is_some()
                    || !told.insert(name)
                {
                    continue;
                }
                let (level, label) = match read.how {
                    How::Filter => (Level::Error, "no row has it"),
                    How::By => (Level::Error, "no row has it, so that no group has rows"),
                    How::Value => (Level::Warning, "no row has it"),
                    How::Listed | How::Tolerant => (Level::Note, "no row has it"),
                };
                out.push(
                    Raw::at(read.span, format!("no field `{name}` is left here"))
                        .level(level)
                        .label(label)
                        .help(help::fields_help(step, name)),
                );
            }
        }
    }
}

/// Where words stand that `where_word` tells of.
fn words(cx: &Cx<'_>, step: &Step<'_>) -> BTreeSet<u32> {
    let list = help::comparisons(&step.stage.command).into_iter();
    list.filter(|(_, op, lhs, rhs)| help::is_word(cx, step, *op, lhs, rhs).is_some())
        .map(|(.., rhs)| rhs.span.start)
        .collect()
}
