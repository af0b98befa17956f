//! How common bytes are in JSON logs, to look for the rarest ones.

/// Bytes from the most to the least common in Kubernetes audit, CloudTrail and Windows events,
/// letters of both cases together.
const ORDER: &[u8] = b"\"e:taoinsr,cdlupm/.gh-v0b1f26{}3kw 4y589jx7z_q[]\\TZ=()@+;&|%#*$<>'!?^~`";

/// Share of a byte in logs, in ten-thousandths, at least 1. ASCII letters of both cases count alike.
pub(super) const fn share(byte: u8) -> u64 {
    SHARE[byte as usize] as u64
}

const SHARE: [u16; 256] = {
    let mut table = [1u16; 256];
    let mut i = 0;
    while i < ORDER.len() {
        // falls by a twentieth from rank to rank, from nine in a hundred
        let mut share = 900;
        let mut n = 0;
        while n < i {
            share -= share / 16 + 1;
            n += 1;
            if share < 20 {
                share = 20;
            }
        }
        let c = ORDER[i].to_ascii_lowercase();
        if table[c as usize] == 1 {
            table[c as usize] = share;
            table[c.to_ascii_uppercase() as usize] = share;
        }
        i += 1;
    }
    table
};

/// How often a text is to be expected, in no particular unit: the product of its rarest bytes'
/// shares, so that longer texts count as rarer.
pub(super) fn frequency(text: &[u8]) -> u64 {
    let mut shares: Vec<u64> = text.iter().map(|&c| share(c)).collect();
    shares.sort_unstable();
    // four bytes say nearly everything; the fifth and later ones count a little
    let head: u64 = shares.iter().take(4).product();
    let missing = 4usize.saturating_sub(shares.len()) as u32;
    (head * 10_000u64.pow(missing) / (shares.len() as u64 + 1)).max(1)
}
