//! `sepal.toml`. `UPDATE_DOCS=1 cargo test -p sepal-content --test project` writes docs/sepal-toml.md.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use sepal_content::project::keys::{Kind, TABLES};
use sepal_content::project::{Project, ProjectError, docs};
use sepal_content::{Access, FolderKind};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A folder with files; a name that ends in a slash is a folder.
fn folder(files: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in files {
        write(dir.path(), name, "{\"a\":1}\n");
    }
    dir
}

fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    if name.ends_with('/') {
        return std::fs::create_dir_all(path).unwrap();
    }
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn read(dir: &Path, text: &str) -> Result<Project, ProjectError> {
    write(dir, "sepal.toml", text);
    Project::read(&dir.join("sepal.toml"))
}

/// Code and marked text of each thing that is wrong, in the order of the text.
fn wrong(error: ProjectError) -> Vec<(String, String)> {
    match error {
        ProjectError::Unreadable(e) => vec![(e.code.to_owned(), String::new())],
        ProjectError::Wrong(w) => {
            let mut list = w.list.clone();
            list.sort_by_key(|d| d.span.start);
            let marked = |r: std::ops::Range<usize>| w.text.get(r).unwrap().to_owned();
            list.iter().map(|d| (d.code.to_owned(), marked(d.span.range()))).collect()
        }
    }
}

/// The files of one pattern, relative to the folder.
fn found(dir: &Path, pattern: &str) -> Vec<String> {
    let project = read(dir, &format!("[[inputs]]\nfiles = '{pattern}'\n")).unwrap();
    match project.files() {
        Ok(files) => {
            let below = |p: &PathBuf| p.strip_prefix(dir).unwrap().to_string_lossy().into_owned();
            files.iter().map(below).collect()
        }
        Err(e) => wrong(e).into_iter().map(|(code, _)| code).collect(),
    }
}

#[test]
fn the_page_is_the_declaration() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sepal-toml.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, docs::markdown()).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page == docs::markdown(), "docs/sepal-toml.md is old: set UPDATE_DOCS=1");
}

#[test]
fn the_example_of_the_page_is_read() {
    let page = docs::markdown();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let dir = folder(&[
        "macros/",
        "lookups/",
        "detections/",
        "logs/audit/a.jsonl",
        "logs/firewall/x/b.log",
        "logs/firewall/c.log.gz",
    ]);
    let project = read(dir.path(), example).unwrap();
    assert_eq!(project.inputs.len(), 2);
    assert_eq!(project.files().unwrap().len(), 3);
    assert_eq!(project.detections[0].value, dir.path().join("detections"));
}

#[test]
fn every_declared_key_is_read_and_kept() {
    let dir = folder(&["there/", "e.json"]);
    for table in TABLES {
        for key in table.keys {
            let value = match key.kind {
                Kind::Folders | Kind::Paths | Kind::NewFolder => "'there'",
                Kind::Patterns => "['e.json']",
                Kind::Text => "'text'",
                Kind::Truth => "true",
                Kind::Time => "'-1d@d'",
                Kind::Zone => "'Europe/Zurich'",
                Kind::Format => "'text'",
            };
            let needed = table.keys.iter().find(|k| k.required && k.name != key.name);
            let needed = needed.map(|k| format!("{} = 'e.json'\n", k.name)).unwrap_or_default();
            let with = format!("{}\n{needed}{} = {value}\n", table.written(), key.name);
            let without = format!("{}\n{needed}", table.written());
            let shown = |text: &str| {
                let read = read(dir.path(), text);
                // the text of the file is no value
                read.map(|p| format!("{p:?}").replace(&format!("{text:?}"), ""))
            };
            // a needed key alone: without it there is nothing to compare with
            match shown(&without) {
                Ok(without) => assert_ne!(shown(&with).unwrap(), without, "{}", key.name),
                Err(_) => assert!(key.required && shown(&with).is_ok(), "{}", key.name),
            }
        }
    }
}

