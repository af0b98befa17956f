//! A position in an event that knows where strings and containers end.
//!
//! The text is looked at in blocks of 128 bytes. Plain loops over byte arrays, which the compiler
//! turns into vector instructions, make a bit mask of each class of bytes: quotes (without escaped
//! ones), backslashes, and brackets outside strings. The end of a string is then the next bit, and
//! brackets are counted instead of visited.

use super::MAX_DEPTH;
use super::error::{ScanError, ScanErrorKind};
use super::lex::skip_ws;

/// Bytes of a block.
const WIDTH: usize = 128;

const ODD: u64 = 0xAAAA_AAAA_AAAA_AAAA;

/// Masks of the block at `base`: bit n stands for the byte at `base + n`.
pub(super) struct Cursor<'a> {
    b: &'a [u8],
    base: usize,
    quote: u128,
    backslash: u128,
    open: u128,
    close: u128,
    /// Opening and closing brackets, from which the two masks above are made when needed.
    brackets: Option<[[u8; 16]; 2]>,
    /// All ones where the block began inside a string.
    began_in_string: u64,
    /// All ones where the block ended inside a string.
    in_string: u64,
    /// One where its last byte escapes the next.
    escape: u64,
}

/// A key, and where its value begins.
pub(super) struct Key {
    /// First byte of the text inside the quotes.
    pub start: usize,
    /// The closing quote.
    pub end: usize,
    /// Whether the text holds a backslash.
    pub escaped: bool,
    /// First byte of the value.
    pub value: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor at the beginning of an event. Positions given to it may only grow.
    pub fn new(b: &'a [u8]) -> Cursor<'a> {
        let mut cursor = Cursor {
            b,
            base: 0,
            quote: 0,
            backslash: 0,
            open: 0,
            close: 0,
            brackets: None,
            began_in_string: 0,
            in_string: 0,
            escape: 0,
        };
        cursor.load();
        cursor
    }

    /// Moves to the next block; false at the end of the text.
    #[inline(always)]
    fn advance(&mut self) -> bool {
        let next = self.base + WIDTH;
        if next >= self.b.len() {
            return false;
        }
        self.base = next;
        self.load();
        true
    }

    #[inline(never)]
    fn load(&mut self) {
        let rest = self.b.get(self.base..).unwrap_or_default();
        let mut padded = [0; WIDTH];
        let block = rest.first_chunk().unwrap_or_else(|| {
            padded[..rest.len()].copy_from_slice(rest);
            &padded
        });
        let (mut quote, mut open, mut close, mut slash) = ([0; 16], [0; 16], [0; 16], [0; 16]);
        for r in 0..8 {
            let mut row = [0u8; 16];
            row[..8].copy_from_slice(&block[r * 8..r * 8 + 8]);
            row[8..].copy_from_slice(&block[64 + r * 8..64 + r * 8 + 8]);
            let bit = 1u8 << r;
            for j in 0..16 {
                // the bit 0x20 makes [ and ] into { and }, and nothing else
                let folded = row[j] | 0x20;
                quote[j] |= if row[j] == b'"' { bit } else { 0 };
                open[j] |= if folded == b'{' { bit } else { 0 };
                close[j] |= if folded == b'}' { bit } else { 0 };
                slash[j] |= if row[j] == b'\\' { bit } else { 0 };
            }
        }
        let mut quote = in_order(quote);
        let mut slashes = [0; 2];
        if slash != [0; 16] || self.escape != 0 {
            slashes = in_order(slash);
            for half in 0..2 {
                quote[half] &= !escaped(slashes[half], &mut self.escape);
            }
        }
        self.quote = joined(quote);
        self.backslash = joined(slashes);
        self.brackets = Some([open, close]);
        self.began_in_string = self.in_string;
        self.in_string ^= 0u64.wrapping_sub(u64::from(self.quote.count_ones() & 1));
    }

    /// Makes the masks of brackets outside strings.
    #[inline(always)]
    fn bracket_masks(&mut self) {
        let Some([open, close]) = self.brackets.take() else { return };
        let low = prefix_xor(self.quote as u64) ^ self.began_in_string;
        let carry = 0u64.wrapping_sub(low >> 63);
        let high = prefix_xor((self.quote >> 64) as u64) ^ carry;
        let outside = !joined([low, high]);
        self.open = joined(in_order(open)) & outside;
        self.close = joined(in_order(close)) & outside;
    }

    /// From the byte after an opening quote to the closing quote: its position, and whether the
    /// string holds a backslash.
    #[inline(always)]
    pub fn string_end(&mut self, start: usize) -> Result<(usize, bool), ScanError> {
        let rel = start.wrapping_sub(self.base);
        if rel < WIDTH && self.backslash == 0 {
            let quotes = self.quote >> rel;
            if quotes != 0 {
                return Ok((start + quotes.trailing_zeros() as usize, false));
            }
        }
        self.string_far(start)
    }

    /// [`Cursor::string_end`] over the end of a block, or with escapes.
    #[inline(never)]
    fn string_far(&mut self, start: usize) -> Result<(usize, bool), ScanError> {
        let mut from = start;
        let mut slashes = false;
        loop {
            let rel = from - self.base;
            if rel < WIDTH {
                let (quotes, slash) = (self.quote >> rel, self.backslash >> rel);
                if quotes != 0 {
                    let n = quotes.trailing_zeros();
                    slashes |= slash & ((1 << n) - 1) != 0;
                    return Ok((from + n as usize, slashes));
                }
                slashes |= slash != 0;
            }
            if !self.advance() {
                return Err(ScanErrorKind::UnterminatedString.at(start.saturating_sub(1)));
            }
            from = from.max(self.base);
        }
    }

    /// The key whose opening quote must stand at `i`.
    #[inline(always)]
    pub fn key(&mut self, i: usize) -> Result<Key, ScanError> {
        match self.b.get(i) {
            Some(b'"') => {}
            Some(_) => return Err(ScanErrorKind::ExpectedKey.at(i)),
            None => return Err(ScanErrorKind::Unterminated.at(self.b.len())),
        }
        let start = i + 1;
        let (end, escaped) = self.string_end(start)?;
        let colon = skip_ws(self.b, end + 1);
        match self.b.get(colon) {
            Some(b':') => {}
            Some(_) => return Err(ScanErrorKind::ExpectedColon.at(colon)),
            None => return Err(ScanErrorKind::Unterminated.at(self.b.len())),
        }
        Ok(Key { start, end, escaped, value: skip_ws(self.b, colon + 1) })
    }

    /// From an opening bracket at `i`, inside `depth` open containers, to the byte after its closing
    /// bracket. Only counts brackets outside strings.
    pub fn skip_container(&mut self, i: usize, depth: usize) -> Result<usize, ScanError> {
        if depth >= MAX_DEPTH {
            return Err(ScanErrorKind::Depth.at(i));
        }
        let mut open = depth + 1;
        let mut from = i + 1;
        loop {
            let rel = from - self.base;
            if rel < WIDTH {
                self.bracket_masks();
                let (opens, closes) = (self.open >> rel, self.close >> rel);
                for (opens, closes, from) in [
                    (opens as u64, closes as u64, from),
                    ((opens >> 64) as u64, (closes >> 64) as u64, from + 64),
                ] {
                    let (more, less) = (opens.count_ones() as usize, closes.count_ones() as usize);
                    if less < open - depth && open + more <= MAX_DEPTH {
                        open = open + more - less;
                    } else if let Some(end) = walk(opens, closes, from, &mut open, depth)? {
                        return Ok(end);
                    }
                }
            }
            if !self.advance() {
                if self.in_string == 0 {
                    return Err(ScanErrorKind::Unterminated.at(self.b.len()));
                }
                // the string that does not end began at the last quote, if that is still known
                let last = self.base + 127 - self.quote.leading_zeros().min(127) as usize;
                let at = if self.quote == 0 { self.base } else { last };
                return Err(ScanErrorKind::UnterminatedString.at(at));
            }
            from = from.max(self.base);
        }
    }
}

/// Visits brackets one by one, up to the one that leaves only `depth` containers open.
#[inline(always)]
fn walk(
    opens: u64,
    closes: u64,
    from: usize,
    open: &mut usize,
    depth: usize,
) -> Result<Option<usize>, ScanError> {
    let mut brackets = opens | closes;
    while brackets != 0 {
        let bit = brackets.trailing_zeros();
        brackets &= brackets - 1;
        if opens >> bit & 1 == 1 {
            *open += 1;
            if *open > MAX_DEPTH {
                return Err(ScanErrorKind::Depth.at(from + bit as usize));
            }
        } else {
            *open -= 1;
            if *open <= depth {
                return Ok(Some(from + bit as usize + 1));
            }
        }
    }
    Ok(None)
}

#[inline(always)]
fn joined(halves: [u64; 2]) -> u128 {
    u128::from(halves[0]) | u128::from(halves[1]) << 64
}

/// Bit i of byte j becomes bit j of byte i.
#[inline(always)]
fn transpose(mut x: u64) -> u64 {
    let t = (x ^ (x >> 7)) & 0x00AA_00AA_00AA_00AA;
    x ^= t ^ (t << 7);
    let t = (x ^ (x >> 14)) & 0x0000_CCCC_0000_CCCC;
    x ^= t ^ (t << 14);
    let t = (x ^ (x >> 28)) & 0x0000_0000_F0F0_F0F0;
    x ^ t ^ (t << 28)
}

/// Bit r of lane j stands for byte 8r + j of the first half (lanes 0 to 7) or of the second.
#[inline(always)]
fn in_order(lanes: [u8; 16]) -> [u64; 2] {
    let both = u128::from_le_bytes(lanes);
    [transpose(both as u64), transpose((both >> 64) as u64)]
}

/// Bit n of the result: whether an odd number of bits up to n is set.
#[inline(always)]
fn prefix_xor(mut x: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        x ^= x << shift;
    }
    x
}

