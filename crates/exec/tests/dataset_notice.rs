//! What a search over a dataset tells where no event is of it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use sepal_exec::RunCx;
use sepal_exec::datamodel::DataModels;
use sepal_exec::host::FixedHost;
use sepal_exec::knowledge::{Body, EventType, Knowledge, Rule, Stamp, StampField};
use sepal_exec::plan::{PlanCx, plan_with};
use sepal_exec::run::{LocalSubsearches, RunOptions, run_to_batch};

use sepal_exec::scan::{Input, InputFormat};
use sepal_parser::ast::SearchExpr;
use std::sync::Arc;

struct Rules(Vec<Arc<Rule>>);

impl Knowledge for Rules {
    fn rules(&self) -> &[Arc<Rule>] {
        &self.0
    }
}

/// A rule for events of a sourcetype: all of them have the tag.
fn rule(sourcetype: &str, tag: &str) -> Rules {
    let holds = vec![Stamp::new(StampField::Sourcetype, sourcetype)];
    let types = vec![EventType {
        name: tag.into(),
        condition: SearchExpr::And(Vec::new()),
        tags: vec![tag.into()],
    }];
    Rules(vec![Arc::new(Rule {
        name: sourcetype.into(),
        holds,
        body: Body { event_types: types, ..Body::default() }.into(),
        ..Rule::default()
    })])
}

/// The notices SPL3371 of a search over the inputs, each given as sourcetype and events.
fn notices(search: &str, inputs: &[(&str, &str)], rules: Option<Rules>) -> Vec<String> {
    let mut all: Vec<Vec<String>> = [1, 4]
        .map(|threads| {
            let parsed = sepal_parser::parse(search);
            let models: Arc<dyn DataModels> = Arc::new(support::data_models());
            let rules = rules.as_ref().map(|r| Arc::new(Rules(r.0.clone())) as Arc<dyn Knowledge>);
            let mut cx = PlanCx::default().with_data_models(Some(models)).with_knowledge(rules);
            let plan = plan_with(&parsed.pipeline, &mut cx).unwrap();
            let mut read = Vec::new();
            for (n, (sourcetype, events)) in inputs.iter().enumerate() {
                let mut input = Input::bytes(format!("file{n}"), events.as_bytes());
                input.format = Some(InputFormat::Lines);
                input.meta.sourcetype = Some((*sourcetype).into());
                read.push(input);
            }
            let inputs: Arc<[Input]> = read.into();
            let options = RunOptions { threads, ..RunOptions::default() };
            let runner = LocalSubsearches { inputs: inputs.clone(), options: options.clone() };
            let cx = RunCx::new(Arc::new(FixedHost::default())).with_subsearches(Arc::new(runner));
            let (_, summary) = run_to_batch(&plan, &inputs, &options, &cx).unwrap();
            let told = summary.notices.into_iter().filter(|(n, _)| n.code == "SPL3371");
            told.inspect(|(n, times)| assert!(!n.cuts_result && *times == 1))
                .map(|(n, _)| n.message)
                .collect()
        })
        .into();
    let one = all.swap_remove(0);
    assert_eq!(one, all[0], "1 and 4 threads");
    one
}

const COUNT: &str = "| tstats count from datamodel=Web";

#[test]
fn sourcetypes_without_a_rule_are_named() {
    assert_eq!(
        notices(COUNT, &[("b", "{\"x\":1}\n{\"x\":2}\n"), ("a", "{\"x\":1}\n")], None),
        ["none of the 3 events that were read is of the dataset Web.Web, which has those with \
          `tag=web`; no rule gives these tags to the sourcetype `b` (source file0), `a` (source \
          file1): see `sepal help datamodel`, or add rules with --knowledge"]
    );
}

#[test]
fn three_are_named() {
    let inputs = ["a", "b", "c", "d"].map(|s| (s, "{\"x\":1}\n"));
    let told = notices(COUNT, &inputs, None).swap_remove(0);
    assert!(told.contains("`c` (source file2) and others: see"), "{told}");
    assert!(!told.contains("`d`"), "{told}");
}

#[test]
fn a_rule_without_the_tags_is_none_for_them() {
    let told = notices(COUNT, &[("a", "{\"x\":1}\n")], Some(rule("a", "dns"))).swap_remove(0);
    assert!(
        told.contains("no rule gives these tags to the sourcetype `a` (source file0)"),
        "{told}"
    );
}

#[test]
fn rules_that_hold_for_other_events_of_the_sourcetype() {
    let mut web = rule("a", "web");
    let mut body = (*web.0[0].body).clone();
    body.event_types[0].condition = match &sepal_parser::parse("x=2").pipeline.stages[0].command {
        sepal_parser::commands::Command::Search(s) => s.expr.clone(),
        other => panic!("{other:?}"),
    };
    Arc::get_mut(&mut web.0[0]).unwrap().body = body.into();
    let told = notices(COUNT, &[("a", "{\"x\":1}\n")], Some(web)).swap_remove(0);
    assert!(
        told.contains("the rules of their sourcetypes give these tags to none of them"),
        "{told}"
    );
}

#[test]
fn nothing_is_told_where_events_are_of_the_dataset() {
    let tagged = "{\"tag\":\"web\",\"url\":\"/a\",\"_time\":100}\n";
    for search in [
        COUNT,
        "| tstats count from datamodel=Web where Web.url=/b",
        "| tstats count from datamodel=Web where earliest=200",
        "| datamodel Web Web search | search Web.url=/b",
        "| tstats prestats=t count from datamodel=Web where Web.url=/b by Web.url | stats count by Web.url",
    ] {
        assert_eq!(notices(search, &[("a", tagged)], None), [""; 0], "{search}");
    }
    let by_rule = [("a", "{\"x\":1}\n")];
    assert_eq!(notices(COUNT, &by_rule, Some(rule("a", "web"))), [""; 0]);
    let search = "| tstats count from datamodel=Web where Web.url=/b";
    assert_eq!(notices(search, &by_rule, Some(rule("a", "web"))), [""; 0]);
}

#[test]
fn nothing_is_told_without_events() {
    assert_eq!(notices(COUNT, &[("a", "")], None), [""; 0]);
}

#[test]
fn two_datasets_of_one_search_are_told_each() {
    let search = "| tstats prestats=t count from datamodel=Web \
                  | tstats prestats=t append=t count from datamodel=Endpoint.Registry | stats count";
    let told = notices(search, &[("a", "{\"x\":1}\n")], None);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|t| t.contains("Endpoint.Registry")), "{told:?}");
}