#[test]
fn what_is_wrong_is_marked() {
    let dir = folder(&["there/", "e.json"]);
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("[content]\nmacro = 'there'", &[("SPL5402", "macro")]),
        ("[contnt]", &[("SPL5402", "contnt")]),
        ("macros = 'there'", &[("SPL5402", "macros")]),
        ("[content]\nmacros = 3", &[("SPL5403", "3")]),
        ("[content]\nmacros = ['there', true]", &[("SPL5403", "true")]),
        ("[content]\nmacros = {a = 1}", &[("SPL5403", "{a = 1}")]),
        ("content = 1", &[("SPL5403", "1")]),
        ("inputs = [1]", &[("SPL5403", "1")]),
        ("[[content]]", &[("SPL5403", "content")]),
        ("[inputs]\nfiles = 'e.json'", &[("SPL5403", "inputs")]),
        (
            "[time]\ntz = 1.5\nearliest = 2026-01-01",
            &[("SPL5403", "1.5"), ("SPL5403", "2026-01-01")],
        ),
        ("[permissions]\nallow-write = 'yes'", &[("SPL5403", "'yes'")]),
        ("[time]\ntz = ['UTC']", &[("SPL5403", "['UTC']")]),
        ("[content]\nlookups = ['there', 'no']", &[("SPL5404", "'no'")]),
        ("[content]\nlookups = 'e.json'", &[("SPL5404", "'e.json'")]),
        ("[content]\nlookups = ''", &[("SPL5407", "''")]),
        ("[content]\nmacros = 'e.json'", &[]),
        ("[[inputs]]\nfiles = 'a[b'", &[("SPL5405", "'a[b'")]),
        ("[[inputs]]\nfiles = ['*/../x']", &[("SPL5405", "'*/../x'")]),
        ("[[inputs]]\nfiles = ''", &[("SPL5405", "''")]),
        ("[[inputs]]\nhost = 'a'", &[("SPL5408", "[[inputs]]")]),
        ("[[inputs]]\nfiles = 'x'\ntz = 'Nowhere'", &[("SPL5407", "'Nowhere'")]),
        ("[[inputs]]\nfiles = 'x'\nformat = 'csv'", &[("SPL5407", "'csv'")]),
        ("[[inputs]]\nfiles = 'x'\nhost = ''", &[("SPL5407", "''")]),
        ("[time]\nlatest = 'rt'", &[("SPL5407", "'rt'")]),
        ("[time]\nlatest = 'tomorow'", &[("SPL5407", "'tomorow'")]),
        ("[time]\ntz = 'UTC'\ntz = 'UTC'", &[("SPL5401", "tz")]),
        ("[time", &[("SPL5401", "")]),
        ("", &[]),
        ("# nothing\n", &[]),
    ];
    for (text, expected) in cases {
        let got = read(dir.path(), text).map_or_else(wrong, |_| Vec::new());
        let got: Vec<(&str, &str)> = got.iter().map(|(c, t)| (c.as_str(), t.as_str())).collect();
        assert_eq!(&got, expected, "{text}");
    }
}

#[test]
fn hostile_files_end_with_an_error() {
    let dir = folder(&[]);
    let deep =
        |open: &str, close: &str| format!("a = {}1{}", open.repeat(100_000), close.repeat(100_000));
    let dotted = format!("{}a = 1", "a.".repeat(100_000));
    for text in [deep("[", "]"), deep("{a=", "}"), dotted, "\u{feff}[time]\n\0".into()] {
        let error = read(dir.path(), &text).unwrap_err();
        assert!(matches!(&error, ProjectError::Wrong(w) if !w.list.is_empty()), "{error}");
    }
    std::fs::write(dir.path().join("sepal.toml"), b"[time]\ntz = '\xff'").unwrap();
    assert_eq!(wrong(Project::read(&dir.path().join("sepal.toml")).unwrap_err())[0].0, "SPL5101");
    assert_eq!(wrong(Project::read(&dir.path().join("none.toml")).unwrap_err())[0].0, "SPL5101");
    assert_eq!(wrong(read(dir.path(), &"#".repeat(64 << 20)).unwrap_err())[0].0, "SPL5105");
}

