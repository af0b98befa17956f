//! A table read from CSV, held by columns.

use csv::ByteRecord;
use flate2::read::MultiGzDecoder;
use sepal_data::{Batch, Col, FieldName, Value};
use std::io::{self, BufRead, BufReader, Read};
use thiserror::Error;

/// The longest header line that is read.
const MAX_HEADER: u64 = 1 << 20;
/// The largest table: cells are counted in 32 bits.
const MAX_TABLE: u64 = u32::MAX as u64 - 1;

/// Why a table cannot be read.
#[derive(Debug, Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is not CSV.
    #[error("not a CSV table: {0}")]
    Csv(String),
    /// Splunk takes only UTF-8, too.
    #[error("line {0} is not UTF-8 text")]
    Encoding(usize),
    /// The first line names no column.
    #[error("the first line names no column")]
    NoHeader,
    /// More than fits.
    #[error("the table is larger than 4 GiB")]
    TooLarge,
}

/// The cells of one column, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Column {
    text: String,
    ends: Vec<u32>,
}

impl Column {
    /// The cell of a row; empty past the end.
    pub fn get(&self, row: u32) -> &str {
        let row = row as usize;
        let Some(&end) = self.ends.get(row) else { return "" };
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    /// How many cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no cell.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The same with letter case taken away.
    pub fn folded(mut self) -> Column {
        if self.text.is_ascii() {
            self.text.make_ascii_lowercase();
            return self;
        }
        let mut out = Column::default();
        for row in 0..self.ends.len() {
            let cell = self.get(u32::try_from(row).unwrap_or(u32::MAX));
            out.text.extend(cell.chars().map(sepal_data::wildcard::fold));
            // a folded letter may take a byte more; what does not fit is cut off at the end
            out.ends.push(u32::try_from(out.text.len()).unwrap_or(u32::MAX));
        }
        out
    }
}

/// A column with, where the file has them, its multivalues.
#[derive(Clone, Debug, Default)]
struct Cells {
    plain: Column,
    /// `__mv_NAME`: `$a$;$b$`, empty where the cell has one value.
    multi: Option<Column>,
}

/// A table, or those columns of it that are wanted.
#[derive(Clone, Debug, Default)]
pub struct Table {
    names: Vec<FieldName>,
    cells: Vec<Cells>,
    rows: u32,
    long_rows: bool,
}

/// How Splunk names the column with the multivalues of another.
const MULTI: &str = "__mv_";

impl Table {
    /// The column names of a CSV file, gzip or not.
    ///
    /// # Errors
    /// See [`TableError`].
    pub fn header(reader: Box<dyn Read + Send>) -> Result<Vec<FieldName>, TableError> {
        let mut csv = csv_reader(unpacked(reader)?.take(MAX_HEADER));
        let mut record = ByteRecord::new();
        csv.read_byte_record(&mut record).map_err(csv_error)?;
        let names = names(&record)?;
        let shown: Vec<FieldName> = names
            .iter()
            .enumerate()
            .filter(|(i, n)| is_column(&names, *i, n))
            .map(|(_, n)| n.clone())
            .collect();
        if shown.is_empty() { Err(TableError::NoHeader) } else { Ok(shown) }
    }

