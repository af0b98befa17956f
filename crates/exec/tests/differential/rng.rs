//! Numbers that a seed gives, the same on every machine (splitmix64).

pub struct Rng {
    state: u64,
    /// Fields and values of the events at hand, for conditions that hold now and then.
    pub seen: Vec<(&'static str, &'static str)>,
}

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng { state: seed, seen: Vec::new() }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// `n` different ones.
    pub fn some<T: Copy + PartialEq>(&mut self, of: &[T], n: usize) -> Vec<T> {
        let mut out = Vec::new();
        while out.len() < n.min(of.len()) {
            let one = self.pick(of);
            if !out.contains(&one) {
                out.push(one);
            }
        }
        out
    }
}
