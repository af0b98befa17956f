//! Networks that hold an address.

use super::chains::{Chains, hash};
use super::table::Column;
use std::net::IpAddr;

/// An address, or a network of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Net {
    /// The first address.
    start: u128,
    /// Bits that all its addresses have in common.
    bits: u8,
    /// 32 or 128.
    width: u8,
}

impl Net {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or an address, which is a network of one. An IPv4
    /// address in IPv6 form is IPv4.
    pub fn parse(text: &str) -> Option<Net> {
        let (addr, bits) = match text.split_once('/') {
            Some((addr, bits)) => {
                let digits = !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit());
                (addr, Some(bits.parse::<u8>().ok().filter(|_| digits)?))
            }
            None => (text, None),
        };
        let ip: IpAddr = addr.parse().ok()?;
        let ip = if bits.is_none() { ip.to_canonical() } else { ip };
        let (number, width) = match ip {
            IpAddr::V4(a) => (u128::from(u32::from(a)), 32),
            IpAddr::V6(a) => (u128::from(a), 128),
        };
        let bits = bits.unwrap_or(width);
        (bits <= width).then(|| Net { start: masked(number, bits, width), bits, width })
    }

    /// Whether it holds all addresses of another.
    pub fn holds(&self, other: &Net) -> bool {
        self.width == other.width
            && self.bits <= other.bits
            && masked(other.start, self.bits, self.width) == self.start
    }
}

/// The address with all but the first bits zero.
fn masked(addr: u128, bits: u8, width: u8) -> u128 {
    let low = u32::from(width - bits);
    addr.checked_shr(low).map_or(0, |head| head << low)
}

/// Whether a cell takes an input: as a network, or as the same text where one of them is none.
pub fn matches(cell: &str, input: &str, net: Option<&Net>) -> bool {
    match (net, Net::parse(cell)) {
        (Some(input), Some(cell)) => cell.holds(input),
        _ => cell == input,
    }
}

/// A prefix tree over the networks of one width: the networks in order of their first address,
/// a larger one before those in it, each with the one that encloses it. The networks that hold an
/// address are the last one that begins at or before it, and those around that.
#[derive(Clone, Debug)]
struct Tree<A> {
    width: u8,
    /// The first address of each network, by themselves: the search reads nothing else.
    starts: Vec<A>,
    nodes: Vec<Node>,
    rows: Vec<u32>,
    /// Of a large tree, how many networks begin before the addresses with these first 16 bits.
    tops: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    bits: u8,
    parent: u32,
    /// Its rows: from here to where those of the next node begin.
    rows: u32,
}

const ROOT: u32 = u32::MAX;
/// From how many networks on `tops` pays for its 256 KiB.
const LARGE: usize = 4_096;
const TOP_BITS: u8 = 16;

impl<A: Copy + Ord + Default + TryFrom<u128> + Into<u128>> Tree<A> {
    fn build(mut nets: Vec<(Net, u32)>, width: u8) -> Tree<A> {
        nets.sort_unstable_by_key(|(n, row)| (n.start, n.bits, *row));
        let mut tree = Tree {
            width,
            starts: Vec::with_capacity(nets.len()),
            nodes: Vec::with_capacity(nets.len()),
            rows: Vec::with_capacity(nets.len()),
            tops: Vec::new(),
        };
        let mut around: Vec<u32> = Vec::new();
        for (net, row) in nets {
            let last = tree.nodes.len().checked_sub(1).and_then(|last| tree.net(last));
            if last.is_none_or(|last| last != net) {
                while let Some(&top) = around.last()
                    && !tree.net(top as usize).is_some_and(|top| top.holds(&net))
                {
                    around.pop();
                }
                let parent = around.last().copied().unwrap_or(ROOT);
                around.push(tree.nodes.len() as u32);
                tree.starts.push(A::try_from(net.start).unwrap_or_default());
                let rows = tree.rows.len() as u32;
                tree.nodes.push(Node { bits: net.bits, parent, rows });
            }
            tree.rows.push(row);
        }
        if tree.nodes.len() >= LARGE {
            let mut at = 0;
            for top in 0..=1 << TOP_BITS {
                while tree.starts.get(at).is_some_and(|s| tree.top((*s).into()) < top) {
                    at += 1;
                }
                tree.tops.push(at as u32);
            }
        }
        tree
    }

    fn net(&self, at: usize) -> Option<Net> {
        let start = (*self.starts.get(at)?).into();
        Some(Net { start, bits: self.nodes.get(at)?.bits, width: self.width })
    }

    /// The first bits of an address.
    fn top(&self, start: u128) -> usize {
        (start >> (self.width - TOP_BITS)) as usize
    }

    /// How many networks begin at or before an address.
    fn begun(&self, start: u128) -> usize {
        let top = self.top(start);
        let from = self.tops.get(top).map_or(0, |n| *n as usize);
        let to = self.tops.get(top + 1).map_or(self.starts.len(), |n| *n as usize);
        let near = self.starts.get(from..to).unwrap_or_default();
        from + near.partition_point(|s| (*s).into() <= start)
    }

    fn find(&self, net: &Net, out: &mut Vec<u32>) {
        let mut at = self.begun(net.start).checked_sub(1);
        while let Some(i) = at {
            let (Some(node), Some(here)) = (self.nodes.get(i), self.net(i)) else { return };
            if here.holds(net) {
                let end = self.nodes.get(i + 1).map_or(self.rows.len(), |n| n.rows as usize);
                out.extend_from_slice(&self.rows[node.rows as usize..end]);
            }
            at = (node.parent != ROOT).then_some(node.parent as usize);
        }
    }
}

