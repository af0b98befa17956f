//! Random JSON trees, written as sloppily as JSON allows, and a plain reading of them.
#![allow(dead_code)]

use proptest::prelude::*;

/// A JSON value with everything that a map would lose: order, repeated keys, number text.
#[derive(Debug, Clone)]
pub enum Tree {
    Null,
    Bool(bool),
    Num(String),
    Str(String),
    Arr(Vec<Tree>),
    Obj(Vec<(String, Tree)>),
}

/// Keys from a small set, so that names meet: dots and braces inside keys, escapes, empty keys.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => "[abc]".prop_map(String::from),
        3 => "(a\\.b|b\\.c|a\\{\\}|a\\{\\}\\.b|long_key_name|long_key_nama)".prop_map(String::from),
        1 => "(|\\.|a\\.|é|\"|/|\\\\|\u{FFFD})".prop_map(String::from),
    ]
}

fn leaf() -> impl Strategy<Value = Tree> {
    prop_oneof![
        1 => Just(Tree::Null),
        1 => any::<bool>().prop_map(Tree::Bool),
        2 => "(0|-0|1|007x|1\\.0|-2\\.50e\\+3|10000000000000000000|1E5)"
            .prop_map(|n| Tree::Num(n.replace("007x", "7"))),
        4 => "([a-c\"\\\\/{}\\[\\],:é😀\n]{0,9}|[ab]{30,50})".prop_map(Tree::Str),
    ]
}

pub fn tree() -> impl Strategy<Value = Tree> {
    leaf().prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Tree::Arr),
            prop::collection::vec((key(), inner), 0..6).prop_map(Tree::Obj),
        ]
    })
}

/// An event: an object, rarely an array.
pub fn event() -> impl Strategy<Value = Tree> {
    prop_oneof![
        9 => prop::collection::vec((key(), tree()), 0..7).prop_map(Tree::Obj),
        1 => prop::collection::vec(tree(), 0..5).prop_map(Tree::Arr),
    ]
}

/// Decides how to write, from a list of numbers that is read round and round.
pub struct Pen<'a> {
    how: &'a [u8],
    at: usize,
}

impl<'a> Pen<'a> {
    pub fn new(how: &'a [u8]) -> Pen<'a> {
        Pen { how, at: 0 }
    }

    fn next(&mut self, of: u8) -> u8 {
        self.at += 1;
        self.how.get(self.at % self.how.len().max(1)).copied().unwrap_or(0) % of
    }

    fn space(&mut self, out: &mut String) {
        match self.next(8) {
            5 => out.push(' '),
            6 => out.push_str("\t "),
            7 => out.push_str("\r\n"),
            _ => {}
        }
    }

    fn string(&mut self, s: &str, out: &mut String) {
        out.push('"');
        for c in s.chars() {
            match (c, self.next(12)) {
                (_, 11) | ('\n', 6..) => {
                    for u in c.encode_utf16(&mut [0; 2]) {
                        out.push_str(&format!("\\u{u:04X}"));
                    }
                }
                ('\n', _) => out.push_str("\\n"),
                ('"' | '\\', _) | ('/', 0..4) => out.extend(['\\', c]),
                _ => out.push(c),
            }
        }
        out.push('"');
    }

    pub fn write(&mut self, tree: &Tree, out: &mut String) {
        match tree {
            Tree::Null => out.push_str("null"),
            Tree::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Tree::Num(n) => out.push_str(n),
            Tree::Str(s) => self.string(s, out),
            Tree::Arr(members) => {
                out.push('[');
                self.space(out);
                for (i, m) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                        self.space(out);
                    }
                    self.write(m, out);
                    self.space(out);
                }
                out.push(']');
            }
            Tree::Obj(members) => {
                out.push('{');
                self.space(out);
                for (i, (k, m)) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                        self.space(out);
                    }
                    self.string(k, out);
                    self.space(out);
                    out.push(':');
                    self.space(out);
                    self.write(m, out);
                    self.space(out);
                }
                out.push('}');
            }
        }
    }
}

/// The fields of an event as `KV_MODE=json` names them, in document order.
pub fn fields(tree: &Tree) -> Vec<(String, String)> {
    let mut out = Vec::new();
    walk(tree, None, &mut out);
    out
}

fn walk(tree: &Tree, name: Option<&str>, out: &mut Vec<(String, String)>) {
    let text = match tree {
        Tree::Arr(members) => {
            let name = format!("{}{{}}", name.unwrap_or_default());
            members.iter().for_each(|m| walk(m, Some(&name), out));
            return;
        }
        Tree::Obj(members) => {
            for (k, m) in members {
                let name = name.map_or_else(|| k.clone(), |n| format!("{n}.{k}"));
                walk(m, Some(&name), out);
            }
            return;
        }
        Tree::Null => "null".to_owned(),
        Tree::Bool(b) => b.to_string(),
        Tree::Num(n) => n.clone(),
        Tree::Str(s) => s.clone(),
    };
    out.push((name.unwrap_or_default().to_owned(), text));
}
