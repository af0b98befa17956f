//! A literal probe over raw bytes, before anything is parsed.
//!
//! A search such as `objectRef.name="web*" message="Pulling image*"` can only match events whose
//! text holds `web` and `pulling image` in some letter case. [`Probe`] finds the lines that may, and
//! never leaves out one that a full scan would find:
//!
//! - JSON may write any character as `\uXXXX`: a line with `\u` always may match.
//! - JSON may write `"`, `\`, `/` and control characters with a backslash, and bytes that are not
//!   UTF-8 are read as U+FFFD: a literal is cut at those characters and at non-ASCII ones, and only
//!   its most telling piece is looked for.
//! - K (Kelvin, U+212A) folds to `k` and ſ (U+017F) to `s`: where a piece holds one of these letters
//!   and no good piece without them exists, a line with one of the two characters may match.
//! - A literal without a usable piece makes its clause say nothing.
//!
//! What the probe cannot know is its caller's business: values that are calculated, aliased,
//! looked up, or compared as numbers (`1` and `1.0`) do not stand in the text.

pub(crate) mod caseless;
mod rank;

use std::ops::Range;

use memchr::{memchr, memmem, memrchr};

use caseless::Finder;

/// A piece shorter than this is in nearly every line.
const MIN_PIECE: usize = 3;
/// A piece without k and s is taken if it is at least so long, even if a longer one has them.
const GOOD_PIECE: usize = 5;

/// The Kelvin sign and the long s.
const FOLDS: [&[u8]; 2] = ["\u{212A}".as_bytes(), "\u{17F}".as_bytes()];

/// All clauses must be met; a clause is met by any of its literals, in any letter case.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The most telling clause first.
    clauses: Vec<Vec<Finder>>,
    /// Some piece holds k or s.
    folds: bool,
    kelvin: memmem::Finder<'static>,
    long_s: memmem::Finder<'static>,
    escape: memmem::Finder<'static>,
}

impl Probe {
    /// A probe for an AND of ORs: `clauses[i]` lists texts of which one must occur.
    ///
    /// A clause with an empty list, or with a literal that cannot be looked for in raw text, is left
    /// out.
    pub fn new<S: AsRef<str>>(clauses: &[Vec<S>]) -> Probe {
        let mut folds = false;
        let mut compiled: Vec<(u64, Vec<Finder>)> = Vec::new();
        for clause in clauses {
            let pieces: Option<Vec<&str>> = clause.iter().map(|l| piece(l.as_ref())).collect();
            let Some(pieces) = pieces.filter(|p| !p.is_empty()) else { continue };
            folds |= pieces.iter().any(|p| has_fold(p));
            // a clause costs what its literals let through together
            let cost = pieces.iter().map(|p| rank::frequency(p.as_bytes())).sum();
            let finders = pieces.iter().map(|p| Finder::new(p.as_bytes())).collect();
            compiled.push((cost, finders));
        }
        compiled.sort_by_key(|(cost, _)| *cost);
        Probe {
            clauses: compiled.into_iter().map(|(_, finders)| finders).collect(),
            folds,
            kelvin: memmem::Finder::new(FOLDS[0]).into_owned(),
            long_s: memmem::Finder::new(FOLDS[1]).into_owned(),
            escape: memmem::Finder::new(b"\\u").into_owned(),
        }
    }

    /// Whether the probe lets everything through.
    pub fn is_trivial(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The texts that are looked for, in lower case, clause by clause.
    pub fn pieces(&self) -> impl Iterator<Item = Vec<&str>> {
        self.clauses.iter().map(|c| c.iter().map(Finder::text).collect())
    }

    /// Whether the text of one event may match. False is certain.
    pub fn may_match(&self, line: &[u8]) -> bool {
        self.clauses_met(line, 0) || self.is_odd(line)
    }

    /// Whether all clauses from `from` on are met.
    fn clauses_met(&self, line: &[u8], from: usize) -> bool {
        let clauses = self.clauses.get(from..).unwrap_or_default();
        clauses.iter().all(|c| c.iter().any(|f| f.find(line).is_some()))
    }

    /// Whether the line holds something that the literals cannot speak for.
    fn is_odd(&self, line: &[u8]) -> bool {
        self.escape.find(line).is_some()
            || self.folds && (self.kelvin.find(line).is_some() || self.long_s.find(line).is_some())
    }

    /// Calls `found` with the range of each line of `block` that may match, in order, without the
    /// newline. Lines end at `\n`, the last one also at the end of the block.
    pub fn candidates(&self, block: &[u8], mut found: impl FnMut(Range<usize>)) {
        let Some(driver) = self.clauses.first() else {
            let mut start = 0;
            while start < block.len() {
                let end = line_end(block, start);
                found(start..end);
                start = end + 1;
            }
            return;
        };
        // the next hit of each text at or after the current position
        let mut hits: Vec<(Hunt<'_>, usize)> =
            driver.iter().map(|f| (Hunt::Literal(f), 0)).collect();
        hits.push((Hunt::Odd(&self.escape), 0));
        if self.folds {
            hits.push((Hunt::Odd(&self.kelvin), 0));
            hits.push((Hunt::Odd(&self.long_s), 0));
        }
        for hit in &mut hits {
            hit.1 = hit.0.find(block, 0);
        }
        loop {
            let next = hits.iter().map(|h| h.1).min().unwrap_or(usize::MAX);
            if next >= block.len() {
                return;
            }
            let start = memrchr(b'\n', &block[..next]).map_or(0, |at| at + 1);
            let end = line_end(block, next);
            let line = &block[start..end];
            let odd = hits.iter().any(|h| matches!(h.0, Hunt::Odd(_)) && h.1 < end);
            if odd || self.clauses_met(line, 1) {
                found(start..end);
            }
            for hit in hits.iter_mut().filter(|h| h.1 < end) {
                hit.1 = hit.0.find(block, end);
            }
        }
    }
}

/// What is looked for in a block.
enum Hunt<'a> {
    Literal(&'a Finder),
    Odd(&'a memmem::Finder<'static>),
}

impl Hunt<'_> {
    /// The first hit at or after `from`, else the largest number.
    fn find(&self, block: &[u8], from: usize) -> usize {
        let rest = block.get(from..).unwrap_or_default();
        let at = match self {
            Hunt::Literal(f) => f.find(rest),
            Hunt::Odd(f) => f.find(rest),
        };
        at.map_or(usize::MAX, |at| from + at)
    }
}

fn line_end(block: &[u8], from: usize) -> usize {
    memchr(b'\n', &block[from..]).map_or(block.len(), |at| from + at)
}

fn has_fold(piece: &str) -> bool {
    piece.contains(['k', 'K', 's', 'S'])
}

/// The piece of a literal that is looked for in raw text: the rarest one that JSON writes in one way
/// only. None if no piece is long enough.
fn piece(literal: &str) -> Option<&str> {
    let cut = |c: char| !c.is_ascii() || c < ' ' || matches!(c, '"' | '\\' | '/');
    let whole = literal.split(cut).filter(|p| p.len() >= MIN_PIECE);
    let best = whole.clone().min_by_key(|p| rank::frequency(p.as_bytes()))?;
    if !has_fold(best) {
        return Some(best);
    }
    let unfolded = whole.flat_map(|p| p.split(['k', 'K', 's', 'S']));
    let unfolded = unfolded.filter(|p| p.len() >= GOOD_PIECE);
    unfolded.min_by_key(|p| rank::frequency(p.as_bytes())).or(Some(best))
}

#[cfg(test)]
mod tests;
