//! A regular expression from examples.

use crate::regex_engine::SplRegex;
use crate::run_cx::{RunCx, RunError};
use sepal_parser::commands::erex::Erex;
use std::fmt::Write;

/// A run of characters of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Digits,
    Word,
    Space,
    /// One character that is none of these.
    Other(char),
}

impl Kind {
    fn of(c: char) -> Kind {
        match c {
            '0'..='9' => Kind::Digits,
            c if c.is_alphanumeric() || c == '_' => Kind::Word,
            c if c.is_whitespace() => Kind::Space,
            c => Kind::Other(c),
        }
    }

    fn is_word(self) -> bool {
        matches!(self, Kind::Digits | Kind::Word)
    }

    /// What both are.
    fn and(self, other: Kind) -> Option<Kind> {
        match (self, other) {
            (a, b) if a == b => Some(a),
            (a, b) if a.is_word() && b.is_word() => Some(Kind::Word),
            _ => None,
        }
    }

    /// The expression, for `least` to `most` characters where these count.
    fn write(self, lengths: Option<(usize, usize)>, out: &mut String) {
        let class = match self {
            Kind::Digits => "\\d",
            Kind::Word => "\\w",
            Kind::Space => "\\s",
            Kind::Other(c) => return escape(c, out),
        };
        out.push_str(class);
        repeat(lengths, out);
    }
}

fn repeat(lengths: Option<(usize, usize)>, out: &mut String) {
    // writing to a string cannot fail
    let _ = match lengths {
        None => write!(out, "+"),
        Some((1, 1)) => Ok(()),
        Some((a, b)) if a == b => write!(out, "{{{a}}}"),
        Some((a, b)) => write!(out, "{{{a},{b}}}"),
    };
}

fn escape(c: char, out: &mut String) {
    if "\\.+*?()[]{}^$|#&-~".contains(c) {
        out.push('\\');
    }
    out.push(c);
}

/// The runs of a text, each with its text. Digits and other word characters together are one run.
fn runs(text: &str) -> Vec<(Kind, &str)> {
    let mut out: Vec<(Kind, usize, usize)> = Vec::new();
    for (at, c) in text.char_indices() {
        let (kind, end) = (Kind::of(c), at + c.len_utf8());
        match out.last_mut() {
            Some((last, _, to)) if last.is_word() && kind.is_word() => {
                *last = last.and(kind).unwrap_or(Kind::Word);
                *to = end;
            }
            Some((Kind::Space, _, to)) if kind == Kind::Space => *to = end,
            _ => out.push((kind, at, end)),
        }
    }
    out.into_iter().map(|(kind, from, to)| (kind, text.get(from..to).unwrap_or_default())).collect()
}

/// What was learned.
pub(super) struct Learned {
    /// Its first group is the value.
    pub regex: SplRegex,
    start: String,
    form: String,
    end: String,
}

impl Learned {
    /// The expression for `rex`.
    pub(super) fn pattern(&self, field: &str) -> String {
        format!("{}(?<{field}>{}){}", self.start, self.form, self.end).replace('"', "\\\"")
    }
}

/// What is learned from.
pub(super) struct Trainers {
    /// Each with whether a row has it.
    examples: Vec<(String, bool)>,
    counterexamples: Vec<(String, bool)>,
    /// Rows with an example: the text, and where the first one stands.
    rows: Vec<(String, usize, usize)>,
    /// Rows with a counterexample and without an example.
    others: Vec<String>,
    most: usize,
}

impl Trainers {
    pub(super) fn new(e: &Erex) -> Trainers {
        let list = |all: &[String]| all.iter().map(|s| (s.clone(), false)).collect();
        Trainers {
            examples: list(&e.examples),
            counterexamples: list(&e.counterexamples),
            rows: Vec::new(),
            others: Vec::new(),
            most: e.maxtrainers,
        }
    }

    /// Looks at a row.
    pub(super) fn see(&mut self, text: &str) {
        let mut best: Option<(bool, usize, usize)> = None;
        for (example, seen) in &mut self.examples {
            for (at, _) in text.match_indices(example.as_str()) {
                *seen = true;
                let place = (!stands_alone(text, at, example.len()), at, example.len());
                // of several at one place the longest
                let better = best.is_none_or(|(part, from, len)| {
                    (place.0, at, usize::MAX - place.2) < (part, from, usize::MAX - len)
                });
                if better {
                    best = Some(place);
                }
            }
        }
        let mut counter = false;
        for (example, seen) in &mut self.counterexamples {
            if text.contains(example.as_str()) {
                (*seen, counter) = (true, true);
            }
        }
        match best {
            Some((_, at, len)) if self.rows.len() < self.most => {
                self.rows.push((text.to_owned(), at, at + len));
            }
            None if counter && self.others.len() < self.most => self.others.push(text.to_owned()),
            _ => {}
        }
    }

