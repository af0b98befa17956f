//! What differs between two texts of snapshots: rows by what they hold, the rest line by line.

use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices_deadline};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// What a line of a difference stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// What it is about.
    Title,
    /// The same in both.
    Same,
    /// Only in the old text.
    Removed,
    /// Only in the new text.
    Added,
}

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it stands for.
    pub sign: Sign,
    /// Its parts; true where it differs from the line that it takes the place of.
    pub parts: Vec<(bool, String)>,
}

impl Line {
    fn new(sign: Sign, text: impl Into<String>) -> Line {
        Line { sign, parts: vec![(false, text.into())] }
    }

    /// The line without its parts.
    pub fn text(&self) -> String {
        self.parts.iter().map(|(_, part)| part.as_str()).collect()
    }
}

/// Lines of a row that are shown though they did not change, so that a reader knows which it is.
const KNOWN_BY: usize = 4;

/// More pairs of rows than this are not compared field by field.
const MOST_PAIRS: usize = 250_000;

/// The lines that differ.
pub fn diff(old: &str, new: &str) -> Vec<Line> {
    let (old, new) = (sections(old), sections(new));
    let mut out = Vec::new();
    for (title, a) in &old {
        let none = Section::default();
        let b = new.iter().find(|(t, _)| t == title).map_or(&none, |(_, b)| b);
        section(&mut out, title, a, b);
    }
    for (title, b) in new.iter().filter(|(t, _)| !old.iter().any(|(o, _)| o == t)) {
        section(&mut out, title, &Section::default(), b);
    }
    out
}

/// A part of a text: blocks, such as rows, and lines beside them.
#[derive(Default)]
struct Section<'a> {
    blocks: Vec<Block<'a>>,
    lines: Vec<&'a str>,
}

/// A row or a risk event: its fields, each with the members below it.
type Block<'a> = Vec<Vec<&'a str>>;

/// The sections by their titles; what stands before the first has none.
fn sections(text: &str) -> Vec<(&str, Section<'_>)> {
    let mut out = vec![("", Section::default())];
    let mut in_block = false;
    for line in text.lines().map(|l| l.trim_end_matches('\r')) {
        let of_block = in_block && line.starts_with("  ");
        in_block &= of_block;
        if let Some(title) = line.strip_prefix("# ") {
            // `# rows: 2`: the number differs with the rows
            out.push((title.split(':').next().unwrap_or(title), Section::default()));
            continue;
        }
        let Some((_, section)) = out.last_mut() else { continue };
        match section.blocks.last_mut().filter(|_| of_block) {
            Some(block) => match block.last_mut().filter(|_| line.starts_with("    ")) {
                Some(field) => field.push(line),
                None => block.push(vec![line]),
            },
            None if line == "row" || line == "risk" => {
                section.blocks.push(Vec::new());
                in_block = true;
            }
            None if line.is_empty() => {}
            None => section.lines.push(line),
        }
    }
    out
}

fn section(out: &mut Vec<Line>, title: &str, a: &Section<'_>, b: &Section<'_>) {
    let mut lines = Vec::new();
    blocks(&mut lines, title, &a.blocks, &b.blocks);
    plain(&mut lines, &a.lines, &b.lines);
    if lines.is_empty() {
        return;
    }
    let counts = match (a.blocks.len(), b.blocks.len()) {
        (0, 0) => String::new(),
        (n, m) if n == m => format!(": {n}"),
        (n, m) => format!(": {n} -> {m}"),
    };
    let title = if title.is_empty() { "what was run" } else { title };
    out.push(Line::new(Sign::Title, format!("{title}{counts}")));
    out.append(&mut lines);
}

/// What became of blocks.
enum Change {
    Removed(usize),
    Added(usize),
    Moved(usize),
    Changed(usize, usize),
}

