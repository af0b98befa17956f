//! Search macros from ESCU YAML, from Splunk's `macros.conf` and from the command line.

pub(crate) mod conf;
mod set_option;
mod yaml;

pub use conf::read_conf;
pub use set_option::parse_set;
pub use yaml::read_yaml;

use crate::{ContentError, Note};
use sepal_parser::macros::{MacroDef, MacroSet};

/// Adds macros to a set, in order; a later one replaces an earlier one of the same name and
/// number of arguments, with a note, unless both have the same definition.
pub fn add(set: &mut MacroSet, defs: Vec<MacroDef>, notes: &mut Vec<Note>) {
    for def in defs {
        let (name, file) = (call_name(&def), def.origin.file.clone());
        let definition = def.definition.clone();
        let Some(old) = set.insert(def) else { continue };
        if old.definition != definition {
            let message =
                format!("macro `{name}` of {} is replaced by the one of {file}", old.origin.file);
            notes.push(Note::new("SPL4105", message));
        }
    }
}

/// How Splunk writes a macro's name: `f` or `f(2)`.
fn call_name(def: &MacroDef) -> String {
    match def.arguments.len() {
        0 => def.name.clone(),
        n => format!("{}({n})", def.name),
    }
}

/// `f(2)` as name and number; `None` for the number where there are no brackets.
fn split_name(text: &str) -> (&str, Option<usize>) {
    let split = |text: &str| {
        let (name, rest) = text.split_once('(')?;
        let count = rest.strip_suffix(')')?.trim().parse().ok()?;
        Some((name.trim_end().len(), count))
    };
    match split(text) {
        Some((len, count)) => (&text[..len], Some(count)),
        None => (text, None),
    }
}

/// Checks what all three sources have in common.
fn check(file: &str, def: &MacroDef, count: Option<usize>) -> Result<(), ContentError> {
    let wrong = |message: String| Err(ContentError::new("SPL4102", file, message));
    let name = &def.name;
    if name.is_empty() {
        return wrong("the macro has no name".to_owned());
    }
    if name.contains(|c: char| c.is_whitespace() || "`(),\"".contains(c)) {
        return wrong(format!("`{name}` is not a macro's name"));
    }
    if let Some(count) = count.filter(|&n| n != def.arguments.len()) {
        let given = def.arguments.len();
        let named = if count == 0 { name.clone() } else { format!("{name}({count})") };
        return wrong(format!(
            "macro `{named}` takes {count} by its name, but names {given} arguments"
        ));
    }
    for (i, arg) in def.arguments.iter().enumerate() {
        let fits = !arg.is_empty()
            && arg.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if !fits {
            return wrong(format!("macro `{name}`: `{arg}` is not an argument's name"));
        }
        if def.arguments.iter().take(i).any(|a| a == arg) {
            return wrong(format!("macro `{name}` names the argument `{arg}` twice"));
        }
    }
    Ok(())
}
