//! docs/guide and README.md: every command in them is run, and prints what they show.
//!
//! A ```` ```console ```` block holds commands (`$ …`) and their output; a ```` ```sh ```` block commands
//! alone. Each page begins in a folder that holds a copy of this project as `sepal`, and goes on where
//! the block before left off. A line of output that is `…` stands for any number of lines, and every
//! time for every other. A comment before a block says more:
//!
//! - `<!-- exits 1 -->`: its last command ends with that status; all others end with 0
//! - `<!-- file: PATH -->`: the block is written into that file
//! - `<!-- not run: REASON -->`, `<!-- after merge -->`: it is left alone
//!
//! `UPDATE_DOCS=1` writes the outputs.
#![cfg(unix)]

use crate::support::root;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a page may use of the project.
const COPIED: &[&str] =
    &["queries", "macros", "tests/data", "action.yml", "README.md", "docs/guide"];

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = fs::read_dir(root().join("docs/guide"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "md"))
        .collect();
    pages.sort();
    assert!(pages.len() >= 5, "{pages:?}");
    pages
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            copy(&path, &to.join(path.file_name().unwrap()));
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

/// A fence of a page.
#[derive(Default)]
struct Block {
    /// The first line between the fences, from 0.
    from: usize,
    /// The line of the closing fence.
    to: usize,
    language: String,
    /// What the comments before it say.
    marks: Vec<String>,
}

impl Block {
    fn mark(&self, name: &str) -> Option<&str> {
        self.marks
            .iter()
            .find_map(|m| m.strip_prefix(name))
            .map(|m| m.trim_start_matches(':').trim())
    }
}

fn blocks(lines: &[&str]) -> Vec<Block> {
    let (mut out, mut marks, mut open) = (Vec::new(), Vec::new(), None::<Block>);
    for (n, line) in lines.iter().enumerate() {
        let text = line.trim();
        match (&mut open, text.strip_prefix("```")) {
            (None, Some(language)) => {
                let (language, marks) = (language.to_owned(), std::mem::take(&mut marks));
                open = Some(Block { from: n + 1, to: n + 1, language, marks });
            }
            (Some(block), Some("")) => {
                block.to = n;
                out.extend(open.take());
            }
            (None, None) => match text.strip_prefix("<!--").and_then(|t| t.strip_suffix("-->")) {
                Some(mark) => marks.push(mark.trim().to_owned()),
                None if text.is_empty() => {}
                None => marks.clear(),
            },
            (Some(_), _) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    out
}

/// A command and the output that the page shows.
struct Step {
    command: String,
    /// The command's lines as they stand.
    shown: Vec<String>,
    output: Vec<String>,
    line: usize,
}

fn steps(block: &Block, lines: &[&str]) -> Vec<Step> {
    let console = block.language == "console";
    let mut out: Vec<Step> = Vec::new();
    let mut goes_on = false;
    for (n, line) in lines.iter().enumerate().take(block.to).skip(block.from) {
        let command = if console { line.strip_prefix("$ ") } else { Some(*line) };
        match (command, out.last_mut()) {
            (_, Some(last)) if goes_on => {
                last.command.push_str(&format!("\n{line}"));
                last.shown.push((*line).to_owned());
            }
            (Some(""), _) => continue,
            (Some(text), _) => {
                let (command, shown) = (text.to_owned(), vec![(*line).to_owned()]);
                out.push(Step { command, shown, output: Vec::new(), line: n + 1 });
            }
            (None, Some(last)) => {
                last.output.push((*line).to_owned());
                continue;
            }
            (None, None) => panic!("line {}: output before a command", n + 1),
        }
        // a shell goes on within quotes, too
        let open = out.last().is_some_and(|s| s.command.matches('\'').count() % 2 == 1);
        goes_on = open || line.ends_with('\\');
    }
    out
}

/// How long something took is never the same twice.
fn without_times(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for at in 2..words.len() {
        let unit = words[at].trim_end_matches([',', ';', ')']).to_owned();
        let number = words[at - 1].parse::<f64>().is_ok();
        if words[at - 2] == "in" && number && ["µs", "ms", "s"].contains(&&*unit) {
            words[at] = words[at].replacen(&unit, "ms", 1);
            words[at - 1] = "12".to_owned();
        }
    }
    words.join(" ")
}

/// Whether an output is as shown, where `…` stands for any lines.
fn same(shown: &[String], got: &[String]) -> bool {
    match shown.split_first() {
        None => got.is_empty(),
        Some((first, rest)) if first.trim() == "…" => {
            (0..=got.len()).any(|n| same(rest, got.get(n..).unwrap_or_default()))
        }
        Some((first, rest)) => {
            got.first().is_some_and(|g| without_times(g) == without_times(first))
                && same(rest, &got[1..])
        }
    }
}

/// A page's folder, and where the commands are in it.
struct Place {
    dir: tempfile::TempDir,
    at: PathBuf,
}

impl Place {
    fn new() -> Place {
        let dir = tempfile::tempdir().unwrap();
        let work = dir.path().canonicalize().unwrap().join("work");
        for name in COPIED {
            copy(&root().join(name), &work.join("sepal").join(name));
        }
        fs::create_dir(dir.path().join("bin")).unwrap();
        let binary = Path::new(env!("CARGO_BIN_EXE_sepal"));
        std::os::unix::fs::symlink(binary, dir.path().join("bin/sepal")).unwrap();
        Place { dir, at: work }
    }

    /// Runs a line of shell: what it prints, and its status.
    fn run(&mut self, command: &str) -> (Vec<String>, i32) {
        if let Some(to) = command.strip_prefix("cd ") {
            let to = to.split(" #").next().unwrap_or_default().trim();
            self.at = self.at.join(to).canonicalize().unwrap();
            let work = self.dir.path().canonicalize().unwrap().join("work");
            assert!(self.at.starts_with(work), "{command} leaves the page's folder");
            return (Vec::new(), 0);
        }
        let path = std::env::var("PATH").unwrap();
        let ran = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(&self.at)
            .env("PATH", format!("{}:{path}", self.dir.path().join("bin").display()))
            .env("HOME", self.dir.path())
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .env("SEPAL_HISTORY", "")
            .env_remove("CLICOLOR_FORCE")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8(ran.stdout).unwrap();
        let lines = text.trim_end().lines().map(|l| without_times(l.trim_end()));
        (lines.collect(), ran.status.code().unwrap_or(-1))
    }
}

/// Runs a page; its text with the outputs as they are, and what differs.
fn run(text: &str, mut place: Place) -> (String, Vec<String>) {
    let lines: Vec<&str> = text.lines().collect();
    let mut wrong = Vec::new();
    // the lines of blocks that change
    let mut changed: BTreeMap<usize, (usize, Vec<String>)> = BTreeMap::new();
    for block in blocks(&lines) {
        if block.mark("not run").is_some() || block.mark("after merge").is_some() {
            continue;
        }
        if let Some(file) = block.mark("file") {
            let file = place.at.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, lines[block.from..block.to].join("\n") + "\n").unwrap();
            continue;
        }
        if !["console", "sh"].contains(&&*block.language) {
            continue;
        }
        let steps = steps(&block, &lines);
        let mut new = Vec::new();
        for (n, step) in steps.iter().enumerate() {
            let last = n + 1 == steps.len();
            let wanted = block.mark("exits").filter(|_| last).map_or(0, |s| s.parse().unwrap());
            let (got, code) = place.run(&step.command);
            if code != wanted {
                let (line, command, got) = (step.line, &step.command, got.join("\n"));
                wrong.push(format!(
                    "line {line}: `{command}` ends with {code}, not {wanted}\n{got}"
                ));
            }
            let shown: Vec<String> = step.output.iter().map(|l| l.trim_end().to_owned()).collect();
            let is = block.language == "sh" || same(&shown, &got);
            if !is {
                let (line, command) = (step.line, &step.command);
                wrong.push(format!("line {line}: `{command}` prints\n{}", got.join("\n")));
            }
            new.extend(step.shown.iter().cloned());
            new.extend(if is { step.output.clone() } else { got });
        }
        if block.language == "console" {
            changed.insert(block.from, (block.to, new));
        }
    }
    let mut out = Vec::new();
    let mut at = 0;
    for (from, (to, new)) in changed {
        out.extend(lines[at..from].iter().map(|l| (*l).to_owned()));
        out.extend(new);
        at = to;
    }
    out.extend(lines[at..].iter().map(|l| (*l).to_owned()));
    (out.join("\n") + "\n", wrong)
}

fn check(page: &Path, place: Place) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let (new, wrong) = run(&text, place);
    if std::env::var_os("UPDATE_DOCS").is_some() && new != text {
        fs::write(page, &new).unwrap();
    }
    let name = page.strip_prefix(root()).unwrap().display().to_string();
    wrong.iter().map(|w| format!("{name}, {w}")).collect()
}

