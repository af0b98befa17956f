//! Where each part of a scalar's text stands in the file.
//!
//! A YAML scalar is not its bytes: block scalars lose their indentation, folded and quoted ones
//! join lines, `''` is one quote. To show an error of a search in the file, the scalar is read a
//! second time here, noting each place where text and file stop running in step. Source: YAML
//! 1.2.2, chapters 7.3 (flow scalars) and 8.1 (block scalars).

use super::{Kind, Node};

/// Maps offsets in a scalar's text to offsets in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextMap {
    /// `(offset in the text, offset in the file)`, rising; between two entries both run in step.
    segments: Vec<(usize, usize)>,
}

impl TextMap {
    /// The map of a text node of `file_text`. Where the node is not read the same way here as by
    /// the YAML parser, everything maps to the node's beginning.
    pub fn of(node: &Node, file_text: &str) -> TextMap {
        let Kind::Text(value) = &node.kind else { return TextMap::default() };
        let end = node.offset.saturating_add(node.len).min(file_text.len());
        // A block scalar's node begins at its content, which may look like anything: both are
        // tried, and what does not give the node's text is dropped.
        let as_block = header(file_text, node.offset).and_then(|at| block(file_text, at));
        let decoded = as_block
            .filter(|d| d.text == *value)
            .or_else(|| decode_flow(file_text, node.offset, end).filter(|d| d.text == *value));
        let segments = match decoded {
            Some(d) => d.segments,
            None => vec![(0, node.offset)],
        };
        TextMap { segments }
    }

    /// The file offset of a text offset.
    pub fn locate(&self, text_offset: usize) -> usize {
        let after = self.segments.partition_point(|&(t, _)| t <= text_offset);
        match after.checked_sub(1).and_then(|i| self.segments.get(i)) {
            Some(&(t, f)) => f.saturating_add(text_offset - t),
            None => 0,
        }
    }

    /// `(offset in the text, offset in the file)` at each place from which both run in step.
    pub fn segments(&self) -> &[(usize, usize)] {
        &self.segments
    }

    /// For each line of `text`, the file offset where that line's content begins.
    pub fn lines(&self, text: &str) -> Vec<usize> {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1));
        starts.map(|start| self.locate(start)).collect()
    }
}

#[derive(Default)]
struct Decoded {
    text: String,
    segments: Vec<(usize, usize)>,
}

impl Decoded {
    fn mark(&mut self, file: usize) {
        let at = self.text.len();
        match self.segments.last_mut() {
            Some(last) if last.0 == at => last.1 = file,
            _ => self.segments.push((at, file)),
        }
    }

    fn push(&mut self, text: &str, file: usize) {
        self.mark(file);
        self.text.push_str(text);
    }
}

fn decode_flow(file: &str, start: usize, end: usize) -> Option<Decoded> {
    let raw = file.get(start..end)?;
    match raw.as_bytes().first()? {
        b'\'' => flow(raw.get(1..raw.len().checked_sub(1)?)?, start + 1, Quote::Single),
        b'"' => flow(raw.get(1..raw.len().checked_sub(1)?)?, start + 1, Quote::Double),
        _ => flow(raw.trim_end(), start, Quote::None),
    }
}

/// The offset of the `|` or `>` whose block scalar's content begins at `content`: it ends the
/// last line before that is not empty, but for chomping, indentation and a comment.
fn header(file: &str, content: usize) -> Option<usize> {
    if file.as_bytes().get(content).is_some_and(|b| matches!(b, b'|' | b'>')) {
        // an empty block scalar's node begins at its indicator
        return Some(content);
    }
    let before = file.get(..content)?.trim_end();
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = before.get(start..)?;
    let line = line.split(" #").next()?.trim_end();
    let line = line.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
    line.ends_with(['|', '>']).then(|| start + line.len() - 1)
}

/// Lines with their offset, without their line ends.
fn lines(text: &str, base: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = base;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.strip_suffix('\n').map_or(line, |l| l.strip_suffix('\r').unwrap_or(l)))
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Quote {
    None,
    Single,
    Double,
}

const BLANK: [char; 2] = [' ', '\t'];

/// Plain and quoted scalars: line ends fold to a space, empty lines to a line end.
fn flow(raw: &str, base: usize, quote: Quote) -> Option<Decoded> {
    let mut out = Decoded::default();
    let all: Vec<(usize, &str)> = lines(raw, base).collect();
    if raw.is_empty() {
        out.mark(base);
    }
    let mut breaks = 0usize; // line ends since the last content
    let mut joined = true; // the last line ended in an escaped line end, or there is none
    for (i, &(at, line)) in all.iter().enumerate() {
        let (first, last) = (i == 0, i + 1 == all.len() && !raw.ends_with('\n'));
        let mut body = line;
        if !first {
            body = body.trim_start_matches(BLANK);
        }
        let at = at + (line.len() - body.len());
        let escaped = quote == Quote::Double && !last && ends_escaped(body);
        if escaped {
            body = body.strip_suffix('\\')?;
        } else if !last {
            body = trim_end_folded(body, quote);
        }
        if body.is_empty() && !first && !last && !escaped {
            breaks += 1;
            continue;
        }
        if !first {
            match (joined, breaks) {
                (true, 0) => {}
                (false, 0) => out.push(" ", at),
                (_, n) => out.push(&"\n".repeat(n), at),
            }
        }
        breaks = 0;
        joined = escaped;
        match quote {
            Quote::None => out.push(body, at),
            Quote::Single => single(body, at, &mut out),
            Quote::Double => double(body, at, &mut out)?,
        }
    }
    // the closing quote stands alone on the last line
    if raw.ends_with('\n') {
        match (joined, breaks) {
            (true, 0) => {}
            (false, 0) => out.push(" ", base + raw.len()),
            (_, n) => out.push(&"\n".repeat(n), base + raw.len()),
        }
    }
    Some(out)
}

