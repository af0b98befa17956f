//! `sha512`.

use super::shared::{ex, pages};
use super::shared::{hex, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use sha2::{Digest, Sha512};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "sha512",
    aliases: &[],
    arity: (1, 1),
    category: "cryptographic",
    doc: FunctionDoc {
        summary: "The SHA-512 hash of a text, in hexadecimal.",
        syntax: "sha512(<str>)",
        details: "Null and multivalue fields give null.",
        source: pages::CRYPTO,
        examples: &[
            ex(r#"len(sha512("abc"))"#, "128"),
            ex(r#"substr(sha512("abc"), 1, 16)"#, r#""ddaf35a193617aba""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    text(args, 0).map_or(Cell::Null, |s| hex(&Sha512::digest(s.as_bytes())).into())
}
