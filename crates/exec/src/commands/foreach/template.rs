//! From a template's text to commands.

use crate::commands::{self, Op, Streaming};
use crate::plan::PlanCx;
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::ast::{Span, Spanned, Stage};
use sepal_parser::{Diagnostic, Severity};

/// The planned commands of a template, all of which work row by row.
pub(super) struct Template(Vec<Box<dyn Streaming>>);

impl Template {
    /// The commands in `text`, in which nothing is a placeholder any more. Diagnostics have places
    /// in `text`.
    pub fn of(text: &str, cx: &PlanCx) -> Result<Template, Vec<Diagnostic>> {
        let (stages, head) = stages(text)?;
        let mut cx = cx.at_this_depth();
        let (mut ops, mut wrong) = (Vec::new(), Vec::new());
        for stage in &stages {
            match plan(stage, &mut cx) {
                Ok(op) => ops.push(op),
                Err(ds) => wrong.extend(ds),
            }
        }
        let moved = |d: Diagnostic| moved(d, head);
        if wrong.is_empty() {
            Ok(Template(ops))
        } else {
            Err(wrong.into_iter().map(moved).collect())
        }
    }

    pub fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        for op in &self.0 {
            batch = op.apply(batch, cx)?;
        }
        Ok(batch)
    }

    pub fn needed(&self, after: FieldSet) -> FieldSet {
        self.0.iter().rev().fold(after, |set, op| op.needed(set))
    }
}

/// The stages of a template's text, and how many bytes were put before it.
pub(super) fn stages(text: &str) -> Result<(Vec<Stage>, u32), Vec<Diagnostic>> {
    // a text that no pipe precedes would be search terms
    let (full, head) = match text.trim_start().starts_with('|') {
        true => (text.to_owned(), 0),
        false => (format!("|{text}"), 1),
    };
    let parsed = sepal_parser::parse(&full);
    let wrong: Vec<Diagnostic> =
        parsed.diagnostics.into_iter().filter(|d| d.severity == Severity::Error).collect();
    match wrong.is_empty() {
        true => Ok((parsed.pipeline.stages, head)),
        false => Err(wrong.into_iter().map(|d| moved(d, head)).collect()),
    }
}

fn moved(mut d: Diagnostic, head: u32) -> Diagnostic {
    d.span =
        Span { start: d.span.start.saturating_sub(head), end: d.span.end.saturating_sub(head) };
    d
}

fn plan(stage: &Stage, cx: &mut PlanCx) -> Result<Box<dyn Streaming>, Vec<Diagnostic>> {
    let Some(spec) = commands::find(&stage.name.node) else {
        let what = format!("command {}", stage.name.node);
        return Err(vec![Diagnostic::unsupported("SPL1001", stage.name.span, what)]);
    };
    match (spec.plan)(stage, cx)? {
        Op::Streaming(op) => Ok(op),
        _ => {
            let message = format!("{} does not work row by row", stage.name.node);
            Err(vec![
                Diagnostic::error("SPL2262", stage.name.span, message)
                    .label("not in a template of foreach")
                    .help("commands such as eval, where, rex and fields can stand here"),
            ])
        }
    }
}

/// The text with each placeholder replaced; where two begin at one place, the longer one counts.
pub(super) fn replaced(text: &str, places: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'text: while let Some(c) = rest.chars().next() {
        let here = places.iter().filter(|(p, _)| !p.is_empty() && rest.starts_with(p));
        if let Some((place, with)) = here.max_by_key(|(p, _)| p.len()) {
            out.push_str(with);
            rest = &rest[place.len()..];
            continue 'text;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// What is wrong with the template whatever the placeholders stand for: an error that follows from
/// a name that is put in later is none yet. `places` are replaced by words of their length.
pub(super) fn check(
    template: &Spanned<String>,
    places: &[&str],
    cx: &PlanCx,
) -> Result<(), Vec<Diagnostic>> {
    let words: Vec<(&str, String)> = places.iter().map(|p| (*p, "F".repeat(p.len()))).collect();
    let Err(wrong) = Template::of(&replaced(&template.node, &words), cx) else { return Ok(()) };
    let always = |d: &Diagnostic| {
        d.code == "SPL2262" || d.code.starts_with("SPL0") || d.code.starts_with("SPL1")
    };
    let wrong: Vec<Diagnostic> =
        wrong.into_iter().filter(always).map(|d| at_template(d, template.span)).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// The same with its place in the whole search.
pub(super) fn at_template(mut d: Diagnostic, template: Span) -> Diagnostic {
    let end = template.end;
    let at = |n: u32| n.saturating_add(template.start).min(end);
    d.span = Span { start: at(d.span.start), end: at(d.span.end) };
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_placeholder_counts_and_text_is_not_read_twice() {
        let places = [("A", "B".to_owned()), ("AB", "x".to_owned()), ("B", "A".to_owned())];
        assert_eq!(replaced("A AB BA", &places), "B x AB");
        assert_eq!(replaced("é<<FIELD>>ü", &[("<<FIELD>>", "ß".to_owned())]), "éßü");
        assert_eq!(replaced("", &places), "");
    }
}