/// Whether a line ends in an odd number of backslashes.
fn ends_escaped(line: &str) -> bool {
    line.bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 1
}

/// Blanks before a line end go, but not the one that a backslash escapes.
fn trim_end_folded(body: &str, quote: Quote) -> &str {
    let short = body.trim_end_matches(BLANK);
    if quote == Quote::Double && ends_escaped(short) && short.len() < body.len() {
        return body.get(..short.len() + 1).unwrap_or(body);
    }
    short
}

fn single(body: &str, at: usize, out: &mut Decoded) {
    let mut from = 0;
    for (i, _) in body.match_indices("''") {
        // `match_indices` does not overlap: each hit is one escaped quote
        out.push(&body[from..=i], at + from);
        from = i + 2;
    }
    out.push(&body[from..], at + from);
}

fn double(body: &str, at: usize, out: &mut Decoded) -> Option<()> {
    let mut from = 0;
    while let Some(i) = body[from..].find('\\').map(|i| from + i) {
        out.push(&body[from..i], at + from);
        let code = body.get(i + 1..)?.chars().next()?;
        let digits = match code {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let mut next = i + 1 + code.len_utf8();
        let decoded = match code {
            '0' => '\0',
            'a' => '\x07',
            'b' => '\x08',
            't' | '\t' => '\t',
            'n' => '\n',
            'v' => '\x0b',
            'f' => '\x0c',
            'r' => '\r',
            'e' => '\x1b',
            ' ' | '"' | '/' | '\\' => code,
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            'x' | 'u' | 'U' => {
                let hex = body.get(next..next + digits)?;
                next += digits;
                char::from_u32(u32::from_str_radix(hex, 16).ok()?)?
            }
            _ => return None,
        };
        out.push(decoded.encode_utf8(&mut [0; 4]), at + i);
        from = next;
    }
    out.push(&body[from..], at + from);
    Some(())
}

/// Literal (`|`) and folded (`>`) block scalars, from the indicator to the first line that is
/// indented less.
fn block(file: &str, start: usize) -> Option<Decoded> {
    let folded = file.as_bytes().get(start) == Some(&b'>');
    let rest = file.get(start..)?;
    let mut all = lines(rest, start);
    let (_, header) = all.next()?;
    let flags = header.get(1..)?.split('#').next()?.trim();
    let keep = flags.contains('+');
    let strip = flags.contains('-');
    let explicit = flags.chars().find_map(|c| c.to_digit(10)).and_then(|d| usize::try_from(d).ok());

    let mut out = Decoded::default();
    let mut indent = explicit.map(|n| n + parent_indent(file, start));
    let mut pending: Vec<usize> = Vec::new(); // empty lines
    let mut open: Option<(usize, bool)> = None; // the last line's end, and whether it was indented
    for (at, line) in all {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let width = *match &mut indent {
            Some(width) => width,
            None if spaces == line.len() => {
                pending.push(at);
                continue;
            }
            unset => unset.insert(spaces),
        };
        if spaces < width {
            if spaces == line.len() {
                pending.push(at);
                continue;
            }
            break;
        }
        let body = line.get(width..)?;
        if body.is_empty() {
            pending.push(at + width);
            continue;
        }
        if width == 0 && (body == "---" || body == "...") {
            break;
        }
        let deeper = body.starts_with(BLANK);
        if let Some((line_end, was_deeper)) = open {
            if folded && !was_deeper && !deeper {
                if pending.is_empty() {
                    out.push(" ", line_end);
                }
            } else {
                out.push("\n", line_end);
            }
        }
        for line_end in pending.drain(..) {
            out.push("\n", line_end);
        }
        out.push(body, at + width);
        open = Some((at + line.len(), deeper));
    }
    if let Some((line_end, _)) = open.filter(|_| !strip) {
        out.push("\n", line_end);
    }
    if keep {
        for line_end in pending {
            out.push("\n", line_end);
        }
    }
    if let Some((line_end, _)) = open.filter(|_| !strip && !keep) {
        // the end of the text is shown at the last line, not at what follows in the file
        out.mark(line_end);
    }
    Some(out)
}

/// The indentation of the line that `offset` stands in; a `- ` counts as indentation.
fn parent_indent(file: &str, offset: usize) -> usize {
    let line = file.get(..offset).unwrap_or("").rsplit('\n').next().unwrap_or("");
    line.len() - line.trim_start_matches([' ', '-']).len()
}
