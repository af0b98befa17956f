//! Planning says all that is wrong with a search at once, also inside brackets.

#![allow(clippy::unwrap_used)]

use sepal_exec::plan::plan;

/// What is unsupported, and the codes of the other errors, in the order in which they are told.
fn told(search: &str) -> Vec<String> {
    let parsed = sepal_parser::parse(search);
    assert!(!parsed.has_errors(), "{:?}", parsed.diagnostics);
    let list = plan(&parsed.pipeline).err().unwrap_or_default();
    list.into_iter().map(|d| d.unsupported.unwrap_or_else(|| d.code.to_owned())).collect()
}

#[test]
fn every_command_and_function_of_a_pipeline() {
    assert_eq!(
        told(
            "a=1 | sendemail to=x | eval c=getfields(\"x\") \
             | where cluster(a)=1 | stats per_day(a) per_second(b)"
        ),
        [
            "command sendemail",
            "function getfields",
            "function cluster",
            "stats function per_day",
            "stats function per_second"
        ]
    );
}

#[test]
fn subsearches_in_conditions_and_the_search_around_them() {
    assert_eq!(
        told(
            "a=1 [search b=1 | walklex index=x | fields a] | typeahead prefix=x \
             | where x IN ([search c=1 | dbinspect])"
        ),
        ["command walklex", "command typeahead", "command dbinspect"]
    );
    // wrong inside, wrong outside
    assert_eq!(told("a=1 [search b=1 | rex \"(\"] | regex a=\"(\""), ["SPL2100", "SPL2100"]);
}

#[test]
fn subsearches_of_commands() {
    assert_eq!(
        told("a=1 | append [search b=1 | walklex index=x | append [search c=1 | dbinspect]]"),
        ["command walklex", "command dbinspect"]
    );
    // what an unsupported command wants of its subsearch is not known: only what no command can
    // use is told
    assert_eq!(
        told("a=1 | collect [search b=1 | walklex index=x | table a] [stats count]"),
        ["command collect", "command walklex"]
    );
}

#[test]
fn a_refused_command_says_why() {
    let parsed = sepal_parser::parse("a=1 | sendemail to=x");
    let list = plan(&parsed.pipeline).err().unwrap();
    assert_eq!(list[0].label, "refused: it sends mail");
    assert_eq!(list[0].code, "SPL1021");
}

#[test]
fn rows_of_prestats_that_nobody_finishes() {
    let warned = |search: &str| -> Vec<&'static str> {
        let parsed = sepal_parser::parse(search);
        plan(&parsed.pipeline).unwrap().warnings.iter().map(|d| d.code).collect()
    };
    assert_eq!(warned("| tstats prestats=t count by host"), ["SPL2343"]);
    assert_eq!(
        warned("| tstats prestats=t count AS n by host | sort host"),
        ["SPL2345", "SPL2343"]
    );
    assert_eq!(warned("| tstats prestats=t count by host | stats count AS n by host"), [""; 0]);
    assert_eq!(warned("| mstats prestats=t sum(x) | stats sum(x)"), [""; 0]);
    // in a subsearch the search around it finishes them
    let appended = "| tstats prestats=t count by host | append [| tstats prestats=t count by host] \
                    | stats count by host";
    assert_eq!(warned(appended), [""; 0]);
}
