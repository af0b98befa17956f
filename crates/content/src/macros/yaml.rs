//! ESCU's `macros/*.yml`.

use super::{check, split_name};
use crate::ContentError;
use crate::yaml::{self, Kind, TextMap};
use sepal_parser::macros::{MacroDef, Origin};

/// Reads one macro file: `name`, `definition`, and where there are any `arguments`, `iseval`,
/// `validation`, `errormsg`; `description` and other keys say nothing to a search.
///
/// Source: contentctl, `objects/macro.py`; the further keys as in Splunk's `macros.conf`.
///
/// # Errors
/// SPL5102 to SPL5107 for the YAML, SPL4102 for a macro whose parts do not fit together.
pub fn read_yaml(file: &str, text: &str) -> Result<MacroDef, ContentError> {
    let root = yaml::read(file, text)?;
    let missing = |key: &str| {
        let message = format!("the file is not a macro: no `{key}`");
        ContentError::new("SPL5106", file, message).help("a macro has `name` and `definition`")
    };
    let name = root.text_of(file, "name")?.ok_or_else(|| missing("name"))?;
    let node = root.get("definition").ok_or_else(|| missing("definition"))?;
    let definition = root.text_of(file, "definition")?.ok_or_else(|| missing("definition"))?;
    let arguments = root.texts_of(file, "arguments")?;
    let iseval = match root.get("iseval").map(|n| (&n.kind, n)) {
        None => false,
        Some((Kind::Bool(b, _), _)) => *b,
        Some((_, n)) => match n.text().and_then(crate::conf::parse::boolean) {
            Some(b) => b,
            None => {
                let message = "`iseval` takes true or false".to_owned();
                return Err(n.error("SPL5107", file, message));
            }
        },
    };
    let (bare, count) = split_name(name.trim());
    let def = MacroDef {
        name: bare.to_owned(),
        arguments,
        iseval,
        validation: root.text_of(file, "validation")?,
        errormsg: root.text_of(file, "errormsg")?,
        origin: Origin {
            file: file.into(),
            text: text.into(),
            lines: TextMap::of(node, text).lines(&definition).into(),
        },
        definition,
    };
    check(file, &def, count).map_err(|e| e.at(node.line, 0))?;
    Ok(def)
}