    /// Reads the columns whose names `wanted` takes from a CSV file, gzip or not. Blank lines are
    /// no rows; missing cells at the end of a row are empty.
    ///
    /// # Errors
    /// See [`TableError`].
    pub fn read(
        reader: Box<dyn Read + Send>,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Table, TableError> {
        let mut bytes = Vec::new();
        unpacked(reader)?.take(MAX_TABLE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_TABLE {
            return Err(TableError::TooLarge);
        }
        if let Err(e) = std::str::from_utf8(&bytes) {
            let before = &bytes[..e.valid_up_to()];
            return Err(TableError::Encoding(memchr::memchr_iter(b'\n', before).count() + 1));
        }
        let mut csv = csv_reader(bytes.as_slice());
        let mut record = ByteRecord::new();
        csv.read_byte_record(&mut record).map_err(csv_error)?;
        let all = names(&record)?;
        let mut picked: Vec<(usize, Building)> = Vec::new();
        let mut shown = Vec::new();
        for (i, name) in all.iter().enumerate() {
            if is_column(&all, i, name) && wanted(name) {
                let multi = all.iter().position(|n| n.strip_prefix(MULTI) == Some(name));
                shown.push((name.clone(), picked.len(), multi.is_some()));
                picked.push((i, Building::default()));
                picked.extend(multi.map(|m| (m, Building::default())));
            }
        }
        let mut rows: u32 = 0;
        let mut long_rows = false;
        while csv.read_byte_record(&mut record).map_err(csv_error)? {
            long_rows |= record.len() > all.len();
            for (i, building) in &mut picked {
                building.push(record.get(*i).unwrap_or(b""));
            }
            rows = rows.checked_add(1).ok_or(TableError::TooLarge)?;
        }
        let mut columns = picked.into_iter().map(|(_, b)| b.done());
        let mut table = Table { rows, long_rows, ..Table::default() };
        for (name, _, multi) in shown {
            let plain = columns.next().transpose()?.unwrap_or_default();
            let multi = if multi { columns.next().transpose()? } else { None };
            table.names.push(name);
            table.cells.push(Cells { plain, multi });
        }
        Ok(table)
    }

    /// How many rows.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// The columns that were read, in the file's order.
    pub fn names(&self) -> &[FieldName] {
        &self.names
    }

    /// The place of a column among those that were read.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// The cells of a column, multivalues as text.
    pub fn column(&self, place: usize) -> Option<&Column> {
        self.cells.get(place).map(|c| &c.plain)
    }

    /// `n` rows from `from` on.
    pub fn batch(&self, from: u32, n: u32) -> Batch {
        let mut batch = Batch::with_len(n as usize);
        for (place, name) in self.names.iter().enumerate() {
            let values = (from..from.saturating_add(n)).map(|r| self.value(place, r)).collect();
            batch.set(name.clone(), Col::Values(values));
        }
        batch
    }

    /// The value in a cell; null where it is empty.
    pub fn value(&self, place: usize, row: u32) -> Value {
        let Some(cells) = self.cells.get(place) else { return Value::Null };
        if let Some(multi) = &cells.multi {
            let coded = multi.get(row);
            if !coded.is_empty() {
                return mv_value(coded);
            }
        }
        match cells.plain.get(row) {
            "" => Value::Null,
            text => Value::text_of(text),
        }
    }

    /// Whether some row has more cells than the header.
    pub fn has_long_rows(&self) -> bool {
        self.long_rows
    }
}

#[derive(Default)]
struct Building {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Building {
    fn push(&mut self, cell: &[u8]) {
        self.bytes.extend_from_slice(cell);
        // all cells together are shorter than the file, whose length was checked
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    fn done(self) -> Result<Column, TableError> {
        let text = String::from_utf8(self.bytes).map_err(|_| TableError::Encoding(1))?;
        Ok(Column { text, ends: self.ends })
    }
}

/// The reader, through gzip where the data begins as gzip does.
fn unpacked(reader: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    if reader.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(MultiGzDecoder::new(reader)));
    }
    Ok(Box::new(reader))
}

fn csv_reader<R: Read>(reader: R) -> csv::Reader<R> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).buffer_capacity(1 << 16).from_reader(reader)
}

fn csv_error(e: csv::Error) -> TableError {
    match e.into_kind() {
        csv::ErrorKind::Io(e) => TableError::Io(e),
        other => TableError::Csv(format!("{other:?}")),
    }
}

fn names(record: &ByteRecord) -> Result<Vec<FieldName>, TableError> {
    let mut out = Vec::new();
    for cell in record {
        let text = std::str::from_utf8(cell).map_err(|_| TableError::Encoding(1))?;
        out.push(FieldName::new(text.trim_start_matches('\u{feff}').trim()));
    }
    Ok(out)
}

/// Whether the name at `i` is a column of its own: not empty, not there before, not the
/// multivalues of another.
fn is_column(names: &[FieldName], i: usize, name: &str) -> bool {
    let of_another = name.strip_prefix(MULTI).is_some_and(|plain| names.iter().any(|n| n == plain));
    !name.is_empty() && !of_another && names.iter().position(|n| n == name) == Some(i)
}

/// The members of a multivalue, as Splunk writes them into CSV: `$a$;$b$`, `$$` for a dollar.
pub fn mv_cell(members: &[Value]) -> String {
    let one = |m: &Value| format!("${}$", m.text().replace('$', "$$"));
    members.iter().map(one).collect::<Vec<_>>().join(";")
}

fn mv_value(coded: &str) -> Value {
    let mut members = Vec::new();
    let mut current: Option<String> = None;
    let mut chars = coded.chars().peekable();
    while let Some(c) = chars.next() {
        match (&mut current, c) {
            (None, '$') => current = Some(String::new()),
            (None, _) => {}
            (Some(text), '$') if chars.peek() == Some(&'$') => {
                chars.next();
                text.push('$');
            }
            (Some(_), '$') => members.extend(current.take().map(Value::from)),
            (Some(text), c) => text.push(c),
        }
    }
    members.extend(current.map(Value::from));
    Value::from_members(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(text: &[u8], wanted: &[&str]) -> Result<Table, TableError> {
        let reader = Box::new(io::Cursor::new(text.to_vec()));
        Table::read(reader, &|n| wanted.is_empty() || wanted.contains(&n))
    }

    #[test]
    fn a_table_with_all_that_csv_knows() {
        let text = "\u{feff}a,b,c\r\n1,\"x, \"\"y\"\"\nz\",3\n\n4\n5,6,7,8\n".as_bytes();
        let t = read(text, &[]).unwrap();
        assert_eq!((t.rows(), t.has_long_rows()), (3, true));
        assert_eq!(t.names(), ["a", "b", "c"]);
        assert_eq!(t.value(1, 0).text(), "x, \"y\"\nz");
        assert!(t.value(1, 1).is_null() && t.value(9, 0).is_null() && t.value(0, 9).is_null());
        let only = read(text, &["c"]).unwrap();
        assert_eq!((only.names().len(), only.value(0, 2).text().as_ref()), (1, "7"));
    }

    #[test]
    fn gzip_is_seen_from_the_data() {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(b"a\n1\n").unwrap();
        let t = read(&gz.finish().unwrap(), &[]).unwrap();
        assert_eq!(t.value(0, 0).text(), "1");
    }

    #[test]
    fn multivalues_come_back() {
        let members = [Value::from("a$b"), "c;d".into(), "".into()];
        let coded = mv_cell(&members);
        assert_eq!(coded, "$a$$b$;$c;d$;$$");
        let t = read(format!("x,__mv_x\n\"a\",{coded}\nplain,\n").as_bytes(), &[]).unwrap();
        assert_eq!(t.names(), ["x"]);
        assert_eq!(t.value(0, 0).members()[..2], members[..2]);
        assert_eq!(t.value(0, 1), "plain".into());
    }

    #[test]
    fn what_is_no_table() {
        assert!(matches!(read(b"a\n\xff\n", &[]), Err(TableError::Encoding(2))));
        let header = |t: &str| Table::header(Box::new(io::Cursor::new(t.as_bytes().to_vec())));
        assert!(matches!(header(""), Err(TableError::NoHeader)));
        assert!(matches!(header(",,\n1,2,3\n"), Err(TableError::NoHeader)));
        assert_eq!(header(" a ,a,b\n").unwrap(), ["a", "b"]);
    }

    #[test]
    fn folding_keeps_the_cells_apart() {
        let t = read("a\nÄB\nSTRASSE\n".as_bytes(), &[]).unwrap();
        let c = t.column(0).unwrap().clone().folded();
        assert_eq!((c.get(0), c.get(1), c.get(2)), ("äb", "strasse", ""));
    }
}
