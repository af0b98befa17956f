//! What can be typed next.

use super::context::{self, Context};
use crate::cmd::help;
use sepal_exec::aggregates::AGGREGATES;
use sepal_exec::commands::COMMANDS;
use sepal_exec::functions::FUNCTIONS;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The names that the session has seen.
#[derive(Debug, Default)]
pub struct Names {
    /// Macros as called: `kube_audit`, `f(a, b)`.
    pub macros: BTreeSet<String>,
    /// Fields seen in the events and in results.
    pub fields: BTreeSet<String>,
}

/// The session's names, shared with the editor.
pub type SharedNames = Rc<RefCell<Names>>;

/// The offset from which text is replaced, and the candidates: what is shown, what is inserted.
pub type Candidates = (usize, Vec<(String, String)>);

/// Commands that take stats functions.
const STATS_LIKE: &[&str] = &[
    "chart", "eventstats", "mstats", "sichart", "sistats", "sitimechart", "stats", "streamstats",
    "timechart", "tstats",
];

/// Commands whose arguments are eval expressions.
const EVAL_LIKE: &[&str] = &["eval", "fieldformat", "where"];

/// The candidates for an SPL text up to the cursor.
pub fn spl(before: &str, names: &Names) -> Candidates {
    match context::of(before) {
        Context::Text | Context::Comment => (before.len(), Vec::new()),
        Context::Macro(start) => {
            let typed = &before[start..];
            let found = names.macros.iter().filter(|m| m.starts_with(typed));
            (start, found.map(|m| (m.clone(), format!("{m}`"))).collect())
        }
        Context::Command(start) => {
            let typed = before[start..].to_lowercase();
            let all = COMMANDS.iter().flat_map(|c| std::iter::once(c.name).chain(c.aliases.iter().copied()));
            let mut found: Vec<&str> = all.filter(|name| name.starts_with(&typed)).collect();
            found.sort_unstable();
            (start, found.into_iter().map(|name| (name.to_owned(), format!("{name} "))).collect())
        }
        Context::Arguments { command, stage } => {
            let start = context::word_start(before);
            (start, arguments(&before[start..], &command.to_lowercase(), stage, names))
        }
    }
}

fn arguments(typed: &str, command: &str, stage: &str, names: &Names) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let lower = typed.to_lowercase();
    let mut call = |name: &str| {
        if !typed.is_empty() && name.starts_with(&lower) {
            out.push((format!("{name}("), format!("{name}(")));
        }
    };
    let eval = EVAL_LIKE.contains(&command) || stage.contains("eval(");
    if eval {
        FUNCTIONS.iter().for_each(|f| call(f.name));
    }
    if STATS_LIKE.contains(&command) {
        for f in AGGREGATES {
            call(f.name);
            f.aliases.iter().for_each(|alias| call(alias));
        }
    }
    if let Some(spec) = sepal_exec::commands::find(command)
        && !typed.is_empty()
    {
        for option in options(spec.doc.syntax) {
            if option.starts_with(&lower) {
                out.push((format!("{option}="), format!("{option}=")));
            }
        }
    }
    for field in names.fields.iter().filter(|f| f.starts_with(typed)) {
        out.push((field.clone(), quoted(field, eval)));
    }
    out
}

/// The names of a command's options in its syntax: `limit=<int>` has `limit`.
fn options(syntax: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (at, _) in syntax.match_indices('=') {
        let before = &syntax[..at];
        let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let start = before.len() - before.chars().rev().take_while(|&c| name(c)).count();
        if start < at && before[start..].starts_with(|c: char| c.is_ascii_lowercase()) {
            found.insert(&before[start..]);
        }
    }
    found
}

/// A field's name as it must be typed: in eval in single quotes unless it is a word, elsewhere in
/// double quotes where it has blanks and the like.
fn quoted(field: &str, eval: bool) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let plain = |c: char| word(c) || matches!(c, '.' | '{' | '}' | ':' | '-' | '@');
    let begins_with_digit = field.starts_with(|c: char| c.is_ascii_digit());
    match eval {
        true if field.chars().all(word) && !begins_with_digit => field.to_owned(),
        true => format!("'{field}'"),
        false if field.chars().all(plain) => field.to_owned(),
        false => format!("\"{field}\""),
    }
}

/// The candidates of a list of words for the last word of `before`.
pub fn words<'a>(before: &str, words: impl IntoIterator<Item = &'a str>) -> Candidates {
    let start = before.rfind(char::is_whitespace).map_or(0, |i| i + 1);
    let typed = &before[start..];
    let found = words.into_iter().filter(|w| w.starts_with(typed));
    (start, found.map(|w| (w.to_owned(), w.to_owned())).collect())
}

/// The candidates for a topic of help.
pub fn topics(before: &str) -> Candidates {
    let names = help::names();
    words(before, names.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_quotes() {
        let syntax = "sort [<count>] [desc] ... limit=<int> showperc=<bool>";
        assert_eq!(options(syntax), ["limit", "showperc"].into());
        assert_eq!(quoted("user.name", true), "'user.name'");
        assert_eq!(quoted("user.name", false), "user.name");
        assert_eq!(quoted("user", true), "user");
        assert_eq!(quoted("a b", false), "\"a b\"");
        assert_eq!(quoted("4xx", true), "'4xx'");
    }

    #[test]
    fn fields_and_macros_by_prefix() {
        let mut names = Names::default();
        names.fields.extend(["user.username", "userAgent", "verb"].map(str::to_owned));
        names.macros.extend(["kube_audit".to_owned()]);
        let shown = |before: &str| -> Vec<String> {
            spl(before, &names).1.into_iter().map(|(_, insert)| insert).collect()
        };
        assert_eq!(shown("user"), ["user.username", "userAgent"]);
        assert_eq!(shown("`ku"), ["kube_audit`"]);
        assert_eq!(shown("x=\"us"), Vec::<String>::new());
        assert_eq!(shown("| eval a=ver"), ["verb"]);
    }
}