fn blocks(out: &mut Vec<Line>, title: &str, a: &[Block<'_>], b: &[Block<'_>]) {
    let noun = if title.starts_with("risk") { "risk event" } else { "row" };
    for change in changes(a, b) {
        let (what, n) = match change {
            Change::Removed(n) => ("is gone", n),
            Change::Added(n) => ("is new", n),
            Change::Moved(n) => ("moved", n),
            Change::Changed(_, n) => ("changed", n),
        };
        out.push(Line::new(Sign::Title, format!("{noun} {} {what}", n + 1)));
        let whole = |out: &mut Vec<Line>, sign, block: Option<&Block<'_>>| {
            let lines = block.into_iter().flatten().flatten();
            out.extend(lines.map(|l| Line::new(sign, *l)));
        };
        match change {
            Change::Removed(n) => whole(out, Sign::Removed, a.get(n)),
            Change::Added(n) => whole(out, Sign::Added, b.get(n)),
            Change::Moved(n) => {
                let known = b.get(n).into_iter().flatten().flatten().take(KNOWN_BY);
                out.extend(known.map(|l| Line::new(Sign::Same, *l)));
            }
            Change::Changed(old, new) => {
                if let (Some(old), Some(new)) = (a.get(old), b.get(new)) {
                    fields(out, old, new);
                }
            }
        }
    }
}

/// Pairs blocks by what they hold: the same first, in their order, then the same elsewhere, then
/// those that have more fields the same than not, then those that have some and stand at the same
/// place or begin with the same field.
fn changes(a: &[Block<'_>], b: &[Block<'_>]) -> Vec<Change> {
    let deadline = Some(Instant::now() + Duration::from_secs(5));
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for op in capture_diff_slices_deadline(Algorithm::Myers, a, b, deadline) {
        if !matches!(op, DiffOp::Equal { .. }) {
            gone.extend(op.old_range());
            come.extend(op.new_range());
        }
    }
    let mut all = Vec::new();
    let mut left: HashMap<&Block<'_>, Vec<usize>> = HashMap::new();
    for &n in gone.iter().rev() {
        if let Some(block) = a.get(n) {
            left.entry(block).or_default().push(n);
        }
    }
    let mut moved = Vec::new();
    come.retain(|&n| {
        let from = match b.get(n) {
            Some(block) => left.get_mut(block).and_then(Vec::pop),
            None => None,
        };
        all.extend(from.map(|_| Change::Moved(n)));
        moved.extend(from);
        from.is_none()
    });
    moved.sort_unstable();
    gone.retain(|n| moved.binary_search(n).is_err());

    let mut pairs = Vec::new();
    if gone.len().saturating_mul(come.len()) <= MOST_PAIRS {
        for &old in &gone {
            for &new in &come {
                let (Some(x), Some(y)) = (a.get(old), b.get(new)) else { continue };
                let same = x.iter().filter(|field| y.contains(field)).count();
                let most = x.len().max(y.len()).max(1);
                // half of the fields; or some, and the first one, which most often says what a row is
                // about, or the place
                let only = gone.len() == 1 && come.len() == 1;
                let place = only || (old == new && a.len() == b.len());
                let known = same > 0 && (place || x.first() == y.first());
                if same * 2 >= most || known {
                    pairs.push((same * 1000 / most, old, new));
                }
            }
        }
    }
    pairs.sort_by_key(|&(same, old, new)| (usize::MAX - same, old, new));
    let (mut used_old, mut used_new) = (vec![false; a.len()], vec![false; b.len()]);
    for (_, old, new) in pairs {
        let (Some(x), Some(y)) = (used_old.get_mut(old), used_new.get_mut(new)) else { continue };
        if !*x && !*y {
            (*x, *y) = (true, true);
            all.push(Change::Changed(old, new));
        }
    }
    let is_free = |used: &[bool], n: usize| !used.get(n).copied().unwrap_or(true);
    all.extend(gone.into_iter().filter(|&n| is_free(&used_old, n)).map(Change::Removed));
    all.extend(come.into_iter().filter(|&n| is_free(&used_new, n)).map(Change::Added));
    all.sort_by_key(|c| match c {
        Change::Removed(n) => (*n, 0),
        Change::Changed(_, n) => (*n, 1),
        Change::Added(n) => (*n, 2),
        Change::Moved(n) => (*n, 3),
    });
    all
}

