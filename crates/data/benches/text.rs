//! The literal probe over blocks, and wildcards over values.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use divan::{Bencher, black_box, counter::BytesCount};
use sepal_data::prefilter::Probe;
use sepal_data::wildcard::Pattern;

fn main() {
    divan::main();
}

fn probe(bencher: Bencher<'_, '_>, clauses: &[Vec<&str>]) {
    let text = support::block(500);
    let probe = Probe::new(clauses);
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        let mut lines = 0;
        probe.candidates(text.as_bytes(), |_| lines += 1);
        black_box(lines)
    });
}

#[divan::bench]
fn probe_pulling_image(bencher: Bencher<'_, '_>) {
    probe(bencher, &[vec!["Pulling image"]]);
}

#[divan::bench]
fn probe_with_k_and_s(bencher: Bencher<'_, '_>) {
    probe(bencher, &[vec!["tasks.exe"]]);
}

#[divan::bench]
fn probe_three_of_one_clause(bencher: Bencher<'_, '_>) {
    probe(bencher, &[vec!["powershell", "wmic.exe", "rundll32"]]);
}

#[divan::bench]
fn wildcard_user_agent(bencher: Bencher<'_, '_>) {
    let patterns = ["kubelet*", "*kubernetes*", "*linux*4b8e819", "curl*", "*\\windows\\*"];
    let patterns = patterns.map(Pattern::new);
    let value = "kubelet/v1.29.2 (linux/amd64) kubernetes/4b8e819";
    bencher
        .counter(BytesCount::new(value.len() * patterns.len()))
        .bench_local(|| patterns.iter().filter(|p| p.is_match(black_box(value))).count());
}

#[divan::bench]
fn wildcard_200_stars_on_1_mib(bencher: Bencher<'_, '_>) {
    let pattern = Pattern::new(&format!("{}*", "*aaaab".repeat(200)));
    let value = "a".repeat(1 << 20);
    bencher
        .counter(BytesCount::new(value.len()))
        .bench_local(|| pattern.is_match(black_box(&value)));
}

#[divan::bench]
fn wildcard_200_stars_that_match(bencher: Bencher<'_, '_>) {
    let pattern = Pattern::new(&format!("*{}", "aaaa*".repeat(200)));
    let value = "a".repeat(1 << 20);
    bencher
        .counter(BytesCount::new(value.len()))
        .bench_local(|| pattern.is_match(black_box(&value)));
}