#[test]
fn the_nearest_file_above_counts() {
    let dir = folder(&["a/b/c/", "a/sepal.toml", "a/b/x"]);
    let below = |name: &str| dir.path().join(name);
    assert_eq!(Project::find(&below("a/b/c")), Some(below("a/sepal.toml")));
    assert_eq!(Project::find(&below("a")), Some("sepal.toml".into()));
    write(dir.path(), "a/b/sepal.toml", "");
    assert_eq!(Project::find(&below("a/b/c")), Some(below("a/b/sepal.toml")));
    // a folder of that name is no file
    write(dir.path(), "a/b/c/sepal.toml/", "");
    assert_eq!(Project::find(&below("a/b/c")), Some(below("a/b/sepal.toml")));
    // it ends at the root
    assert_eq!(Project::find(Path::new("/")), None);
}

#[test]
fn patterns_find_files() {
    let dir = folder(&[
        "logs/a.jsonl",
        "logs/b.log",
        "logs/.hidden.jsonl",
        "logs/2026/01/c.jsonl",
        "logs/2026/d.jsonl",
        "logs/.git/e.jsonl",
        "logs/[x].jsonl",
    ]);
    let cases: &[(&str, &[&str])] = &[
        ("logs/a.jsonl", &["logs/a.jsonl"]),
        ("./logs/./a.jsonl", &["logs/a.jsonl"]),
        // * stops at a slash, and does not match a leading dot
        ("logs/*.jsonl", &["logs/[x].jsonl", "logs/a.jsonl"]),
        ("*/a.jsonl", &["logs/a.jsonl"]),
        ("*.jsonl", &["SPL5406"]),
        ("logs/?.*", &["logs/a.jsonl", "logs/b.log"]),
        ("logs/[ab].{log,jsonl}", &["logs/a.jsonl", "logs/b.log"]),
        ("logs/[[]x].jsonl", &["logs/[x].jsonl"]),
        // ** is any number of folders, none too
        (
            "logs/**/*.jsonl",
            &["logs/2026/01/c.jsonl", "logs/2026/d.jsonl", "logs/[x].jsonl", "logs/a.jsonl"],
        ),
        ("**/01/*", &["logs/2026/01/c.jsonl"]),
        ("logs/*/*.jsonl", &["logs/2026/d.jsonl"]),
        // wildcards match no folders
        ("logs/20*", &["SPL5406"]),
        // a path is a folder with all below it
        ("logs/2026", &["logs/2026/01/c.jsonl", "logs/2026/d.jsonl"]),
        ("logs/2026/", &["logs/2026/01/c.jsonl", "logs/2026/d.jsonl"]),
        // what is hidden is named
        ("logs/.*", &["logs/.hidden.jsonl"]),
        ("logs/.git/*", &["logs/.git/e.jsonl"]),
        ("logs/.hidden.jsonl", &["logs/.hidden.jsonl"]),
        ("none/*.jsonl", &["SPL5406"]),
        ("logs/a.jsonl/x", &["SPL5406"]),
    ];
    for (pattern, expected) in cases {
        assert_eq!(&found(dir.path(), pattern), expected, "{pattern}");
    }
}

#[test]
fn a_file_of_two_inputs_is_read_once_and_belongs_to_the_first() {
    let dir = folder(&["logs/a.jsonl", "logs/b.jsonl"]);
    let text = "[[inputs]]\nfiles = 'logs/b*'\nhost = 'one'\n[[inputs]]\nfiles = ['logs', 'logs/*']\n\
                host = 'two'\n";
    let project = read(dir.path(), text).unwrap();
    let files = project.files().unwrap();
    assert_eq!(files, [dir.path().join("logs/b.jsonl"), dir.path().join("logs/a.jsonl")]);
    let host = |name: &str| {
        let input = project.input_of(&dir.path().join(name));
        input.and_then(|i| i.host.as_ref()).map(|h| h.value.clone())
    };
    assert_eq!(host("logs/b.jsonl").as_deref(), Some("one"));
    assert_eq!(host("logs/a.jsonl").as_deref(), Some("two"));
    // however it is written
    assert_eq!(host("logs/../logs/./b.jsonl").as_deref(), Some("one"));
    assert_eq!(host("c.jsonl"), None);
}

