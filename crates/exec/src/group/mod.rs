//! The group table: BY values to dense group numbers.

mod interner;

pub(crate) use interner::{Interner, spread};

use crate::run_cx::{RunCx, RunError};
use sepal_data::{Batch, Col, FieldName, Value};

/// The groups that one row can fall into where BY fields have several values: the product of the
/// numbers of their values is cut here, with a notice.
pub const MAX_GROUPS_PER_ROW: usize = 10_000;

/// The notice of a row that fell into more than [`MAX_GROUPS_PER_ROW`] groups.
pub const TOO_MANY_GROUPS_PER_ROW: &str = "SPL3021";

/// How rows are told apart.
#[derive(Clone, Copy, Debug, Default)]
pub struct GroupOptions {
    /// `dedup_splitvals=true`: a value that a multivalue BY field repeats counts once.
    pub dedup_splitvals: bool,
    /// Keeps rows in which a BY field is null, as a group of its own: for a `fillnull` that is
    /// settled at the end. Else such rows are left out.
    pub keep_null: bool,
}

/// The groups of a batch's rows: row `rows[i]` is in group `groups[i]`.
#[derive(Clone, Debug, Default)]
pub struct Assigned {
    /// Group numbers.
    pub groups: Vec<u32>,
    /// Row numbers, ascending; a row stands once for each group that it is in.
    pub rows: Vec<u32>,
}

/// The groups of a BY clause, numbered in the order in which they came.
///
/// A key is the texts of the BY values: numbers group by the text that Splunk shows, so that `1`
/// and `1.0` from events are two groups. Null is a value of its own, other than "".
#[derive(Clone, Default)]
pub struct GroupTable {
    keys: Interner,
    scratch: Vec<u8>,
}

/// A BY column, looked up once a batch.
enum By<'a> {
    /// The same in every row, encoded.
    Const(Vec<u8>),
    Values(&'a [Value]),
}

