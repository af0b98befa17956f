//! The only place where errors become text.

use crate::output::visible;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use sepal_content::project::ProjectError;
use sepal_content::{ContentError, Note};
use sepal_parser::ast::Span;
use sepal_parser::macros::Frame;
use sepal_parser::{Diagnostic, Severity};
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

/// How messages are drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// With colours.
    pub colour: bool,
    /// The columns of the terminal.
    pub width: Option<usize>,
}

/// More messages than this about one search help nobody.
const MOST_SHOWN: usize = 20;

/// A line longer than this is cut around the carets where the width is not known.
const DEFAULT_WIDTH: usize = 140;

impl Look {
    fn renderer(self) -> Renderer {
        let renderer = if self.colour { Renderer::styled() } else { Renderer::plain() };
        renderer.decor_style(DecorStyle::Ascii).term_width(self.width.unwrap_or(DEFAULT_WIDTH))
    }
}

/// All diagnostics about a search in the order of the text, each with its line and carets, the
/// macros that it stands in, and its help. `places` says where a span was written.
pub fn diagnostics(list: &[Diagnostic], places: &dyn Fn(Span) -> Vec<Frame>, look: Look) -> String {
    let mut sorted: Vec<&Diagnostic> = list.iter().collect();
    sorted.sort_by_key(|d| (d.span.start, d.span.end, d.code));
    sorted.dedup_by(|a, b| a == b && a.span.start == b.span.start && a.span.end == b.span.end);
    let mut out = String::new();
    for d in sorted.iter().take(MOST_SHOWN) {
        out.push_str(&diagnostic(d, &places(d.span), look));
        out.push('\n');
    }
    if sorted.len() > MOST_SHOWN {
        out.push_str(&format!("and {} more\n", sorted.len() - MOST_SHOWN));
    }
    out
}

/// One diagnostic at its places: where it stands first, then each call around it.
pub fn diagnostic(d: &Diagnostic, places: &[Frame], look: Look) -> String {
    let level = match (&d.unsupported, d.severity) {
        (Some(_), _) => Level::ERROR.with_name("unsupported"),
        (None, Severity::Error) => Level::ERROR,
        (None, Severity::Warning) => Level::WARNING,
    };
    placed(level, (d.code, &d.message, &d.label, d.help.as_deref()), places, look)
}

/// One finding of the linter at its places.
pub fn finding(f: &sepal_lint::Finding, look: Look) -> String {
    let level = match f.level {
        sepal_lint::Level::Error => Level::ERROR,
        sepal_lint::Level::Warning => Level::WARNING,
        sepal_lint::Level::Note => Level::NOTE,
    };
    placed(level, (f.code, &f.message, &f.label, f.help.as_deref()), &f.frames, look)
}

/// Code, message, label and help at places.
fn placed(
    level: Level<'_>,
    (code, message, label, help): (&str, &str, &str, Option<&str>),
    places: &[Frame],
    look: Look,
) -> String {
    let title = level.primary_title(visible(message, false).into_owned()).id(code.to_owned());
    let sources: Vec<Cow<'_, str>> = places.iter().map(|p| defused(&p.file_text)).collect();
    let mut group = Group::with_title(title);
    for (i, (place, source)) in places.iter().zip(&sources).enumerate() {
        let range = clamp(&place.file_text, place.range.clone());
        let annotation = if i == 0 {
            let label = (!label.is_empty()).then(|| visible(label, false).into_owned());
            AnnotationKind::Primary.span(range).label(label)
        } else {
            let called = places[i - 1].macro_name.as_deref().unwrap_or("macro");
            AnnotationKind::Context
                .span(range)
                .label(format!("called here: {}", visible(called, false)))
        };
        if i > 0 {
            let within = places[i - 1].macro_name.as_deref().unwrap_or("?");
            group = group
                .element(Level::NOTE.message(format!("inside macro `{}`", visible(within, false))));
        }
        group = group.element(
            Snippet::source(&**source)
                .path(visible(&place.file, false).into_owned())
                .annotation(annotation),
        );
    }
    if let Some(help) = help {
        group = group.element(Level::HELP.message(visible(help, true).into_owned()));
    }
    let mut text = look.renderer().render(&[group]);
    text.push('\n');
    text
}

