//! Loading and asking lookup tables: `cargo bench -p sepal-exec --bench lookup`.

use divan::Bencher;
use divan::counter::ItemsCount;
use sepal_exec::lookup::{Definition, Found, MatchKind, Matcher, Table};
use std::io::Cursor;

const ROWS: usize = 1_000_000;
const ASKED: usize = 100_000;

fn main() {
    divan::main();
}

/// A table of a million rows: an address or a network or a pattern, and three other columns.
fn table(cell: impl Fn(usize) -> String) -> Vec<u8> {
    let mut out = b"key,name,owner,category\n".to_vec();
    for i in 0..ROWS {
        let line = format!("{},host-{i},user-{},server\n", cell(i), i % 1000);
        out.extend_from_slice(line.as_bytes());
    }
    out
}

fn address(i: usize) -> String {
    std::net::Ipv4Addr::from(0x0a00_0000 + i as u32).to_string()
}

fn network(i: usize) -> String {
    format!("{}/24", std::net::Ipv4Addr::from(0x0a00_0000 + ((i as u32) << 8)))
}

fn domain(i: usize) -> String {
    format!("*.site-{i}.example.com")
}

fn inside(i: usize) -> String {
    format!("*tool{:05}*", i % 20_000)
}

fn load(csv: &[u8]) -> Table {
    Table::read(Box::new(Cursor::new(csv.to_vec())), &|_| true).unwrap_or_default()
}

fn matcher(table: &Table, kind: MatchKind) -> Matcher {
    let mut definition = Definition::new("t", "t");
    definition.match_type.push(("key".to_owned(), kind));
    let column = table.column(0).cloned().unwrap_or_default();
    Matcher::new(&definition, vec![("key", column)], None)
}

#[divan::bench]
fn load_and_index_1m_rows(bencher: Bencher) {
    let csv = table(address);
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        let table = load(&csv);
        matcher(&table, MatchKind::Exact)
    });
}

#[divan::bench]
fn load_and_index_1m_networks(bencher: Bencher) {
    let csv = table(network);
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        let table = load(&csv);
        matcher(&table, MatchKind::Cidr)
    });
}

#[divan::bench]
fn load_and_index_1m_wildcards(bencher: Bencher) {
    let csv = table(domain);
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        let table = load(&csv);
        matcher(&table, MatchKind::Wildcard)
    });
}

fn ask(bencher: Bencher, cell: fn(usize) -> String, kind: MatchKind, input: fn(usize) -> String) {
    let table = load(&table(cell));
    let matcher = matcher(&table, kind);
    // in no order, half of them not in the table
    let inputs: Vec<[String; 1]> =
        (0..ASKED).map(|i| [input(i.wrapping_mul(7_919_993) % (2 * ROWS))]).collect();
    bencher.counter(ItemsCount::new(ASKED)).bench_local(|| {
        let mut found = Found::default();
        let mut values = Vec::new();
        for input in &inputs {
            matcher.find(input, None, &mut found);
            values.clear();
            values.extend(found.rows.iter().map(|&r| table.value(1, r)));
        }
        values.len()
    });
}

#[divan::bench]
fn ask_exact(bencher: Bencher) {
    ask(bencher, address, MatchKind::Exact, address);
}

#[divan::bench]
fn ask_cidr(bencher: Bencher) {
    ask(bencher, network, MatchKind::Cidr, |i| address(i << 8 | 7));
}

#[divan::bench]
fn ask_wildcard_tails(bencher: Bencher) {
    ask(bencher, domain, MatchKind::Wildcard, |i| format!("www.site-{i}.example.com"));
}

#[divan::bench]
fn ask_wildcard_inside(bencher: Bencher) {
    ask(bencher, inside, MatchKind::Wildcard, |i| format!("C:\\x\\tool{i:05}.exe -run"));
}
