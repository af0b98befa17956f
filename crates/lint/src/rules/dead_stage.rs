use super::Rule;
use crate::flow::Step;
use crate::walk;
use crate::{Cx, Level, Raw};
use sepal_parser::ast::{Field, Span};
use sepal_parser::commands::Command;

pub(super) const RULE: Rule = Rule {
    code: "SPL6019",
    name: "dead_stage",
    level: Level::Warning,
    on: true,
    needs_whole: true,
    summary: "a field that is computed and dropped before anything reads it, or an order that is lost",
    why: "What a later stats, table or fields does not read is gone after it. Either the \
          computation is left over, or the later command forgot the field. Note for a sort 0 right \
          before a stats that does not depend on the order.",
    bad: "index=web | eval name=lower(user) | stats count BY user",
    good: "index=web | eval name=lower(user) | stats count BY name",
    source: "Splunk Search Reference, stats, table, fields",
    check,
};

fn check(cx: &Cx<'_>, out: &mut Vec<Raw>) {
    for steps in &cx.flow.pipelines {
        for (n, step) in steps.iter().enumerate() {
            let Some((_, later)) = steps.get(n..).and_then(<[_]>::split_first) else { continue };
            match &step.stage.command {
                Command::Eval(c) => {
                    for (i, a) in c.assignments.iter().enumerate() {
                        let rest = c.assignments.get(i + 1..).unwrap_or_default();
                        let inside = rest.iter().any(|a2| mentions(&a2.expr, &a.target.node));
                        if !inside {
                            tell(&a.target, later, out);
                        }
                    }
                }
                Command::Rex(c) if !c.sed => {
                    let before = step.before.clone();
                    let made: Vec<&String> =
                        step.after.names.iter().filter(|n| !before.names.contains(*n)).collect();
                    let dead = |name: &&String| dropped(name, later).is_some();
                    if !made.is_empty() && made.iter().all(dead) {
                        let by = made.first().and_then(|n| dropped(n, later));
                        let name = made.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>();
                        out.push(message(c.pattern.span, &name.join(", "), by));
                    }
                }
                Command::Sort(c) if c.limit.as_ref().is_some_and(|l| l.node == 0) => {
                    if let Some(next) = later.first()
                        && forgets_order(next)
                    {
                        out.push(
                            Raw::at(step.stage.name.span, "the order is lost right after")
                                .level(Level::Note)
                                .help("sort after the stats, or not at all"),
                        );
                    }
                }
                _ => {}
            }
        }
    }
}

fn mentions(e: &sepal_parser::ast::Expr, name: &str) -> bool {
    let mut found = false;
    walk::expr(e, &mut |e| {
        found |= matches!(&e.kind, sepal_parser::ast::ExprKind::Field(f) if f == name);
    });
    found
}

fn tell(target: &Field, later: &[Step<'_>], out: &mut Vec<Raw>) {
    // a field whose name comes from values, and those that Splunk itself reads
    if target.node.contains(['{', '*']) || target.node.starts_with('_') {
        return;
    }
    if let Some(by) = dropped(&target.node, later) {
        out.push(message(target.span, &format!("`{}`", target.node), Some(by)));
    }
}

fn message(span: Span, names: &str, by: Option<&Step<'_>>) -> Raw {
    let command = by.map_or("a command", |s| &s.stage.name.node);
    Raw::at(span, format!("{names} is dropped by `{command}` before anything reads it"))
        .label("computed for nothing")
        .help(format!("remove it, or use it in the `{command}`"))
}

/// The stage that drops a field before any reads it; none where one reads it, or it is left.
fn dropped<'s, 'p>(name: &str, later: &'s [Step<'p>]) -> Option<&'s Step<'p>> {
    for step in later {
        let reads = &step.reads;
        let read = |r: &crate::flow::Read| r.name == name || crate::flow::matches(&r.name, name);
        if is_placeholder(step) {
            return None;
        }
        if reads.all || reads.list.iter().any(read) || !walk::subsearches(step.stage).is_empty() {
            return None;
        }
        if !step.after.may_hold(name) {
            return Some(step);
        }
        // written again: another field from here on
        let again = !step.before.open && !step.before.may_hold(name);
        if again {
            return None;
        }
        if sets_columns(step) {
            return None;
        }
    }
    None
}

/// `search *`: a filter macro that users fill with conditions on any field.
fn is_placeholder(step: &Step<'_>) -> bool {
    let Command::Search(c) = &step.stage.command else { return false };
    matches!(&c.expr, sepal_parser::ast::SearchExpr::Term(v) if v.text == "*")
}

/// Whether a field of the same name behind it would be another one.
fn sets_columns(step: &Step<'_>) -> bool {
    matches!(step.stage.command, Command::Stats(_) | Command::Chart(_) | Command::Top(_))
}

fn forgets_order(step: &Step<'_>) -> bool {
    let Command::Stats(c) = &step.stage.command else { return false };
    const ORDERED: &[&str] =
        &["earliest", "earliest_time", "first", "last", "latest", "latest_time", "list", "rate"];
    !c.aggregates.iter().any(|a| ORDERED.contains(&a.function.node.as_str()))
}
