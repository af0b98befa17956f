//! The commands of Splunk that make no sense without a server, or that act on the world.

/// Commands that stay refused, sorted by name, with the reason that follows "it ".
///
/// Source: Splunk Search Reference, the page of each command.
pub const REFUSED: &[(&str, &str)] = &[
    ("analyzefields", "is a command of the Splunk interface"),
    ("audit", "reads the audit trail of a server"),
    ("awssnsalert", "sends messages to a cloud service"),
    ("cofilter", "is a command of the Splunk interface"),
    ("collect", "writes into an index of a server"),
    ("datamodelsimple", "lists the data models of a server"),
    ("dbinspect", "reads the buckets of an index of a server"),
    ("dbxlookup", "asks a database"),
    ("dbxoutput", "writes into a database"),
    ("dbxquery", "asks a database"),
    ("delete", "deletes events of an index"),
    ("deletemodel", "deletes a model of a server"),
    ("dump", "writes files on a server"),
    ("entitymerge", "is a command of a Splunk app"),
    ("findtypes", "is a command of the Splunk interface"),
    ("history", "reads the searches that a user of a server ran"),
    ("input", "changes the inputs of a server"),
    ("inputintelligence", "reads the threat intelligence of a server"),
    ("listmodels", "lists the models of a server"),
    ("mcatalog", "reads the metric indexes of a server"),
    ("mcollect", "writes into a metric index of a server"),
    ("meventcollect", "writes into a metric index of a server"),
    ("mpreview", "reads the metric indexes of a server"),
    ("msearch", "reads the metric indexes of a server"),
    ("redistribute", "spreads work over the servers of a cluster"),
    ("rest", "asks the REST interface of a server"),
    ("rtorder", "orders the events of a search in real time"),
    ("run", "starts a program"),
    ("runshellscript", "starts a program"),
    ("script", "starts a program"),
    ("sendalert", "starts the alert actions of a server"),
    ("sendemail", "sends mail"),
    ("tscollect", "writes an index file of a server"),
    ("typeahead", "reads the index of a server"),
    ("typelearner", "learns the event types of a server"),
    ("walklex", "reads the index of a server"),
];

/// Why a command (lower case) stays refused.
pub fn refused(name: &str) -> Option<&'static str> {
    REFUSED.binary_search_by(|(n, _)| n.cmp(&name)).ok().and_then(|i| Some(REFUSED.get(i)?.1))
}

#[cfg(test)]
mod tests {
    use super::{REFUSED, refused};
    use crate::commands::find;
    use sepal_parser::names::is_command;

    #[test]
    fn sorted_and_known_and_never_registered() {
        assert!(REFUSED.windows(2).all(|p| p[0].0 < p[1].0));
        for (name, _) in REFUSED {
            assert!(is_command(name), "{name}");
            assert!(find(name).is_none(), "{name}");
        }
        assert_eq!(refused("sendemail"), Some("sends mail"));
        assert_eq!(refused("stats"), None);
    }
}
