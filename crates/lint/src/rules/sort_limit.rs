use super::{Rule, help};
use crate::{Cx, Level, Raw};
use sepal_parser::ast::Span;
use sepal_parser::commands::Command;

pub(super) const RULE: Rule = Rule {
    code: "SPL6020",
    name: "sort_limit",
    level: Level::Warning,
    on: true,
    needs_whole: false,
    summary: "a sort that keeps 10,000 rows, before a command that needs all of them",
    why: "sort without a number keeps its first 10,000 rows and drops the others. What counts, \
          compares or joins neighbours behind it works on these alone. sort 0 keeps all. --fix \
          writes the 0.",
    bad: "index=web | sort _time | streamstats count BY user",
    good: "index=web | sort 0 _time | streamstats count BY user",
    source: "Splunk Search Reference, sort, \"count\"",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for steps in &cx.flow.pipelines {
        for (n, step) in steps.iter().enumerate() {
            let Command::Sort(c) = &step.stage.command else { continue };
            let later = steps.get(n + 1..).unwrap_or_default();
            let needs = later.iter().position(|s| {
                matches!(
                    s.stage.command,
                    Command::Accum(_)
                        | Command::Autoregress(_)
                        | Command::Delta(_)
                        | Command::Eventstats(_)
                        | Command::Chart(_)
                        | Command::Stats(_)
                        | Command::Streamstats(_)
                        | Command::Transaction(_)
                )
            });
            let Some(at) = needs.filter(|_| c.limit.is_none()) else { continue };
            let (Some(needs), between) = (later.get(at), later.get(..at).unwrap_or_default())
            else {
                continue;
            };
            let name = step.stage.name.span;
            // the first rows are all that is wanted, or another sort decides
            let cut = between
                .iter()
                .any(|s| matches!(s.stage.command, Command::Head(_) | Command::Sort(_)));
            if cut || name.range().is_empty() {
                continue;
            }
            let message = format!("`{}` gets the first 10,000 rows only", needs.stage.name.node);
            let found = Raw::at(name, message)
                .label("keeps 10,000 rows")
                .help("write `sort 0` to keep all rows");
            let gap = Span { start: name.end, end: name.end + 1 };
            let blank = help::text(cx, gap) == " ";
            out.push(if blank { found.fix(gap, " 0 ") } else { found });
        }
    }
}
