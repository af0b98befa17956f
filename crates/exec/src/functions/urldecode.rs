//! `urldecode`.

use super::shared::text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "urldecode",
    aliases: &[],
    arity: (1, 1),
    category: "text",
    doc: FunctionDoc {
        summary: "The text with `%XX` replaced by the characters that they stand for.",
        syntax: "urldecode(<url>)",
        details: "A `%` that begins no escape stays. Bytes that are no UTF-8 become the replacement character. `+` stays.",
        source: pages::TEXT,
        examples: &[
            ex(
                r#"urldecode("http%3A%2F%2Fwww.splunk.com%2Fdownload%3Fr%3Dheader")"#,
                r#""http://www.splunk.com/download?r=header""#,
            ),
            ex(r#"urldecode("100%")"#, r#""100%""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    text(args, 0).map_or(Cell::Null, |s| Cell::str(decode(&s)))
}

fn decode(s: &str) -> String {
    let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let b = s.as_bytes();
    let mut out = Vec::with_capacity(b.len());
    let mut i = 0;
    while let Some(&c) = b.get(i) {
        if c == b'%'
            && let (Some(high), Some(low)) = (hex(b.get(i + 1)), hex(b.get(i + 2)))
        {
            out.push((high * 16 + low) as u8);
            i += 3;
        } else {
            out.push(c);
            i += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
