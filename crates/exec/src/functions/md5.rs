//! `md5`.

use super::shared::{ex, pages};
use super::shared::{hex, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use md5::{Digest, Md5};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "md5",
    aliases: &[],
    arity: (1, 1),
    category: "cryptographic",
    doc: FunctionDoc {
        summary: "The MD5 hash of a text, in hexadecimal.",
        syntax: "md5(<str>)",
        details: "Null and multivalue fields give null.",
        source: pages::CRYPTO,
        examples: &[
            ex(r#"md5("abc")"#, r#""900150983cd24fb0d6963f7d28e17f72""#),
            ex(r#"md5("")"#, r#""d41d8cd98f00b204e9800998ecf8427e""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    text(args, 0).map_or(Cell::Null, |s| hex(&Md5::digest(s.as_bytes())).into())
}