/// The name of a field, as its first line has it.
fn name<'a>(field: &[&'a str]) -> &'a str {
    let line = field.first().copied().unwrap_or_default();
    line.split_once(": ").map_or(line.trim_end_matches(':'), |(name, _)| name)
}

fn fields(out: &mut Vec<Line>, a: &Block<'_>, b: &Block<'_>) {
    let same = b.iter().filter(|field| a.contains(field)).flatten();
    out.extend(same.take(KNOWN_BY).map(|l| Line::new(Sign::Same, *l)));
    for old in a.iter().filter(|field| !b.contains(field)) {
        let none = Vec::new();
        let new = b.iter().find(|field| name(field) == name(old)).unwrap_or(&none);
        plain(out, old, new);
    }
    for new in b.iter().filter(|new| !a.iter().any(|old| name(old) == name(new))) {
        out.extend(new.iter().map(|l| Line::new(Sign::Added, *l)));
    }
}

/// The lines that differ; where one stands for another, with the parts that do.
fn plain(out: &mut Vec<Line>, a: &[&str], b: &[&str]) {
    let deadline = Some(Instant::now() + Duration::from_secs(5));
    for op in capture_diff_slices_deadline(Algorithm::Myers, a, b, deadline) {
        let old = a.get(op.old_range()).unwrap_or_default();
        let new = b.get(op.new_range()).unwrap_or_default();
        match op {
            DiffOp::Equal { .. } => {}
            DiffOp::Replace { .. } if old.len() == new.len() => {
                for (old, new) in old.iter().zip(new) {
                    replaced(out, old, new);
                }
            }
            _ => {
                out.extend(old.iter().map(|l| Line::new(Sign::Removed, *l)));
                out.extend(new.iter().map(|l| Line::new(Sign::Added, *l)));
            }
        }
    }
}

