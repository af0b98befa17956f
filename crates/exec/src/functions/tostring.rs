//! `tostring`.

use super::shared::{ex, pages};
use super::shared::{group_thousands, round, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Precision, numeric};
use sepal_data::time::duration_text;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "tostring",
    aliases: &[],
    arity: (1, 2),
    category: "conversion",
    doc: FunctionDoc {
        summary: r#"The value as text; a number as "binary", "hex", "commas" (two decimals if it has any) or "duration"."#,
        syntax: "tostring(<value>,<format>)",
        details: "A truth value becomes True or False. A format is only used for numbers, not for text in quotes. Every member of a multivalue field is changed.",
        source: pages::CONVERSION,
        examples: &[
            ex(
                r#"tostring(1==1) + " " + tostring(15, "hex") + " " + tostring(12345.6789, "commas")"#,
                r#""True 0xF 12,345.68""#,
            ),
            ex(r#"tostring(615, "duration")"#, r#""00:10:15""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let format = text(args, 1);
    match &args[0] {
        Cell::Null => Cell::Null,
        Cell::Mv(ms) => {
            Cell::from_members(ms.iter().map(|m| one(&Cell::from(m), format.as_deref()).into()))
        }
        single => one(single, format.as_deref()).into(),
    }
}

fn one(c: &Cell, format: Option<&str>) -> String {
    let plain = || c.text().unwrap_or_default().into_owned();
    let (Some(format), Some(n)) = (format, c.number()) else { return plain() };
    let whole = |prefix: &str, digits: String| {
        format!("{}{prefix}{digits}", if n <= -1.0 { "-" } else { "" })
    };
    match format {
        "hex" => whole("0x", format!("{:X}", n.abs() as u64)),
        "binary" => whole("", format!("{:b}", n.abs() as u64)),
        "duration" => duration_text(n).unwrap_or_else(plain),
        "commas" if n.is_finite() => {
            let decimals = n.fract() != 0.0 || has_decimals(c);
            let n = round(n, if decimals { 2 } else { 0 });
            let n = n.number().unwrap_or_default();
            commas(n, usize::from(decimals) * 2)
        }
        _ => plain(),
    }
}

fn has_decimals(c: &Cell) -> bool {
    numeric(c).and_then(|(_, p)| p).is_some_and(|p: Precision| p.places > 0)
}

/// A number with that many decimals and commas between the thousands.
fn commas(n: f64, places: usize) -> String {
    let s = format!("{:.places$}", n.abs());
    let (whole, fraction) = s.split_once('.').unwrap_or((&s, ""));
    let sign = if n < 0.0 { "-" } else { "" };
    let point = if places > 0 { "." } else { "" };
    format!("{sign}{}{point}{fraction}", group_thousands(whole))
}
