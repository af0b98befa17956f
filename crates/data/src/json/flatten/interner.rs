//! Paths numbered once, with the field name of each.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::fieldset::FieldSet;
use crate::json::unescape::unescape;

/// No path: there is no room for its key.
pub(super) const NONE: u32 = u32::MAX;
/// The event itself.
pub(super) const ROOT: u32 = 0;

/// Field not asked for yet.
const UNKNOWN: u32 = u32::MAX;
/// Field that the filter does not want.
const UNWANTED: u32 = u32::MAX - 1;
/// Field past the cap.
const DROPPED: u32 = u32::MAX - 2;
/// Above so many paths, or bytes of keys, the table is emptied before the next event: names made
/// of data (`managedFields`) come once and never again, and a small table stays in the cache.
const MAX_PATHS: usize = 16_384;
const MAX_KEYS: usize = 4 << 20;
/// Key of the members of an array: no JSON key has this length.
const ELEM: u32 = u32::MAX;

#[derive(Debug, Clone)]
struct Path {
    parent: u32,
    /// Key in `Interner::keys`; [`ELEM`] as length for array members.
    key: u32,
    len: u32,
    field: u32,
    /// The path of the array's members, once there was one.
    elem: u32,
    /// The path whose key followed this one's the last time: events repeat their shape.
    next: u32,
    /// Whether anything below can be wanted.
    descends: bool,
}

#[derive(Debug)]
pub(super) struct Interner {
    paths: Vec<Path>,
    keys: Vec<u8>,
    table: HashTable<u32>,
    hash: FixedState,
    names: Vec<Box<str>>,
    by_name: HashTable<u32>,
    wanted: Option<FieldSet>,
    only_visible: bool,
    max: usize,
    /// The path of the key before.
    last: u32,
    pub dropped: u64,
}

impl Interner {
    pub fn new(max: usize, wanted: Option<FieldSet>) -> Interner {
        let root = Path {
            parent: NONE,
            key: 0,
            len: 0,
            field: UNWANTED,
            elem: NONE,
            next: ROOT,
            descends: true,
        };
        Interner {
            paths: vec![root],
            keys: Vec::new(),
            table: HashTable::new(),
            hash: FixedState::with_seed(0x5E9A1),
            names: Vec::new(),
            by_name: HashTable::new(),
            only_visible: wanted.as_ref().is_some_and(FieldSet::is_visible),
            wanted,
            max: max.min(DROPPED as usize),
            last: ROOT,
            dropped: 0,
        }
    }

    /// Before each event: forgets paths where there are many. Numbers of fields stay.
    #[inline(always)]
    pub fn begin(&mut self) {
        if self.paths.len() > MAX_PATHS || self.keys.len() > MAX_KEYS {
            self.forget();
        }
    }

    #[inline(never)]
    fn forget(&mut self) {
        self.paths.truncate(1);
        self.paths[ROOT as usize].elem = NONE;
        self.paths[ROOT as usize].next = ROOT;
        self.keys.clear();
        self.table.clear();
        self.last = ROOT;
    }

    pub fn field_name(&self, field: u32) -> &str {
        self.names.get(field as usize).map_or("", |n| n)
    }

    pub fn fields(&self) -> usize {
        self.names.len()
    }

    #[inline(always)]
    pub fn descends(&self, path: u32) -> bool {
        self.paths[path as usize].descends
    }

    /// The path of a key under `parent` ([`NONE`] stays [`NONE`]).
    #[inline(always)]
    pub fn key(&mut self, parent: u32, raw: &[u8], escaped: bool) -> u32 {
        if parent == NONE {
            return NONE;
        }
        let guess = self.paths[self.last as usize].next;
        let path = &self.paths[guess as usize];
        if !escaped && path.parent == parent && path.len as usize == raw.len() {
            let at = path.key as usize;
            if &self.keys[at..at + raw.len()] == raw {
                self.last = guess;
                return guess;
            }
        }
        self.key_slow(parent, raw, escaped)
    }

    #[inline(never)]
    fn key_slow(&mut self, parent: u32, raw: &[u8], escaped: bool) -> u32 {
        let text;
        let mut key = raw;
        if escaped || std::str::from_utf8(raw).is_err() {
            text = unescape(raw);
            key = text.as_bytes();
        }
        let id = self.intern(parent, key, key.len() as u32);
        if id != NONE {
            self.paths[self.last as usize].next = id;
            self.last = id;
        }
        id
    }

