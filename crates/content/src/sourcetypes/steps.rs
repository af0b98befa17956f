//! The commands that a sourcetype's file stands for.

use super::{known_keys, list, map, required, wrong};
use crate::ContentError;
use crate::yaml::Node;
use sepal_exec::knowledge::Step;
use sepal_parser::{Diagnostic, Severity, parse};

/// Where results wait until all calculated fields have seen the event as it was.
const WAITING: &str = "__calculated_";

pub(super) fn steps(file: &str, root: &Node) -> Result<Vec<Step>, ContentError> {
    let mut steps = Vec::new();
    match root.text_of(file, "extract")?.as_deref() {
        None => {}
        Some("windows_xml") => steps.push(Step::WindowsXml),
        Some(other) => {
            let at = root.get("extract").unwrap_or(root);
            return Err(wrong(file, at, format!("`extract` takes windows_xml, not `{other}`")));
        }
    }
    for node in list(root, "rex") {
        known_keys(file, node, &["field", "regex"])?;
        let field = node.text_of(file, "field")?.unwrap_or_else(|| "_raw".to_owned());
        let regex = required(file, node, "regex")?;
        let pattern = regex.replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!("rex field={} \"{pattern}\"", quoted(&field, '"'));
        steps.push(command(file, node, &text, Some(groups(&regex)))?);
    }
    for (new, node) in map(file, root, "alias")? {
        let old = node.items().iter().filter_map(Node::text).map(|o| quoted(o, '\''));
        let all: Vec<_> = old.chain([quoted(new, '\'')]).collect();
        let text = format!("eval {}=coalesce({})", quoted(new, '"'), all.join(","));
        steps.push(command(file, node, &text, Some(vec![new.clone()]))?);
    }
    calculated(file, map(file, root, "eval")?, &mut steps)?;
    for node in list(root, "lookup") {
        let text = node.text().ok_or_else(|| {
            wrong(file, node, "`lookup` takes what follows the command: a text".to_owned())
        })?;
        steps.push(command(file, node, &format!("lookup {text}"), None)?);
    }
    Ok(steps)
}

/// Calculated fields do not see each other. One that a later expression may read waits under
/// another name until all are done.
///
/// Source: Splunk Knowledge Manager Manual, "About calculated fields".
fn calculated(
    file: &str,
    all: &[(String, Node)],
    steps: &mut Vec<Step>,
) -> Result<(), ContentError> {
    let (mut waiting, mut direct) = (Vec::new(), Vec::new());
    for (n, (field, node)) in all.iter().enumerate() {
        let Some(expression) = node.text() else {
            return Err(wrong(file, node, format!("`{field}` takes an eval expression")));
        };
        let later = all.iter().skip(n + 1).filter_map(|(_, node)| node.text());
        let mut to = field.clone();
        if later.into_iter().any(|e| mentions(e, field)) {
            to = format!("{WAITING}{n}");
            waiting.push((field, node, to.clone()));
        }
        let text = format!("eval {}={expression}", quoted(&to, '"'));
        direct.push(command(file, node, &text, Some(vec![to]))?);
    }
    steps.append(&mut direct);
    for (field, node, from) in &waiting {
        let text = format!("eval {}={from}", quoted(field, '"'));
        steps.push(command(file, node, &text, Some(vec![(*field).clone()]))?);
    }
    if let Some((_, node, _)) = waiting.first() {
        let outputs = Some(vec![format!("{WAITING}*")]);
        steps.push(command(file, node, &format!("fields - {WAITING}*"), outputs)?);
    }
    Ok(())
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
    let parsed = parse(&format!("| {text}"));
    if let Some(d) = parsed.diagnostics.iter().find(|d| d.severity == Severity::Error) {
        return Err(wrong(file, node, format!("`{text}`: {} {}", d.code, d.message)));
    }
    let mut stages = parsed.pipeline.stages.into_iter();
    match (stages.next(), stages.next()) {
        (Some(stage), None) => Ok(Step::Command { outputs, stage }),
        _ => Err(wrong(file, node, format!("`{text}` is not one command"))),
    }
}

pub(super) fn first(ds: &[Diagnostic]) -> String {
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
fn quoted(name: &str, quote: char) -> String {
    let bare = |c: char| c.is_alphanumeric() || c == '_';
    match !name.is_empty() && name.chars().all(bare) {
        true => name.to_owned(),
        false => format!("{quote}{name}{quote}"),
    }
}
