//! `cidrmatch`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, Span};
use std::net::IpAddr;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "cidrmatch",
    aliases: &[],
    arity: (2, 2),
    category: "conditional",
    doc: FunctionDoc {
        summary: "Whether an IP address belongs to a subnet.",
        syntax: "cidrmatch(<cidr>,<ip>)",
        details: "IPv4 and IPv6. A subnet without `/` is that one address. What is no address does not match; a missing field gives null; a multivalue field matches if one of its members does.",
        source: pages::CONDITION,
        examples: &[
            ex(r#"cidrmatch("192.0.2.0/24", "192.0.2.56")"#, r#""True""#),
            ex(r#"cidrmatch("2001:db8::/32", "2001:db8::1")"#, r#""True""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let (cidr, ip) = (c.node(&args[0]), c.node(&args[1]));
    let mut fixed = None;
    if let Some(text) = cidr.constant().and_then(Cell::single_text) {
        fixed = Cidr::parse(&text);
        if fixed.is_none() {
            let d = Diagnostic::error("SPL2008", args[0].span, format!("`{text}` is no subnet"));
            return c.fail(
                d.label("an address, `/` and the bits of the network").help(SPEC.doc.syntax),
            );
        }
    }
    Box::new(CidrMatch { cidr, fixed, ip })
}

/// A subnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    bits: u32,
}

impl Cidr {
    /// Reads `10.0.0.0/8`, `2001:db8::/32` or one address.
    pub fn parse(s: &str) -> Option<Cidr> {
        let (address, bits) = match s.trim().split_once('/') {
            Some((a, b)) => (a.parse().ok()?, Some(b.parse::<u32>().ok()?)),
            None => (s.trim().parse().ok()?, None),
        };
        let most = match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Cidr { network: address, bits })
    }

    /// Whether the text is an address of the subnet.
    pub fn holds(&self, ip: &str) -> bool {
        match (self.network, ip.trim().parse()) {
            (IpAddr::V4(a), Ok(IpAddr::V4(b))) => {
                let shift = 32 - self.bits;
                u64::from(a.to_bits()) >> shift == u64::from(b.to_bits()) >> shift
            }
            (IpAddr::V6(a), Ok(IpAddr::V6(b))) => {
                let differ = a.to_bits() ^ b.to_bits();
                self.bits == 0 || differ.leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

struct CidrMatch {
    cidr: NodeBox,
    fixed: Option<Cidr>,
    ip: NodeBox,
}
impl Node for CidrMatch {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        let cidr = match self.fixed {
            Some(c) => c,
            None => match Cidr::parse(&self.cidr.eval(row, cx).single_text()?) {
                Some(c) => c,
                None => return Some(false),
            },
        };
        let ip = self.ip.eval(row, cx);
        (!ip.is_null()).then(|| ip.members().iter().any(|m| cidr.holds(&m.text())))
    }
}
