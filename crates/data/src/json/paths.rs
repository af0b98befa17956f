//! Field names compiled for the scanner.

use std::collections::HashMap;

use memchr::memmem;
use thiserror::Error;

use super::lex::load8;
use super::unescape::unescape;

/// No node: the value below is not wanted.
pub(super) const NONE: u32 = u32::MAX;
/// The node of the event itself.
pub(super) const ROOT: u32 = 0;

/// A name of n parts has about n²/2 ways to cut it: more parts than this are refused...
const MAX_PARTS: usize = 256;
/// ... and sets whose keys take more bytes than this together.
const MAX_KEY_BYTES: usize = 16 << 20;
/// Looking for so many keys in the rest of an event still costs less than scanning it.
const MAX_REPEAT_KEYS: usize = 4;

/// Why names could not be compiled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PathSetError {
    /// The same name twice.
    #[error("field {0:?} is listed twice")]
    Duplicate(String),
    /// A name with more than 256 parts, or a set of names with hundreds of parts each.
    #[error("field names with too many parts")]
    TooComplex,
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    /// Length of the key, and its first eight bytes: nearly always enough to tell keys apart.
    len: u32,
    first8: u64,
    key: u32,
    child: u32,
}

#[derive(Debug, Clone)]
struct Node {
    /// Bit n: a key of n bytes leaves this node (63: 63 or more).
    lens: u64,
    /// Its part of `PathSet::table` begins here...
    table: u32,
    /// ... and has 2 to the power of 64 minus this places.
    shift: u32,
    /// Node of the members, where the value is an array.
    elem: u32,
    slot: u32,
}

/// How a slot's further values can be found in the rest of an event.
#[derive(Debug, Clone)]
enum Repeat {
    /// They need this text.
    Needle(usize),
    /// No cheap way to tell.
    Unknown,
}

/// A set of field names as Splunk's `KV_MODE=json` builds them, each with a slot: its index in the
/// list given to [`PathSet::compile`].
///
/// A key may itself hold dots or braces (`{"a.b":1}` and `{"a":{"b":1}}` both give field `a.b`), so
/// every way to cut a name into keys is an edge of the tree.
#[derive(Debug, Clone)]
pub struct PathSet {
    names: Vec<String>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Hash tables of the nodes: numbers of edges, [`NONE`] for a free place, at least half of them
    /// free.
    table: Vec<u32>,
    keys: Vec<u8>,
    /// A name holds U+FFFD: keys that are not UTF-8 have to be decoded before comparing.
    lossy: bool,
    repeat: Vec<Repeat>,
    needles: Vec<memmem::Finder<'static>>,
    early: bool,
}

#[derive(Default)]
struct Builder {
    ids: HashMap<(bool, String), u32>,
    edges: Vec<HashMap<Vec<u8>, u32>>,
    elem: Vec<u32>,
    slot: Vec<u32>,
    count: usize,
    bytes: usize,
}

impl Builder {
    fn node(&mut self, root: bool, prefix: &str) -> u32 {
        let next = self.elem.len() as u32;
        let id = *self.ids.entry((root, prefix.to_owned())).or_insert(next);
        if id == next {
            self.edges.push(HashMap::new());
            self.elem.push(NONE);
            self.slot.push(NONE);
        }
        id
    }

    fn add(&mut self, name: &str, slot: u32) -> Result<(), PathSetError> {
        let end = name.len();
        let boundary = |i: usize| {
            let rest = &name.as_bytes()[i..];
            i == end || rest.starts_with(b".") || rest.starts_with(b"{}")
        };
        let cuts: Vec<usize> = (0..=end).filter(|&i| boundary(i)).collect();
        if cuts.len() > MAX_PARTS {
            return Err(PathSetError::TooComplex);
        }
        // places where the name read so far can be that of a whole value
        let mut at: Vec<usize> = cuts.iter().copied().chain(cuts.iter().map(|i| i + 2)).collect();
        at.retain(|&i| i <= end && name.is_char_boundary(i));
        at.sort_unstable();
        at.dedup();
        for (root, p) in std::iter::once((true, 0)).chain(at.into_iter().map(|p| (false, p))) {
            let rest = &name[p..];
            let node = self.node(root, &name[..p]);
            if rest.starts_with("{}") {
                self.elem[node as usize] = self.node(false, &name[..p + 2]);
            }
            let from = match (root, rest.starts_with('.')) {
                (true, _) => 0,
                (false, true) => p + 1,
                (false, false) => continue,
            };
            for &q in cuts.iter().filter(|&&q| q >= from) {
                let child = self.node(false, &name[..q]);
                let key = name.as_bytes()[from..q].to_vec();
                if self.edges[node as usize].insert(key, child).is_none() {
                    self.count += 1;
                    self.bytes += q - from;
                    if self.bytes > MAX_KEY_BYTES {
                        return Err(PathSetError::TooComplex);
                    }
                }
            }
        }
        let leaf = self.node(false, name) as usize;
        if self.slot[leaf] != NONE {
            return Err(PathSetError::Duplicate(name.to_owned()));
        }
        self.slot[leaf] = slot;
        Ok(())
    }
}

