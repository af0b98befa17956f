//! The table over all detections.

use super::Entry;
use super::census::{Kind, State, Use};
use crate::output::markdown;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Counts of detections.
#[derive(Clone, Copy, Default)]
struct Counts {
    all: usize,
    parsed: usize,
    planned: usize,
}

impl Counts {
    fn add(&mut self, e: &Entry) {
        self.all += 1;
        self.parsed += usize::from(e.parsed);
        self.planned += usize::from(e.planned);
    }
}

/// A command or function: how many detections use it, and which it blocks.
struct Line<'a> {
    state: State,
    used: usize,
    blocks: Vec<&'a str>,
    /// How many of these it alone blocks.
    alone: usize,
}

/// The table.
pub(super) struct Report<'a> {
    total: Counts,
    folders: BTreeMap<&'a str, Counts>,
    uses: Vec<(Use, Line<'a>)>,
    /// Constructs that are neither command nor function, such as a form of an argument.
    constructs: Vec<(&'a str, Line<'a>)>,
    errors: Vec<&'a Entry>,
    /// What another app brings, and the detections that need it.
    elsewhere: BTreeMap<&'a str, Vec<&'a str>>,
}

const KINDS: [(Kind, &str); 4] = [
    (Kind::Command, "Commands"),
    (Kind::Function, "Eval functions"),
    (Kind::StatsFunction, "Stats functions"),
    (Kind::Conversion, "Conversions"),
];

