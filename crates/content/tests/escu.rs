//! All of ESCU's content of October 2024, where it is at hand.
#![allow(clippy::expect_used, clippy::print_stdout)] // helpers of tests may

mod common;

use sepal_content::{Detection, fs, risk_events, stamp};
use serde_json::json;

#[test]
fn every_detection_loads_and_maps() {
    let Some(escu) = common::escu() else { return };
    let files = fs::yaml_files(&escu.join("detections")).expect("the folder is there");
    let (mut loaded, mut failed, mut exact) = (0, Vec::new(), 0);
    let (mut risk, mut stamped, mut tests) = (0, 0, 0);
    for path in &files {
        let detection = match fs::detection(path) {
            Ok(detection) => detection,
            Err(error) => {
                failed.push(error.to_string());
                continue;
            }
        };
        loaded += 1;
        exact += usize::from(maps_exactly(&detection));
        tests += detection.tests.len();
        risk += usize::from(!detection.risk.risk_objects.is_empty());
        stamped += usize::from(stamp(&detection, "events").sourcetype.is_some());
        // a row without fields gives notes, no events, and no panic
        assert!(risk_events(&detection, &json!({})).events.is_empty());
    }
    println!(
        "ESCU detections: {} files, {loaded} load, {exact} searches map exactly, {tests} tests, \
         {risk} with risk objects, {stamped} with a sourcetype",
        files.len()
    );
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(files.len() >= 1450);
    assert_eq!(exact, loaded, "each search's parts stand where the map says");
}

/// Each part of the search stands in the file, and each letter of it where the map says.
fn maps_exactly(detection: &Detection) -> bool {
    let (search, text, map) = (&detection.search, detection.text(), detection.search_map());
    let good = search.char_indices().filter(|(_, c)| !c.is_whitespace()).all(|(at, c)| {
        let there = text.get(map.locate(at)..).and_then(|t| t.chars().next());
        there == Some(c) || there == Some('\\')
    });
    if !good {
        println!("not mapped: {}", detection.file);
    }
    good
}

#[test]
fn every_macro_and_lookup_loads() {
    let Some(escu) = common::escu() else { return };
    let (set, notes) = fs::macro_set(&[escu.join("macros")]).expect("all macros load");
    let lookups = fs::yaml_files(&escu.join("lookups")).expect("the folder is there");
    let failed: Vec<String> =
        lookups.iter().filter_map(|p| fs::lookup(p).err()).map(|e| e.to_string()).collect();
    println!("ESCU: {} macros, {} lookups", set.len(), lookups.len());
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(notes, []);
    assert_eq!(set.len(), 189);
    assert!(set.get("security_content_ctime", 1).is_some());
}

/// Baselines and data sources are read by the same reader, so their YAML must be taken.
#[test]
fn every_yaml_file_is_taken() {
    let Some(escu) = common::escu() else { return };
    let mut count = 0;
    for path in fs::yaml_files(&escu).expect("the folder is there") {
        let text = fs::text(&path).expect("it is text");
        if let Err(error) = sepal_content::yaml::read(&path.to_string_lossy(), &text) {
            panic!("{error}");
        }
        count += 1;
    }
    println!("ESCU: {count} YAML files are read");
}