/// A source text in which no character drives the terminal; offsets stay. What the renderer itself
/// makes visible (C0, directions) is left to it.
fn defused(text: &str) -> Cow<'_, str> {
    let c1 = |c: char| ('\u{80}'..='\u{9f}').contains(&c) || c == '\u{ad}';
    if text.contains(c1) {
        // two bytes for two bytes
        Cow::Owned(text.chars().map(|c| if c1(c) { '\u{b7}' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// What is wrong with a project file, with its lines and carets.
pub fn project(e: &ProjectError, look: Look) -> String {
    match e {
        ProjectError::Unreadable(e) => content(e, look),
        ProjectError::Wrong(wrong) => {
            let place = |span: Span| Frame {
                file: wrong.file.as_str().into(),
                file_text: Arc::clone(&wrong.text),
                range: span.range(),
                macro_name: None,
            };
            diagnostics(&wrong.list, &|span| vec![place(span)], look)
        }
    }
}

/// The range within the text, at character boundaries, without a newline at its end.
fn clamp(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let floor = |mut i: usize| {
        i = i.min(text.len());
        while !text.is_char_boundary(i) {
            i -= 1;
        }
        i
    };
    let (start, mut end) = (floor(range.start), floor(range.end.max(range.start)));
    while end > start && text[start..end].ends_with(['\n', '\r', ' ']) {
        end -= 1;
    }
    start..end
}

/// An error about a content file, with the line where one is known.
pub fn content(e: &ContentError, look: Look) -> String {
    let title = Level::ERROR.primary_title(visible(&e.message, false).into_owned()).id(e.code);
    let mut group = Group::with_title(title);
    // the file as it is now: it was read a moment ago
    let text = match e.line {
        0 => None,
        _ => sepal_content::fs::text(Path::new(&e.file)).ok(),
    };
    let source = text.as_deref().map(defused);
    let path = visible(&e.file, false);
    group = match (&source, text.as_deref().and_then(|t| line_range(t, e.line, e.column))) {
        (Some(source), Some(range)) => group.element(
            Snippet::source(&**source)
                .path(path.into_owned())
                .annotation(AnnotationKind::Primary.span(range)),
        ),
        _ => group.element(Origin::path(visible(&e.place(), false).into_owned())),
    };
    if let Some(help) = &e.help {
        group = group.element(Level::HELP.message(visible(help, true).into_owned()));
    }
    let mut text = look.renderer().render(&[group]);
    text.push('\n');
    text
}

/// From a column of a line to the line's end; the line's text where no column is known.
fn line_range(text: &str, line: usize, column: usize) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    let mut lines = text.split_inclusive('\n');
    for _ in 1..line {
        at += lines.next()?.len();
    }
    let shown = lines.next().unwrap_or_default().trim_end();
    let indent = shown.len() - shown.trim_start().len();
    let skip = match column {
        0 => indent,
        _ => shown.char_indices().nth(column - 1).map_or(shown.len(), |(i, _)| i),
    };
    Some(at + skip..at + shown.len())
}

/// Something worth saying: `note[SPL4105]: ...`.
pub fn note(n: &Note, look: Look) -> String {
    plain(Level::NOTE, Some(n.code), &n.message, look)
}

/// A warning of a run: `warning[SPL3001]: ... (12 times)`.
pub fn warning(code: &'static str, message: &str, look: Look) -> String {
    plain(Level::WARNING, Some(code), message, look)
}

/// A warning without a code.
pub fn remark(message: &str, look: Look) -> String {
    plain(Level::WARNING, None, message, look)
}

/// An error without a place.
pub fn error(code: Option<&str>, message: &str, look: Look) -> String {
    plain(Level::ERROR, code, message, look)
}

fn plain(level: Level<'_>, code: Option<&str>, message: &str, look: Look) -> String {
    let mut title = level.primary_title(visible(message, true).into_owned());
    if let Some(code) = code {
        title = title.id(code.to_owned());
    }
    let mut text = look.renderer().render(&[Group::with_title(title)]);
    text.push('\n');
    text
}

/// The line and column, both from 1, of an offset in a text; the column in characters.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..clamp(text, offset..offset).start];
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}
