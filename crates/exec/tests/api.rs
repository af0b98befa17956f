//! The interface for programs: what a run takes, what it gives, how it fails.

#![allow(clippy::unwrap_used)]

use sepal_exec::scan::{Input, InputFormat, Meta};
use sepal_exec::{Search, SearchError};

const EVENTS: &str = r#"
    {"time": "2026-02-10T23:59:59Z", "user": "bob"}
    {"time": "2026-02-11T10:00:00Z", "user": "eve"}
"#;

fn timed(search: &str) -> Search {
    let mut search = Search::new(search).events("a.jsonl", EVENTS);
    let mut options = sepal_exec::run::RunOptions::default();
    options.scan.time_field = Some("time".into());
    search = search.options(options);
    search.now("2026-02-11T12:00:00Z")
}

#[test]
fn rows_keep_columns_order_and_types() {
    let events = r#"{"b": 1.50, "a": ["x", "y"]}"#;
    let found = Search::new("* | eval n=2+1 | table n b a{}").events("e", events).run();
    let found = found.unwrap();
    assert_eq!(found.columns, ["n", "b", "a{}"]);
    assert_eq!(found.to_string(), "{\"n\":3,\"b\":\"1.50\",\"a{}\":[\"x\",\"y\"]}\n");
    assert_eq!(found.summary.scan.events, 1);
}

#[test]
fn times_count_from_the_given_now() {
    let users = |s: Search| {
        let found = s.run().unwrap();
        found.rows.iter().map(|r| r["user"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(users(timed("* | table user")), ["eve", "bob"]);
    assert_eq!(users(timed("* | table user").earliest("@d")), ["eve"]);
    assert_eq!(users(timed("* | table user").latest("@d")), ["bob"]);
    // the search's own range wins over the caller's
    assert_eq!(users(timed("earliest=-3h | table user").earliest("-30d")), ["eve"]);
    let found = Search::new("| makeresults | eval t=now() | table t").run().unwrap();
    assert_eq!(found.rows[0]["t"], 1_767_225_600);
}

#[test]
fn wrong_times_are_told() {
    for search in [
        Search::new("* | head 1").now("yesterday"),
        Search::new("* | head 1").earliest("soon"),
        Search::new("* | head 1").latest(""),
    ] {
        assert!(matches!(search.run(), Err(SearchError::Time(_))));
    }
}

#[test]
fn stamps_give_way_to_what_an_input_says() {
    let meta = |source: &str| Meta { source: Some(source.into()), ..Meta::default() };
    let found = Search::new("* | table source sourcetype")
        .stamp(|name| Meta {
            source: Some(format!("stamped {name}").into()),
            sourcetype: Some("audit".into()),
            ..Meta::default()
        })
        .events("a", "{}")
        .input(Input::bytes("b", *b"{}").with_meta(meta("own")))
        .run()
        .unwrap();
    let want = "{\"source\":\"stamped a\",\"sourcetype\":\"audit\"}\n\
                {\"source\":\"own\",\"sourcetype\":\"audit\"}\n";
    assert_eq!(found.to_string(), want);
}

#[test]
fn rows_of_a_result_get_no_default_fields() {
    let run = |format| {
        let mut input = Input::bytes("r", *b"{\"a\": 1}");
        input.format = format;
        Search::new("* | fields - _*").input(input).run().unwrap().to_string()
    };
    assert_eq!(run(Some(InputFormat::Rows)), "{\"a\":\"1\"}\n");
    assert!(run(Some(InputFormat::Lines)).contains("\"host\":\"localhost\""));
}

#[test]
fn folders_are_read_file_by_file() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["b.json", "a.json"] {
        std::fs::write(dir.path().join(name), "{\"x\": 1}\n{\"x\": 2}\n").unwrap();
    }
    let found = Search::new("* | stats count BY source").path(dir.path()).run().unwrap();
    let files: Vec<_> = found.rows.iter().map(|r| r["source"].as_str().unwrap()).collect();
    let want = ["a.json", "b.json"].map(|n| dir.path().join(n).display().to_string());
    assert_eq!(files, want);
}

#[test]
fn failures_name_their_place() {
    let fails = |s: Search| s.run().unwrap_err().to_string();
    let list = [
        fails(Search::new("* | stats count\n | nosuchcommand x")),
        fails(Search::new("* | `count_by`").define("count_by", "stats cuont BY a")),
        fails(Search::new("* | `nosuchmacro`")),
        fails(Search::new("earliest=never | head 1")),
        fails(Search::new("* | head 1").path("/no/such/file")),
    ];
    insta::assert_snapshot!(list.join("\n\n"), @r#"
    search:2:4: unknown command `nosuchcommand` [SPL1001]
      help: after `|` comes a command; to filter events, write `| search ...`

    macro count_by:1:7: unknown stats function `cuont` [SPL1003]
      called at search:1:5
      help: did you mean `count`?

    search:1:5: unknown macro `nosuchmacro` [SPL4001]
      help: define it in a file of the macros folder

    search:1:10: "never" is not a time, expected now, -24h, -1d@d, @w1, epoch seconds, 10/20/2026:10:00:00 or 2026-10-20T10:00:00 [SPL2146]

    /no/such/file: No such file or directory (os error 2)
    "#);
}

#[test]
fn damage_is_counted() {
    let found =
        Search::new("* | table x _raw").events("e", "{\"x\": 1}\n{\"x\": \n").run().unwrap();
    assert_eq!((found.rows.len(), found.summary.scan.damaged), (2, 1));
    assert_eq!(found.rows[1]["_raw"], "{\"x\":");
}

#[test]
fn the_search_of_map_may_call_macros() {
    // ESCU: `map search="search `wineventlog_security` EventCode=4624 TargetLogonId=$TargetLogonId$"`
    let events = r#"{"code": 4662, "id": "0x1"}
{"code": 4624, "id": "0x1", "user": "eve"}
{"code": 4624, "id": "0x2", "user": "bob"}"#;
    let search = Search::new(
        r#"code=4662 | stats count by id | appendpipe [| map search="search `logons` id=$id$"] | stats values(user) AS user"#,
    );
    let found = search.clone().define("logons", "code=4624").events("e", events).run().unwrap();
    assert_eq!(found.to_string(), "{\"user\":\"eve\"}\n");
    let error = search.events("e", events).run().unwrap_err();
    assert!(error.to_string().contains("SPL4001"), "{error}");
}