/// The bytes that a backslash before them escapes; `next` carries over to the next 64 bytes.
#[inline(always)]
fn escaped(backslash: u64, next: &mut u64) -> u64 {
    if backslash == 0 {
        return std::mem::take(next);
    }
    // a run of backslashes escapes every second byte from its start: subtracting the run's bits
    // from those behind them carries through it, differently for odd and even starts
    let start = backslash & !*next;
    let codes = ((start << 1) | ODD).wrapping_sub(start) ^ ODD;
    let escaped = codes ^ (backslash | *next);
    *next = (codes & backslash) >> 63;
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn string_end(b: &[u8], start: usize) -> Result<(usize, bool), ScanError> {
        let (mut i, mut escaped) = (start, false);
        loop {
            match b.get(i) {
                None => return Err(ScanErrorKind::UnterminatedString.at(start - 1)),
                Some(b'"') => return Ok((i, escaped)),
                Some(b'\\') => (i, escaped) = (i + 2, true),
                Some(_) => i += 1,
            }
        }
    }

    fn skip_container(b: &[u8], i: usize, depth: usize) -> Result<usize, ScanError> {
        let (mut open, mut at) = (depth, i);
        while let Some(c) = b.get(at) {
            match c {
                b'"' => at = string_end(b, at + 1)?.0,
                b'{' | b'[' if open == MAX_DEPTH => return Err(ScanErrorKind::Depth.at(at)),
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            at += 1;
            if open == depth {
                return Ok(at);
            }
        }
        Err(ScanErrorKind::Unterminated.at(b.len()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        /// The masks against the byte by byte reading of the same text.
        #[test]
        fn agrees_with_bytes(
            lead in "[a-z]{0,130}",
            parts in "([{}\\[\\]]|\"([a-z{}:]|\\\\[\\\\\"n]){0,60}\"|[a-z:]{1,40}|\\{\"k\":\"v\"\\}){0,60}",
        ) {
            let text = format!("{lead}{{{parts}}}");
            let b = text.as_bytes();
            let got = Cursor::new(b).skip_container(lead.len(), 3).map_err(|e| e.kind);
            prop_assert_eq!(got, skip_container(b, lead.len(), 3).map_err(|e| e.kind));

            // every string in turn
            let mut cursor = Cursor::new(b);
            let mut i = 0;
            while i < b.len() {
                if b[i] == b'"' {
                    let want = string_end(b, i + 1);
                    prop_assert_eq!(cursor.string_end(i + 1), want);
                    i = want.map_or(b.len(), |w| w.0);
                }
                i += 1;
            }
        }
    }
}
