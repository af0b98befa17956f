//! The prompt, through a terminal.

use crate::pty::Terminal;
use crate::support::{folder, root, sepal_in, snapshot};
use std::io::Write;
use std::path::Path;

const AUDIT: &str = "tests/data/kubernetes_audit.jsonl";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const TAB: &str = "\t";
const UP: &str = "\x1b[A";

fn open(args: &[&str]) -> (Terminal, tempfile::TempDir) {
    let dir = folder(&[]);
    let mut all = vec!["repl"];
    all.extend(args);
    let terminal = Terminal::start(&all, &dir.path().join("history"), false);
    terminal.prompt();
    (terminal, dir)
}

#[test]
fn a_search_over_files_then_the_end() {
    let (mut t, _dir) = open(&[AUDIT]);
    t.keys("verb=deletecollection | stats count by verb\r");
    t.wait("1 row from");
    t.wait("deletecollection");
    t.prompt();
    t.keys(CTRL_D);
    assert_eq!(t.end(), 0);
}

#[test]
fn sepal_alone_opens_the_prompt() {
    let dir = folder(&[]);
    let mut t = Terminal::start(&[], &dir.path().join("history"), false);
    t.wait(":load FILE reads events");
    t.prompt();
    t.keys("verb=get\r");
    t.wait("no events");
    t.keys(&format!(":load {AUDIT}\r"));
    t.keys("verb=get | stats count\r");
    t.wait("1 row from");
    t.keys(":quit\r");
    assert_eq!(t.end(), 0);
}

#[test]
fn lines_go_on_until_the_search_is_complete() {
    let (mut t, _dir) = open(&[]);
    t.keys("| makeresults |\r");
    t.keys("eval a=\"x\r");
    t.keys("y\" |\r");
    t.keys("eval b=1 | table b a\r");
    t.wait("1 row in");
    t.wait("y");
    t.keys(CTRL_D);
    assert_eq!(t.end(), 0);
}

#[test]
fn tab_completes_commands_functions_macros_fields_and_files() {
    let (mut t, _dir) = open(&[AUDIT]);
    for (typed, completed) in [
        ("| maker", "| makeresults"),
        ("x | eval a=mvco", "mvcount("),
        ("x | stats dist", "distinct_count("),
        ("`kube_al", "`kube_allowed_images`"),
        ("objectRef.namesp", "objectRef.namespace"),
        (":load tests/data/kubernetes_audit.js", ":load tests/data/kubernetes_audit.jsonl"),
        (":sou", ":sources"),
        (":format nd", ":format ndjson"),
        ("help coal", "help coalesce"),
    ] {
        t.keys(typed);
        t.wait(typed);
        t.keys(TAB);
        t.wait(completed);
        t.keys(CTRL_C);
        t.prompt();
    }
}

#[test]
fn hints_show_the_arguments() {
    let (mut t, _dir) = open(&[AUDIT]);
    t.keys("x | eval a=substr(");
    t.wait_until("the hint", |s| s.contents().lines().last().unwrap().len() > 30);
    let syntax = sepal_exec::functions::find("substr").unwrap().doc.syntax;
    t.wait(syntax.split_once('(').unwrap().1);
}

#[test]
fn the_history_outlives_the_session() {
    let (mut t, dir) = open(&[]);
    t.keys("| makeresults | eval a=\"first\" | table a\r");
    t.wait("1 row in");
    t.prompt();
    t.keys(UP);
    t.wait_until("the line again", |s| s.contents().matches("a=\"first\"").count() == 2);
    t.keys(CTRL_C);
    t.prompt();
    t.keys(CTRL_D);
    assert_eq!(t.end(), 0);
    let mut t = Terminal::start(&["repl"], &dir.path().join("history"), false);
    t.prompt();
    t.keys(UP);
    t.wait("| makeresults | eval a=\"first\" | table a");
}

#[test]
fn ctrl_c_gives_up_a_line_and_stops_a_search_but_not_the_session() {
    let (mut t, _dir) = open(&[]);
    t.keys("| makeresults | eval");
    t.wait("| eval");
    t.keys(CTRL_C);
    t.prompt();
    let dir = folder(&[]);
    let pipe = endless(dir.path());
    t.keys(&format!(":load {}\r* | stats count\r", pipe.display()));
    // the line that says how far a search is, after a second
    t.wait("MB/s");
    t.keys(CTRL_C);
    t.wait("STOPPED: only the events read so far");
    t.prompt();
    t.keys("| makeresults | eval b=\"still here\" | table b\r");
    t.wait("1 row in");
    t.keys(CTRL_D);
    assert_eq!(t.end(), 0);
}

