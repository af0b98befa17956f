//! What went wrong, where, and what to do about it. No terminal is known here.

use crate::ast::Span;
use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The search cannot run.
    Error,
    /// The search runs, but probably not as meant.
    Warning,
}

/// One message about a search.
///
/// Codes: `SPL0xxx` lexing and parsing, `1xxx` names, `2xxx` arguments, `3xxx` run time,
/// `4xxx` lookups and macros, `5xxx` data. A code is never given a second meaning.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostic {
    /// The stable code, such as `SPL0002`.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One sentence in lower case without a full stop.
    pub message: String,
    /// Where, in the macro-expanded text.
    pub span: Span,
    /// What stands at the caret.
    pub label: String,
    /// What to do: a did-you-mean, or the rule with its source.
    pub help: Option<String>,
    /// Whether it says that a construct is known but not supported here.
    pub unsupported: Option<String>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            span,
            label: String::new(),
            help: None,
            unsupported: None,
        }
    }

    /// A warning at `span`.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Diagnostic { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// "This is SPL, but Sepal does not do it": `what` is the construct's name.
    pub fn unsupported(code: &'static str, span: Span, what: impl Into<String>) -> Self {
        let what = what.into();
        Diagnostic {
            unsupported: Some(what.clone()),
            ..Self::error(code, span, format!("{what} is not supported"))
        }
    }

    /// The same with the text at the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with a help line.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