    /// The expression.
    pub(super) fn learn(&self, cx: &RunCx) -> Result<Learned, RunError> {
        let fail = |text: String| RunError::failed("SPL3369", text);
        for (example, seen) in self.examples.iter().chain(&self.counterexamples) {
            if !seen {
                return Err(fail(format!("`erex`: no row has `{example}`")));
            }
        }
        let (before, at_start) = self.around(|(text, from, _)| {
            let mut runs = runs(text.get(..*from).unwrap_or_default());
            runs.reverse();
            runs
        });
        let (behind, at_end) =
            self.around(|(text, _, to)| runs(text.get(*to..).unwrap_or_default()));
        let word = |c: Option<char>| c.is_some_and(|c| Kind::of(c).is_word());
        let starts = self.examples.iter().all(|(e, _)| word(e.chars().next()));
        let ends = self.examples.iter().all(|(e, _)| word(e.chars().next_back()));
        // the form alone, then with one piece beside it, with two...
        let beside = (0..=BEFORE + BEHIND)
            .flat_map(|pieces| (0..=pieces.min(BEHIND)).map(move |right| (pieces - right, right)))
            .filter(|(left, right)| {
                *left <= BEFORE.min(before.len() + usize::from(at_start))
                    && *right <= behind.len() + usize::from(at_end)
            });
        for form in self.forms() {
            for (left, right) in beside.clone() {
                for bounded in [true, false] {
                    cx.check_stop()?;
                    let mut start = String::new();
                    if left > before.len() {
                        start.push('^');
                    }
                    before.iter().take(left).rev().for_each(|p| start.push_str(p));
                    if left == 0 && bounded && starts {
                        start.push_str("\\b");
                    }
                    let mut end = String::new();
                    if right == 0 && bounded && ends {
                        end.push_str("\\b");
                    }
                    behind.iter().take(right).for_each(|p| end.push_str(p));
                    if right > behind.len() {
                        end.push('$');
                    }
                    let Ok(regex) = SplRegex::new(&format!("{start}({form}){end}")) else {
                        continue;
                    };
                    if self.fits(&regex, cx) {
                        return Ok(Learned { regex, start, form, end });
                    }
                }
            }
        }
        Err(fail("`erex` finds no regular expression that fits: give other examples".to_owned()))
    }

    /// Whether the expression finds an example in each row, and no counterexample.
    fn fits(&self, regex: &SplRegex, cx: &RunCx) -> bool {
        let is = |list: &[(String, bool)], s: &str| list.iter().any(|(e, _)| e == s);
        let example = |(text, _, _): &(String, usize, usize)| {
            found(regex, text, cx).is_some_and(|s| is(&self.examples, s))
        };
        let other =
            |text: &String| found(regex, text, cx).is_none_or(|s| !is(&self.counterexamples, s));
        self.rows.iter().all(example) && self.others.iter().all(other)
    }

    /// What stands beside the examples in all rows, from the nearest run on, and whether it is all
    /// there is.
    fn around<'t>(
        &'t self,
        beside: impl Fn(&'t (String, usize, usize)) -> Vec<(Kind, &'t str)>,
    ) -> (Vec<String>, bool) {
        let all: Vec<Vec<(Kind, &str)>> = self.rows.iter().map(beside).collect();
        let mut out = Vec::new();
        for n in 0..BEFORE {
            let column: Option<Vec<(Kind, &str)>> =
                all.iter().map(|runs| runs.get(n).copied()).collect();
            let Some(column) = column else {
                return (out, all.iter().all(|runs| runs.len() == n));
            };
            let Some((first, text)) = column.first().copied() else { break };
            let mut piece = String::new();
            if column.iter().all(|(_, t)| *t == text) {
                text.chars().for_each(|c| escape(c, &mut piece));
            } else {
                let kind = column.iter().try_fold(first, |kind, (k, _)| kind.and(*k));
                let Some(kind) = kind else { break };
                kind.write(None, &mut piece);
            }
            out.push(piece);
        }
        (out, false)
    }

    /// The form of the examples, with runs of any length and of theirs.
    fn forms(&self) -> [String; 2] {
        let mut all = self.examples.iter().map(|(e, _)| runs(e));
        let length = |text: &str| text.chars().count();
        let first: Vec<(Kind, usize, usize)> = all
            .next()
            .unwrap_or_default()
            .into_iter()
            .map(|(kind, text)| (kind, length(text), length(text)))
            .collect();
        let both = |a: Vec<(Kind, usize, usize)>, b: Vec<(Kind, &str)>| {
            if a.len() != b.len() {
                return None;
            }
            a.into_iter()
                .zip(b)
                .map(|((kind, least, most), (other, text))| {
                    let n = length(text);
                    Some((kind.and(other)?, least.min(n), most.max(n)))
                })
                .collect()
        };
        let mut out = [String::new(), String::new()];
        let [any, exact] = &mut out;
        match all.try_fold(first, both) {
            Some(runs) => {
                for (kind, least, most) in runs {
                    kind.write(None, any);
                    kind.write(Some((least, most)), exact);
                }
            }
            None => {
                let mut kinds: Vec<Kind> = Vec::new();
                for c in self.examples.iter().flat_map(|(e, _)| e.chars()) {
                    let kind = if Kind::of(c).is_word() { Kind::Word } else { Kind::of(c) };
                    if !kinds.contains(&kind) {
                        kinds.push(kind);
                    }
                }
                let mut class = String::from("[");
                kinds.iter().for_each(|k| k.write(Some((1, 1)), &mut class));
                class.push(']');
                let lengths = || self.examples.iter().map(|(e, _)| length(e));
                let ends = (lengths().min().unwrap_or(1), lengths().max().unwrap_or(1));
                for (out, lengths) in [(any, None), (exact, Some(ends))] {
                    out.push_str(&class);
                    repeat(lengths, out);
                }
            }
        }
        out
    }
}

/// Most pieces before and behind.
const BEFORE: usize = 4;
const BEHIND: usize = 2;

/// Whether no word goes on on either side.
fn stands_alone(text: &str, at: usize, len: usize) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| Kind::of(c).is_word());
    let (before, rest) = text.split_at(at);
    let (inside, behind) = rest.split_at(len);
    !(word(before.chars().next_back()) && word(inside.chars().next())
        || word(inside.chars().next_back()) && word(behind.chars().next()))
}

/// What the expression finds first.
pub(super) fn found<'t>(regex: &SplRegex, text: &'t str, cx: &RunCx) -> Option<&'t str> {
    match regex.captures_at(text, 0) {
        Ok(c) => c.and_then(|c| c.text(text, 1)),
        Err(e) => {
            e.report(cx);
            None
        }
    }
}
