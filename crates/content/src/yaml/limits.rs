//! Budgets against hostile YAML, and the parser's errors in our own words.

use crate::ContentError;
use serde_saphyr::budget::{Budget, BudgetBreach};
use serde_saphyr::options::{MergeKeyPolicy, NonFiniteFloatPolicy, Options};
use serde_saphyr::{DuplicateKeyPolicy, Error};

/// The largest file that is read, in bytes. The largest YAML file of ESCU has 0.2 MB.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Content files are at most five levels deep; reading recurses by level.
const MAX_DEPTH: usize = 48;

pub(super) fn options() -> Options {
    let budget: Option<Budget> = serde_saphyr::budget! {
        max_depth: MAX_DEPTH,
        flow_nesting_limit: MAX_DEPTH,
        max_anchors: 0,
        max_aliases: 0,
        max_documents: 1,
        max_events: 400_000,
        max_nodes: 200_000,
        max_total_scalar_bytes: MAX_BYTES,
        // a commented-out block may be long
        max_buffered_comment_events: 10_000,
    };
    serde_saphyr::options! {
        budget: budget,
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        // `status: on` is text in YAML 1.2
        strict_booleans: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
        emit_comments: false,
    }
}

/// The parser's error as ours.
pub(super) fn explain(file: &str, text: &str, error: &Error) -> ContentError {
    let error = error.without_snippet();
    let (code, message, help) = describe(text, error);
    let mut out = ContentError::new(code, file, message);
    if let Some(at) = error.location() {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        out = out.at(number(at.line()), number(at.column()));
    }
    match help {
        Some(help) => out.help(help),
        None => out,
    }
}

fn describe(text: &str, error: &Error) -> (&'static str, String, Option<&'static str>) {
    const WRITE_OUT: &str = "write the value out where it is used";
    match error {
        Error::DuplicateMappingKey { key, .. } => {
            let what = key.as_deref().map_or_else(|| "a key".to_owned(), |k| format!("`{k}`"));
            ("SPL5103", format!("{what} stands twice in this mapping"), Some("remove one of them"))
        }
        Error::Budget { breach: BudgetBreach::Anchors { .. }, .. } => {
            ("SPL5104", "anchors (`&name`) are not taken".to_owned(), Some(WRITE_OUT))
        }
        Error::Budget { breach: BudgetBreach::Aliases { .. }, .. }
        | Error::UnknownAnchor { .. }
        | Error::AliasError { .. } => {
            ("SPL5104", "aliases (`*name`) are not taken".to_owned(), Some(WRITE_OUT))
        }
        Error::MergeKeyNotAllowed { .. } => {
            ("SPL5104", "merge keys (`<<`) are not taken".to_owned(), Some(WRITE_OUT))
        }
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => ("SPL5105", too_deep(), None),
        Error::Budget { breach: BudgetBreach::Documents { .. }, .. }
        | Error::MultipleDocuments { .. } => {
            let help = "put each document in a file of its own";
            ("SPL5105", "more than one document in a file".to_owned(), Some(help))
        }
        Error::Budget { breach, .. } => {
            ("SPL5105", format!("more than content files need: {breach:?}"), None)
        }
        Error::Eof { .. } => ("SPL5102", "the file is empty".to_owned(), None),
        other => {
            let shown = other.to_string();
            if shown.contains("recursion limit") {
                return ("SPL5105", too_deep(), None);
            }
            let short = shown.split(" at line ").next().unwrap_or(&shown).trim();
            let help = if text.contains('\0') {
                Some("the file holds NUL bytes: it is not text")
            } else if text.lines().any(|l| l.trim_start_matches(' ').starts_with('\t')) {
                Some("YAML takes spaces for indentation, not tabs")
            } else {
                None
            };
            ("SPL5102", short.to_owned(), help)
        }
    }
}

fn too_deep() -> String {
    format!("nested more than {MAX_DEPTH} levels deep")
}
