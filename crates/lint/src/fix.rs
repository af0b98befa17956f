//! Repairs, written into the file with everything else as it is.

use crate::{Finding, Subject};
use sepal_content::Detection;
use std::ops::Range;

/// A file with its repairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The file's new text.
    pub text: String,
    /// How many findings it repairs.
    pub count: usize,
}

/// The file's text with what `findings` repair; none where there is nothing to repair, or where the
/// YAML cannot be written so that it reads back as the repaired search. Of repairs that overlap the
/// first counts; the next run finds the others.
pub fn fix(subject: &Subject, findings: &[Finding]) -> Option<Fixed> {
    let mut edits: Vec<(Range<usize>, &str)> = Vec::new();
    let mut count = 0;
    for finding in findings.iter().filter(|f| !f.fix.is_empty()) {
        let free =
            |r: &Range<usize>| edits.iter().all(|(e, _)| r.end <= e.start || e.end <= r.start);
        if finding.fix.iter().all(|(r, _)| free(r)) {
            count += 1;
            edits.extend(finding.fix.iter().map(|(r, t)| (r.clone(), t.as_str())));
        }
    }
    edits.sort_by_key(|(r, _)| r.start);
    let search = apply(subject.search(), &edits)?;
    if count == 0 || search == subject.search() {
        return None;
    }
    let Some(d) = subject.detection() else { return Some(Fixed { text: search, count }) };
    // in the file a text may need the escapes of its scalar: each way is tried, and what does not
    // read back as the repaired search is not written
    let escapes: [fn(&str) -> String; 3] = [
        str::to_owned,
        |t| t.replace('\'', "''"),
        |t| t.replace('\\', "\\\\").replace('"', "\\\""),
    ];
    for escape in escapes {
        let placed: Vec<(Range<usize>, String)> =
            edits.iter().map(|(r, t)| (place(d, r), escape(t))).collect();
        let borrowed: Vec<(Range<usize>, &str)> =
            placed.iter().map(|(r, t)| (r.clone(), t.as_str())).collect();
        let text = apply(subject.file_text(), &borrowed);
        let same = |t: &String| Detection::load(&d.file, t).is_ok_and(|d| d.search == search);
        if let Some(text) = text.filter(same) {
            return Some(Fixed { text, count });
        }
    }
    None
}

fn place(d: &Detection, range: &Range<usize>) -> Range<usize> {
    let start = d.search_map().locate(range.start);
    let end = match range.is_empty() {
        true => start,
        false => d.search_map().locate(range.end - 1) + 1,
    };
    start..end.max(start)
}

fn apply(text: &str, edits: &[(Range<usize>, &str)]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for (range, new) in edits {
        out.push_str(text.get(at..range.start)?);
        out.push_str(new);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