impl GroupTable {
    /// No groups.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Finds the groups of all rows of a batch and writes them over `out`.
    ///
    /// Without BY fields every row is in group 0. A row with several values in BY fields is in a
    /// group for each combination of them, as often as they repeat. Source: Splunk Search
    /// Reference, stats (BY clause, `dedup_splitvals`).
    ///
    /// Errors: more than 4 billion groups.
    pub fn assign(
        &mut self,
        batch: &Batch,
        by: &[FieldName],
        options: GroupOptions,
        cx: &RunCx,
        out: &mut Assigned,
    ) -> Result<(), RunError> {
        out.groups.clear();
        out.rows.clear();
        let rows = batch.len as u32;
        let mut columns = Vec::with_capacity(by.len());
        let mut constant = true;
        for name in by {
            let column = match batch.col(name) {
                None if options.keep_null => By::Const(vec![0]),
                None | Some(Col::Const(Value::Null)) if !options.keep_null => return Ok(()),
                Some(Col::Values(vs)) => By::Values(vs),
                Some(Col::Const(v @ Value::Mv(_))) => {
                    return self.assign_split_constant(batch, by, name, v, options, cx, out);
                }
                Some(Col::Const(v)) => {
                    let mut key = Vec::new();
                    push(&mut key, v);
                    By::Const(key)
                }
                None => return Ok(()),
            };
            constant &= matches!(column, By::Const(_));
            columns.push(column);
        }
        if constant {
            if rows > 0 {
                self.scratch.clear();
                for c in &columns {
                    if let By::Const(key) = c {
                        self.scratch.extend_from_slice(key);
                    }
                }
                let group = self.keys.intern(&self.scratch)?;
                out.groups.resize(batch.len, group);
                out.rows.extend(0..rows);
            }
            return Ok(());
        }
        out.groups.reserve(batch.len);
        out.rows.reserve(batch.len);
        'rows: for row in 0..rows {
            self.scratch.clear();
            for column in &columns {
                match column {
                    By::Const(key) => self.scratch.extend_from_slice(key),
                    By::Values(values) => match values.get(row as usize) {
                        Some(Value::Text(s)) => push_text(&mut self.scratch, s),
                        Some(Value::Mv(_)) => {
                            self.assign_split(&columns, row, options, cx, out)?;
                            continue 'rows;
                        }
                        Some(v @ Value::Num(_)) => push(&mut self.scratch, v),
                        _ if options.keep_null => self.scratch.push(0),
                        _ => continue 'rows,
                    },
                }
            }
            out.groups.push(self.keys.intern(&self.scratch)?);
            out.rows.push(row);
        }
        Ok(())
    }

    /// A row with several values in a BY field.
    fn assign_split(
        &mut self,
        columns: &[By<'_>],
        row: u32,
        options: GroupOptions,
        cx: &RunCx,
        out: &mut Assigned,
    ) -> Result<(), RunError> {
        let mut choices: Vec<Vec<Vec<u8>>> = Vec::with_capacity(columns.len());
        for column in columns {
            let keys = match column {
                By::Const(key) => vec![key.clone()],
                By::Values(values) => match values.get(row as usize).unwrap_or(&Value::Null) {
                    Value::Null if options.keep_null => vec![vec![0]],
                    Value::Null => return Ok(()),
                    value => {
                        let mut keys: Vec<Vec<u8>> = Vec::with_capacity(value.members().len());
                        for m in value.members() {
                            let mut key = Vec::new();
                            push(&mut key, m);
                            keys.push(key);
                        }
                        if options.dedup_splitvals {
                            let mut seen = std::collections::HashSet::new();
                            keys.retain(|k| seen.insert(k.clone()));
                        }
                        keys
                    }
                },
            };
            choices.push(keys);
        }
        let all = choices.iter().fold(1usize, |n, c| n.saturating_mul(c.len()));
        if all > MAX_GROUPS_PER_ROW {
            cx.notice(
                TOO_MANY_GROUPS_PER_ROW,
                format!(
                    "a row has more than {MAX_GROUPS_PER_ROW} combinations of BY values; the rest \
                     is left out"
                ),
                true,
            );
        }
        for n in 0..all.min(MAX_GROUPS_PER_ROW) {
            // the last field turns fastest
            let mut at = n;
            let mut picks = vec![0; choices.len()];
            for (pick, keys) in picks.iter_mut().zip(&choices).rev() {
                *pick = at % keys.len();
                at /= keys.len();
            }
            self.scratch.clear();
            for (pick, keys) in picks.iter().zip(&choices) {
                self.scratch.extend_from_slice(&keys[*pick]);
            }
            out.groups.push(self.keys.intern(&self.scratch)?);
            out.rows.push(row);
        }
        Ok(())
    }

    /// A constant multivalue column is rare enough to be laid out by row.
    #[expect(clippy::too_many_arguments, reason = "passes on what assign was given")]
    fn assign_split_constant(
        &mut self,
        batch: &Batch,
        by: &[FieldName],
        name: &FieldName,
        value: &Value,
        options: GroupOptions,
        cx: &RunCx,
        out: &mut Assigned,
    ) -> Result<(), RunError> {
        let mut laid_out = Batch::with_len(batch.len);
        for n in by {
            if let Some(col) = batch.col(n) {
                laid_out.set(n.clone(), col.clone());
            }
        }
        laid_out.set(name.clone(), Col::Values(vec![value.clone(); batch.len]));
        self.assign(&laid_out, by, options, cx, out)
    }

    /// The group of a key that another table wrote; a new one if it was not there.
    ///
    /// Errors: more than 4 billion groups.
    pub fn assign_key(&mut self, key: &[u8]) -> Result<u32, RunError> {
        self.keys.intern(key)
    }

    /// The key of a group, for payloads: empty for the one group without BY.
    pub fn key_bytes(&self, group: u32) -> &[u8] {
        self.keys.get(group)
    }

    /// The BY values of a group, in the order of the fields.
    pub fn key(&self, group: u32) -> impl Iterator<Item = Value> + '_ {
        Key(self.keys.get(group))
    }

    /// The hash of a group's key, the same in every run: groups are partitioned by it.
    pub fn hash(&self, group: u32) -> u32 {
        self.keys.hash_of(group)
    }

    /// An estimate of the bytes held.
    pub fn bytes(&self) -> usize {
        self.keys.heap_bytes()
    }
}

/// Appends a BY value: its length plus one, then its text; a zero for null.
fn push(key: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => key.push(0),
        Value::Text(s) => push_text(key, s),
        other => push_text(key, &other.text()),
    }
}

#[inline]
fn push_text(key: &mut Vec<u8>, text: &str) {
    let mut n = text.len() as u64 + 1;
    while n >= 0x80 {
        key.push(n as u8 | 0x80);
        n >>= 7;
    }
    key.push(n as u8);
    key.extend_from_slice(text.as_bytes());
}

/// Reads a key's values. A damaged key ends early.
struct Key<'a>(&'a [u8]);

impl Iterator for Key<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let mut n = 0usize;
        let mut shift = 0;
        loop {
            let (b, rest) = self.0.split_first()?;
            self.0 = rest;
            n |= usize::from(b & 0x7f).checked_shl(shift)?;
            shift += 7;
            if *b < 0x80 {
                break;
            }
        }
        if n == 0 {
            return Some(Value::Null);
        }
        let (text, rest) = self.0.split_at_checked(n - 1)?;
        self.0 = rest;
        Some(Value::text_of(String::from_utf8_lossy(text)))
    }
}

#[cfg(test)]
mod tests;
