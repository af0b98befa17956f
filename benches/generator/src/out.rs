//! The text under construction.

const HEX: &[u8; 16] = b"0123456789abcdef";

/// A byte buffer with the few shapes that events are made of.
pub struct Out(Vec<u8>);

impl Out {
    /// An empty buffer with room for `bytes`.
    pub fn with_capacity(bytes: usize) -> Self {
        Out(Vec::with_capacity(bytes))
    }

    /// The bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets the bytes, keeps the room.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Text as it is.
    pub fn s(&mut self, text: &str) -> &mut Self {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    /// A number in decimal.
    pub fn n(&mut self, number: u64) -> &mut Self {
        let mut digits = [0_u8; 20];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.0.extend_from_slice(&digits[at..]);
        self
    }

    /// The last `width` (up to 20) decimal digits of a number, with leading zeros.
    pub fn pad(&mut self, number: u64, width: usize) -> &mut Self {
        let mut digits = [b'0'; 20];
        let mut rest = number;
        for digit in digits[..width].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        self.0.extend_from_slice(&digits[..width]);
        self
    }

    /// The lowest `width` (up to 16) hexadecimal digits of a number.
    pub fn hex(&mut self, number: u64, width: usize) -> &mut Self {
        let mut digits = [b'0'; 16];
        for (i, digit) in digits[..width].iter_mut().rev().enumerate() {
            *digit = HEX[(number >> (4 * i) & 15) as usize];
        }
        self.0.extend_from_slice(&digits[..width]);
        self
    }

    /// A UUID (version 4's shape) of two 64-bit halves.
    pub fn uuid(&mut self, (high, low): (u64, u64)) -> &mut Self {
        self.hex(high >> 32, 8).s("-").hex(high >> 16, 4).s("-4").hex(high, 3).s("-a");
        self.hex(low >> 48, 3).s("-").hex(low, 12)
    }

    /// Five letters or digits as Kubernetes puts behind a generated name.
    pub fn suffix(&mut self, number: u64) -> &mut Self {
        const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
        let mut rest = number;
        let text = [(); 5].map(|()| {
            let letter = LETTERS[(rest % 27) as usize];
            rest /= 27;
            letter
        });
        self.0.extend_from_slice(&text);
        self
    }

    /// A date and a time of day from microseconds since 2026-01-01T00:00:00, `between` them, with
    /// `digits` (0, 3 or 6) of the fraction and no zone. Right for the years 2026 and 2027.
    pub fn time(&mut self, micros: u64, between: &str, digits: usize) -> &mut Self {
        const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let seconds = micros / 1_000_000;
        let mut day = seconds / 86_400;
        let year = 2026 + day / 365;
        day %= 365;
        let mut month = 0;
        while day >= MONTHS[month] {
            day -= MONTHS[month];
            month += 1;
        }
        self.n(year).s("-").pad(month as u64 + 1, 2).s("-").pad(day + 1, 2).s(between);
        self.pad(seconds / 3600 % 24, 2).s(":").pad(seconds / 60 % 60, 2).s(":");
        self.pad(seconds % 60, 2);
        match digits {
            3 => self.s(".").pad(micros / 1000 % 1000, 3),
            6 => self.s(".").pad(micros % 1_000_000, 6),
            _ => self,
        }
    }
}