impl<'a> Report<'a> {
    /// Sums up.
    pub fn new(entries: &'a [Entry]) -> Report<'a> {
        let mut total = Counts::default();
        let mut folders: BTreeMap<&str, Counts> = BTreeMap::new();
        let mut used: BTreeMap<&Use, usize> = BTreeMap::new();
        let mut blocks: BTreeMap<&str, (Vec<&str>, usize)> = BTreeMap::new();
        for e in entries {
            total.add(e);
            folders.entry(&e.folder).or_default().add(e);
            e.uses.iter().for_each(|u| *used.entry(u).or_default() += 1);
            for what in &e.unsupported {
                let (files, alone) = blocks.entry(what).or_default();
                files.push(&e.file);
                *alone += usize::from(e.unsupported.len() == 1 && e.error.is_none());
            }
        }
        let mut told = BTreeSet::new();
        let mut uses: Vec<(Use, Line<'_>)> = used
            .into_iter()
            .map(|(u, used)| {
                let label = u.label();
                let (blocks, alone) = blocks.get(label.as_str()).cloned().unwrap_or_default();
                told.insert(label);
                (u.clone(), Line { state: u.state(), used, blocks, alone })
            })
            .collect();
        uses.sort_by(|(a, x), (b, y)| {
            let rank = |l: &Line<'_>| std::cmp::Reverse((l.blocks.len(), l.used));
            (a.kind, rank(x), &a.name).cmp(&(b.kind, rank(y), &b.name))
        });
        let mut constructs: Vec<(&str, Line<'_>)> = blocks
            .into_iter()
            .filter(|(what, _)| !told.contains(*what))
            .map(|(what, (blocks, alone))| {
                (what, Line { state: State::Unsupported, used: blocks.len(), blocks, alone })
            })
            .collect();
        constructs.sort_by_key(|(what, l)| (std::cmp::Reverse(l.blocks.len()), *what));
        // those that miss another app's content are told under a heading of their own
        let errors = entries.iter().filter(|e| e.error.is_some() && !e.lacks_only).collect();
        let mut elsewhere: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for e in entries {
            e.elsewhere.iter().for_each(|what| elsewhere.entry(what).or_default().push(&e.file));
        }
        Report { total, folders, uses, constructs, errors, elsewhere }
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &(Use, Line<'a>)> {
        self.uses.iter().filter(move |(u, _)| u.kind == kind)
    }

    /// What blocks detections, the one that blocks most first.
    fn blockers(&self) -> Vec<(String, &Line<'a>)> {
        let uses = self.uses.iter().map(|(u, l)| (u.label(), l));
        let others = self.constructs.iter().map(|(what, l)| ((*what).to_owned(), l));
        let mut all: Vec<_> = uses.chain(others).filter(|(_, l)| !l.blocks.is_empty()).collect();
        all.sort_by_key(|(_, l)| std::cmp::Reverse(l.blocks.len()));
        all
    }

    fn head(&self) -> String {
        let t = self.total;
        format!(
            "{} detections: {} parsed ({}), {} planned ({})\n",
            t.all,
            t.parsed,
            percent(t.parsed, t.all),
            t.planned,
            percent(t.planned, t.all)
        )
    }

    /// As plain text.
    pub fn text(&self) -> String {
        let mut out = self.head();
        let mut rows = vec![["Folder", "detections", "parsed", "planned"].map(str::to_owned)];
        rows.extend(self.folder_rows());
        columns(&mut out, &rows);
        for (kind, title) in KINDS {
            let mut rows = vec![[title, "state", "used in", "blocks", "alone"].map(str::to_owned)];
            rows.extend(self.of(kind).map(|(u, l)| row(&u.name, l)));
            if rows.len() > 1 {
                columns(&mut out, &rows);
            }
        }
        for (what, line) in self.blockers() {
            let _ = writeln!(out, "\n{what} blocks {}", line.blocks.len());
            line.blocks.iter().for_each(|file| {
                let _ = writeln!(out, "  {file}");
            });
        }
        if !self.elsewhere.is_empty() {
            let _ = writeln!(out, "\nNeeds content from elsewhere: {}", self.waiting());
        }
        for (what, files) in &self.elsewhere {
            let _ = writeln!(out, "  {what}");
            files.iter().for_each(|file| {
                let _ = writeln!(out, "    {file}");
            });
        }
        if !self.errors.is_empty() {
            let _ = writeln!(out, "\nErrors: {}", self.codes());
        }
        for e in &self.errors {
            let _ = writeln!(out, "  {}: {}", e.file, e.error.as_deref().unwrap_or_default());
        }
        out
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = self.head();
        let head = ["folder", "detections", "parsed", "planned"];
        table(
            &mut out,
            &head,
            self.folder_rows().map(|mut r| {
                r[0] = code(&r[0]);
                r
            }),
        );
        for (kind, title) in KINDS {
            let head = ["name", "state", "used in", "blocks", "alone"];
            let rows: Vec<_> = self.of(kind).map(|(u, l)| row(&code(&u.name), l)).collect();
            if !rows.is_empty() {
                let _ = write!(out, "\n## {title}\n");
                table(&mut out, &head, rows.into_iter());
            }
        }
        let blockers = self.blockers();
        if !blockers.is_empty() {
            out.push_str("\n## What blocks which detections\n");
        }
        for (what, line) in blockers {
            let _ = write!(out, "\n### {}\n\n", markdown::plain(&what));
            line.blocks.iter().for_each(|file| {
                let _ = writeln!(out, "- {}", code(file));
            });
        }
        if !self.elsewhere.is_empty() {
            let _ = write!(out, "\n## Needs content from elsewhere\n\n{}\n", self.waiting());
        }
        for (what, files) in &self.elsewhere {
            let _ = write!(out, "\n### {}\n\n", markdown::plain(what));
            files.iter().for_each(|file| {
                let _ = writeln!(out, "- {}", code(file));
            });
        }
        if !self.errors.is_empty() {
            let _ = write!(out, "\n## Errors\n\n{}\n\n", self.codes());
        }
        for e in &self.errors {
            let error = markdown::plain(e.error.as_deref().unwrap_or_default());
            let _ = writeln!(out, "- {}: {error}", code(&e.file));
        }
        out
    }

    /// How many detections need content of other apps.
    fn waiting(&self) -> String {
        let files: BTreeSet<&str> = self.elsewhere.values().flatten().copied().collect();
        super::super::count(files.len() as u64, "detection")
    }

    /// How many errors there are of each code.
    fn codes(&self) -> String {
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        for e in &self.errors {
            let error = e.error.as_deref().unwrap_or_default();
            *codes.entry(error.split(' ').next().unwrap_or_default()).or_default() += 1;
        }
        let codes: Vec<String> = codes.iter().map(|(code, n)| format!("{n} {code}")).collect();
        codes.join(", ")
    }

    fn folder_rows(&self) -> impl Iterator<Item = [String; 4]> {
        self.folders.iter().map(|(folder, c)| {
            let name = if folder.is_empty() { "." } else { folder };
            [name.to_owned(), c.all.to_string(), c.parsed.to_string(), c.planned.to_string()]
        })
    }
}

fn row(name: &str, l: &Line<'_>) -> [String; 5] {
    let count = |n: usize| if n == 0 { String::new() } else { n.to_string() };
    let state = l.state.word().to_owned();
    [name.to_owned(), state, l.used.to_string(), count(l.blocks.len()), count(l.alone)]
}

/// A share in percent with one place, never rounded up to all.
fn percent(part: usize, all: usize) -> String {
    let permille = part.saturating_mul(1000).checked_div(all).unwrap_or(1000);
    format!("{}.{} %", permille / 10, permille % 10)
}

/// Rows in columns, numbers to the right; the first row is the head.
fn columns<const N: usize>(out: &mut String, rows: &[[String; N]]) {
    let width = |i: usize| rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    out.push('\n');
    for row in rows {
        let mut line = String::new();
        for (i, (cell, width)) in row.iter().zip(widths).enumerate() {
            let number = rows.iter().skip(1).all(|r| r[i].chars().all(|c| c.is_ascii_digit()));
            let gap = if i == 0 { "" } else { "  " };
            let _ = match number {
                true => write!(line, "{gap}{cell:>width$}"),
                false => write!(line, "{gap}{cell:width$}"),
            };
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn table<const N: usize>(
    out: &mut String,
    head: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    let _ = write!(out, "\n| {} |\n|{}\n", head.join(" | "), " --- |".repeat(N));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
}

/// A name in code style, whatever it holds.
fn code(text: &str) -> String {
    let safe: String =
        text.chars().map(|c| if c.is_control() || c == '`' { '?' } else { c }).collect();
    format!("`{}`", safe.replace('|', "\\|"))
}
