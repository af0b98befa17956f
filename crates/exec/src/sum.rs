//! Sums that do not depend on the order of their terms.

use sepal_data::codec::{CodecError, ReadResult, Reader, Writer};

const DIGIT: i64 = 0xffff_ffff;
/// The bit that stands for 2^0 when bit 0 stands for the smallest double, 2^-1074.
const ONE: usize = 1074;
/// Limbs that all sums of doubles fit in: 2,098 bits and room for 2^64 terms.
const MAX_LIMBS: usize = 72;
/// How many terms a limb takes before its carry must move up.
const MAX_ADDS: u32 = 1 << 29;

/// An exact sum of doubles: a whole number in units of 2^-1074, of which only the 32-bit limbs
/// are stored that the terms reach; about 40 bytes for numbers of like size.
#[derive(Clone, Debug, Default)]
pub struct ExactSum {
    /// The place of `limbs[0]`.
    first: usize,
    /// Limbs, the lowest first. All but the last are in `0..2^32` after `carry`.
    limbs: Vec<i64>,
    adds: u32,
    nan: bool,
    positive_infinity: bool,
    negative_infinity: bool,
}

impl ExactSum {
    /// Zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a number. Infinities and nan are remembered and decide the result.
    pub fn add(&mut self, x: f64) {
        if !x.is_finite() {
            self.nan |= x.is_nan();
            self.positive_infinity |= x == f64::INFINITY;
            self.negative_infinity |= x == f64::NEG_INFINITY;
            return;
        }
        let bits = x.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as usize;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, at) = match exponent {
            0 => (fraction, 0),
            e => (fraction | 1 << 52, e - 1),
        };
        self.add_at(at, mantissa, x.is_sign_negative());
    }

    /// Adds a whole number.
    pub fn add_whole(&mut self, n: i128) {
        let mut magnitude = n.unsigned_abs();
        let mut at = ONE;
        while magnitude != 0 {
            self.add_at(at, (magnitude & DIGIT as u128) as u64, n < 0);
            magnitude >>= 32;
            at += 32;
        }
    }

    /// Adds the product of two numbers, as exactly as doubles can carry it.
    pub fn add_product(&mut self, a: f64, b: f64) {
        let high = a * b;
        self.add(high);
        if high.is_finite() {
            self.add(a.mul_add(b, -high));
        }
    }

    /// Adds another sum.
    pub fn add_sum(&mut self, other: &ExactSum) {
        self.nan |= other.nan;
        self.positive_infinity |= other.positive_infinity;
        self.negative_infinity |= other.negative_infinity;
        if other.limbs.is_empty() {
            return;
        }
        let mut other = other.clone();
        other.carry();
        self.carry();
        self.reach(other.first, other.limbs.len());
        let from = other.first - self.first;
        for (mine, theirs) in self.limbs[from..].iter_mut().zip(&other.limbs) {
            *mine += theirs;
        }
        self.adds = 1;
    }

    /// The double nearest to the sum, ties to even.
    pub fn round(&self) -> f64 {
        if self.nan || (self.positive_infinity && self.negative_infinity) {
            return f64::NAN;
        }
        if self.positive_infinity {
            return f64::INFINITY;
        }
        if self.negative_infinity {
            return f64::NEG_INFINITY;
        }
        let mut sum = self.clone();
        sum.carry();
        let negative = sum.limbs.last().is_some_and(|l| *l < 0);
        if negative {
            sum.limbs.iter_mut().for_each(|l| *l = -*l);
            sum.carry();
        }
        let magnitude = sum.round_magnitude();
        if negative { -magnitude } else { magnitude }
    }

    /// The sum as doubles that add up to it exactly, the largest first; none if it is not finite.
    pub fn terms(&self) -> Vec<f64> {
        let mut rest = self.clone();
        let mut terms = Vec::new();
        // each term takes 53 bits off
        for _ in 0..64 {
            let t = rest.round();
            if t == 0.0 || !t.is_finite() {
                break;
            }
            terms.push(t);
            rest.add(-t);
        }
        terms
    }

    /// An estimate of the bytes held outside the value.
    pub fn heap_bytes(&self) -> usize {
        self.limbs.capacity() * size_of::<i64>()
    }

    /// Writes the sum.
    pub fn encode(&self, w: &mut Writer) {
        let mut sum = self.clone();
        sum.carry();
        w.u8(u8::from(sum.nan)
            | u8::from(sum.positive_infinity) << 1
            | u8::from(sum.negative_infinity) << 2);
        w.uint(sum.first as u64);
        w.uint(sum.limbs.len() as u64);
        for l in &sum.limbs {
            w.int(*l);
        }
    }

    /// Reads a sum that [`ExactSum::encode`] wrote.
    pub fn decode(r: &mut Reader<'_>) -> ReadResult<ExactSum> {
        let at = r.position();
        let damaged = CodecError { at, what: "a sum" };
        let flags = r.u8()?;
        let first = usize::try_from(r.uint()?).map_err(|_| damaged.clone())?;
        let len = r.len()?;
        if first.checked_add(len).is_none_or(|end| end > MAX_LIMBS) {
            return Err(damaged);
        }
        let limbs = (0..len).map(|_| r.int()).collect::<ReadResult<Vec<i64>>>()?;
        if limbs.iter().any(|l| l.unsigned_abs() > 1 << 40) {
            return Err(damaged);
        }
        Ok(ExactSum {
            first,
            limbs,
            adds: 1,
            nan: flags & 1 != 0,
            positive_infinity: flags & 2 != 0,
            negative_infinity: flags & 4 != 0,
        })
    }

    fn add_at(&mut self, at: usize, magnitude: u64, negative: bool) {
        if magnitude == 0 {
            return;
        }
        if self.adds >= MAX_ADDS {
            self.carry();
        }
        self.adds += 1;
        let mut wide = u128::from(magnitude) << (at % 32);
        self.reach(at / 32, 3);
        let from = at / 32 - self.first;
        for limb in &mut self.limbs[from..from + 3] {
            let digit = (wide & DIGIT as u128) as i64;
            *limb += if negative { -digit } else { digit };
            wide >>= 32;
        }
    }

    /// Makes the window hold `len` limbs from `first` on.
    fn reach(&mut self, first: usize, len: usize) {
        if self.limbs.is_empty() {
            self.first = first;
        }
        if first < self.first {
            let more = self.first - first;
            self.limbs.splice(0..0, std::iter::repeat_n(0, more));
            self.first = first;
        }
        let end = first + len - self.first;
        if end > self.limbs.len() {
            self.limbs.resize(end, 0);
        }
    }

    fn carry(&mut self) {
        self.adds = 0;
        let mut carry = 0;
        let mut i = 0;
        while i < self.limbs.len() {
            let v = self.limbs[i] + carry;
            let last = i + 1 == self.limbs.len();
            if last && (-DIGIT..=DIGIT).contains(&v) {
                self.limbs[i] = v;
                return;
            }
            self.limbs[i] = v & DIGIT;
            carry = v >> 32;
            if last {
                self.limbs.push(carry);
                return;
            }
            i += 1;
        }
    }

    /// The nearest double of limbs that are all digits.
    fn round_magnitude(&self) -> f64 {
        let Some(top) = self.limbs.iter().rposition(|l| *l != 0) else { return 0.0 };
        let digit = |i: usize| self.limbs.get(i).map_or(0, |l| *l as u128);
        let below = |n: usize| top.checked_sub(n).map_or(0, digit);
        let window = digit(top) << 64 | below(1) << 32 | below(2);
        let base = 32 * (self.first + top) as i64 - 64;
        let high = base + 127 - i64::from(window.leading_zeros());
        let low = (high - 52).max(0);
        // at least 12, at most 64: the window reaches below bit 0 or has 43 bits to spare
        let shift = (low - base) as u32;
        let mut mantissa = (window >> shift) as u64;
        let rest = window & ((1 << shift) - 1);
        let half = 1 << (shift - 1);
        let sticky = self.limbs[..top.saturating_sub(2)].iter().any(|l| *l != 0);
        if rest > half || (rest == half && (sticky || mantissa & 1 == 1)) {
            mantissa += 1;
        }
        let mut exponent = low as u64;
        if mantissa == 1 << 53 {
            mantissa >>= 1;
            exponent += 1;
        }
        if mantissa < 1 << 52 {
            return f64::from_bits(mantissa);
        }
        if exponent + 1 >= 0x7ff {
            return f64::INFINITY;
        }
        f64::from_bits((exponent + 1) << 52 | (mantissa - (1 << 52)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(xs: &[f64]) -> f64 {
        let mut s = ExactSum::new();
        xs.iter().for_each(|x| s.add(*x));
        s.round()
    }

    #[test]
    fn sums_are_the_nearest_double() {
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[3.99; 100]), 399.0);
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[1e308, 1e308, -1e308]), 1e308);
        assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
        assert_eq!(sum(&[f64::MIN_POSITIVE, -f64::from_bits(1)]), f64::from_bits((1 << 52) - 1));
        assert_eq!(sum(&[-1.0, 1e-300, 1e-300]), -1.0 + 2e-300);
        // halfway goes to even, a bit more goes up
        assert_eq!(sum(&[9007199254740992.0, 1.0]), 9007199254740992.0);
        assert_eq!(sum(&[9007199254740992.0, 1.0, 1e-300]), 9007199254740994.0);
        assert_eq!(sum(&[-9007199254740992.0, -1.0, -1e-300]), -9007199254740994.0);
        assert_eq!(sum(&[f64::INFINITY, 1.0]), f64::INFINITY);
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    }

    #[test]
    fn whole_numbers_and_carries() {
        for n in [0, 1, -1, i128::from(i64::MIN), 1 << 100, -(1 << 126) + 1] {
            let mut s = ExactSum::new();
            s.add_whole(n);
            assert_eq!(s.round(), n as f64);
        }
        let mut s = ExactSum::new();
        for i in 0..100_000 {
            s.add(if i % 3 == 0 { -4.0e9 } else { 4.0e9 });
            if i % 1000 == 0 {
                s.carry();
            }
        }
        assert_eq!(s.round(), 4.0e9 * (100_000.0 - 2.0 * 33_334.0));
    }

    proptest! {
        #[test]
        fn order_and_splits_do_not_matter(xs in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL, 0..40), cut in 0usize..40) {
            let whole = sum(&xs);
            let mut back = xs.clone();
            back.reverse();
            prop_assert_eq!(sum(&back).to_bits(), whole.to_bits());
            let cut = cut.min(xs.len());
            let (mut a, mut b) = (ExactSum::new(), ExactSum::new());
            xs[..cut].iter().for_each(|x| a.add(*x));
            xs[cut..].iter().for_each(|x| b.add(*x));
            let mut w = Writer::new();
            a.encode(&mut w);
            let a = ExactSum::decode(&mut Reader::new(&w.buf)).unwrap();
            b.add_sum(&a);
            prop_assert_eq!(b.round().to_bits(), whole.to_bits());
            let mut terms = ExactSum::new();
            b.terms().iter().for_each(|t| terms.add(-t));
            if whole.is_finite() {
                terms.add_sum(&b);
                prop_assert_eq!(terms.round(), 0.0);
            }
        }

        #[test]
        fn two_terms_are_an_ordinary_addition(a in any::<f64>(), b in any::<f64>()) {
            let (mine, theirs) = (sum(&[a, b]), a + b);
            prop_assert!(mine == theirs || (mine.is_nan() && theirs.is_nan()), "{} {}", mine, theirs);
        }

        #[test]
        fn damaged_sums_are_errors_not_panics(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(s) = ExactSum::decode(&mut Reader::new(&bytes)) {
                let mut t = s.clone();
                t.add_sum(&s);
                t.add(-0.1);
                t.round();
            }
        }
    }
}
