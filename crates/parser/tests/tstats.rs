//! `tstats`, `mstats`, `datamodel` and `from`: what of their text lands where.
//!
//! Source: Splunk Search Reference, pages of these names.
#![allow(clippy::unwrap_used)]

use sepal_parser::ast::SearchExpr;
use sepal_parser::commands::Command;
use sepal_parser::commands::from::From;
use sepal_parser::commands::stats::AggregateArgument;
use sepal_parser::commands::tstats::{ByField, Tstats, TstatsSource};

fn first(text: &str) -> Command {
    let p = sepal_parser::parse(text);
    assert!(p.diagnostics.is_empty(), "{text}: {:?}", p.diagnostics);
    p.pipeline.stages[0].command.clone()
}

fn tstats(text: &str) -> Tstats {
    match first(text) {
        Command::Tstats(t) => *t,
        other => panic!("{other:?}"),
    }
}

fn code(text: &str) -> &'static str {
    sepal_parser::parse(text).diagnostics.first().map_or("none", |d| d.code)
}

fn by(t: &Tstats) -> Vec<String> {
    t.by.iter()
        .map(|b| match b {
            ByField::Field(f) => f.node.clone(),
            ByField::Prefix(f) => format!("PREFIX({})", f.node),
        })
        .collect()
}

#[test]
fn the_form_of_detections() {
    let t = tstats(
        "| tstats summariesonly=false allow_old_summaries=true fillnull_value=null count, \
         min(_time) as firstTime values(All.x.y) as z dc(\"DNS.query\") FROM datamodel=Endpoint.Processes \
         WHERE (Processes.a IN (\"x\", y*) OR NOT Processes.b=\"by\") nodename=Processes earliest=-1d \
         BY Processes.dest, _time span=1h Processes.user",
    );
    let options: Vec<_> =
        t.options.iter().map(|o| (o.name.node.as_str(), o.value.node.as_str())).collect();
    let want =
        [("summariesonly", "false"), ("allow_old_summaries", "true"), ("fillnull_value", "null")];
    assert_eq!(options, want);
    let names: Vec<_> = t.aggregates.iter().map(|a| a.text.as_str()).collect();
    assert_eq!(names, ["count", "min(_time)", "values(All.x.y)", "dc(\"DNS.query\")"]);
    assert_eq!(t.aggregates[2].alias.as_ref().unwrap().node, "z");
    let Some(TstatsSource::Datamodel(d)) = &t.from else { panic!() };
    assert_eq!(
        (d.model.node.as_str(), d.dataset.as_ref().unwrap().node.as_str()),
        ("Endpoint", "Processes")
    );
    let Some(SearchExpr::And(terms)) = &t.filter else { panic!() };
    assert_eq!(terms.len(), 3);
    assert!(matches!(&terms[2], SearchExpr::Time { key, .. } if key.node == "earliest"));
    assert_eq!(by(&t), ["Processes.dest", "_time", "Processes.user"]);
    assert_eq!(t.span.unwrap().node, "1h");
}

#[test]
fn options_stand_anywhere() {
    let t = tstats(
        "| tstats count prestats=t local=f append=f from datamodel=Web chunk_size=5 groupby Web.url include_reduced_buckets=t",
    );
    assert_eq!(t.options.len(), 5);
    assert_eq!(by(&t), ["Web.url"]);
    let t = tstats("| tstats count where index=* by span=1s _time host");
    assert_eq!((by(&t), t.span.unwrap().node), (vec!["_time".into(), "host".into()], "1s".into()));
}

#[test]
fn other_sources() {
    assert!(tstats("| tstats count").from.is_none());
    assert!(
        matches!(tstats("| tstats count FROM mydata").from, Some(TstatsSource::Namespace(n)) if n.node == "mydata")
    );
    assert!(
        matches!(tstats("| tstats avg(foo) FROM sid=1357 WHERE x=1").from, Some(TstatsSource::Sid(n)) if n.node == "1357")
    );
    let t = tstats("| tstats count from datamodel Web.Web where Web.url=*");
    assert!(matches!(t.from, Some(TstatsSource::Datamodel(d)) if d.dataset.is_some()));
}

#[test]
fn prefix_is_kept_as_typed() {
    let t = tstats("| tstats count avg(PREFIX(kbps=)) where TERM(group=x) by PREFIX(group=) host");
    assert_eq!(by(&t), ["PREFIX(group=)", "host"]);
    assert!(matches!(&t.aggregates[1].argument, AggregateArgument::Prefix(p) if p.node == "kbps="));
}

#[test]
fn what_is_missing() {
    assert_eq!(code("| tstats from datamodel=Web"), "SPL0003");
    assert_eq!(code("| tstats count from"), "SPL0003");
    assert_eq!(code("| tstats count where by host"), "SPL0003");
    assert_eq!(code("| tstats count by"), "SPL0003");
    assert_eq!(code("| tstats count by host sapn=1h"), "SPL2001");
    assert_eq!(code("| tstats cuont by host"), "SPL1003");
    assert_eq!(code("| tstats summaries=t count"), "SPL2001");
    assert_eq!(code("| from"), "SPL2003");
    assert_eq!(code("| from lookup"), "SPL2003");
    assert_eq!(code("| from index:main"), "SPL2003");
    assert_eq!(code("| datamodel A B serach"), "SPL2004");
}

#[test]
fn mstats_and_its_span() {
    let Command::Mstats(m) =
        first("| mstats avg(process.*) as process.* where index=m by host.name span=30s")
    else {
        panic!()
    };
    assert_eq!((m.aggregates.len(), m.by.len(), m.span.unwrap().node), (1, 1, "30s".into()));
    let Command::Mstats(m) =
        first("| mstats count(_value) chart=t where index=m AND earliest=-1h span=1m")
    else {
        panic!()
    };
    assert_eq!((m.options.len(), m.span.unwrap().node), (1, "1m".into()));
}

#[test]
fn datasets() {
    let from = |text: &str| match first(text) {
        Command::From(f) => *f,
        other => panic!("{other:?}"),
    };
    for text in [
        "| from datamodel:A.B",
        "| from datamodel A.B",
        "| from datamodel:\"A.B\"",
        "| from \"datamodel:A.B\"",
        "| from datamodel \"A.B\"",
    ] {
        let From::Datamodel(d) = from(text) else { panic!("{text}") };
        assert_eq!((d.model.node.as_str(), d.dataset.unwrap().node.as_str()), ("A", "B"), "{text}");
    }
    assert!(matches!(from("| from lookup:hosts.csv"), From::Lookup(n) if n.node == "hosts.csv"));
    assert!(
        matches!(from("| from savedsearch:\"my search\""), From::Savedsearch(n) if n.node == "my search")
    );
    let Command::Datamodel(d) = first("| datamodel A B flat strict_fields=f") else { panic!() };
    assert_eq!((d.mode.unwrap().node.as_str(), d.options.len()), ("flat", 1));
    let Command::Datamodel(d) = first("| datamodel") else { panic!() };
    assert!(d.model.is_none());
}
