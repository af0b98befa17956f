//! Names that searches of ESCU use and that come from neither Splunk nor ESCU: which app brings
//! them. A message about such a name says so.

use crate::Diagnostic;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A macro.
    Macro,
    /// A lookup, or a table named directly.
    Lookup,
    /// A command.
    Command,
    /// A data model.
    DataModel,
}

impl Kind {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Macro => "macro",
            Kind::Lookup => "lookup",
            Kind::Command => "command",
            Kind::DataModel => "data model",
        }
    }
}

const ES: &str = "Splunk Enterprise Security";
const BASELINE: &str = "a baseline search of ESCU, which writes it";

/// Kind, name and where it comes from; a name that ends in `*` stands for all that begin so.
const NAMES: &[(Kind, &str, &str)] = &[
    (Kind::Command, "cyberchef", "the app CyberChef for Splunk"),
    (Kind::DataModel, "Identity_Management", ES),
    (Kind::DataModel, "Incident_Management", ES),
    (Kind::DataModel, "UEBA", ES),
    (Kind::Lookup, "admon_groups_def", "whoever runs the detection: a list of groups of their own"),
    (Kind::Lookup, "asset_lookup_by_*", ES),
    (Kind::Lookup, "identity_lookup_expanded", ES),
    (Kind::Lookup, "interesting_ports_lookup", ES),
    (Kind::Lookup, "previously_seen_*", BASELINE),
    (Kind::Lookup, "ut_*", "the app URL Toolbox"),
    (Kind::Macro, "cim_corporate_*", "the Common Information Model add-on"),
    (Kind::Macro, "get_asset", ES),
    (Kind::Macro, "get_identity4events", ES),
    (Kind::Macro, "risk_score_format", ES),
    (Kind::Macro, "ut_*", "the app URL Toolbox"),
];

/// Where something of that kind and name comes from, if it is known to come from elsewhere.
pub fn origin(kind: Kind, name: &str) -> Option<&'static str> {
    let is = |known: &str| match known.strip_suffix('*') {
        Some(begin) => name.starts_with(begin),
        None => name == known,
    };
    NAMES.iter().find(|(k, known, _)| *k == kind && is(known)).map(|(_, _, app)| *app)
}

/// The help line for a name that is missing, if it comes from elsewhere.
pub fn help(kind: Kind, name: &str) -> Option<String> {
    origin(kind, name).map(|app| format!("the {} comes from {app}", kind.word()))
}

/// What a message misses that comes from elsewhere: its kind, its name, and from where.
pub fn missing(d: &Diagnostic) -> Option<(Kind, &str, &'static str)> {
    let kind = match d.code {
        "SPL4001" => Kind::Macro,
        "SPL4110" => Kind::Lookup,
        "SPL4133" => Kind::DataModel,
        "SPL1001" => Kind::Command,
        _ => return None,
    };
    let name = d.message.split('`').nth(1)?;
    // of a macro the message has the number of arguments too
    let name = name.split('(').next().unwrap_or(name);
    origin(kind, name).map(|app| (kind, name, app))
}
