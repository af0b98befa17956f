//! Where each part of a search stands in its file, for every scalar style of YAML 1.2.
#![allow(clippy::expect_used, clippy::print_stdout)] // helpers of tests may

use proptest::prelude::*;
use sepal_content::Detection;

/// Every part of the search that is not whitespace or an escape must stand in the file where the
/// map says; gives the text that the origin shows for each line.
fn shown(yaml: &str) -> Vec<(String, String)> {
    let text = format!("name: N\n{yaml}");
    let detection = Detection::load("n.yml", &text).expect("it loads");
    check(&detection, &text);
    let origin = detection.search_origin();
    let lines: Vec<&str> = detection.search.split('\n').collect();
    assert_eq!(lines.len(), origin.lines.len());
    let rest = |at: usize| text[at..].split('\n').next().unwrap_or("").to_owned();
    lines.iter().zip(origin.lines.iter()).map(|(l, &at)| (l.to_string(), rest(at))).collect()
}

fn check(detection: &Detection, text: &str) {
    let search = &detection.search;
    let segments = detection.search_map().segments();
    let ends = segments.iter().skip(1).map(|&(t, _)| t).chain([search.len()]);
    for (&(at, file), end) in segments.iter().zip(ends) {
        let part = &search[at..end];
        let there = text.get(file..file + part.len());
        let escape = text[file..].starts_with('\\');
        assert!(
            there == Some(part) || escape || part.trim().is_empty(),
            "{part:?} is not at {file}: {there:?}\n{text}"
        );
    }
}

#[test]
fn styles_map_to_the_file() {
    let cases = [
        "search: index=main | head 1\n",
        "search: index=main\n  | head 1   # a comment\n",
        "search: index=main\n\n\n  | head 1\n",
        "search: 'a=''b'' | head 1'\n",
        "search: 'a=1\n  | head ''1''  \n\n   b'\n",
        "search: '\n  a=1\n  '\n",
        "search: \"a=\\\"b\\\" | rex \\\"\\\\d\\\"\\n| c \\u00e4 \\x41\"\n",
        "search: \"a \\\n   b\\\n   \\ c\n  d\"\n",
        "search: |-\n  index=main\n    | head 1\n\n  | b\n",
        "search: |\n  index=main\n  | head 1\n",
        "search: |+\n  index=main\n\n\n",
        "search: |2-\n    two more\n  none\n",
        "search: |  # a comment\n\n\n  index=main\n",
        "search: >-\n  index=main\n  | head 1\n\n  | b\n    deeper\n  c\n",
        "search: >\n    index=main\n    | head 1\nid: x\n",
        "search: >+\n  a\n\n  b\n\n",
        "search: |-\r\n  index=main\r\n  | head 1\r\n",
        "search: 'größe=1\n  | x=\"ä\"'\n",
        "search: !!str |-\n  a\n  b\n",
        "search: |-\n  only # no comment\n# a comment\nid: 3\n",
    ];
    let mut out = String::new();
    for yaml in cases {
        out.push_str(&format!("--- {yaml:?}\n"));
        for (line, there) in shown(yaml) {
            out.push_str(&format!("{line:?}\n    {there:?}\n"));
        }
    }
    insta::assert_snapshot!(out);
}

/// A literal block keeps each line, so the file's line is the search's line.
#[test]
fn literal_lines_are_the_files_lines() {
    for (line, there) in shown("search: |-\n    `m` a=1\n      | b\n\n      | c\n") {
        assert_eq!(line, there);
    }
}

proptest! {
    /// However a text is written as a scalar, it is mapped, not guessed: each word of the search
    /// is found where the map says.
    #[test]
    fn words_are_found(
        lines in proptest::collection::vec("[a-z]{0,4}( [a-z]{1,4}){0,2}", 1..6),
        style in 0usize..7,
        indent in 1usize..5,
    ) {
        let pad = " ".repeat(indent);
        let body = lines.join(&format!("\n{pad}"));
        let yaml = match style {
            0 => format!("search: x{body}\n"),
            1 => format!("search: '{body}x'\n"),
            2 => format!("search: \"{body}x\"\n"),
            3 => format!("search: |-\n{pad}x{body}\n"),
            4 => format!("search: |+\n{pad}x{body}\n\n"),
            5 => format!("search: >-\n{pad}x{body}\n"),
            _ => format!("search: >\n{pad}x{body}\n"),
        };
        let text = format!("name: N\n{yaml}");
        let detection = Detection::load("n.yml", &text).expect("it loads");
        check(&detection, &text);
        for (at, word) in detection.search.match_indices(|c: char| c.is_ascii_alphabetic()) {
            let there = detection.search_map().locate(at);
            prop_assert_eq!(text.get(there..there + 1), Some(word), "{}", text);
        }
    }
}
