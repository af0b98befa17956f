//! The commands that Sepal refuses: they need a Splunk server, act on the world, or compute what no page
//! describes.

/// The commands with the reason, sorted by name.
#[rustfmt::skip]
pub static REFUSED: &[(&str, &str)] = &[
    ("abstract", "how Splunk rates the lines of an event is not documented"),
    ("analyzefields", "it belongs to the interface of a Splunk server"),
    ("anomalousvalue", "how Splunk rates values is not documented: anomalydetection and outlier find unusual ones"),
    ("audit", "it reads the audit trail of a Splunk server"),
    ("awssnsalert", "it sends a message"),
    ("cofilter", "it belongs to the interface of a Splunk server"),
    ("collect", "it writes events into an index"),
    ("crawl", "it looks for files that a Splunk server could read"),
    ("datamodelsimple", "it lists the data models of a Splunk server"),
    ("dbinspect", "it describes the buckets of an index"),
    ("dbxlookup", "it queries a database through DB Connect"),
    ("dbxoutput", "it writes into a database through DB Connect"),
    ("dbxquery", "it queries a database through DB Connect"),
    ("delete", "it deletes events of an index"),
    ("deletemodel", "it deletes a model that a Splunk server stores"),
    ("dump", "it writes files on a Splunk server"),
    ("entitymerge", "it merges entities that Splunk Enterprise Security stores"),
    ("findkeywords", "how Splunk rates the words of groups is not documented"),
    ("findtypes", "how Splunk proposes event types is not documented"),
    ("folderize", "how Splunk groups texts is not documented: bucketdir does so with paths"),
    ("geom", "it needs the geometries of a geospatial lookup"),
    ("geomfilter", "it needs the geometries of a geospatial lookup"),
    ("history", "it reads the searches that a Splunk server ran"),
    ("input", "it changes the inputs of a Splunk server"),
    ("inputcsv", "it reads files on a Splunk server: use inputlookup"),
    ("inputintelligence", "it reads threat intelligence that Splunk Enterprise Security stores"),
    ("kvform", "it reads form files of a Splunk server"),
    ("listmodels", "it lists the models that a Splunk server stores"),
    ("mcatalog", "it reads a metric index"),
    ("mcollect", "it writes into a metric index"),
    ("meventcollect", "it writes into a metric index"),
    ("mpreview", "it reads a metric index"),
    ("msearch", "it reads a metric index"),
    ("outputcsv", "it writes files on a Splunk server: use --format csv"),
    ("overlap", "it looks for gaps in a summary index"),
    ("pivot", "it runs reports of the interface of a Splunk server: use tstats, or stats over `| datamodel`"),
    ("redistribute", "it spreads work over the servers of a cluster"),
    ("relevancy", "how Splunk rates events is not documented"),
    ("rest", "it calls the REST interface of a Splunk server"),
    ("rtorder", "it orders the events of a search in real time"),
    ("run", "it runs a program"),
    ("runshellscript", "it runs a program"),
    ("sample", "it draws rows for the Machine Learning Toolkit"),
    ("score", "it tests models of the Machine Learning Toolkit"),
    ("script", "it runs a program"),
    ("scrub", "it needs the word lists of a Splunk server"),
    ("searchtxn", "it needs the transaction types of a Splunk server"),
    ("sendalert", "it triggers an alert action"),
    ("sendemail", "it sends mail"),
    ("surrounding", "it belongs to the interface of a Splunk server"),
    ("tscollect", "it writes index files"),
    ("typeahead", "it reads the word lists of an index"),
    ("typelearner", "how Splunk proposes event types is not documented"),
    ("typer", "it needs the event types of a Splunk server"),
    ("walklex", "it reads the word lists of an index"),
];

/// Why a command (lower case) is refused; none where it is not.
pub fn refused(name: &str) -> Option<&'static str> {
    let at = REFUSED.binary_search_by(|(n, _)| (*n).cmp(name)).ok()?;
    REFUSED.get(at).map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_of_commands_that_are_not_there() {
        assert!(REFUSED.is_sorted_by(|a, b| a.0 < b.0));
        for (name, _) in REFUSED {
            assert!(sepal_parser::names::is_command(name), "{name}");
            assert!(super::super::find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_refused_command_says_why() {
        for (name, why) in REFUSED {
            let parsed = sepal_parser::parse(&format!("| {name} a=b"));
            let found = crate::plan::plan(&parsed.pipeline).err().unwrap();
            assert_eq!(found[0].code, "SPL1021", "{name}");
            assert!(found[0].label.contains(why), "{name}: {}", found[0].label);
            assert!(found[0].unsupported.is_some(), "{name}");
        }
    }
}
