//! docs/reference is what the registries say.

use crate::support::root;
use std::collections::BTreeMap;
use std::path::Path;

/// The files below a folder by their path from there.
fn files(folder: &Path, below: &str, out: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            files(&path, &format!("{name}/"), out);
        } else {
            out.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn the_pages_are_up_to_date() {
    let folder = root().join("docs/reference");
    let pages = sepal::cmd::reference::pages();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        for (path, page) in &pages {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, page).unwrap();
        }
    }
    let mut there = BTreeMap::new();
    files(&folder, "", &mut there);
    let names = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&there), names(&pages), "run with UPDATE_DOCS=1");
    for (path, page) in &pages {
        assert!(
            there[path] == *page,
            "docs/reference/{path} is out of date: run with UPDATE_DOCS=1"
        );
    }
}