#[test]
fn errors_are_shown_as_in_run() {
    let (mut t, _dir) = open(&[AUDIT]);
    t.keys("verb=get | stast count\r");
    t.wait("^^^^^");
    t.wait("stats");
    t.prompt();
}

#[test]
fn colours_follow_the_token_classes_and_no_color() {
    let (mut t, dir) = open(&[]);
    t.keys("| eval x=\"text\" ");
    t.wait("\"text\"");
    let (command, text, field) = (t.colour_of("eval"), t.colour_of("\"text\""), t.colour_of("x="));
    assert_ne!(command, vt100::Color::Default);
    assert_ne!(text, vt100::Color::Default);
    assert_ne!(command, text);
    assert_eq!(field, vt100::Color::Default);
    let mut t = Terminal::start(&["repl"], &dir.path().join("history"), true);
    t.prompt();
    t.keys("| eval x=\"text\" ");
    t.wait("\"text\"");
    assert_eq!(t.colour_of("eval"), vt100::Color::Default);
    assert_eq!(t.colour_of("sepal>"), vt100::Color::Default);
}

#[test]
fn a_table_fits_the_window() {
    let (mut t, _dir) = open(&[AUDIT]);
    t.keys("verb=deletecollection | table verb userAgent requestURI user.username | head 2\r");
    t.wait("2 rows from");
    // no line of the table goes on in the next one
    let text = t.text();
    let rows: Vec<usize> =
        text.lines().filter(|l| l.contains('│')).map(|l| l.chars().count()).collect();
    assert!(rows.len() > 4 && rows.iter().all(|&n| n <= 100), "{text}");
}

/// A session typed from a file: the same prompt, without a terminal.
fn script(dir: &Path, lines: &str) -> String {
    sepal_in(dir, &["repl"], lines).text()
}

#[test]
fn every_command() {
    let dir = folder(&[
        ("macros/who.yml", "name: who\ndefinition: user=alice\ndescription: d\n"),
        ("macros/is.yml", "name: is\narguments: [f, v]\ndefinition: $f$=$v$\ndescription: d\n"),
        ("d.yml", "name: d\nid: 1\nsearch: '`who` | table user'\n"),
        (
            "e.json",
            "{\"time\":\"2026-01-01T00:00:01Z\",\"user\":\"alice\",\"n\":1}\n\
             {\"time\":\"2026-01-01T00:00:02Z\",\"user\":\"bob\"}\n",
        ),
    ]);
    let text = script(
        dir.path(),
        ":help\n:sources\n:load nosuch\n:load e.json\n:sources\n:fields u*\n:macros\n:macros is\n\
         :macros wo\n:run d.yml\n:set who=user=bob\n:run d.yml\n`is(user, alice)` | table n\n\
         :time -1s nonsense\n:time 2026-01-01T00:00:02Z\n* | stats count\n:time all\n\
         :format csv\n* | table user n\n:format\n:format xml\n:save rows.json\n:explain `who`\n\
         :explian x\n:save\nhelp xyzzy\n| stast\n:quit\nnever read\n",
    );
    snapshot("every_command", &text);
    let saved = std::fs::read_to_string(dir.path().join("rows.json")).unwrap();
    assert_eq!(saved, "[\n  {\"user\":\"bob\"},\n  {\"user\":\"alice\",\"n\":\"1\"}\n]\n");
}

#[test]
fn a_wrong_line_in_a_script_is_seen_in_the_exit() {
    assert_eq!(sepal_in(&root(), &["repl"], "| stast\n").code, 2);
    assert_eq!(sepal_in(&root(), &["repl"], "| makeresults\n").code, 0);
}

/// A named pipe that gives the same event until nobody reads.
fn endless(dir: &Path) -> std::path::PathBuf {
    let path = dir.join("endless");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let pipe = path.clone();
    std::thread::spawn(move || {
        let mut file = std::fs::File::options().write(true).open(pipe).unwrap();
        let block = "{\"verb\":\"get\",\"n\":1}\n".repeat(1000);
        while file.write_all(block.as_bytes()).is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    });
    path
}

#[test]
fn ctrl_c_ends_run_with_what_was_read_and_130() {
    let dir = folder(&[]);
    let pipe = endless(dir.path());
    let args = ["run", "-q", "* | stats count as events_read", &pipe.to_string_lossy()];
    let mut t = Terminal::start(&args, &dir.path().join("history"), false);
    t.wait("MB/s");
    t.keys(CTRL_C);
    t.wait("STOPPED: only the events read so far");
    t.wait("events_read");
    assert_eq!(t.end(), 130);
}
