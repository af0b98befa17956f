//! Errors with the lines that they are about, for the message of a test that fails.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use sepal_content::ContentError;
use sepal_parser::ast::Span;
use sepal_parser::macros::Frame;
use sepal_parser::{Diagnostic, Severity};
use std::ops::Range;

/// More messages than this about one search help nobody.
const MOST_SHOWN: usize = 20;

fn rendered(group: Group<'_>) -> String {
    Renderer::plain().decor_style(DecorStyle::Ascii).term_width(120).render(&[group])
}

/// Each error with its line and carets, and with the calls of the macros that it stands in.
pub(crate) fn diagnostics(list: &[Diagnostic], places: &dyn Fn(Span) -> Vec<Frame>) -> String {
    let errors = list.iter().filter(|d| d.severity == Severity::Error);
    let shown = errors.take(MOST_SHOWN).map(|d| diagnostic(d, &places(d.span)));
    shown.collect::<Vec<_>>().join("\n\n")
}

fn diagnostic(d: &Diagnostic, places: &[Frame]) -> String {
    let level = match d.unsupported {
        Some(_) => Level::ERROR.with_name("unsupported"),
        None => Level::ERROR,
    };
    let mut group = Group::with_title(level.primary_title(d.message.as_str()).id(d.code));
    for (i, place) in places.iter().enumerate() {
        let range = clamp(&place.file_text, place.range.clone());
        let annotation = match i {
            0 if d.label.is_empty() => AnnotationKind::Primary.span(range),
            0 => AnnotationKind::Primary.span(range).label(&*d.label),
            _ => AnnotationKind::Context.span(range).label("called here"),
        };
        let snippet = Snippet::source(&*place.file_text).path(&*place.file);
        group = group.element(snippet.annotation(annotation));
    }
    if let Some(help) = &d.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    rendered(group)
}

/// What is wrong with a file of content.
pub(crate) fn content(e: &ContentError) -> String {
    let mut group = Group::with_title(Level::ERROR.primary_title(e.message.as_str()).id(e.code));
    group = group.element(Origin::path(e.place()));
    if let Some(help) = &e.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    rendered(group)
}

/// The range within the text, at character boundaries, without a newline at its end.
fn clamp(text: &str, range: Range<usize>) -> Range<usize> {
    let floor = |mut i: usize| {
        i = i.min(text.len());
        while !text.is_char_boundary(i) {
            i -= 1;
        }
        i
    };
    let (start, end) = (floor(range.start), floor(range.end.max(range.start)));
    let part = text.get(start..end).unwrap_or_default();
    start..start + part.trim_end_matches(['\n', '\r', ' ']).len()
}
