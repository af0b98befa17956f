//! `printf`.

use super::shared::{ex, pages};
use super::shared::{printf, text};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "printf",
    aliases: &[],
    arity: (1, ANY),
    category: "conversion",
    doc: FunctionDoc {
        summary: "The arguments put into a format as C's printf does.",
        syntax: "printf(<format>,<arguments>)",
        details: "`%a %c %d %i %e %f %g %o %s %z %u %x %p %%` with the flags `' - 0 + space #`, a width and a precision, either of which may be `*`. Null where an argument is missing or is no number where one is needed. Width and precision stop at 10,000.",
        source: pages::CONVERSION,
        examples: &[
            ex(r#"printf("%04.4f %-5s|", 3.14159, "ab")"#, r#""3.1416 ab   |""#),
            ex(r#"printf("%'d", 12345)"#, r#""12,345""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match text(args, 0).and_then(|f| printf::format(&f, &args[1..])) {
        Some(s) => s.into(),
        None => Cell::Null,
    }
}
