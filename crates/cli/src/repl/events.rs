//! The events of a session: `:load`, `:sources`, `:fields`.

use super::session::{Next, Session};
use crate::cmd::{count, reason_at};
use crate::engine::{Input, Results};
use crate::output::{self, Format, Style, visible};
use crate::spl::Source;
use sepal_data::Value;
use sepal_data::wildcard::Pattern;
use std::collections::{BTreeSet, HashSet};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// Events that `:fields` and completion look at.
const SAMPLE: usize = 1000;

/// Larger inputs are not sampled unasked: a scan would take too long.
const SAMPLED_BYTES: u64 = 64 << 20;

impl Session<'_> {
    pub(super) fn load(&mut self, paths: Vec<PathBuf>) -> Next {
        if paths.is_empty() {
            return self.usage("load");
        }
        let mut inputs = Vec::new();
        for path in paths {
            if path == Path::new("-") {
                return self.error("the prompt reads standard input itself: name a file");
            }
            if let Err(e) = path.metadata() {
                return self.error(&format!("{}: {}", path.display(), reason_at(&e, &path)));
            }
            inputs.push(Input::Path(path));
        }
        self.add(inputs);
        Next::Go
    }

    /// More events.
    pub(super) fn add(&mut self, inputs: Vec<Input>) {
        let mut known: HashSet<Input> = self.inputs.iter().cloned().collect();
        self.inputs.extend(inputs.into_iter().filter(|input| known.insert(input.clone())));
        let bytes = self.inputs.iter().map(size).try_fold(0, |sum: u64, n| sum.checked_add(n?));
        if self.app.term.stdin && bytes.is_some_and(|n| n <= SAMPLED_BYTES) {
            self.sample();
        }
    }

    /// The newest events, for the names of their fields.
    fn sample(&self) -> Option<Results> {
        let text = format!("* | head {SAMPLE}");
        let results = self.run(Source::typed(&text, "<sample>"), true)?;
        let names = results.columns.iter().filter(|c| !c.starts_with('_'));
        self.names.borrow_mut().fields.extend(names.map(|c| c.to_string()));
        Some(results)
    }

    pub(super) fn sources(&self) -> Next {
        let mut text = String::new();
        for input in &self.inputs {
            if let Input::Path(path) | Input::Project(path) = input {
                let name = path.to_string_lossy();
                let kind = if path.is_dir() { ", folder" } else { "" };
                let size = size(input).map_or("a pipe or device".to_owned(), |n| count(n, "byte"));
                text.push_str(&format!("{} ({size}{kind})\n", visible(&name, false)));
                if self.options.project.is_some() && !path.is_dir() {
                    let stamps = crate::project::stamps(&self.options, None, input, path);
                    let shown = crate::project::shown(&stamps.list);
                    if !shown.is_empty() {
                        text.push_str(&format!("  {}\n", visible(&shown, false)));
                    }
                }
            }
        }
        if text.is_empty() {
            text.push_str("no events; :load FILE reads some\n");
        }
        self.show(&text)
    }

    pub(super) fn fields(&self, pattern: &str) -> Next {
        if self.inputs.is_empty() {
            return self.error("no events; :load FILE reads some");
        }
        let Some(sample) = self.sample() else { return Next::Wrong };
        let pattern = Pattern::new(if pattern.is_empty() { "*" } else { pattern });
        let mut table = Results {
            columns: ["field", "percent", "distinct", "example"].map(Into::into).to_vec(),
            rows: Vec::new(),
        };
        for (i, name) in sample.columns.iter().enumerate() {
            if !pattern.is_match(name) {
                continue;
            }
            let values = sample.rows.iter().filter_map(|r| r.get(i)).filter(|v| !v.is_null());
            let texts: Vec<_> = values.map(|v| v.text()).collect();
            let distinct: BTreeSet<&str> = texts.iter().map(|t| &**t).collect();
            let percent = (texts.len() as f64 * 100.0 / sample.rows.len().max(1) as f64).round();
            let example: String = texts.first().map_or("", |t| &**t).chars().take(60).collect();
            table.rows.push(vec![
                Value::text_of(name),
                Value::Num(percent),
                Value::Num(distinct.len() as f64),
                Value::from(example.replace('\n', ", ")),
            ]);
        }
        table.rows.sort_by_cached_key(|row| row.first().map(|v| v.to_smol()));
        if table.rows.is_empty() {
            return self.error("no such field in the sample");
        }
        let style = Style {
            width: crate::term::Term::detect().width,
            colour: self.app.term.stdout_colour,
            ..Style::default()
        };
        let mut out = BufWriter::new(io::stdout().lock());
        if output::write(Format::Table, &table, &style, &mut out).is_err() {
            return Next::Wrong;
        }
        drop(out);
        let of = count(sample.rows.len() as u64, "event");
        self.app.say(&format!("{} in the newest {of}\n", count(table.rows.len() as u64, "field")));
        Next::Go
    }
}

/// The bytes of an input as stored, of a folder those of its files; none where there is a pipe or
/// device, which can be read once only.
fn size(input: &Input) -> Option<u64> {
    fn walk(path: &Path, depth: usize) -> Option<u64> {
        let Ok(meta) = path.metadata() else { return Some(0) };
        if !meta.is_dir() {
            return meta.is_file().then_some(meta.len());
        }
        let Ok(entries) = path.read_dir() else { return Some(0) };
        // a link may point upwards
        if depth == 32 {
            return Some(0);
        }
        entries.flatten().try_fold(0, |sum: u64, e| sum.checked_add(walk(&e.path(), depth + 1)?))
    }
    match input {
        Input::Stdin => None,
        Input::Path(path) | Input::Project(path) => walk(path, 0),
    }
}
