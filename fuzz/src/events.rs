use sepal_data::json::{Flattener, PathSet, Slots, scan, validate};
use sepal_exec::RunCx;
use sepal_exec::host::FixedHost;
use sepal_exec::plan::{Plan, ScanOptions, plan};
use sepal_exec::run::{RunOptions, rows_to_json, run_to_batch};
use sepal_exec::scan::Input;
use std::sync::{Arc, LazyLock};

static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| {
    [
        "*",
        "a=1 OR a{}=task* OR k*=*s \"x\" | table a b _raw _time host",
        "NOT a=x | fillnull | stats count sum(b) values(a) list(b) by a",
        "a.b>1 | eval c=a.\"x\", d=b*2 | sort - b | head 5",
    ]
    .iter()
    .map(|s| plan(&sepal_parser::parse(s).pipeline).unwrap_or_else(|e| panic!("{s}: {e:?}")))
    .collect()
});

/// Bytes as events: each search gives the same rows however the bytes are cut up, and with and
/// without the literal probe; the readers of one event agree on what is well-formed.
///
/// The first byte chooses the search and the size of blocks.
pub fn events(data: &[u8]) {
    let Some((&choice, data)) = data.split_first() else { return };
    one(data);
    data.split(|b| *b == b'\n').for_each(one);
    let plan = &PLANS[usize::from(choice) % PLANS.len()];
    let input = [Input::bytes("events", data)];
    let run = |scan: ScanOptions, threads| {
        let options = RunOptions { scan, threads, ..RunOptions::default() };
        let cx = RunCx::new(Arc::new(FixedHost::default()));
        // an error is an answer too; where its text differs something is wrong
        run_to_batch(plan, &input, &options, &cx)
            .map(|(batch, summary)| {
                let columns: Vec<_> = batch.cols.keys().cloned().collect();
                (columns, rows_to_json(&batch), summary.scan.events)
            })
            .map_err(|e| e.to_string())
    };
    // larger than any input here, and quick to clear
    let whole_blocks = ScanOptions { block: 8192, ..ScanOptions::default() };
    let whole = run(whole_blocks.clone(), 1);
    let block = 1 + usize::from(choice) / 4;
    let cut = ScanOptions { block, piece: 64, ..ScanOptions::default() };
    assert_eq!(run(cut, 1), whole, "in blocks of {block}");
    let full = ScanOptions { prefilter: false, ..whole_blocks.clone() };
    assert_eq!(run(full, 1), whole, "without the probe");
    let limited = ScanOptions { max_event: 100, ..whole_blocks };
    let blocks = ScanOptions { block, piece: 7, ..limited.clone() };
    assert_eq!(run(limited, 1), run(blocks, 1), "cut events in blocks of {block}");
}

fn one(event: &[u8]) {
    let mut leaves = Vec::new();
    let mut flattener = Flattener::new(100);
    let flat = flattener.flatten(event, &mut leaves);
    let names = ["a", "a{}", "a.b", "a{}.b", "{}", "k"];
    let Ok(paths) = PathSet::compile(&names) else { panic!("paths that compile") };
    let mut slots = Slots::new(paths.len());
    let scanned = scan(&paths, event, &mut slots);
    if validate(event).is_ok() {
        assert!(flat.is_ok() && scanned.is_ok(), "{flat:?} {scanned:?}");
    }
    if flat.is_ok() && scanned.is_ok() && flattener.dropped_values() == 0 {
        for (slot, name) in names.iter().enumerate() {
            let by_path: Vec<_> = slots.iter(slot).map(|s| s.text(event)).collect();
            let by_leaf: Vec<_> = leaves
                .iter()
                .filter(|l| flattener.name(l.field) == *name)
                .map(|l| l.span.text(event))
                .collect();
            assert_eq!(by_path, by_leaf, "{name}");
        }
    }
}
