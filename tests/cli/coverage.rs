//! `sepal coverage`.

use crate::support::{sepal, snapshot};

const FOLDERS: [&str; 3] =
    ["tests/data/coverage/detections", "--lookups", "tests/data/coverage/lookups"];

fn coverage(format: &str) -> crate::support::Ran {
    let mut args = vec!["coverage"];
    args.extend(FOLDERS);
    args.extend(["--format", format]);
    sepal(&args)
}

#[test]
fn every_format() {
    for format in ["text", "markdown", "json"] {
        snapshot(&format!("coverage_{format}"), &coverage(format).text());
    }
}

#[test]
fn a_line_of_json_a_detection_with_its_keys_in_order() {
    let ran = coverage("json");
    assert_eq!(ran.code, 0);
    assert_eq!(ran.out.lines().count(), 5);
    for line in ran.out.lines() {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 7, "{line}");
        let places: Vec<_> =
            ["file", "name", "parsed", "planned", "unsupported", "elsewhere", "error"]
                .map(|key| line.find(&format!("\"{key}\":")).unwrap())
                .to_vec();
        assert!(places.is_sorted(), "{line}");
    }
}

#[test]
fn all_that_blocks_a_detection_is_told_also_inside_brackets() {
    let ran = coverage("json");
    let line = ran.out.lines().find(|l| l.contains("blocked.yml")).unwrap();
    for what in ["command walklex", "command sendemail", "command typeahead", "function lookup"] {
        assert!(line.contains(&format!("\"{what}\"")), "{what}: {line}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    assert_eq!(sepal(&["coverage", "nowhere"]).code, 2);
    assert_eq!(sepal(&["coverage"]).code, 2);
}
