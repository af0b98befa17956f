//! The header of a table in a text, and the cells of its lines.

use sepal_data::FieldName;

/// Where the header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The first line that looks like one.
    Found,
    /// The line of this number, from 1; empty lines do not count.
    Line(usize),
    /// Nowhere.
    NoHeader,
}

/// The words of a line with where they stand, in characters.
fn words(line: &str) -> Vec<(usize, usize, &str)> {
    let mut out = Vec::new();
    let mut begin: Option<(usize, usize)> = None;
    let mut end = 0;
    for (column, (at, c)) in line.char_indices().enumerate() {
        match (c.is_whitespace(), begin) {
            (true, Some((from, byte))) => {
                out.push((from, column, &line[byte..at]));
                begin = None;
            }
            (false, None) => begin = Some((column, at)),
            _ => {}
        }
        end = column + 1;
    }
    if let Some((from, byte)) = begin {
        out.push((from, end, &line[byte..]));
    }
    out
}

/// The cells between the commas of a line that are outside of quotes; quotes stay.
fn comma_cells(line: &str) -> Vec<&str> {
    let (mut out, mut from, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                out.push(line[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    out.push(line[from..].trim());
    out
}

/// The names that a line would give as a header, and whether commas part them.
fn names(line: &str) -> (Vec<&str>, bool) {
    let cells = comma_cells(line);
    let words: Vec<&str> = line.split_whitespace().collect();
    if cells.len() > 1 && cells.len() >= words.len() { (cells, true) } else { (words, false) }
}

/// Whether a line looks like a header: two or more names that hold a letter, and no digit.
pub fn is_header(line: &str) -> bool {
    let (names, _) = names(line);
    let text =
        |w: &&str| w.contains(char::is_alphabetic) && !w.contains(|c: char| c.is_ascii_digit());
    names.len() > 1 && names.iter().all(text)
}

/// The same where every name also begins with a capital letter.
pub fn is_capitalized(line: &str) -> bool {
    let capital = |w: &&str| w.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    is_header(line) && names(line).0.iter().all(capital)
}

/// The columns of a table.
pub struct Header {
    /// Name, first and last character.
    columns: Vec<(FieldName, usize, usize)>,
    /// Whether commas part the cells.
    commas: bool,
}

/// The name with `_` for what is no letter or digit, none at its start: ESCU reads `"c_ip"` with
/// its quotes as `c_ip_`.
fn cleaned(name: &str, column: usize) -> FieldName {
    let one = |c: char| if c.is_alphanumeric() { c } else { '_' };
    let all: String = name.chars().map(one).collect();
    match all.trim_start_matches('_') {
        "" => format!("Column_{column}").into(),
        name => name.into(),
    }
}

impl Header {
    /// The names that a line gives.
    pub fn read(line: &str) -> Header {
        let (cells, commas) = names(line);
        let columns = if commas {
            let all = cells.into_iter().enumerate();
            all.map(|(i, name)| (cleaned(name, i + 1), 0, 0)).collect()
        } else {
            let all = words(line).into_iter().enumerate();
            all.map(|(i, (from, to, w))| (cleaned(w, i + 1), from, to)).collect()
        };
        Header { columns, commas }
    }

    /// `Column_1` and so on, as many as the line has words.
    pub fn numbered(line: &str) -> Header {
        let mut header = Header::read(line);
        for (i, (name, ..)) in header.columns.iter_mut().enumerate() {
            *name = format!("Column_{}", i + 1).into();
        }
        header
    }

    /// The cells of a line.
    pub fn cells<'t>(&self, line: &'t str) -> Vec<(FieldName, &'t str)> {
        let names = self.columns.iter().map(|(n, ..)| n.clone());
        if self.commas {
            let filled = names.zip(comma_cells(line)).filter(|(_, cell)| !cell.is_empty());
            return filled.collect();
        }
        let words = words(line);
        if words.len() == self.columns.len() {
            return names.zip(words.into_iter().map(|(_, _, w)| w)).collect();
        }
        // by where the words stand; several under one name are one cell
        let mut cells: Vec<Option<(usize, usize)>> = vec![None; self.columns.len()];
        let mut at = 0;
        for (from, to, word) in words {
            while at + 1 < self.columns.len()
                && distance(&self.columns[at + 1], from, to) < distance(&self.columns[at], from, to)
            {
                at += 1;
            }
            let Some(cell) = cells.get_mut(at) else { continue };
            let byte = word.as_ptr() as usize - line.as_ptr() as usize;
            let end = byte + word.len();
            *cell = Some((cell.map_or(byte, |(begin, _)| begin), end));
        }
        let filled = names.zip(cells).filter_map(|(n, cell)| cell.map(|c| (n, c)));
        filled.map(|(n, (from, to))| (n, &line[from..to])).collect()
    }
}

/// How far apart a column's name and a word are: 0 where one is under the other.
fn distance(column: &(FieldName, usize, usize), from: usize, to: usize) -> usize {
    let (_, begin, end) = *column;
    from.saturating_sub(end.saturating_sub(1)).max((begin + 1).saturating_sub(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_line_panics(head in "[aB é]{0,20}", line in "[aB1, \"é]{0,30}") {
            Header::read(&head).cells(&line);
            Header::numbered(&head).cells(&line);
            is_capitalized(&line);
        }
    }
}
