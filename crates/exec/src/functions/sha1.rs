//! `sha1`.

use super::shared::{ex, pages};
use super::shared::{hex, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use sha1::{Digest, Sha1};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "sha1",
    aliases: &[],
    arity: (1, 1),
    category: "cryptographic",
    doc: FunctionDoc {
        summary: "The SHA-1 hash of a text, in hexadecimal.",
        syntax: "sha1(<str>)",
        details: "Null and multivalue fields give null.",
        source: pages::CRYPTO,
        examples: &[
            ex(r#"sha1("abc")"#, r#""a9993e364706816aba3e25717850c26c9cd0d89d""#),
            ex(r#"sha1("")"#, r#""da39a3ee5e6b4b0d3255bfef95601890afd80709""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    text(args, 0).map_or(Cell::Null, |s| hex(&Sha1::digest(s.as_bytes())).into())
}
