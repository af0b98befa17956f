//! Splunk's `macros.conf`.

use super::{check, split_name};
use crate::ContentError;
use crate::conf::layers::Conf;
use crate::conf::parse::{Stanza, boolean, stanzas};
use sepal_parser::macros::{MacroDef, Origin};
use std::path::Path;
use std::sync::Arc;

/// Reads a `macros.conf`: stanzas `[name]` and `[name(2)]` with `args`, `definition`, `iseval`,
/// `validation`, `errormsg`; other keys say nothing to a search. Lines that begin with `#` are
/// comments; a line that ends in `\` goes on in the next, the line end stays in the value. A
/// stanza that stands twice is one; of a setting that stands twice the last counts. Settings of
/// `[default]` and before the first stanza hold for all.
///
/// Source: Splunk Admin Manual, macros.conf.spec, and "Configuration file structure".
///
/// # Errors
/// SPL4101 for a line that is none of these, SPL4102 for a macro whose parts do not fit together;
/// with the line.
pub fn read_conf(file: &str, text: &str) -> Result<Vec<MacroDef>, ContentError> {
    let (default, stanzas) = stanzas(file, text)?;
    let shared: Arc<str> = text.into();
    stanzas.iter().map(|stanza| macro_of(file, &shared, &default, stanza)).collect()
}

/// Reads the macros of an app: `local` wins over `default`, setting by setting.
///
/// # Errors
/// As [`read_conf`].
pub(crate) fn read_app(app: &Path) -> Result<Vec<MacroDef>, ContentError> {
    let conf = Conf::read(app, "macros.conf")?;
    let default = conf.default.stanza();
    let mut all = Vec::new();
    for layered in &conf.stanzas {
        let of = layered.settings.get("definition").or_else(|| layered.settings.values().next());
        let Some(of) = of else { continue };
        all.push(macro_of(&of.file, &of.source, &default, &layered.stanza())?);
    }
    Ok(all)
}

fn macro_of(
    file: &str,
    text: &Arc<str>,
    default: &Stanza,
    stanza: &Stanza,
) -> Result<MacroDef, ContentError> {
    let get = |key: &str| stanza.get(key).or_else(|| default.get(key));
    let value = |key: &str| get(key).map(|s| s.value.clone());
    let (name, count) = split_name(&stanza.name);
    let Some(definition) = get("definition") else {
        let message = format!("macro `{}` has no definition", stanza.name);
        return Err(ContentError::new("SPL4102", file, message).at(stanza.line, 0));
    };
    let arguments: Vec<String> = value("args")
        .unwrap_or_default()
        .split(',')
        .map(|a| a.trim().to_owned())
        .filter(|a| !a.is_empty())
        .collect();
    let iseval = match get("iseval") {
        None => false,
        Some(setting) => boolean(&setting.value).ok_or_else(|| {
            let message = format!("`iseval` takes true or false, not `{}`", setting.value);
            ContentError::new("SPL4102", file, message).at(setting.line, 0)
        })?,
    };
    let def = MacroDef {
        name: name.to_owned(),
        arguments,
        definition: definition.value.clone(),
        iseval,
        validation: value("validation").filter(|v| !v.is_empty()),
        errormsg: value("errormsg").filter(|v| !v.is_empty()),
        origin: Origin {
            file: file.into(),
            text: text.clone(),
            lines: definition.lines.clone().into(),
        },
    };
    // without brackets a stanza has no arguments, whatever `args` says
    check(file, &def, Some(count.unwrap_or(0))).map_err(|e| e.at(stanza.line, 0))?;
    Ok(def)
}
