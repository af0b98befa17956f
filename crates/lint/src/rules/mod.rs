//! The rules: one file each, named by the rule's short name.
//!
//! Adding a rule: its file, one line in `rules!`, its code in `crates/parser/src/codes.rs`, a
//! fixture in `tests/cases`; `UPDATE_DOCS=1 cargo test -p sepal-lint --test docs` writes its page.

use crate::{Cx, Level, Raw};
use sepal_parser::Diagnostic;

mod help;

/// A rule.
pub struct Rule {
    /// The stable code, `SPL6xxx`.
    pub code: &'static str,
    /// The short name.
    pub name: &'static str,
    /// The highest level of its findings.
    pub level: Level,
    /// Whether it runs without being selected.
    pub on: bool,
    /// Whether it needs a search that parses as a whole.
    pub needs_whole: bool,
    /// One sentence.
    pub summary: &'static str,
    /// Why it is wrong and what to write; paragraphs of plain text.
    pub why: &'static str,
    /// A search, or a detection's YAML, in which the rule finds something.
    pub bad: &'static str,
    /// The same as it should be.
    pub good: &'static str,
    /// The page or document that says so.
    pub source: &'static str,
    /// Finds.
    pub check: fn(&Cx<'_>, &mut Vec<Raw>),
}

macro_rules! rules {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// All rules, by code.
        pub const RULES: &[&Rule] = &[$(&$module::RULE),+];
    };
}

rules! {
    unknown_macro,
    macro_arguments,
    unknown_lookup,
    unknown_field,
    risk_field,
    message_field,
    lookup_column,
    subsearch_limit,
    leading_wildcard,
    not_equal_any,
    not_equal_missing,
    bare_constant,
    keyword_value,
    case_mismatch,
    where_word,
    missing_pipe,
    wildcard_in_eval,
    or_precedence,
    dead_stage,
    sort_limit,
    dedup_before_filter,
    filter_macro,
    backtracking_regex,
}

/// The rule of a code or name.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|r| r.code.eq_ignore_ascii_case(code) || r.name == code).copied()
}

/// Whether a rule says what a message of the parser says.
pub(crate) fn takes_over(d: &Diagnostic) -> bool {
    matches!(d.code, "SPL4001" | "SPL0012" | "SPL0015")
}
