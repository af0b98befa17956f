//! A position in the bytes of a timestamp.

use super::names;

/// Reads forward; every method that fails leaves the position where it was.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub bytes: &'a [u8],
    pub pos: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8], pos: usize) -> Cursor<'a> {
        Cursor { bytes, pos }
    }

    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.pos..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    pub fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.pos.saturating_add(ahead)).copied()
    }

    pub fn done(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    pub fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.pos += usize::from(found);
        found
    }

    /// Eats one of `bytes` and says which.
    pub fn eat_any(&mut self, bytes: &[u8]) -> Option<u8> {
        let found = self.peek().filter(|b| bytes.contains(b))?;
        self.pos += 1;
        Some(found)
    }

    pub fn skip_spaces(&mut self) -> usize {
        let from = self.pos;
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.pos += 1;
        }
        self.pos - from
    }

    /// The number of digits from here on, at most `max`.
    pub fn count_digits(&self, max: usize) -> usize {
        self.rest().iter().take(max).take_while(|b| b.is_ascii_digit()).count()
    }

    /// Between `min` and `max` (at most 18) digits as a number; more may follow.
    pub fn number(&mut self, min: usize, max: usize) -> Option<i64> {
        let count = self.count_digits(max.min(18));
        if count < min || count == 0 {
            return None;
        }
        let digits = self.rest().iter().take(count);
        self.pos += count;
        Some(digits.fold(0, |n, b| n * 10 + i64::from(b - b'0')))
    }

    /// `number` for what fits into a byte (at most two digits).
    pub fn small(&mut self, min: usize, max: usize) -> Option<u8> {
        self.number(min, max.min(2)).map(|n| n as u8)
    }

    /// Between one and `max` digits as a decimal fraction, in microseconds; finer digits are
    /// read and dropped.
    pub fn fraction(&mut self, max: usize) -> Option<u32> {
        let count = self.count_digits(max);
        if count == 0 {
            return None;
        }
        let mut micros = 0;
        let mut unit = 100_000;
        for digit in self.rest().iter().take(count.min(6)) {
            micros += u32::from(digit - b'0') * unit;
            unit /= 10;
        }
        self.pos += count;
        Some(micros)
    }

    /// The ASCII letters from here on, not eaten.
    pub fn word(&self) -> &'a [u8] {
        let rest = self.rest();
        let len = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        rest.get(..len).unwrap_or_default()
    }

    pub fn month(&mut self) -> Option<u8> {
        let word = self.word();
        let month = names::month(word)?;
        self.pos += word.len();
        Some(month)
    }

    pub fn weekday(&mut self) -> Option<u8> {
        let word = self.word();
        let weekday = names::weekday(word)?;
        self.pos += word.len();
        Some(weekday)
    }

    /// `AM` or `PM` in any case; true is afternoon.
    pub fn am_pm(&mut self) -> Option<bool> {
        let word = self.word();
        let pm = if word.eq_ignore_ascii_case(b"am") {
            false
        } else if word.eq_ignore_ascii_case(b"pm") {
            true
        } else {
            return None;
        };
        self.pos += 2;
        Some(pm)
    }

    /// A distance from UTC, `+hh`, `+hhmm`, `+hhmmss`, `+hh:mm` or `+hh:mm:ss`, in seconds east.
    pub fn offset(&mut self) -> Option<i32> {
        let mut at = *self;
        let sign = if at.eat_any(b"+-")? == b'-' { -1 } else { 1 };
        let hours = at.small(2, 2)?;
        let mut rest = [0u8; 2];
        for part in &mut rest {
            let mut next = at;
            next.eat(b':');
            match next.small(2, 2) {
                Some(number) => *part = number,
                None => break,
            }
            at = next;
        }
        let [minutes, seconds] = rest;
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        *self = at;
        Some(sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60 + i32::from(seconds)))
    }
}
