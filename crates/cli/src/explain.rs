//! `--explain`: how a search would run.

use crate::spl::Prepared;
use sepal_data::fieldset::FieldSet;
use sepal_exec::plan::{Plan, Planned, ScanOptions, Source};
use sepal_exec::scan::Meta;
use sepal_exec::search::{SearchProgram, probe};
use std::fmt::Write;

/// The plan as text: the source with the fields that are fetched and the literals that are looked
/// for, then each command, where it runs, and the fields that reach it.
pub fn text(plan: &Plan, search: &Prepared, options: &ScanOptions) -> String {
    let mut out = String::new();
    for sub in plan.subsearches.iter().flat_map(|s| s.plans()) {
        out.push_str("subsearch, runs before:\n");
        let inner = stages(sub, search, options);
        inner.lines().for_each(|l| _ = writeln!(out, "    {l}"));
    }
    out.push_str(&stages(plan, search, options));
    out.push_str("\nmap: beside the scan, on each thread; merge: states on each thread, then merged; tail: after that, in order\n");
    out
}

fn stages(plan: &Plan, search: &Prepared, options: &ScanOptions) -> String {
    let mut out = String::new();
    match &plan.source {
        Source::Scan(program) => {
            let _ = writeln!(out, "scan    {}", stage_text(search, plan.first, "search"));
            for time in &plan.time {
                let _ = writeln!(out, "        time      {}={}", time.key.node, time.value.node);
            }
            if plan.subsearches.is_some() {
                let _ = writeln!(
                    out,
                    "        waits     for its subsearches: they add to what follows"
                );
            }
            let _ = writeln!(out, "        prefilter {}", literals(&program.exact, options));
            let _ = writeln!(out, "        fields    {}", fields(&plan.needed));
            let order = if plan.ordered { "newest first" } else { "any" };
            let _ = writeln!(out, "        order     {order}");
        }
        Source::Generate(planned) => command(&mut out, "make", planned, search, false),
    }
    for (i, planned) in plan.ops.iter().enumerate() {
        let place = if i < plan.streaming {
            "map"
        } else if i == plan.streaming && plan.partial {
            "merge"
        } else {
            "tail"
        };
        for (_, folded) in plan.folded.iter().filter(|(at, _)| *at == i) {
            let _ = writeln!(out, "{place:7} {}", stage_text(search, folded.span, &folded.name));
            let _ = writeln!(out, "        does      together with the next command, in one pass");
        }
        command(&mut out, place, planned, search, true);
    }
    out
}

fn command(out: &mut String, place: &str, planned: &Planned, search: &Prepared, needs: bool) {
    let operator = planned.op.operator();
    let _ = writeln!(out, "{place:7} {}", stage_text(search, planned.span, &planned.name));
    let description = operator.describe();
    if !description.is_empty() {
        let _ = writeln!(out, "        does      {description}");
    }
    if needs {
        let _ = writeln!(out, "        needs     {}", fields(&planned.needed));
    }
}

/// A stage as it was written, on one line.
fn stage_text(search: &Prepared, span: sepal_parser::ast::Span, name: &str) -> String {
    let text = search.text().get(span.range()).unwrap_or_default();
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.is_empty() { name.to_owned() } else { flat }
}

fn fields(set: &FieldSet) -> String {
    if set.is_all() {
        return "all".to_owned();
    }
    let exact = set.exact().iter().map(String::as_str);
    let all = set.has_visible().then_some("*");
    let names: Vec<&str> =
        all.into_iter().chain(exact).chain(set.wildcards().iter().map(|p| p.text())).collect();
    match names.len() {
        0 => "none".to_owned(),
        n if n > MANY => format!("{}, and {} more", names[..MANY].join(", "), n - MANY),
        _ => names.join(", "),
    }
}

/// More fields than these are counted, not named.
const MANY: usize = 24;

/// The texts of which each matching event holds at least one a group.
fn literals(program: &SearchProgram, options: &ScanOptions) -> String {
    if !options.prefilter {
        return "off".to_owned();
    }
    // stamped fields do not stand in the event
    let in_text = |slot: u32| {
        let name = program.fields.get_index(slot as usize);
        name.is_some_and(|n| !Meta::FIELDS.contains(&n.as_str()) && n != "_time")
    };
    let probe = probe(&program.pred, &in_text);
    if probe.is_trivial() {
        return "none: every event is parsed".to_owned();
    }
    let groups: Vec<String> = probe
        .pieces()
        .map(|texts| {
            let quoted: Vec<String> = texts.iter().map(|t| format!("{t:?}")).collect();
            quoted.join(" or ")
        })
        .collect();
    groups.join(" and ")
}