#[test]
fn the_guide_shows_what_happens() {
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = pages()
            .into_iter()
            .map(|page| scope.spawn(move || check(&page, Place::new())))
            .collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}\n\nUPDATE_DOCS=1 writes the outputs", wrong.join("\n\n"));
}

#[test]
fn the_readme_runs() {
    let mut place = Place::new();
    place.run("cd sepal");
    let wrong = check(&root().join("README.md"), place);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn links_lead_somewhere_and_no_path_is_of_one_machine() {
    let mut all = pages();
    all.extend(["README.md", "docs/README.md"].map(|p| root().join(p)));
    for page in all {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|t| t.split(')').next()) {
            let file = link.split('#').next().unwrap();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            let there = page.parent().unwrap().join(file).exists();
            assert!(there, "{}: {link} leads nowhere", page.display());
        }
        for machine in ["/tmp/", "/root/", "/work/", "/home/"] {
            assert!(!text.contains(machine), "{}: {machine}", page.display());
        }
    }
}

#[test]
fn every_page_of_docs_is_in_the_index() {
    let index = fs::read_to_string(root().join("docs/README.md")).unwrap();
    for folder in ["docs", "docs/guide"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let below = path.strip_prefix(root().join("docs")).unwrap().to_str().unwrap();
            if path.extension().is_some_and(|e| e == "md") && below != "README.md" {
                assert!(index.contains(&format!("]({below})")), "{below} is not in docs/README.md");
            }
        }
    }
}

#[test]
fn a_page_is_read_as_it_says() {
    let text = "\
<!-- file: a/b.txt -->
```text
one
two
```

```console
$ cat a/b.txt
one
two
$ cat \\
    a/b.txt
…
two
$ echo done in 3.5 s
done in 12 ms
```

<!-- exits 3 -->

```sh
exit 3
```

<!-- not run: no -->
```console
$ exit 1
```
";
    let (new, wrong) = run(text, Place::new());
    assert_eq!((new.as_str(), wrong.len()), (text, 0), "{wrong:?}");
    let (new, wrong) = run("```console\n$ echo a\nb\n$ false\n```\n", Place::new());
    assert_eq!(new, "```console\n$ echo a\na\n$ false\n```\n");
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    // a mark counts for the block right behind it
    let (_, wrong) = run("<!-- exits 1 -->\ntext\n```sh\nfalse\n```\n", Place::new());
    assert_eq!(wrong.len(), 1);
}
