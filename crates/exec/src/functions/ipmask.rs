//! `ipmask`.

use super::shared::text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use std::net::Ipv4Addr;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "ipmask",
    aliases: &[],
    arity: (2, 2),
    category: "conversion",
    doc: FunctionDoc {
        summary: "The IPv4 address with a mask applied to its bits.",
        syntax: "ipmask(<mask>,<ip>)",
        details: "What is no IPv4 address gives null.",
        source: pages::CONVERSION,
        examples: &[
            ex(r#"ipmask("255.255.255.0", "10.20.30.120")"#, r#""10.20.30.0""#),
            ex(r#"ipmask("0.255.0.224", "10.20.30.120")"#, r#""0.20.0.96""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let ip = |i| text(args, i)?.trim().parse::<Ipv4Addr>().ok();
    match (ip(0), ip(1)) {
        (Some(mask), Some(ip)) => {
            Ipv4Addr::from_bits(mask.to_bits() & ip.to_bits()).to_string().into()
        }
        _ => Cell::Null,
    }
}
