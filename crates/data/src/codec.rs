//! The one byte form of rows and partial states: merging between threads, spilling to disk,
//! moving through a cluster.

use crate::batch::{Batch, Col, OrderKey};
use crate::value::Value;
use smol_str::SmolStr;
use thiserror::Error;

/// A payload that does not read back.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("a payload is damaged at byte {at}: {what}")]
pub struct CodecError {
    /// Where reading stopped.
    pub at: usize,
    /// What was being read.
    pub what: &'static str,
}

/// Appends values to a payload.
#[derive(Debug, Default)]
pub struct Writer {
    /// The payload so far.
    pub buf: Vec<u8>,
}

impl Writer {
    /// An empty payload.
    pub fn new() -> Self {
        Self::default()
    }

    /// One byte.
    pub fn u8(&mut self, n: u8) {
        self.buf.push(n);
    }

    /// An unsigned number, 7 bits a byte.
    pub fn uint(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.buf.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.buf.push(n as u8);
    }

    /// A signed number, zigzag.
    pub fn int(&mut self, n: i64) {
        self.uint(((n << 1) ^ (n >> 63)) as u64);
    }

    /// A double, bit for bit.
    pub fn f64(&mut self, n: f64) {
        self.buf.extend_from_slice(&n.to_bits().to_le_bytes());
    }

    /// Bytes with their length before them.
    pub fn bytes(&mut self, b: &[u8]) {
        self.uint(b.len() as u64);
        self.buf.extend_from_slice(b);
    }

    /// Text with its length before it.
    pub fn str(&mut self, s: &str) {
        self.bytes(s.as_bytes());
    }

    /// A text as a value.
    #[inline]
    pub fn text(&mut self, s: &str) {
        self.u8(1);
        self.str(s);
    }

    /// A value.
    pub fn value(&mut self, v: &Value) {
        match v {
            Value::Null => self.u8(0),
            Value::Text(s) => self.text(s),
            Value::Num(n) => {
                self.u8(2);
                self.f64(*n);
            }
            Value::Mv(ms) => {
                self.u8(3);
                self.uint(ms.len() as u64);
                for m in ms.iter() {
                    self.value(m);
                }
            }
        }
    }

    /// A place in event order.
    pub fn order(&mut self, k: OrderKey) {
        self.int(k.time);
        self.uint(u64::from(k.unit));
        self.uint(k.row);
    }

    /// A batch, nulls taking one byte each.
    pub fn batch(&mut self, b: &Batch) {
        self.uint(b.len as u64);
        self.uint(b.cols.len() as u64);
        for (name, col) in &b.cols {
            self.str(name);
            match col {
                Col::Const(v) => {
                    self.u8(0);
                    self.value(v);
                }
                Col::Values(_) => {
                    self.u8(1);
                    for row in 0..b.len {
                        self.value(col.get(row));
                    }
                }
            }
        }
        self.u8(u8::from(!b.order.is_empty()));
        for k in &b.order {
            self.order(*k);
        }
    }
}

/// Reads values from a payload in the order in which they were written. Every length is checked
/// against what is left.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    buf: &'a [u8],
    at: usize,
}

/// What reading gives.
pub type ReadResult<T> = Result<T, CodecError>;

impl<'a> Reader<'a> {
    /// Reads `buf` from its start.
    pub fn new(buf: &'a [u8]) -> Self {
        Reader { buf, at: 0 }
    }

    /// Whether everything was read.
    pub fn is_done(&self) -> bool {
        self.at >= self.buf.len()
    }

    /// How many bytes were read.
    pub fn position(&self) -> usize {
        self.at
    }

    fn fail<T>(&self, what: &'static str) -> ReadResult<T> {
        Err(CodecError { at: self.at, what })
    }