    /// The path of an array's members.
    #[inline(always)]
    pub fn elem(&mut self, array: u32) -> u32 {
        let elem = self.paths[array as usize].elem;
        if elem != NONE {
            return elem;
        }
        let elem = self.intern(array, b"", ELEM);
        self.paths[array as usize].elem = elem;
        elem
    }

    fn hash(&self, parent: u32, key: &[u8], len: u32) -> u64 {
        let mut h = self.hash.build_hasher();
        h.write_u64(u64::from(parent) << 32 | u64::from(len));
        h.write(key);
        h.finish()
    }

    fn intern(&mut self, parent: u32, key: &[u8], len: u32) -> u32 {
        let hash = self.hash(parent, key, len);
        let (paths, keys) = (&self.paths, &self.keys);
        let found = self.table.find(hash, |&id| {
            let p = &paths[id as usize];
            p.parent == parent && p.len == len && key_text(keys, p) == key
        });
        if let Some(&id) = found {
            return id;
        }
        let room = u32::try_from(self.keys.len() + key.len()).is_ok();
        if self.paths.len() >= DROPPED as usize || !room {
            self.dropped += 1;
            return NONE;
        }
        let id = self.paths.len() as u32;
        let at = self.keys.len() as u32;
        self.keys.extend_from_slice(key);
        let field = UNKNOWN;
        let new = Path { parent, key: at, len, field, elem: NONE, next: ROOT, descends: true };
        self.paths.push(new);
        if self.only_visible {
            // told by the first key: no name needs to be made
            if parent == ROOT && key.first() == Some(&b'_') {
                let path = &mut self.paths[id as usize];
                (path.descends, path.field) = (false, UNWANTED);
            }
        } else if let Some(wanted) = &self.wanted {
            let name = self.name(id);
            let path = &mut self.paths[id as usize];
            path.descends = wanted.may_contain_under(&name);
            if !wanted.contains(&name) {
                path.field = UNWANTED;
            }
        }
        let (paths, keys, state) = (&self.paths, &self.keys, &self.hash);
        self.table.insert_unique(hash, id, |&id| {
            let p = &paths[id as usize];
            let mut h = state.build_hasher();
            h.write_u64(u64::from(p.parent) << 32 | u64::from(p.len));
            h.write(key_text(keys, p));
            h.finish()
        });
        id
    }

    /// The Splunk field name of a path.
    fn name(&self, path: u32) -> String {
        let mut chain = Vec::new();
        let mut at = path;
        while at != ROOT {
            chain.push(at);
            at = self.paths[at as usize].parent;
        }
        let mut name = String::new();
        for &id in chain.iter().rev() {
            let p = &self.paths[id as usize];
            if p.len == ELEM {
                name.push_str("{}");
                continue;
            }
            if p.parent != ROOT {
                name.push('.');
            }
            name.push_str(&String::from_utf8_lossy(key_text(&self.keys, p)));
        }
        name
    }

    /// The field of a path that holds a value; None where the filter does not want it.
    #[inline(always)]
    pub fn field(&mut self, path: u32) -> Option<u32> {
        match self.paths[path as usize].field {
            UNWANTED => None,
            UNKNOWN | DROPPED => self.new_field(path),
            field => Some(field),
        }
    }

    #[inline(never)]
    fn new_field(&mut self, path: u32) -> Option<u32> {
        let known = self.paths[path as usize].field;
        if known == DROPPED {
            self.dropped += 1;
            return None;
        }
        let name = self.name(path);
        let hash = self.hash.hash_one(name.as_str());
        let names = &self.names;
        let found = self.by_name.find(hash, |&f| *names[f as usize] == *name).copied();
        let field = match found {
            Some(field) => field,
            None if self.names.len() >= self.max => {
                self.paths[path as usize].field = DROPPED;
                self.dropped += 1;
                return None;
            }
            None => {
                let field = self.names.len() as u32;
                self.names.push(name.into());
                let (names, state) = (&self.names, &self.hash);
                self.by_name.insert_unique(hash, field, |&f| state.hash_one(&*names[f as usize]));
                field
            }
        };
        self.paths[path as usize].field = field;
        Some(field)
    }
}

fn key_text<'a>(keys: &'a [u8], p: &Path) -> &'a [u8] {
    if p.len == ELEM {
        return b"";
    }
    keys.get(p.key as usize..(p.key as usize + p.len as usize)).unwrap_or_default()
}