fn replaced(out: &mut Vec<Line>, old: &str, new: &str) {
    let words = TextDiff::configure().timeout(Duration::from_secs(1)).diff_words(old, new);
    let side = |sign: Sign, own: ChangeTag| {
        let changes = words.iter_all_changes();
        let own = changes.filter(|c| c.tag() == ChangeTag::Equal || c.tag() == own);
        let parts = own.map(|c| (c.tag() != ChangeTag::Equal, c.value().to_owned())).collect();
        Line { sign, parts }
    };
    out.push(side(Sign::Removed, ChangeTag::Delete));
    out.push(side(Sign::Added, ChangeTag::Insert));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(all: &[&[&str]]) -> String {
        let row = |fields: &&[&str]| format!("row\n  {}\n\n", fields.join("\n  "));
        let rows: String = all.iter().map(row).collect();
        format!("detection: d\n\n# rows: {}\n\n{rows}# run\n\nevents read: 3\n", all.len())
    }

    /// `=` for a title, then as in a patch.
    fn shown(old: &str, new: &str) -> Vec<String> {
        let sign = |s| match s {
            Sign::Title => '=',
            Sign::Same => ' ',
            Sign::Removed => '-',
            Sign::Added => '+',
        };
        diff(old, new).iter().map(|l| format!("{}{}", sign(l.sign), l.text())).collect()
    }

    const EVE: &[&str] = &["user: eve", "host: a", "count: 2"];
    const BOB: &[&str] = &["user: bob", "host: b", "count: 1"];

    #[test]
    fn nothing_where_they_are_the_same() {
        assert!(diff(&rows(&[EVE, BOB]), &rows(&[EVE, BOB])).is_empty());
        assert!(diff("", "").is_empty());
    }

    #[test]
    fn a_row_more_moves_no_other() {
        let added = shown(&rows(&[EVE]), &rows(&[BOB, EVE]));
        assert_eq!(
            added,
            ["=rows: 1 -> 2", "=row 1 is new", "+  user: bob", "+  host: b", "+  count: 1"]
        );
        let gone = shown(&rows(&[BOB, EVE]), &rows(&[EVE]));
        assert_eq!(
            gone,
            ["=rows: 2 -> 1", "=row 1 is gone", "-  user: bob", "-  host: b", "-  count: 1"]
        );
    }

    #[test]
    fn a_row_that_changed_shows_its_changed_field() {
        let eve = &["user: eve", "host: a", "count: 3"];
        let text = shown(&rows(&[EVE, BOB]), &rows(&[BOB, eve]));
        assert_eq!(
            text,
            [
                "=rows: 2",
                "=row 2 changed",
                "   user: eve",
                "   host: a",
                "-  count: 2",
                "+  count: 3"
            ]
        );
        let lines = diff(&rows(&[EVE]), &rows(&[eve]));
        let marked: Vec<&str> =
            lines.iter().flat_map(|l| &l.parts).filter(|(m, _)| *m).map(|(_, p)| &**p).collect();
        assert_eq!(marked, ["2", "3"]);
    }

    #[test]
    fn a_row_of_which_most_changed_is_known_by_its_first_field_or_its_place() {
        let bob: &[&str] = &["user: bob", "host: c", "count: 7"];
        let amy: &[&str] = &["user: amy", "host: d", "count: 4"];
        let text = shown(&rows(&[BOB]), &rows(&[amy, bob]));
        let titles = |text: &[String]| -> Vec<String> {
            text.iter().filter(|l| l.starts_with('=')).cloned().collect()
        };
        assert_eq!(titles(&text), ["=rows: 1 -> 2", "=row 1 is new", "=row 2 changed"]);
        // at the same place, with one field the same
        let other: &[&str] = &["user: zoe", "host: z", "count: 2"];
        let text = shown(&rows(&[EVE, BOB]), &rows(&[other, amy]));
        assert_eq!(
            titles(&text),
            ["=rows: 2", "=row 1 changed", "=row 2 is gone", "=row 2 is new"]
        );
    }

    #[test]
    fn a_row_elsewhere_moved() {
        let carl: &[&str] = &["user: carl"];
        let text = shown(&rows(&[EVE, BOB, carl]), &rows(&[BOB, carl, EVE]));
        assert_eq!(text[..2], ["=rows: 3", "=row 3 moved"]);
        assert!(text[2..].iter().all(|l| l.starts_with(' ')), "{text:?}");
    }

    #[test]
    fn members_of_a_multivalue_one_by_one() {
        let text = shown(
            &rows(&[&["user: eve", "ip:", "  - 1.1.1.1", "  - 2.2.2.2"]]),
            &rows(&[&["user: eve", "ip:", "  - 1.1.1.1", "  - 3.3.3.3"]]),
        );
        assert_eq!(
            text[2..],
            ["   user: eve", "-    - 2.2.2.2", "+    - 3.3.3.3"],
            "the one that differs"
        );
    }

    #[test]
    fn lines_beside_rows() {
        let old = "detection: a\nnow: x\n\n# run\n\nevents read: 3\n3 -> 1  search x\n";
        let new = "detection: a\nnow: y\n\n# run\n\nevents read: 4\n3 -> 1  search x\nwarning: w\n";
        assert_eq!(
            shown(old, new),
            [
                "=what was run",
                "-now: x",
                "+now: y",
                "=run",
                "-events read: 3",
                "+events read: 4",
                "+warning: w"
            ]
        );
    }

    #[test]
    fn any_text_is_taken() {
        let odd =
            ["", "row", "# \n", "  x\n    y\nrow\n    z\n  a", "---\n# rows\nrow\nrow\n", "\r\n\r"];
        for a in odd {
            for b in odd {
                let _ = diff(a, b);
            }
        }
        // many rows, none the same
        let many = |k: usize| {
            let rows: Vec<String> =
                (0..3000).map(|n| format!("row\n  a: {}\n", n * 2 + k)).collect();
            rows.concat()
        };
        assert_eq!(diff(&many(0), &many(1)).len(), 1 + 2 * 2 * 3000);
    }
}
