//! Substring search that ignores the case of ASCII letters.

use memchr::memmem;

use super::rank::share;

/// Positions that one step of the search looks at.
const LANES: usize = 64;

/// A text to look for, in any letter case of its ASCII letters.
///
/// The search compares the two rarest bytes of the text at 64 positions at a time, in a loop that
/// compiles to vector instructions, and looks closer only where both agree.
#[derive(Debug, Clone)]
pub(crate) struct Finder {
    /// Lower case.
    needle: Box<[u8]>,
    /// Offsets of two rare bytes, and for letters the bit that makes them lower case.
    at: [usize; 2],
    byte: [u8; 2],
    mask: [u8; 2],
}

impl Finder {
    pub fn new(needle: &[u8]) -> Finder {
        let needle: Box<[u8]> = needle.to_ascii_lowercase().into();
        let mut order: Vec<usize> = (0..needle.len()).collect();
        order.sort_by_key(|&i| share(needle[i]));
        let first = order.first().copied().unwrap_or(0);
        // a second byte that is not the first one's neighbour of the same kind says more
        let other = order.iter().copied().find(|&i| needle.get(i) != needle.get(first));
        let at = [first, other.or(order.get(1).copied()).unwrap_or(first)];
        let byte = at.map(|i| needle.get(i).copied().unwrap_or(0));
        let mask = byte.map(|c| if c.is_ascii_lowercase() { 0x20 } else { 0 });
        Finder { needle, at, byte, mask }
    }

    /// The text, in lower case.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.needle).unwrap_or_default()
    }

    /// The first position of the text.
    pub fn find(&self, hay: &[u8]) -> Option<usize> {
        let n = self.needle.len();
        if n == 0 {
            return Some(0);
        }
        let positions = hay.len().checked_sub(n)? + 1;
        let (a, b) = (hay.get(self.at[0]..)?, hay.get(self.at[1]..)?);
        let mut i = 0;
        // work that was lost on places where only the two bytes agreed
        let mut lost = 0;
        while i < positions {
            let lanes = match (a[i..].first_chunk(), b[i..].first_chunk()) {
                (Some(a), Some(b)) if i + LANES <= positions => {
                    if !self.any(a, b) {
                        i += LANES;
                        continue;
                    }
                    LANES
                }
                _ => (positions - i).min(LANES),
            };
            for p in i..i + lanes {
                if a[p] | self.mask[0] == self.byte[0] && b[p] | self.mask[1] == self.byte[1] {
                    if hay[p..p + n].eq_ignore_ascii_case(&self.needle) {
                        return Some(p);
                    }
                    lost += n;
                }
            }
            i += lanes;
            if lost > 8 * i + 1024 {
                return self.find_linear(&hay[i..]).map(|at| i + at);
            }
        }
        None
    }

    /// Whether both bytes agree at any of the positions.
    #[inline(always)]
    fn any(&self, a: &[u8; LANES], b: &[u8; LANES]) -> bool {
        let ([x, y], [mx, my]) = (self.byte, self.mask);
        let mut any = 0;
        for i in 0..LANES {
            any |= u8::from(a[i] | mx == x) & u8::from(b[i] | my == y);
        }
        any != 0
    }

    /// Linear in the worst case too, at the price of a copy.
    #[inline(never)]
    fn find_linear(&self, hay: &[u8]) -> Option<usize> {
        memmem::find(&hay.to_ascii_lowercase(), &self.needle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(hay: &[u8], needle: &[u8]) -> Option<usize> {
        if needle.is_empty() {
            return Some(0);
        }
        hay.windows(needle.len()).position(|w| w.eq_ignore_ascii_case(needle))
    }

    #[test]
    fn long_and_repetitive() {
        let hay = "aaaaaaaaab".repeat(2000);
        for needle in ["aaaaaaaaaa", "ba", "abaaaaaaaaab", "AAAAAAAAAB", &"a".repeat(500)] {
            let finder = Finder::new(needle.as_bytes());
            assert_eq!(finder.find(hay.as_bytes()), naive(hay.as_bytes(), needle.as_bytes()));
        }
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_windows(
            needle in "[aAb\\-@`é]{0,4}", hay in "[aAbB\\-@`é]{0,20}[x]{0,150}[aAbB\\-@`é]{0,20}"
        ) {
            let got = Finder::new(needle.as_bytes()).find(hay.as_bytes());
            proptest::prop_assert_eq!(got, naive(hay.as_bytes(), needle.as_bytes()));
        }
    }
}
