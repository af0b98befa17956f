//! Which lines of two texts are the same, as Python's difflib finds them (Splunk's command is
//! written in Python), and the two common forms of showing it.

use crate::run_cx::{RunCx, RunError};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::ops::Range;

/// Unchanged lines that are shown around a change.
pub const AROUND: usize = 3;

/// Of this many lines on, those that occur more often than in 1 % do not count for matching.
const POPULAR_FROM: usize = 200;

/// Lines of the first text and of the second that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub equal: bool,
    pub a: Range<usize>,
    pub b: Range<usize>,
}

pub struct Matcher<'a> {
    a: &'a [&'a str],
    b: &'a [&'a str],
    /// The places of each line in `b`.
    places: HashMap<&'a str, Vec<usize>, FixedState>,
}

impl<'a> Matcher<'a> {
    pub fn new(a: &'a [&'a str], b: &'a [&'a str]) -> Matcher<'a> {
        let mut places: HashMap<&str, Vec<usize>, FixedState> = HashMap::default();
        for (j, line) in b.iter().enumerate() {
            places.entry(line).or_default().push(j);
        }
        if b.len() >= POPULAR_FROM {
            let most = b.len() / 100 + 1;
            places.retain(|_, at| at.len() <= most);
        }
        Matcher { a, b, places }
    }

    /// The longest run of equal lines, the first of several.
    fn longest(&self, a: Range<usize>, b: Range<usize>) -> (usize, usize, usize) {
        let (mut best_a, mut best_b, mut len) = (a.start, b.start, 0);
        let mut before: HashMap<usize, usize, FixedState> = HashMap::default();
        for i in a.clone() {
            let mut here: HashMap<usize, usize, FixedState> = HashMap::default();
            let places = self.a.get(i).and_then(|line| self.places.get(*line));
            for j in places.into_iter().flatten().copied() {
                if j < b.start {
                    continue;
                }
                if j >= b.end {
                    break;
                }
                let k = j.checked_sub(1).and_then(|j| before.get(&j)).map_or(1, |k| k + 1);
                here.insert(j, k);
                if k > len {
                    (best_a, best_b, len) = (i + 1 - k, j + 1 - k, k);
                }
            }
            before = here;
        }
        // popular lines may only lengthen a run
        let same = |i: usize, j: usize| self.a.get(i).is_some_and(|x| self.b.get(j) == Some(x));
        while best_a > a.start && best_b > b.start && same(best_a - 1, best_b - 1) {
            (best_a, best_b, len) = (best_a - 1, best_b - 1, len + 1);
        }
        while best_a + len < a.end && best_b + len < b.end && same(best_a + len, best_b + len) {
            len += 1;
        }
        (best_a, best_b, len)
    }

    /// All lines, equal and changed by turns.
    fn parts(&self, cx: &RunCx) -> Result<Vec<Part>, RunError> {
        let mut waiting = vec![(0..self.a.len(), 0..self.b.len())];
        let mut found = Vec::new();
        while let Some((a, b)) = waiting.pop() {
            cx.check_stop()?;
            let (i, j, len) = self.longest(a.clone(), b.clone());
            if len == 0 {
                continue;
            }
            found.push((i, j, len));
            if a.start < i && b.start < j {
                waiting.push((a.start..i, b.start..j));
            }
            if i + len < a.end && j + len < b.end {
                waiting.push((i + len..a.end, j + len..b.end));
            }
        }
        found.sort_unstable();
        found.push((self.a.len(), self.b.len(), 0));
        let (mut out, mut i, mut j): (Vec<Part>, usize, usize) = (Vec::new(), 0, 0);
        for (a, b, len) in found {
            if i < a || j < b {
                out.push(Part { equal: false, a: i..a, b: j..b });
            }
            (i, j) = (a + len, b + len);
            match out.last_mut() {
                Some(last) if last.equal && last.a.end == a && last.b.end == b => {
                    (last.a.end, last.b.end) = (i, j);
                }
                _ if len > 0 => out.push(Part { equal: true, a: a..i, b: b..j }),
                _ => {}
            }
        }
        Ok(out)
    }

    /// The changes with `n` lines around them; those close to each other together.
    pub fn groups(&self, n: usize, cx: &RunCx) -> Result<Vec<Vec<Part>>, RunError> {
        let mut parts = self.parts(cx)?;
        if let Some(first) = parts.first_mut().filter(|p| p.equal) {
            first.a.start = first.a.start.max(first.a.end.saturating_sub(n));
            first.b.start = first.b.start.max(first.b.end.saturating_sub(n));
        }
        if let Some(last) = parts.last_mut().filter(|p| p.equal) {
            last.a.end = last.a.end.min(last.a.start + n);
            last.b.end = last.b.end.min(last.b.start + n);
        }
        let (mut groups, mut group) = (Vec::new(), Vec::new());
        for part in parts {
            if part.equal && part.a.len() > 2 * n {
                let (a, b) = (part.a.start..part.a.start + n, part.b.start..part.b.start + n);
                group.push(Part { equal: true, a, b });
                groups.push(std::mem::take(&mut group));
                let (a, b) = (part.a.end - n..part.a.end, part.b.end - n..part.b.end);
                group.push(Part { equal: true, a, b });
                continue;
            }
            group.push(part);
        }
        groups.push(group);
        groups.retain(|g: &Vec<Part>| g.iter().any(|p| !p.equal));
        Ok(groups)
    }
}

