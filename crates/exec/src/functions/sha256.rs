//! `sha256`.

use super::shared::{ex, pages};
use super::shared::{hex, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use sha2::{Digest, Sha256};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "sha256",
    aliases: &[],
    arity: (1, 1),
    category: "cryptographic",
    doc: FunctionDoc {
        summary: "The SHA-256 hash of a text, in hexadecimal.",
        syntax: "sha256(<str>)",
        details: "Null and multivalue fields give null.",
        source: pages::CRYPTO,
        examples: &[
            ex(
                r#"sha256("abc")"#,
                r#""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#,
            ),
            ex(
                r#"sha256("")"#,
                r#""e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""#,
            ),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    text(args, 0).map_or(Cell::Null, |s| hex(&Sha256::digest(s.as_bytes())).into())
}
