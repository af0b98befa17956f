//! The commands that a sourcetype's file stands for.

use super::{known_keys, list, map, required, wrong};
use crate::ContentError;
use crate::yaml::Node;
use sepal_data::wildcard::Pattern;
use sepal_exec::knowledge::{Given, StampField, Step, extractions};
use sepal_parser::{Diagnostic, Severity, parse};

/// Where results wait until all calculated fields have seen the event as it was.
const WAITING: &str = "__calculated_";

pub(super) fn steps(file: &str, root: &Node) -> Result<Vec<Step>, ContentError> {
    let mut steps = Vec::new();
    for node in one_or_more(root, "extract") {
        steps.push(extraction(file, node)?);
    }
    for node in list(root, "rex") {
        known_keys(file, node, &["field", "regex"])?;
        let field = node.text_of(file, "field")?.unwrap_or_else(|| "_raw".to_owned());
        let regex = required(file, node, "regex")?;
        let pattern = regex.replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!("rex field={} \"{pattern}\"", quoted(&field, '"'));
        steps.push(command(file, node, &text, Some(groups(&regex)))?);
    }
    let prefixes = root.texts_of(file, "strip")?;
    if !prefixes.is_empty() {
        steps.push(Step::Strip(prefixes));
    }
    for (new, _) in map(file, root, "alias")? {
        let old = root.get("alias").map(|all| all.texts_of(file, new)).transpose()?;
        steps.push(Step::Alias { new: new.clone(), old: old.unwrap_or_default(), only: false });
    }
    let evals = map(file, root, "eval")?;
    let mut all = Vec::new();
    for (field, node) in evals {
        let text = node.text();
        all.push((
            field.as_str(),
            text.ok_or_else(|| wrong(file, node, format!("`{field}` takes an eval expression")))?,
        ));
    }
    let made = calculated(&all).map_err(|(n, message)| {
        let at = evals.get(n).map_or(root, |(_, node)| node);
        wrong(file, at, message)
    })?;
    steps.extend(made.first.into_iter().chain(made.then).map(|(_, step)| step).chain(made.last));
    for node in list(root, "lookup") {
        let text = node.text().ok_or_else(|| {
            wrong(file, node, "`lookup` takes what follows the command: a text".to_owned())
        })?;
        steps.push(command(file, node, &format!("lookup {text}"), None)?);
    }
    Ok(steps)
}

/// A node that is a list, or one item.
fn one_or_more<'n>(root: &'n Node, key: &str) -> &'n [Node] {
    match root.get(key) {
        Some(n) if n.items().is_empty() => std::slice::from_ref(n),
        Some(n) => n.items(),
        None => &[],
    }
}

/// `name`, or `name: {option: value}`.
fn extraction(file: &str, node: &Node) -> Result<Step, ContentError> {
    let (name, options) = match (node.text(), node.entries()) {
        (Some(name), _) => (name, None),
        (None, [(name, options)]) => (name.as_str(), Some(options)),
        _ => {
            let message = "`extract` takes a name, or one name with its options";
            return Err(wrong(file, node, message.to_owned()));
        }
    };
    let mut from = "_raw".to_owned();
    let mut all = Vec::new();
    for (key, _) in options.map_or(&[][..], Node::entries) {
        let values = options.map(|o| o.texts_of(file, key)).transpose()?.unwrap_or_default();
        match (key.as_str(), values.as_slice()) {
            ("from", [field]) => from.clone_from(field),
            _ => all.push((key.clone(), values)),
        }
    }
    let by = extractions::named(name, &all).map_err(|message| wrong(file, node, message))?;
    Ok(Step::Extract { from, by })
}

/// What is made of each event before any rule is asked.
pub(super) fn stamps(file: &str, root: &Node) -> Result<Vec<Given>, ContentError> {
    let mut all = Vec::new();
    for (name, node) in map(file, root, "stamp")? {
        known_keys(file, node, &["eval", "like"])?;
        let field = StampField::of(name).ok_or_else(|| {
            wrong(file, node, format!("`stamp` takes source, sourcetype or host, not `{name}`"))
        })?;
        let (expression, like) = (required(file, node, "eval")?, required(file, node, "like")?);
        let text = format!("eval {name}=coalesce({expression},{name})");
        match command(file, node, &text, None)? {
            Step::Command { stage, .. } => {
                all.push(Given { field, like: Pattern::new(&like), step: stage })
            }
            _ => continue,
        }
    }
    Ok(all)
}

