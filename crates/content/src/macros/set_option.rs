//! `--set NAME=DEFINITION`.

use super::check;
use crate::ContentError;
use sepal_parser::macros::{MacroDef, Origin};

/// Where a macro of the command line is said to stand.
const FILE: &str = "<--set>";

/// Reads `NAME=DEFINITION` or `NAME(arg1,arg2)=DEFINITION`. The definition is everything after
/// the first `=`; it may be empty, then the call vanishes.
///
/// # Errors
/// SPL4103 where there is no `=`, SPL4102 where name or arguments are not names.
pub fn parse_set(text: &str) -> Result<MacroDef, ContentError> {
    let wrong = |message: String| {
        let error = ContentError::new("SPL4103", FILE, message);
        error.help("write `NAME=DEFINITION` or `NAME(arg1,arg2)=DEFINITION`")
    };
    let Some((head, definition)) = text.split_once('=') else {
        return Err(wrong(format!("`{text}` has no `=`")));
    };
    let head = head.trim();
    let (name, arguments) = match head.split_once('(') {
        None => (head, Vec::new()),
        Some((name, rest)) => {
            let Some(inside) = rest.strip_suffix(')') else {
                return Err(wrong(format!("`{head}` has no closing bracket")));
            };
            let args: Vec<String> = inside.split(',').map(|a| a.trim().to_owned()).collect();
            (name.trim_end(), if inside.trim().is_empty() { Vec::new() } else { args })
        }
    };
    let offset = text.len() - definition.len();
    let starts = definition.match_indices('\n').map(|(i, _)| offset + i + 1);
    let def = MacroDef {
        name: name.to_owned(),
        arguments,
        definition: definition.to_owned(),
        iseval: false,
        validation: None,
        errormsg: None,
        origin: Origin {
            file: FILE.into(),
            text: text.into(),
            lines: std::iter::once(offset).chain(starts).collect(),
        },
    };
    check(FILE, &def, None)?;
    Ok(def)
}
