//! Damaged events stay events, are counted, and are named.

use crate::support::{column, events, everywhere, everywhere_with};
use sepal_exec::plan::ScanOptions;

const LINES: &str = "{\"a\":1,\"s\":\"ok\"}\n{\"a\":2,\"s\":\"cut\nnot json at all\n{\"a\":3,\"s\":bad}\n\
                     {\"a\":4}}\n[1,2\n{\"a\":5,\"s\":\"ok\"}\n\"text\"\n{\"a\":6 \"s\":1}\n12\n";

#[test]
fn each_is_kept_counted_and_named() {
    let seen = everywhere("* | table a s _raw", &events(LINES));
    insta::assert_snapshot!(format!(
        "{}\n{:?}\n{}",
        seen.rows.join("\n"),
        seen.counts,
        seen.damaged.join("\n")
    ));
    // what cannot be read has no fields, but its text is searched
    assert_eq!(column(&everywhere("not", &events(LINES)), "_raw"), ["not json at all"]);
    let none = everywhere("NOT a=*", &events(LINES));
    // a value before the damage is found where no more than it is asked for
    assert_eq!(none.rows.len(), 5, "{none:?}");
    let crlf = everywhere("* | table a s _raw", &events(LINES.replace('\n', "\r\n")));
    assert_eq!((crlf.rows, crlf.counts[3]), (seen.rows, seen.counts[3]));
}

#[test]
fn broken_values_between_others() {
    let text =
        "{\n\"a\": 1\n}\n{\n\"a\": 2]\n}\n{\n\"a\": 3\n}\nrubbish\n{\n\"a\": 4\n}\n{\n\"a\": 5";
    let seen = everywhere("* | table a _raw", &events(text));
    insta::assert_snapshot!(format!(
        "{}\n{:?}\n{}\n{}",
        seen.rows.join("\n"),
        seen.counts,
        seen.damaged.join("\n"),
        seen.said.join("\n")
    ));
    let cut = everywhere("* | table a _raw", &events("[{\"a\":1},{\"a\":2},{\"a\":"));
    assert_eq!(column(&cut, "a"), ["1", "2", "-"]);
    assert_eq!(cut.counts[3], 1);
    assert_eq!(cut.said.len(), 1, "{cut:?}");
}

/// One event of each kind that JSON or UTF-8 writers get wrong.
#[test]
fn odd_bytes() {
    let mut text: Vec<u8> = Vec::new();
    let deep = format!("{{\"k\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let within = format!("{{\"k\":{}1{}}}", "[".repeat(126), "]".repeat(126));
    let digits = format!("{{\"k\":{}}}", "9".repeat(500));
    for line in [
        &b"{\"k\":\"\xff\xfe\",\"n\":1}"[..],
        b"{\"k\":\"\\ud800 lone\",\"n\":2}",
        b"{\"k\":\"a\",\"n\":3,\"k\":\"b\"}",
        b"{\"k\":1e400,\"n\":4}",
        digits.as_bytes(),
        deep.as_bytes(),
        within.as_bytes(),
        b"{\"k\":\"\x01\x00\",\"n\":5}",
        b"{\"\":\"empty key\",\"n\":6}",
        b"\xef\xbb\xbf{\"k\":\"BOM inside\"}",
    ] {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    let shown = |seen: &crate::support::Seen| {
        let cut = |r: &String| r.chars().take(120).collect::<String>();
        let rows: Vec<String> = seen.rows.iter().map(cut).collect();
        format!("{}\n{:?}\n{}", rows.join("\n"), seen.counts, seen.damaged.join("\n"))
    };
    let options = ScanOptions::default();
    // pieces of one byte are slow on the long line: two sizes do
    let plan = crate::support::planned("* | table n k _raw");
    let seen = crate::support::run(&plan, &events(&text), &options, 1);
    for (block, piece, threads) in [(64, 1000, 1), (4096, 333, 3), (100, 70_000, 7)] {
        let cut = ScanOptions { block, piece, ..options.clone() };
        assert_eq!(crate::support::run(&plan, &events(&text), &cut, threads), seen);
    }
    insta::assert_snapshot!(shown(&seen));
}

/// Whether an event counts as damaged does not depend on which thread met it: the scan that
/// fetches filter and fields at once must not see more than the two one after another.
#[test]
fn adaptive_fetching_sees_the_same_damage() {
    let mut text = String::new();
    for n in 0..400 {
        text.push_str(&format!(
            "{{\"a\":\"{}\",\"b\":{n},\"c\":oops}}\n",
            if n % 3 == 0 { "no" } else { "yes" }
        ));
        text.push_str(&format!("{{\"c\":oops,\"a\":\"yes\",\"b\":{n}}}\n"));
        text.push_str(&format!("{{\"a\":\"no\",\"b\":oops}}\n"));
    }
    for prefilter in [true, false] {
        let options = ScanOptions { prefilter, ..ScanOptions::default() };
        for search in [
            "a=yes | table a b",
            "a!=yes | table b",
            "NOT a=yes | table a b",
            "a=* | stats count by b",
        ] {
            let plan = crate::support::planned(search);
            let inputs = events(&text);
            let want = crate::support::run(&plan, &inputs, &options, 1);
            for (block, piece, threads) in [(512, 1000, 2), (4096, 333, 3), (100, 70_000, 7)] {
                let cut = ScanOptions { block, piece, ..options.clone() };
                assert_eq!(crate::support::run(&plan, &inputs, &cut, threads), want, "{search}");
            }
        }
    }
}

/// An event over the limit is cut there, counted as damaged, and told; wherever the blocks end.
#[test]
fn long_events() {
    let long = format!("{{\"a\":\"{}}}\",\"b\":\"needle\"}}", "x".repeat(60));
    let text = format!("{{\"a\":1}}\n{long}\n{{\"a\":2}}\n{long}");
    let options = ScanOptions { max_event: 40, ..ScanOptions::default() };
    let seen = everywhere_with("* | table a _raw", &events(&text), &options);
    assert_eq!(column(&seen, "a"), ["1", "-", "2", "-"]);
    assert_eq!(column(&seen, "_raw")[1].len(), 40);
    assert_eq!((seen.counts[0], seen.counts[3]), (4, 2));
    assert_eq!(seen.said, ["SPL5003 an event is longer than 40 bytes and was cut there x2"]);
    let none = everywhere_with("needle", &events(&text), &options);
    assert_eq!((none.rows.len(), none.counts[3], none.said.len()), (0, 2, 1));
    // a line of just the limit is whole
    let exact = format!("{{\"a\":\"{}\"}}\n", "x".repeat(32));
    assert_eq!(exact.len(), 41);
    let seen = everywhere_with("a=x*", &events(exact.repeat(3)), &options);
    assert_eq!((seen.rows.len(), seen.counts[3]), (3, 0));
    // the same in a stream and in an array
    let packed = crate::support::gz(text.as_bytes());
    let seen = everywhere_with("* | table a _raw", &events(&packed), &options);
    assert_eq!(
        (column(&seen, "a"), seen.counts[3]),
        (vec!["1".into(), "-".into(), "2".into(), "-".into()], 2)
    );
    let array = format!("[{{\"a\":1}},{long},{{\"a\":2}}]");
    let seen = everywhere_with("* | table a", &events(&array), &options);
    assert_eq!((column(&seen, "a"), seen.counts[3]), (vec!["1".into(), "-".into(), "2".into()], 1));
}
