//! Results do not depend on how an input is cut up.

use crate::support::{Seen, events, gz, planned, run};
use proptest::prelude::*;
use sepal_exec::plan::ScanOptions;

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => ("[ab]{0,3}", 0..5i32, 0..60u32).prop_map(|(a, b, s)| {
            format!(r#"{{"timestamp":"2026-01-01T00:00:{s:02}Z","a":"{a}","b":{b}}}"#)
        }),
        1 => "[{}\\[\\]\",:a1 ]{0,12}",
        1 => Just("{\"a\":\"cut".to_owned()),
        1 => Just("\r".to_owned()),
        1 => Just(String::new()),
        1 => ("[xé]{0,300}").prop_map(|x| format!("{{\"x\":[\"{x}\",{{\"y\":null}}]}}")),
    ]
}

fn same(
    search: &str,
    bytes: &[u8],
    ways: &[(usize, u64, usize)],
    max_event: usize,
) -> Result<Seen, TestCaseError> {
    let plan = planned(search);
    let inputs = events(bytes);
    let options = ScanOptions { max_event, ..ScanOptions::default() };
    let want = run(&plan, &inputs, &options, 1);
    for &(block, piece, threads) in ways {
        let cut = ScanOptions { block, piece, ..options.clone() };
        let got = run(&plan, &inputs, &cut, threads);
        prop_assert_eq!(
            &got,
            &want,
            "{} block {} piece {} threads {}",
            search,
            block,
            piece,
            threads
        );
    }
    Ok(want)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn lines(
        lines in prop::collection::vec(line(), 0..40),
        newline in prop::bool::ANY,
        block in 1..400usize,
        piece in 1..2000u64,
        max_event in prop::sample::select(vec![20usize, 64, 1 << 20]),
    ) {
        let mut text = lines.join("\n");
        if newline {
            text.push('\n');
        }
        let ways = [(block, piece, 1), (block, piece, 3), (1 << 16, piece, 2), (block, 1 << 20, 4)];
        for search in ["*", "a=b* | table _raw b", "b>1 OR x{}=x* | stats count list(a) by b"] {
            let plain = same(search, text.as_bytes(), &ways, max_event)?;
            // a stream gives the same events as a file
            let stream = same(search, &gz(text.as_bytes()), &ways, max_event)?;
            prop_assert_eq!(&stream.rows, &plain.rows);
            prop_assert_eq!(stream.counts, plain.counts);
        }
    }

    #[test]
    fn values(
        lines in prop::collection::vec(line(), 0..20),
        between in prop::sample::select(vec![",", "\n", " ", ",\r\n", ""]),
        wrap in prop::sample::select(vec![("[", "]"), ("{\"Records\":[", "]}"), ("", "")]),
        block in 1..200usize,
    ) {
        let text = format!("{}{}{}", wrap.0, lines.join(between), wrap.1);
        same("* | table a b _raw", text.as_bytes(), &[(block, 7, 1), (block, 7, 3), (1, 1, 2)], 1 << 20)?;
    }
}
