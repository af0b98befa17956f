//! Reading Kubernetes audit events: validate, scan, flatten, frame.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use divan::{Bencher, black_box, counter::BytesCount};
use sepal_data::json::flatten::DEFAULT_MAX_FIELDS;
use sepal_data::json::*;

fn main() {
    divan::main();
}

const EVENTS: usize = 500;

fn scan_with(
    bencher: Bencher<'_, '_>,
    names: &[&str],
    scan: fn(&PathSet, &[u8], &mut Slots) -> Result<Scan, ScanError>,
) {
    let text = support::block(EVENTS);
    let lines: Vec<&[u8]> = text.lines().map(str::as_bytes).collect();
    let paths = PathSet::compile(names).unwrap();
    let mut out = Slots::new(paths.len());
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        for line in &lines {
            black_box(scan(&paths, line, &mut out)).unwrap();
        }
    });
}

#[divan::bench]
fn scan_14_paths(bencher: Bencher<'_, '_>) {
    scan_with(bencher, &support::FIELDS, scan);
}

#[divan::bench]
fn scan_2_paths(bencher: Bencher<'_, '_>) {
    scan_with(bencher, &["verb", "user.username"], scan);
}

#[divan::bench]
fn scan_2_paths_early_end(bencher: Bencher<'_, '_>) {
    scan_with(bencher, &["verb", "user.username"], scan_early);
}

#[divan::bench]
fn scan_no_path(bencher: Bencher<'_, '_>) {
    scan_with(bencher, &[], scan);
}

#[divan::bench]
fn strict_check(bencher: Bencher<'_, '_>) {
    scan_with(bencher, &[], |_, line, _| validate(line).map(|()| Scan::Complete));
}

#[divan::bench]
fn flatten_all(bencher: Bencher<'_, '_>) {
    let text = support::block(EVENTS);
    let mut out = Vec::new();
    let mut flattener = Flattener::new(DEFAULT_MAX_FIELDS);
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        for line in text.lines() {
            flattener.flatten(line.as_bytes(), &mut out).unwrap();
            black_box(&out);
        }
    });
}

#[divan::bench]
fn frame_concatenated(bencher: Bencher<'_, '_>) {
    let text = support::block(EVENTS);
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        let mut framer = Framer::new(Framing::Concatenated);
        let mut n = 0;
        framer.push(text.as_bytes(), &mut |f| n += f.bytes.len());
        black_box(n)
    });
}
