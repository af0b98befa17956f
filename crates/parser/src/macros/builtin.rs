//! Macros that Splunk's security content calls but whose definitions come with other apps.

use super::{MacroDef, MacroSet};
use std::borrow::Cow;

/// Name, arguments, definition.
///
/// `drop_dm_object_name` comes with Splunk Enterprise Security, `security_content_ctime` with
/// ESCU's app.
const BUILTIN: &[(&str, &[&str], &str)] = &[
    ("drop_dm_object_name", &["object_name"], "rename $object_name$.* as *"),
    (
        "security_content_ctime",
        &["field"],
        "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime($field$)",
    ),
];

/// Whether a call is answered without a definition: the two macros above, and `NAME_filter`,
/// which ESCU writes as `search *` for users to edit.
pub fn is_builtin(name: &str, arguments: usize) -> bool {
    builtin(name, arguments).is_some()
}

fn builtin(name: &str, arguments: usize) -> Option<MacroDef> {
    let of = |names: &[&str], definition: &str| MacroDef {
        name: name.to_owned(),
        arguments: names.iter().map(|&n| n.to_owned()).collect(),
        definition: definition.to_owned(),
        origin: super::Origin {
            file: "<built in>".into(),
            text: definition.into(),
            lines: [].into(),
        },
        ..MacroDef::default()
    };
    if let Some((_, names, definition)) =
        BUILTIN.iter().find(|(n, names, _)| *n == name && names.len() == arguments)
    {
        return Some(of(names, definition));
    }
    (arguments == 0 && name.ends_with("_filter")).then(|| of(&[], "search *"))
}

/// The user's macro, or else the built-in one.
pub(super) fn find<'m>(
    macros: &'m MacroSet,
    name: &str,
    arguments: usize,
) -> Option<Cow<'m, MacroDef>> {
    macros
        .get(name, arguments)
        .map(Cow::Borrowed)
        .or_else(|| builtin(name, arguments).map(Cow::Owned))
}