/// The steps of calculated fields.
pub(crate) struct Calculated {
    /// What is calculated, with the place of its field in the list.
    pub first: Vec<(usize, Step)>,
    /// What is known under its own name only now.
    pub then: Vec<(usize, Step)>,
    /// What is left over is forgotten.
    pub last: Option<Step>,
}

/// More than this many and each of them waits.
const MANY: usize = 1000;

/// Calculated fields do not see each other. One that a later expression may read waits under
/// another name until all are done.
///
/// Source: Splunk Knowledge Manager Manual, "About calculated fields".
pub(crate) fn calculated(all: &[(&str, &str)]) -> Result<Calculated, (usize, String)> {
    let mut steps = Calculated { first: Vec::new(), then: Vec::new(), last: None };
    for (n, (field, expression)) in all.iter().enumerate() {
        let mut later = all.iter().skip(n + 1);
        let mut to = (*field).to_owned();
        if all.len() > MANY || later.any(|(_, e)| mentions(e, field)) {
            to = format!("{WAITING}{n}");
            let text = format!("eval {}={to}", quoted(field, '"'));
            let step = parsed(&text, Some(vec![(*field).to_owned()])).map_err(|e| (n, e))?;
            steps.then.push((n, step));
        }
        let text = format!("eval {}={expression}", quoted(&to, '"'));
        steps.first.push((n, parsed(&text, Some(vec![to])).map_err(|e| (n, e))?));
    }
    if !steps.then.is_empty() {
        let outputs = Some(vec![format!("{WAITING}*")]);
        steps.last = parsed(&format!("fields - {WAITING}*"), outputs).ok();
    }
    Ok(steps)
}

/// Whether the name stands in the text as a whole word: it may be in a string too, which does no
/// harm here.
fn mentions(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

fn command(
    file: &str,
    node: &Node,
    text: &str,
    outputs: Option<Vec<String>>,
) -> Result<Step, ContentError> {
    parsed(text, outputs).map_err(|message| wrong(file, node, message))
}

/// One command as a step.
///
/// # Errors
/// What is wrong with its text.
pub(crate) fn parsed(text: &str, outputs: Option<Vec<String>>) -> Result<Step, String> {
    let parsed = parse(&format!("| {text}"));
    if let Some(d) = parsed.diagnostics.iter().find(|d| d.severity == Severity::Error) {
        return Err(format!("`{text}`: {} {}", d.code, d.message));
    }
    let mut stages = parsed.pipeline.stages.into_iter();
    match (stages.next(), stages.next()) {
        (Some(stage), None) => Ok(Step::Command { outputs, stage }),
        _ => Err(format!("`{text}` is not one command")),
    }
}

pub(crate) fn first(ds: &[Diagnostic]) -> String {
    ds.first().map_or_else(String::new, |d| format!("{} {}", d.code, d.message))
}

/// The names of a regular expression's groups.
fn groups(regex: &str) -> Vec<String> {
    let named = regex.match_indices("(?").filter_map(|(at, _)| {
        let rest = regex.get(at + 2..)?;
        let name = rest.strip_prefix("P<").or_else(|| rest.strip_prefix('<'))?;
        let (name, _) = name.split_once('>')?;
        (!name.starts_with(['=', '!'])).then(|| name.to_owned())
    });
    named.collect()
}

/// A name in quotes where a bare one would not be read as one.
pub(crate) fn quoted(name: &str, quote: char) -> String {
    let bare = |c: char| c.is_alphanumeric() || c == '_';
    match !name.is_empty() && name.chars().all(bare) {
        true => name.to_owned(),
        false => format!("{quote}{name}{quote}"),
    }
}
