use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

/// Rows by the hash of a key, those of the same key in a chain.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    heads: HashTable<u32>,
    /// The row, and the next link of the same key.
    links: Vec<(u32, u32)>,
}

const END: u32 = u32::MAX;

impl Chains {
    /// Chains of rows, each in the order of `rows`. `same` says whether two rows have one key.
    pub fn build(
        rows: impl DoubleEndedIterator<Item = u32>,
        hash: impl Fn(u32) -> u64,
        same: impl Fn(u32, u32) -> bool,
    ) -> Chains {
        let room = rows.size_hint().0;
        let mut heads: HashTable<u32> = HashTable::with_capacity(room);
        let mut links: Vec<(u32, u32)> = Vec::with_capacity(room);
        // from the last to the first, each put before those of its key
        for row in rows.rev() {
            let h = hash(row);
            let link = u32::try_from(links.len()).unwrap_or(END);
            match heads.find_mut(h, |&l| same(links[l as usize].0, row)) {
                Some(head) => {
                    links.push((row, *head));
                    *head = link;
                }
                None => {
                    links.push((row, END));
                    heads.insert_unique(h, link, |&l| hash(links[l as usize].0));
                }
            }
        }
        Chains { heads, links }
    }

    /// The rows of the key with that hash for whose first row `is_key` holds.
    pub fn rows(&self, hash: u64, is_key: impl Fn(u32) -> bool) -> impl Iterator<Item = u32> {
        let first = self.heads.find(hash, |&l| is_key(self.links[l as usize].0)).copied();
        let mut at = first.unwrap_or(END);
        std::iter::from_fn(move || {
            let &(row, next) = self.links.get(at as usize)?;
            at = next;
            Some(row)
        })
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
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
