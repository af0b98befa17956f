//! Charts lose no events, whatever columns are shown, and know the time range of the run.

#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use sepal_exec::RunCx;
use sepal_exec::host::FixedHost;
use sepal_exec::run::{RunOptions, run_to_batch};
use sepal_exec::scan::{Input, InputFormat};
use std::sync::Arc;
use support::{Outcome, Row, rows, run};

fn result(search: &str, events: &str, threads: usize) -> Vec<Row> {
    match run(search, events, InputFormat::Rows, threads) {
        Outcome::Rows(batch, _) => rows(&batch),
        Outcome::Refused { message, .. } => {
            vec![Row::from_iter([("refused".into(), message.into())])]
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The counts of all cells are those of the rows, and of each row those that stats gives.
    #[test]
    fn every_event_is_in_one_cell(
        events in prop::collection::vec((0u8..4, prop::option::of(0u8..6), 0u32..40), 0..40),
        limit in 0u8..7,
        bottom: bool,
        threads in 1usize..4,
    ) {
        let lines: Vec<String> = events.iter().map(|(h, s, n)| match s {
            Some(s) => format!(r#"{{"_time":{},"h":"h{h}","s":"s{s}","n":{n}}}"#, 1_700_000_000 + n),
            None => format!(r#"{{"_time":{},"h":"h{h}","n":{n}}}"#, 1_700_000_000 + n),
        }).collect();
        let (lines, which) = (lines.join("\n"), if bottom { "bottom" } else { "top" });
        for (chart, plain, by) in [
            (format!("chart limit={which}{limit} count by h s"), "chart count by h", "h"),
            (
                format!("chart span=7 limit={which}{limit} count over n by s"),
                "chart span=7 count over n",
                "n",
            ),
        ] {
            let total = format!("* | {chart} | addtotals fieldname=total | table {by} total");
            let got = result(&total, &lines, threads);
            let want = result(&format!("* | {plain} | rename count AS total"), &lines, 1);
            prop_assert_eq!(got, want, "{}", chart);
        }
        let total = "timechart span=10s limit=2 count by s | addtotals fieldname=total | stats sum(total) AS t";
        let got = result(&format!("* | {total}"), &lines, threads);
        let t = got.first().and_then(|r| r.get("t")).and_then(serde_json::Value::as_f64);
        prop_assert_eq!(t.unwrap_or(0.0), events.len() as f64);
    }
}

/// R/search-commands/timechart, fixedrange: the range of the search, here given beside it.
#[test]
fn a_range_given_beside_the_search_is_filled() {
    let run = |search: &str| {
        let parsed = sepal_parser::parse(search);
        let plan = sepal_exec::plan::plan(&parsed.pipeline).unwrap();
        let mut input = Input::bytes("events", br#"{"_time":1700003700}"#.as_slice());
        input.format = Some(InputFormat::Rows);
        let options = RunOptions {
            earliest: Some(1_700_000_000_000_000),
            latest: Some(1_700_010_000_000_000),
            ..RunOptions::default()
        };
        let cx = RunCx::new(Arc::new(FixedHost::default()));
        let (batch, _) = run_to_batch(&plan, &[input], &options, &cx).unwrap();
        rows(&batch).iter().map(|r| r["count"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(run("* | timechart span=1h count"), ["0", "1", "0"]);
    assert_eq!(run("* | timechart fixedrange=f span=1h count"), ["1"]);
    assert_eq!(run("* | chart count over _time span=1h"), ["1"]);
    assert_eq!(run("search earliest=1700003000 | timechart span=1h count"), ["1", "0"]);
}