/// The rows of a column of networks, by the addresses that they hold.
#[derive(Clone, Debug)]
pub struct CidrIndex {
    v4: Tree<u32>,
    v6: Tree<u128>,
    /// Cells that are no network are compared as text.
    other: Chains,
}

impl CidrIndex {
    /// The index over all cells of a column; empty ones match nothing.
    pub fn build(column: &Column) -> CidrIndex {
        let (mut v4, mut v6, mut other) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..column.len() as u32 {
            match Net::parse(column.get(row)) {
                Some(net) if net.width == 32 => v4.push((net, row)),
                Some(net) => v6.push((net, row)),
                None if column.get(row).is_empty() => {}
                None => other.push(row),
            }
        }
        CidrIndex {
            v4: Tree::build(v4, 32),
            v6: Tree::build(v6, 128),
            other: Chains::build(
                other.into_iter(),
                |row| hash([column.get(row).as_bytes()]),
                |a, b| column.get(a) == column.get(b),
            ),
        }
    }

    /// Adds the rows whose cells take the input, in no order.
    pub fn find(&self, column: &Column, input: &str, out: &mut Vec<u32>) {
        match Net::parse(input) {
            Some(net) if net.width == 32 => self.v4.find(&net, out),
            Some(net) => self.v6.find(&net, out),
            None => {}
        }
        if !self.other.is_empty() {
            let h = hash([input.as_bytes()]);
            out.extend(self.other.rows(h, |row| column.get(row) == input));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::Table;
    use proptest::prelude::*;

    fn column(cells: &[String]) -> Column {
        let text = format!("net\n{}\n", cells.join("\n"));
        let table = Table::read(Box::new(std::io::Cursor::new(text)), &|_| true).unwrap();
        table.column(0).unwrap().clone()
    }

    fn found(cells: &[String], input: &str) -> Vec<u32> {
        let column = column(cells);
        let mut out = Vec::new();
        CidrIndex::build(&column).find(&column, input, &mut out);
        out.sort_unstable();
        out
    }

    #[test]
    fn addresses_networks_and_texts() {
        let cells =
            ["10.0.0.0/8", "0.0.0.0/0", "10.1.2.3", "::/0", "2001:db8::/32", "web*", "10.0.0.0/8"];
        let cells = cells.map(str::to_owned);
        assert_eq!(found(&cells, "10.1.2.3"), [0, 1, 2, 6]);
        assert_eq!(found(&cells, "11.0.0.1"), [1]);
        assert_eq!(found(&cells, "::ffff:10.0.0.1"), [0, 1, 6]);
        assert_eq!(found(&cells, "2001:db8:1::5"), [3, 4]);
        assert_eq!(found(&cells, "10.2.0.0/16"), [0, 1, 6]);
        assert_eq!(found(&cells, "0.0.0.0/0"), [1]);
        assert_eq!(found(&cells, "web*"), [5]);
        assert!(found(&cells, "host").is_empty());
    }

    /// Trees that search by the first bits, at the ends of these too.
    #[test]
    fn large_trees_find_all() {
        let mut cells: Vec<String> = (0..6_000u32)
            .map(|i| {
                format!("{}/{}", std::net::Ipv4Addr::from(i.wrapping_mul(715_827_883)), 12 + i % 21)
            })
            .collect();
        cells.extend(
            ["0.0.0.0/0", "255.255.0.0/16", "255.255.255.255", "10.0.0.0/8"].map(str::to_owned),
        );
        cells.extend(
            (0..5_000u32).map(|i| format!("{:x}:{:x}::/{}", i * 13 % 65_536, i, 8 + i % 100)),
        );
        let column = column(&cells);
        let index = CidrIndex::build(&column);
        let ends =
            [0, 1, 0xffff, 0x1_0000, 0x0a00_0000, 0x0aff_ffff, 0xfffe_ffff, 0xffff_0000, u32::MAX];
        let v4 = ends.into_iter().chain((0..60).map(|i: u32| i.wrapping_mul(2_654_435_761)));
        let v6 = (0..40u32)
            .map(|i| i * 113)
            .map(|i| format!("{:x}:{:x}::1", i * 13 % 65_536, i))
            .chain(["::1", "ffff::"].map(str::to_owned));
        for input in v4.map(|a| std::net::Ipv4Addr::from(a).to_string()).chain(v6) {
            let net = Net::parse(&input);
            let naive: Vec<u32> = (0..cells.len() as u32)
                .filter(|&i| matches(&cells[i as usize], &input, net.as_ref()))
                .collect();
            let mut out = Vec::new();
            index.find(&column, &input, &mut out);
            out.sort_unstable();
            assert_eq!(out, naive, "{input}");
        }
    }

    proptest! {
        /// The tree gives what asking every cell gives.
        #[test]
        fn the_tree_finds_all(
            nets in prop::collection::vec((0u32..64, 0u8..=32), 0..40),
            input in (0u32..64, 24u8..=32),
        ) {
            let text = |(a, bits): (u32, u8)| format!("{}/{bits}", std::net::Ipv4Addr::from(a << 20 | a << 4));
            let cells: Vec<String> = nets.into_iter().map(text).collect();
            let input = text(input);
            let net = Net::parse(&input);
            let naive: Vec<u32> = (0..cells.len() as u32)
                .filter(|&i| matches(&cells[i as usize], &input, net.as_ref()))
                .collect();
            prop_assert_eq!(found(&cells, &input), naive);
        }
    }
}
