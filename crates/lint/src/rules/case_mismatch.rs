use super::{Rule, help};
use crate::flow::How;
use crate::{Cx, Level, Raw};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: "SPL6014",
    name: "case_mismatch",
    level: Level::Error,
    on: true,
    needs_whole: true,
    summary: "a field in another letter case than the command before it gives",
    why: "Names of fields are compared letter by letter: User and user are two fields. Error where \
          only the other one can be there, note where events may have both.",
    bad: "index=web | stats count BY User | where user=\"eve\"",
    good: "index=web | stats count BY User | where User=\"eve\"",
    source: "Splunk Search Manual, \"Field names are case sensitive\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for steps in &cx.flow.pipelines {
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for step in steps {
            let mut here: BTreeSet<&str> = BTreeSet::new();
            for read in &step.reads.list {
                let name = read.name.as_str();
                here.insert(name);
                let Some(other) = step.before.other_case(name) else { continue };
                let sure = !step.before.may_hold(name);
                // the events' own field, of which another was made
                let seen = known.contains(name) || step.before.names.contains(name);
                if name.contains('*') || read.how == How::Tolerant || !sure && seen {
                    continue;
                }
                let found = Raw::at(read.span, format!("`{name}`, but the field is `{other}`"))
                    .label("another letter case")
                    .help(format!("write `{other}`"));
                // in quotes or as a word, the name stands there as it is
                let written = help::text(cx, read.span);
                out.push(match (sure, written.replacen(name, other, 1)) {
                    (true, new) if new != written => found.fix(read.span, new),
                    (true, _) => found,
                    (false, _) => found.level(Level::Note),
                });
            }
            known.extend(here);
        }
    }
}
