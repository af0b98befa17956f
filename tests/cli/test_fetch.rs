//! `sepal test --fetch`, from a server in a thread.

use crate::support::{Ran, folder, sepal_in};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

const EVENT: &str = "{\"action\":\"login\",\"user\":\"eve\"}\n";
const POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";

/// Serves files until the test ends; the address, and what was asked for.
fn server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().and_then(Result::ok).unwrap_or_default();
            lines.map_while(Result::ok).find(String::is_empty);
            let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, length, body) = match path.as_str() {
                "/media/good.jsonl" => ("200 OK", EVENT.len(), EVENT),
                "/media/pointer.jsonl" => ("200 OK", POINTER.len(), POINTER),
                "/media/large.jsonl" => ("200 OK", 3 << 30, ""),
                "/media/short.jsonl" => ("200 OK", 1000, EVENT),
                _ => ("404 Not Found", 0, ""),
            };
            log.lock().unwrap().push(path);
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            let _ = stream.write_all(head.as_bytes());
        }
    });
    (address, asked)
}

fn detection(name: &str, url: &str) -> String {
    format!(
        "name: {name}\nstatus: production\ntype: TTP\nsearch: action=login\ntests:\n- name: T\n  \
         attack_data:\n  - {{data: '{url}', sourcetype: app, source: app}}\n"
    )
}

fn test(dir: &Path, more: &[&str]) -> Ran {
    sepal_in(dir, &[&["test", "d", "--cache", "cache"], more].concat(), "")
}

#[test]
fn what_is_not_here_is_fetched_once() {
    let (address, asked) = server();
    let url = format!("{address}/media/good.jsonl");
    let dir = folder(&[("d/a.yml", &detection("a", &url)), ("d/b.yml", &detection("b", &url))]);
    // nothing is fetched that was not asked for
    let without = test(dir.path(), &[]);
    assert_eq!(without.code, 2);
    assert!(without.out.contains("SPL6035 its data is not here"), "{}", without.text());
    assert!(asked.lock().unwrap().is_empty());

    let with = test(dir.path(), &["--fetch"]);
    assert_eq!(with.code, 0, "{}", with.text());
    assert!(with.err.contains("1 file fetched (32 B) into cache\n"), "{}", with.err);
    assert_eq!(*asked.lock().unwrap(), ["/media/good.jsonl"]);
    let server = address.trim_start_matches("http://").replace(':', "_");
    let kept = dir.path().join("cache").join(server).join("media");
    assert_eq!(std::fs::read_to_string(kept.join("good.jsonl")).unwrap(), EVENT);
    assert_eq!(std::fs::read_dir(kept).unwrap().count(), 1);

    // from the cache, also without --fetch
    assert_eq!(test(dir.path(), &["--fetch"]).code, 0);
    assert_eq!(test(dir.path(), &[]).code, 0);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_fetched_says_why() {
    let (address, _) = server();
    let names = ["absent", "large", "pointer", "short"];
    let files: Vec<(String, String)> = names
        .iter()
        .map(|n| (format!("d/{n}.yml"), detection(n, &format!("{address}/media/{n}.jsonl"))))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let dir = folder(&files);
    let ran = test(dir.path(), &["--fetch"]);
    assert_eq!(ran.code, 2, "{}", ran.text());
    let says = |name: &str, why: &str| {
        let line = ran.out.lines().find(|l| l.starts_with(&format!("ERROR {name}: T: ")));
        let line = line.unwrap_or_else(|| panic!("{name}: {}", ran.text()));
        assert!(line.contains("SPL6037 its data cannot be fetched: http://127.0.0.1:"), "{line}");
        assert!(line.ends_with(why), "{line}");
    };
    says("absent", "/media/absent.jsonl: http status: 404");
    says("large", "/media/large.jsonl: more than 2.1 GB");
    says("pointer", "/media/pointer.jsonl: it is a pointer of Git LFS, not the events");
    assert!(ran.out.contains("ERROR short: T: SPL6037"), "{}", ran.text());
    // no half of a file is kept
    let mut open = vec![dir.path().join("cache")];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            assert!(path.is_dir(), "{}", path.display());
            open.push(path);
        }
    }
}

#[test]
fn a_pointer_in_a_clone_is_replaced_by_what_it_stands_for() {
    let (address, _) = server();
    let url = format!("{address}/media/good.jsonl");
    let dir = folder(&[("d/a.yml", &detection("a", &url)), ("clone/media/good.jsonl", POINTER)]);
    let ran = test(dir.path(), &["--data", "clone"]);
    assert!(
        ran.out.contains("SPL6036 clone/media/good.jsonl is a pointer of Git LFS"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("git lfs pull`, or let --fetch get them"), "{}", ran.out);
    assert_eq!(test(dir.path(), &["--data", "clone", "--fetch"]).code, 0);
}

#[test]
fn where_the_project_file_may_put_it() {
    let (address, asked) = server();
    let url = format!("{address}/media/good.jsonl");
    let toml =
        |cache: &str| format!("[content]\ndetections = \"d\"\n[test]\ncache = \"{cache}\"\n");
    let dir = folder(&[("d/a.yml", &detection("a", &url)), ("sepal.toml", &toml("events"))]);
    let ran = sepal_in(dir.path(), &["test", "--fetch"], "");
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(dir.path().join("events").is_dir());
    // not outside of its folder
    for outside in ["../elsewhere", "/tmp/elsewhere"] {
        std::fs::write(dir.path().join("sepal.toml"), toml(outside)).unwrap();
        let ran = sepal_in(dir.path(), &["test", "--fetch"], "");
        assert_eq!(ran.code, 2, "{}", ran.text());
        assert!(ran.err.contains("error[SPL5410]: "), "{}", ran.err);
    }
    assert_eq!(asked.lock().unwrap().len(), 1);
}