#[cfg(unix)]
#[test]
fn links_and_pipes() {
    let dir = folder(&["real/a.jsonl", "away/b.jsonl"]);
    let link = |to: &str, at: &str| {
        std::os::unix::fs::symlink(dir.path().join(to), dir.path().join(at)).unwrap();
    };
    link("real", "logs");
    // a link in a circle ends
    link("real", "real/up");
    link("nowhere", "real/broken.jsonl");
    assert_eq!(found(dir.path(), "logs/*.jsonl"), ["logs/a.jsonl"]);
    assert_eq!(found(dir.path(), "real/**"), ["real/a.jsonl"]);
    assert_eq!(found(dir.path(), "real"), ["real/a.jsonl"]);
    link("real/a.jsonl", "away/a.jsonl");
    let twice = read(dir.path(), "[[inputs]]\nfiles = ['away/*', 'real/*', 'logs']\n").unwrap();
    assert_eq!(
        twice.files().unwrap(),
        ["away/a.jsonl", "away/b.jsonl"].map(|n| dir.path().join(n))
    );
    std::fs::remove_file(dir.path().join("away/a.jsonl")).unwrap();
    let project = read(dir.path(), "[[inputs]]\nfiles = 'logs/*'\nhost = 'h'\n").unwrap();
    // by its own name too
    assert!(project.input_of(&dir.path().join("real/a.jsonl")).is_some());
    assert!(project.input_of(&dir.path().join("away/b.jsonl")).is_none());
    // a pipe would never end
    let made = std::process::Command::new("mkfifo").arg(dir.path().join("away/pipe")).status();
    if made.is_ok_and(|s| s.success()) {
        assert_eq!(found(dir.path(), "away/*"), ["away/b.jsonl"]);
        assert_eq!(found(dir.path(), "away/pipe"), ["SPL5406"]);
    }
}

#[test]
fn a_file_lets_nobody_write_outside_of_its_folder() {
    let dir = folder(&["in/lookups/", "in/models/", "out/", "other/"]);
    let text = "[content]\nlookups = ['lookups', '../out']\nmodels = ['models', '../other']\n";
    let allowed = format!("{text}[permissions]\nallow-write = true\n");
    let access = |text: &str, named: &[&str], flag: bool| {
        let project = read(&dir.path().join("in"), text).unwrap();
        let named: Vec<PathBuf> = named.iter().map(|n| dir.path().join(n)).collect();
        let all = project.lookup_folders(&named, flag);
        let letter = |a| match a {
            Access::Read => 'r',
            Access::Elsewhere => 'e',
            Access::Write => 'w',
        };
        let kinds = all.iter().map(|f| (f.kind == FolderKind::Models, letter(f.access)));
        kinds.map(|(model, c)| if model { c.to_ascii_uppercase() } else { c }).collect::<String>()
    };
    // lookups, ../out, models, ../other
    assert_eq!(access(text, &[], false), "rrRR");
    assert_eq!(access(&allowed, &[], false), "weWE");
    // the user's permission is for the project and for what the user names
    assert_eq!(access(text, &[], true), "weWE");
    assert_eq!(access(text, &["other"], true), "weWEw");
    // named by both: at the user's place, with the user's permission
    assert_eq!(access(text, &["out"], true), "wWEw");
    assert_eq!(access(&allowed, &["out"], false), "wWEe");
    // and the file may forbid nothing that the user allows
    let forbidden = format!("{text}[permissions]\nallow-write = false\n");
    assert_eq!(access(&forbidden, &[], true), "weWE");
}

#[test]
fn names_of_keys_are_the_flags() {
    let mut names = BTreeSet::new();
    for (table, key) in TABLES.iter().flat_map(|t| t.keys.iter().map(move |k| (t, k))) {
        assert!(names.insert((table.name, key.name)), "twice: {}", key.name);
        assert!(key.doc.ends_with('.') && key.doc.len() > 10, "{}", key.name);
        if let Some(flag) = key.flag.strip_prefix("--") {
            assert!(flag == key.name || flag == format!("input-{}", key.name), "{flag}");
        }
    }
}
