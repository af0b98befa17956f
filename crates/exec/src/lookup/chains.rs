use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

/// Rows by the hash of a key, those of the same key in a chain.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    heads: HashTable<Head>,
    /// The rows of a key after its first: the row, and the next link.
    links: Vec<(u32, u32)>,
}

/// The first row of a key. All that a look-up asks of a key that is not there stands in one place:
/// in a large table each further one costs as much as the rest.
#[derive(Clone, Copy, Debug)]
struct Head {
    /// The upper half of the hash.
    tag: u32,
    row: u32,
    /// The link of the second row.
    next: u32,
}

const END: u32 = u32::MAX;

fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

impl Chains {
    /// Chains of rows, each in the order of `rows`. `same` says whether two rows have one key.
    pub fn build(
        rows: impl DoubleEndedIterator<Item = u32>,
        hash: impl Fn(u32) -> u64,
        same: impl Fn(u32, u32) -> bool,
    ) -> Chains {
        let mut heads: HashTable<Head> = HashTable::with_capacity(rows.size_hint().0);
        let mut links: Vec<(u32, u32)> = Vec::new();
        // from the last to the first, each put before those of its key
        for row in rows.rev() {
            let h = hash(row);
            let tag = tag(h);
            match heads.find_mut(h, |head| head.tag == tag && same(head.row, row)) {
                Some(head) => {
                    let link = u32::try_from(links.len()).unwrap_or(END);
                    links.push((head.row, head.next));
                    (head.row, head.next) = (row, link);
                }
                None => {
                    let head = Head { tag, row, next: END };
                    heads.insert_unique(h, head, |head| hash(head.row));
                }
            }
        }
        Chains { heads, links }
    }

    /// The rows of the key with that hash for whose first row `is_key` holds.
    pub fn rows(&self, hash: u64, is_key: impl Fn(u32) -> bool) -> impl Iterator<Item = u32> {
        let tag = tag(hash);
        let head = self.heads.find(hash, |head| head.tag == tag && is_key(head.row));
        let mut at = head.map(|head| (head.row, head.next));
        std::iter::from_fn(move || {
            let (row, next) = at?;
            at = self.links.get(next as usize).copied();
            Some(row)
        })
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }
}

/// The hash of a key made of texts.
pub fn hash<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let mut h = FixedState::default().build_hasher();
    for text in texts {
        h.write(text);
        h.write_u8(0xff);
    }
    h.finish()
}
