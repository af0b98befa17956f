//! Wildcard patterns that match a text.

use super::chains::{Chains, hash};
use super::table::Column;
use aho_corasick::{AhoCorasick, MatchKind};
use indexmap::IndexMap;

/// Whether a text matches a pattern in which `*` stands for any text.
pub fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut left) = text.strip_prefix(head).and_then(|t| t.strip_suffix(tail)) else {
        return false;
    };
    for part in middle.split('*') {
        match memchr::memmem::find(left.as_bytes(), part.as_bytes()) {
            Some(at) => left = left.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    true
}

/// The rows of a column of patterns, by the longest literal part of each pattern: a text is
/// looked at once, however many rows there are.
#[derive(Clone, Debug, Default)]
pub struct WildIndex {
    /// Cells without `*`.
    whole: Chains,
    /// By what stands before the first `*`.
    heads: Parts,
    /// By what stands after the last `*`.
    tails: Parts,
    /// By a part between two `*`: one automaton, and the rows of each of its words.
    inner: Option<AhoCorasick>,
    inner_rows: Vec<Vec<u32>>,
    /// Cells of stars only.
    any: Vec<u32>,
}

/// Rows by the beginning or end of their cells.
#[derive(Clone, Debug, Default)]
struct Parts {
    /// The lengths that occur, sorted.
    lens: Vec<usize>,
    chains: Chains,
}

impl Parts {
    fn build(column: &Column, rows: &[u32], part: fn(&str) -> &str) -> Parts {
        let of = |row: u32| part(column.get(row)).as_bytes();
        let mut lens: Vec<usize> = rows.iter().map(|&r| of(r).len()).collect();
        lens.sort_unstable();
        lens.dedup();
        let same = |a, b| of(a) == of(b);
        let chains = Chains::build(rows.iter().copied(), |r| hash([of(r)]), same);
        Parts { lens, chains }
    }
}

/// What stands before the first `*`.
fn head(cell: &str) -> &str {
    cell.split_once('*').map_or(cell, |(head, _)| head)
}

/// What stands after the last `*`.
fn tail(cell: &str) -> &str {
    cell.rsplit_once('*').map_or(cell, |(_, tail)| tail)
}

/// Whether a pattern's part before its first `*` is this one.
fn starts(cell: &str, part: &[u8]) -> bool {
    cell.as_bytes().strip_prefix(part).is_some_and(|rest| rest.starts_with(b"*"))
}

/// Whether a pattern's part after its last `*` is this one.
fn ends(cell: &str, part: &[u8]) -> bool {
    cell.as_bytes().strip_suffix(part).is_some_and(|rest| rest.ends_with(b"*"))
}

impl WildIndex {
    /// The index over all cells of a column; empty ones match nothing. Gives none where the
    /// automaton would be too large.
    pub fn build(column: &Column) -> Option<WildIndex> {
        let (mut whole, mut heads, mut tails) = (Vec::new(), Vec::new(), Vec::new());
        let mut index = WildIndex::default();
        let mut words: IndexMap<&str, Vec<u32>> = IndexMap::new();
        for row in 0..column.len() as u32 {
            let cell = column.get(row);
            if cell.is_empty() {
                continue;
            }
            if !cell.contains('*') {
                whole.push(row);
                continue;
            }
            let longest = cell.split('*').map(str::len).max().unwrap_or(0);
            if longest == 0 {
                index.any.push(row);
            } else if head(cell).len() == longest {
                heads.push(row);
            } else if tail(cell).len() == longest {
                tails.push(row);
            } else if let Some(word) = cell.split('*').find(|p| p.len() == longest) {
                words.entry(word).or_default().push(row);
            }
        }
        index.whole = Chains::build(
            whole.into_iter(),
            |r| hash([column.get(r).as_bytes()]),
            |a, b| column.get(a) == column.get(b),
        );
        index.heads = Parts::build(column, &heads, head);
        index.tails = Parts::build(column, &tails, tail);
        if !words.is_empty() {
            let mut builder = AhoCorasick::builder();
            index.inner = Some(builder.match_kind(MatchKind::Standard).build(words.keys()).ok()?);
            index.inner_rows = words.into_values().collect();
        }
        Some(index)
    }

    /// Adds the rows whose patterns match the text, in no order; some may come twice.
    pub fn find(&self, column: &Column, text: &str, out: &mut Vec<u32>) {
        let bytes = text.as_bytes();
        if !self.whole.is_empty() {
            out.extend(self.whole.rows(hash([bytes]), |r| column.get(r) == text));
        }
        let from = out.len();
        // a pattern of one star beside its part matches; others are looked at below
        let mut sure = 0;
        let mut take = |out: &mut Vec<u32>, row: u32, len: usize| {
            out.push(row);
            if column.get(row).len() == len {
                let last = out.len() - 1;
                out.swap(from + sure, last);
                sure += 1;
            }
        };
        for &n in self.heads.lens.iter().take_while(|n| **n <= bytes.len()) {
            let part = &bytes[..n];
            let is_key = |r| starts(column.get(r), part);
            for row in self.heads.chains.rows(hash([part]), is_key) {
                take(out, row, n + 1);
            }
        }
        for &n in self.tails.lens.iter().take_while(|n| **n <= bytes.len()) {
            let part = &bytes[bytes.len() - n..];
            let is_key = |r| ends(column.get(r), part);
            for row in self.tails.chains.rows(hash([part]), is_key) {
                take(out, row, n + 1);
            }
        }
        if let Some(inner) = &self.inner {
            for found in inner.find_overlapping_iter(bytes) {
                let rows = self.inner_rows.get(found.pattern().as_usize()).into_iter().flatten();
                rows.for_each(|row| take(out, *row, found.len() + 2));
            }
        }
        let unsure = from + sure;
        let mut kept = unsure;
        for i in unsure..out.len() {
            if glob(column.get(out[i]), text) {
                out[kept] = out[i];
                kept += 1;
            }
        }
        out.truncate(kept);
        out.extend_from_slice(&self.any);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::Table;
    use proptest::prelude::*;
    use sepal_data::wildcard::Pattern;

    fn column(cells: &[String]) -> Column {
        let text = format!("p\n{}\n", cells.join("\n"));
        let table = Table::read(Box::new(std::io::Cursor::new(text)), &|_| true).unwrap();
        table.column(0).unwrap().clone()
    }

    proptest! {
        /// The index gives what asking every pattern gives, and `glob` is the wildcard of `search`.
        #[test]
        fn the_index_finds_all(
            cells in prop::collection::vec("[ab*]{1,7}", 1..30),
            text in "[ab]{0,9}",
        ) {
            let column = column(&cells);
            let mut out = Vec::new();
            if let Some(index) = WildIndex::build(&column) {
                index.find(&column, &text, &mut out);
            }
            out.sort_unstable();
            out.dedup();
            let naive: Vec<u32> = (0..cells.len() as u32)
                .filter(|&i| Pattern::case_sensitive(&cells[i as usize]).is_match(&text))
                .collect();
            prop_assert_eq!(out, naive);
        }
    }
}