impl PathSet {
    /// Compiles field names. `names[i]` gets slot `i`.
    ///
    /// Fails on a name listed twice and on names with hundreds of parts.
    pub fn compile<S: AsRef<str>>(names: &[S]) -> Result<PathSet, PathSetError> {
        let mut b = Builder::default();
        b.node(true, "");
        for (slot, name) in names.iter().enumerate() {
            b.add(name.as_ref(), slot as u32)?;
        }
        let mut set = PathSet {
            names: names.iter().map(|n| n.as_ref().to_owned()).collect(),
            nodes: Vec::with_capacity(b.elem.len()),
            edges: Vec::with_capacity(b.count),
            table: Vec::new(),
            keys: Vec::new(),
            lossy: names.iter().any(|n| n.as_ref().contains(char::REPLACEMENT_CHARACTER)),
            repeat: Vec::new(),
            needles: Vec::new(),
            early: false,
        };
        for (id, edges) in b.edges.iter().enumerate() {
            let places = (edges.len() * 2).next_power_of_two().max(2);
            let (table, shift) = (set.table.len(), 64 - places.trailing_zeros());
            set.table.resize(table + places, NONE);
            let mut lens = 0;
            for (key, &child) in edges {
                lens |= 1 << key.len().min(63);
                let first8 = first8(key, 0, key.len());
                let mut place = hash(first8, key.len(), shift);
                while set.table[table + place] != NONE {
                    place = (place + 1) & (places - 1);
                }
                set.table[table + place] = set.edges.len() as u32;
                let at = set.keys.len() as u32;
                set.keys.extend_from_slice(key);
                set.edges.push(Edge { len: key.len() as u32, first8, key: at, child });
            }
            let (elem, slot) = (b.elem[id], b.slot[id]);
            set.nodes.push(Node { lens, table: table as u32, shift, elem, slot });
        }
        set.compile_repeats();
        Ok(set)
    }

    fn compile_repeats(&mut self) {
        let mut ids: HashMap<Vec<u8>, usize> = HashMap::new();
        for name in &self.names {
            let last = name.rsplit('.').next().unwrap_or_default();
            // JSON may write these characters as an escape other than \u
            let escapable = |c: char| matches!(c, '"' | '\\' | '/') || c < ' ';
            if name.contains("{}") || last.contains(escapable) || self.lossy {
                self.repeat.push(Repeat::Unknown);
                continue;
            }
            let needle = format!("{last}\"").into_bytes();
            let id = *ids.entry(needle).or_insert_with_key(|needle| {
                self.needles.push(memmem::Finder::new(needle).into_owned());
                self.needles.len() - 1
            });
            self.repeat.push(Repeat::Needle(id));
        }
        let known = self.repeat.iter().all(|r| matches!(r, Repeat::Needle(_)));
        self.early = known && !self.names.is_empty() && self.needles.len() <= MAX_REPEAT_KEYS;
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no slot.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The field names by slot.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The slot of a field name.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// Whether `rest`, the text of an event after a value of `slot`, may hold another value of that
    /// slot. False is certain: no key in `rest` can end the slot's name. True means that only a full
    /// scan can tell. Always true for names with `{}`.
    pub fn may_repeat(&self, slot: usize, rest: &[u8]) -> bool {
        match self.repeat.get(slot) {
            Some(Repeat::Needle(id)) => {
                self.needles[*id].find(rest).is_some() || self.escapes_spell(rest)
            }
            Some(Repeat::Unknown) => true,
            None => false,
        }
    }

    /// Whether an escape in `rest` stands for a character of one of the keys that are looked for.
    fn escapes_spell(&self, rest: &[u8]) -> bool {
        has_unicode_escape(rest, |c| {
            if !c.is_ascii() {
                return self.needles.iter().any(|n| !n.needle().is_ascii());
            }
            self.needles.iter().any(|n| n.needle().contains(&(c as u8)))
        })
    }

    /// Whether an early end can pay at all for this set.
    #[inline(always)]
    pub(super) fn early(&self) -> bool {
        self.early
    }

    /// Whether any slot may have another value in `rest`.
    pub(super) fn any_may_repeat(&self, rest: &[u8]) -> bool {
        self.needles.iter().any(|n| n.find(rest).is_some()) || self.escapes_spell(rest)
    }

    #[inline(always)]
    pub(super) fn elem(&self, node: u32) -> u32 {
        self.nodes[node as usize].elem
    }

    #[inline(always)]
    pub(super) fn node_slot(&self, node: u32) -> u32 {
        self.nodes[node as usize].slot
    }

    /// Whether an object at this node can hold anything wanted.
    #[inline(always)]
    pub(super) fn has_keys(&self, node: u32) -> bool {
        self.nodes[node as usize].lens != 0
    }

    /// The node under the key that stands at `b[start..end]`, [`NONE`] if it is not wanted.
    #[inline(always)]
    pub(super) fn child(
        &self,
        node: u32,
        b: &[u8],
        start: usize,
        end: usize,
        escaped: bool,
    ) -> u32 {
        if escaped || self.lossy {
            return self.child_slow(node, &b[start..end]);
        }
        self.lookup(node, b, start, end)
    }

    #[inline(never)]
    fn child_slow(&self, node: u32, raw: &[u8]) -> u32 {
        let key = unescape(raw);
        self.lookup(node, key.as_bytes(), 0, key.len())
    }

    #[inline(always)]
    fn lookup(&self, node: u32, b: &[u8], start: usize, end: usize) -> u32 {
        let node = &self.nodes[node as usize];
        let len = end - start;
        if node.lens >> len.min(63) & 1 == 0 {
            return NONE;
        }
        let first = first8(b, start, len);
        let table = &self.table[node.table as usize..];
        let mut place = hash(first, len, node.shift);
        loop {
            let id = table[place];
            if id == NONE {
                return NONE;
            }
            let e = &self.edges[id as usize];
            if e.first8 == first
                && e.len as usize == len
                && (len <= 8 || text(&self.keys, e) == &b[start..end])
            {
                return e.child;
            }
            place = (place + 1) & ((1 << (64 - node.shift)) - 1);
        }
    }
}

/// The place of a key in a table of 2 to the power of `64 - shift` places.
#[inline(always)]
fn hash(first8: u64, len: usize, shift: u32) -> usize {
    let mixed = (first8 ^ (len as u64) << 56).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ mixed >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) as usize
}

