//! What can be typed next.

use crate::cmd::help;
use sepal_exec::aggregates::AGGREGATES;
use sepal_exec::commands::COMMANDS;
use sepal_exec::functions::FUNCTIONS;
use sepal_parser::{CursorPlace, cursor_context};
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

/// The candidates for an SPL text up to the cursor.
pub fn spl(before: &str, names: &Names) -> Candidates {
    let context = cursor_context(before, before.len());
    let range = context.word.range();
    let typed = before.get(range.clone()).unwrap_or_default();
    let mut found = Vec::new();
    match context.place {
        CursorPlace::Text => {}
        CursorPlace::Macro => {
            let macros = names.macros.iter().filter(|m| m.starts_with(typed));
            found.extend(macros.map(|m| (m.clone(), format!("{m}`"))));
        }
        CursorPlace::Command => {
            let commands = COMMANDS.iter().flat_map(|c| spellings(c.name, c.aliases));
            add(&mut found, typed, commands, " ");
        }
        CursorPlace::Eval(_) => {
            // every function is no answer to nothing typed
            if !typed.is_empty() {
                let functions = FUNCTIONS.iter().flat_map(|f| spellings(f.name, f.aliases));
                add(&mut found, typed, functions, "(");
            }
            add_fields(&mut found, typed, names, true);
        }
        CursorPlace::StatsFunction(command) => {
            let functions = AGGREGATES.iter().flat_map(|f| spellings(f.name, f.aliases));
            add(&mut found, typed, functions, "(");
            add(&mut found, typed, options(&command), "=");
        }
        CursorPlace::Argument(command) => {
            if !typed.is_empty() {
                add(&mut found, typed, options(&command), "=");
            }
            add_fields(&mut found, typed, names, false);
        }
    }
    (range.start, found)
}

fn spellings(
    name: &'static str,
    aliases: &'static [&'static str],
) -> impl Iterator<Item = &'static str> {
    std::iter::once(name).chain(aliases.iter().copied())
}

/// Adds the names that begin as typed, in any letter case, each with what always follows it.
fn add(
    found: &mut Vec<(String, String)>,
    typed: &str,
    names: impl IntoIterator<Item = &'static str>,
    then: &str,
) {
    let lower = typed.to_lowercase();
    let mut names: Vec<&str> = names.into_iter().filter(|n| n.starts_with(&lower)).collect();
    names.sort_unstable();
    found.extend(names.into_iter().map(|n| (format!("{n}{}", then.trim()), format!("{n}{then}"))));
}

fn add_fields(found: &mut Vec<(String, String)>, typed: &str, names: &Names, eval: bool) {
    let fields = names.fields.iter().filter(|f| f.starts_with(typed));
    found.extend(fields.map(|f| (f.clone(), quoted(f, eval))));
}

/// The names of a command's options.
fn options(command: &str) -> BTreeSet<&'static str> {
    sepal_exec::commands::find(command).map_or_else(BTreeSet::new, |c| named(c.doc.syntax))
}

/// The names of a command's options in its syntax: `limit=<int>` has `limit`.
fn named(syntax: &str) -> BTreeSet<&str> {
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
        assert_eq!(named(syntax), ["limit", "showperc"].into());
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