/// From the first line of a group to behind its last.
fn whole(group: &[Part], side: fn(&Part) -> &Range<usize>) -> Range<usize> {
    let start = group.first().map_or(0, |p| side(p).start);
    start..group.last().map_or(start, |p| side(p).end)
}

fn put(lines: &[&str], range: &Range<usize>, mark: &str, out: &mut Vec<String>) {
    let lines = lines.get(range.clone()).unwrap_or_default();
    out.extend(lines.iter().map(|line| format!("{mark}{line}")));
}

/// `@@ -1,3 +1,3 @@`, and lines that begin with a blank, `-` or `+`.
pub fn unified(groups: &[Vec<Part>], a: &[&str], b: &[&str], out: &mut Vec<String>) {
    let range = |r: Range<usize>| match r.len() {
        1 => format!("{}", r.start + 1),
        0 => format!("{},0", r.start),
        len => format!("{},{len}", r.start + 1),
    };
    for group in groups {
        let (from, to) = (range(whole(group, |p| &p.a)), range(whole(group, |p| &p.b)));
        out.push(format!("@@ -{from} +{to} @@"));
        for part in group {
            match part.equal {
                true => put(a, &part.a, " ", out),
                false => {
                    put(a, &part.a, "-", out);
                    put(b, &part.b, "+", out);
                }
            }
        }
    }
}

/// `*** 1,3 ****` and `--- 1,3 ----`, each with the lines of one text.
pub fn context(groups: &[Vec<Part>], a: &[&str], b: &[&str], out: &mut Vec<String>) {
    let range = |r: Range<usize>| match r.len() {
        0 => format!("{}", r.start),
        1 => format!("{}", r.start + 1),
        _ => format!("{},{}", r.start + 1, r.end),
    };
    for group in groups {
        out.push("***************".to_owned());
        out.push(format!("*** {} ****", range(whole(group, |p| &p.a))));
        let mark = |p: &Part, alone: &'static str| match p.equal {
            true => "  ",
            false if p.a.is_empty() || p.b.is_empty() => alone,
            false => "! ",
        };
        if group.iter().any(|p| !p.equal && !p.a.is_empty()) {
            group.iter().for_each(|p| put(a, &p.a, mark(p, "- "), out));
        }
        out.push(format!("--- {} ----", range(whole(group, |p| &p.b))));
        if group.iter().any(|p| !p.equal && !p.b.is_empty()) {
            group.iter().for_each(|p| put(b, &p.b, mark(p, "+ "), out));
        }
    }
}