fn text<'a>(keys: &'a [u8], e: &Edge) -> &'a [u8] {
    &keys[e.key as usize..(e.key + e.len) as usize]
}

/// The first eight bytes of the key at `b[start..start + len]`, zeros after its end.
#[inline(always)]
fn first8(b: &[u8], start: usize, len: usize) -> u64 {
    if let Some(w) = load8(b, start) {
        return if len >= 8 { w } else { w & ((1 << (8 * len)) - 1) };
    }
    let mut w = [0; 8];
    for (to, from) in w.iter_mut().zip(&b[start..start + len]) {
        *to = *from;
    }
    u64::from_le_bytes(w)
}

/// Whether a `\u` escape in `b` stands for a character that `spells` takes. The `\\u` of a Windows
/// path is none.
fn has_unicode_escape(b: &[u8], spells: impl Fn(char) -> bool) -> bool {
    memmem::find_iter(b, b"\\u").any(|at| {
        let before = b[..at].iter().rev().take_while(|c| **c == b'\\').count();
        if before % 2 == 1 {
            return false;
        }
        let digits = b.get(at + 2..at + 6).and_then(|d| std::str::from_utf8(d).ok());
        match digits.map(|d| u32::from_str_radix(d, 16)) {
            // half of a surrogate pair: some character beyond
            Some(Ok(code)) => char::from_u32(code).is_none_or(&spells),
            // no escape: it stays as it is
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_seen() {
        let p = PathSet::compile(&["verb", "user.name", "a{}", "x/y", "b."]).unwrap();
        assert!(!p.may_repeat(0, br#","user":{"nam":1}}"#));
        assert!(p.may_repeat(0, br#","verb":1}"#));
        assert!(p.may_repeat(0, br#","ver\u0062":1}"#));
        assert!(p.may_repeat(0, br#","x":"\\\u0062"}"#));
        assert!(!p.may_repeat(0, br#","x":"C:\\u0062\\\\users \u003c \u00e9 \ubad"}"#));
        assert!(!p.may_repeat(0, br#","a":"\n"}"#));
        assert!(p.may_repeat(1, br#","user.name":1}"#));
        assert!(p.may_repeat(2, b"") && p.may_repeat(3, b""));
        assert!(p.may_repeat(4, br#","b":{"":1}"#));
        assert!(!p.may_repeat(9, b""));
    }

    #[test]
    fn refuses_what_it_cannot_hold() {
        let dup = PathSet::compile(&["a", "b", "a"]).unwrap_err();
        assert_eq!(dup, PathSetError::Duplicate("a".into()));
        let dots = vec!["a"; 3000].join(".");
        assert_eq!(PathSet::compile(&[dots]).unwrap_err(), PathSetError::TooComplex);
        let set: Vec<String> = (0..40).map(|i| vec![format!("k{i}"); 250].join(".")).collect();
        assert_eq!(PathSet::compile(&set).unwrap_err(), PathSetError::TooComplex);
        assert!(PathSet::compile(&set[..1]).is_ok());
        assert!(PathSet::compile::<&str>(&[]).unwrap().is_empty());
    }
}