    fn raw(&mut self, n: usize, what: &'static str) -> ReadResult<&'a [u8]> {
        match self.at.checked_add(n).and_then(|end| self.buf.get(self.at..end)) {
            Some(b) => {
                self.at += n;
                Ok(b)
            }
            None => self.fail(what),
        }
    }

    /// One byte.
    pub fn u8(&mut self) -> ReadResult<u8> {
        Ok(self.raw(1, "a byte")?[0])
    }

    /// An unsigned number.
    pub fn uint(&mut self) -> ReadResult<u64> {
        let mut n = 0u64;
        for shift in (0..70).step_by(7) {
            let b = self.u8()?;
            if shift == 63 && b > 1 {
                break;
            }
            n |= u64::from(b & 0x7f) << shift;
            if b < 0x80 {
                return Ok(n);
            }
        }
        self.fail("a number")
    }

    #[allow(clippy::len_without_is_empty)] // reads a length, it is not one
    /// A length; no more than the bytes that are left, since everything takes one at least.
    pub fn len(&mut self) -> ReadResult<usize> {
        let n = self.uint()?;
        match usize::try_from(n) {
            Ok(n) if n <= self.buf.len() - self.at => Ok(n),
            _ => self.fail("a length"),
        }
    }

    /// A signed number.
    pub fn int(&mut self) -> ReadResult<i64> {
        let n = self.uint()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    /// A double.
    pub fn f64(&mut self) -> ReadResult<f64> {
        let mut b = [0; 8];
        b.copy_from_slice(self.raw(8, "a double")?);
        Ok(f64::from_bits(u64::from_le_bytes(b)))
    }

    /// Bytes.
    pub fn bytes(&mut self) -> ReadResult<&'a [u8]> {
        let n = self.len()?;
        self.raw(n, "bytes")
    }

    /// Text.
    pub fn str(&mut self) -> ReadResult<&'a str> {
        let at = self.at;
        std::str::from_utf8(self.bytes()?).map_err(|_| CodecError { at, what: "text" })
    }

    /// A value.
    pub fn value(&mut self) -> ReadResult<Value> {
        match self.u8()? {
            3 => {
                let n = self.len()?;
                let mut members = Vec::with_capacity(n.min(1024));
                for _ in 0..n {
                    let tag = self.u8()?;
                    members.push(self.scalar(tag)?);
                }
                Ok(Value::Mv(members.into()))
            }
            tag => self.scalar(tag),
        }
    }

    fn scalar(&mut self, tag: u8) -> ReadResult<Value> {
        match tag {
            0 => Ok(Value::Null),
            1 => Ok(Value::Text(SmolStr::new(self.str()?))),
            2 => Ok(Value::Num(self.f64()?)),
            _ => self.fail("a value"),
        }
    }

    /// A place in event order.
    pub fn order(&mut self) -> ReadResult<OrderKey> {
        let time = self.int()?;
        let Ok(unit) = u32::try_from(self.uint()?) else { return self.fail("a unit") };
        Ok(OrderKey { time, unit, row: self.uint()? })
    }

    /// A batch.
    pub fn batch(&mut self) -> ReadResult<Batch> {
        let Ok(len) = usize::try_from(self.uint()?) else { return self.fail("a batch") };
        let mut batch = Batch::with_len(len);
        for _ in 0..self.len()? {
            let name = SmolStr::new(self.str()?);
            let col = match self.u8()? {
                0 => Col::Const(self.value()?),
                _ if len > self.buf.len() - self.at => return self.fail("a column"),
                _ => Col::Values((0..len).map(|_| self.value()).collect::<ReadResult<_>>()?),
            };
            batch.cols.insert(name, col);
        }
        if self.u8()? == 1 {
            if len > self.buf.len() - self.at {
                return self.fail("the order of a batch");
            }
            batch.order = (0..len).map(|_| self.order()).collect::<ReadResult<_>>()?;
        }
        Ok(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            ".{0,40}".prop_map(Value::from),
            any::<f64>()
                .prop_filter("nan is not equal to itself", |n| !n.is_nan())
                .prop_map(Value::Num)
        ];
        prop_oneof![
            Just(Value::Null),
            scalar.clone(),
            prop::collection::vec(scalar, 2..5).prop_map(|ms| Value::Mv(ms.into()))
        ]
    }

    proptest! {
        #[test]
        fn a_batch_reads_back(rows in prop::collection::vec((value(), any::<i64>(), any::<u32>(), any::<u64>()), 0..20), c in value()) {
            let mut b = Batch::with_len(rows.len());
            b.set("a", Col::Values(rows.iter().map(|r| r.0.clone()).collect()));
            b.set("b c", Col::Const(c));
            b.order = rows.iter().map(|r| OrderKey { time: r.1, unit: r.2, row: r.3 }).collect();
            let mut w = Writer::new();
            w.batch(&b);
            let mut r = Reader::new(&w.buf);
            let back = r.batch().unwrap();
            prop_assert!(r.is_done());
            prop_assert_eq!((back.len, back.cols, back.order), (b.len, b.cols, b.order));
        }

        #[test]
        fn damaged_payloads_are_errors_not_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Reader::new(&bytes).batch();
            let _ = Reader::new(&bytes).value();
        }
    }
}
