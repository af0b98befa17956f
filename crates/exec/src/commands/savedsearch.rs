//! `savedsearch`: runs a search that has a name.

use super::{Class, CommandSpec, Generating, Op, Operator, map};
use crate::doc::{CommandDoc, CommandExample};
use crate::lookup::SavedSearch;
use crate::plan::{Plan, PlanCx, TimeModifier};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Field, Spanned};
use sepal_parser::commands::Command;
use std::sync::{Mutex, PoisonError};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "savedsearch",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Runs a search that has a name.",
        syntax: "savedsearch <savedsearch_name> [nosubstitution=<bool>] [<name>=<string>]...",
        details: "The searches stand in the files savedsearches.conf of the folders of --lookups. \
                  It must be the first command. name=value says what $name$ in the text stands for, unless \
                  nosubstitution=true; other $name$ stay as they are. A search without time \
                  modifiers of its own has the range of dispatch.earliest_time and \
                  dispatch.latest_time, unless the run is given a range. It is run as a \
                  subsearch, and so cannot read standard input.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/savedsearch",
        examples: &[CommandExample {
            title: "with a search `hosts of` that is `search status=$code$ | stats count by host`",
            search: r#"| savedsearch "hosts of" code=404"#,
            events: r#"{"host":"a","status":404}
{"host":"b","status":200}"#,
            rows: r#"{"host":"a","count":1}"#,
        }],
    },
    plan: |stage, cx| {
        let Command::Savedsearch(s) = &stage.command else {
            return Err(super::wrong_syntax(stage));
        };
        let values: &[(Field, Spanned<String>)] = match s.nosubstitution {
            Some(true) => &[],
            _ => &s.values,
        };
        planned(&s.name, values, cx)
    },
};

/// Searches with a name that one search may run, also through each other.
const MOST: usize = 200;

/// The search of that name, with texts for the `$names$` in it.
pub(super) fn planned(
    name: &Spanned<String>,
    values: &[(Field, Spanned<String>)],
    cx: &mut PlanCx,
) -> Result<Op, Vec<Diagnostic>> {
    let lookups = cx.lookups(name).ok();
    let Some(saved) = lookups.as_ref().and_then(|l| l.saved_search(&name.node)) else {
        let message = format!("there is no saved search `{}`", name.node);
        let d = Diagnostic::error("SPL4140", name.span, message).label("unknown saved search");
        let names = lookups.map(|l| l.saved_searches()).unwrap_or_default();
        return Err(vec![
            match sepal_parser::suggest(&name.node, names.iter().map(String::as_str)) {
                Some(meant) => d.help(format!("did you mean `{meant}`?")),
                None => d.help("they are read from savedsearches.conf in the folders of --lookups"),
            },
        ]);
    };
    cx.saved += 1;
    if cx.saved > MOST || cx.saving.contains(&name.node) {
        let message = match cx.saved > MOST {
            true => "saved searches run each other too often".to_owned(),
            false => format!("saved search `{}` runs itself", name.node),
        };
        return Err(vec![Diagnostic::error("SPL4141", name.span, message)]);
    }
    let text = with_values(&saved.text, values);
    let inside = |mut all: Vec<Diagnostic>| {
        for d in &mut all {
            if d.code != "SPL4141" {
                d.message = format!("saved search `{}`: {}", name.node, d.message);
            }
            d.span = name.span;
        }
        // one place: a message for each would not say more
        all.truncate(8);
        all
    };
    let pipeline = map::parsed(&text, cx).map_err(inside)?;
    cx.saving.push(name.node.clone());
    let planned = cx.subsearch(&pipeline);
    cx.saving.pop();
    let mut plan = planned.map_err(inside)?;
    for warning in &mut plan.warnings {
        warning.span = name.span;
    }
    cx.warnings.append(&mut plan.warnings);
    let own = plan.time.len();
    if own == 0 {
        plan.time = dispatch(&saved, name);
    }
    Ok(Op::Generating(Box::new(Savedsearch {
        name: name.node.clone(),
        plan: Mutex::new(plan),
        own,
    })))
}

/// The text with `$name$` replaced. Source: the page, "substitution".
fn with_values(text: &str, values: &[(Field, Spanned<String>)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let inner = &after[1..];
        let value = inner.find('$').and_then(|end| {
            let (_, v) = values.iter().find(|(name, _)| name.node == inner[..end])?;
            Some((v, end))
        });
        match value {
            Some((value, end)) => {
                out.push_str(&value.node);
                rest = &inner[end + 1..];
            }
            None => {
                out.push('$');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The range that the search was saved with.
fn dispatch(saved: &SavedSearch, name: &Spanned<String>) -> Vec<TimeModifier> {
    let one = |key: &str, value: &Option<String>| {
        let value = value.as_ref().filter(|v| !v.is_empty())?;
        Some(TimeModifier {
            key: Spanned::new(key.to_owned(), name.span),
            value: Spanned::new(value.clone(), name.span),
        })
    };
    [one("earliest", &saved.earliest), one("latest", &saved.latest)].into_iter().flatten().collect()
}

struct Savedsearch {
    name: String,
    plan: Mutex<Plan>,
    /// How many of the plan's time modifiers are the search's own.
    own: usize,
}

impl Operator for Savedsearch {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::new()
    }
    fn describe(&self) -> String {
        self.name.clone()
    }
}

impl Generating for Savedsearch {
    fn rows(&self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        if cx.given_range() != (None, None) {
            plan.time.truncate(self.own);
        }
        let mut rows = cx.subsearch(&plan)?;
        // their places are those of another search
        rows.iter_mut().for_each(|b| b.order.clear());
        Ok(rows)
    }
}
