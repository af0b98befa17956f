//! The windows of `streamstats` against a plain reading of its page: for each row, the rows that
//! count are looked for among all rows before it.

#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use sepal_exec::scan::InputFormat;
use support::{Outcome, run};

#[derive(Clone, Copy, Debug)]
struct Row {
    /// No group where there is none.
    group: Option<u8>,
    value: u32,
    reset: bool,
}

/// The values that count for each row, in order; none for a row that is in no group.
fn expected(rows: &[Row], window: usize, current: bool, global: bool) -> Vec<Option<Vec<u32>>> {
    let mut out = Vec::new();
    let mut seen: Vec<Row> = Vec::new();
    for row in rows {
        if row.reset {
            seen.clear();
        }
        if row.group.is_none() {
            out.push(None);
            continue;
        }
        if current {
            seen.push(*row);
        }
        let mut of_group: Vec<Row> = seen.clone();
        if global && window > 0 {
            of_group = of_group.split_off(of_group.len().saturating_sub(window));
        }
        of_group.retain(|r| r.group == row.group);
        if !global && window > 0 {
            of_group = of_group.split_off(of_group.len().saturating_sub(window));
        }
        out.push(Some(of_group.iter().map(|r| r.value).collect()));
        if !current {
            seen.push(*row);
        }
    }
    out
}

fn row() -> impl Strategy<Value = Row> {
    (prop_oneof![9 => (0u8..3).prop_map(Some), 1 => Just(None)], 0u32..50, prop::bool::weighted(0.02))
        .prop_map(|(group, value, reset)| Row { group, value, reset })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn windows_hold_the_last_rows(
        rows in prop::collection::vec(row(), 1..260),
        window in prop_oneof![0usize..5, 30usize..100],
        current in any::<bool>(),
        global in any::<bool>(),
    ) {
        let events: String = rows
            .iter()
            .map(|r| {
                let group = r.group.map_or(String::new(), |g| format!("\"g\":\"{g}\","));
                format!("{{{group}\"v\":{},\"r\":{}}}\n", r.value, u8::from(r.reset))
            })
            .collect();
        let search = format!(
            "* | streamstats window={window} current={current} global={global} reset_before=(r=1) \
             list(v) AS all sum(v) AS sum dc(v) AS dc BY g | table g all sum dc"
        );
        let Outcome::Rows(batch, _) = run(&search, &events, InputFormat::Rows, 1) else {
            return Err(TestCaseError::fail("the search was refused"));
        };
        prop_assert_eq!(batch.len, rows.len());
        for (i, values) in expected(&rows, window, current, global).into_iter().enumerate() {
            let Some(values) = values else {
                prop_assert!(batch.get("all", i).is_null() && batch.get("dc", i).is_null());
                continue;
            };
            let got: Vec<u32> =
                batch.get("all", i).members().iter().map(|m| m.number().unwrap() as u32).collect();
            // list() keeps the first 100 values
            prop_assert_eq!(&got, &values[..values.len().min(100)], "row {}", i);
            let sum = batch.get("sum", i).number();
            let want = (!values.is_empty()).then(|| f64::from(values.iter().sum::<u32>()));
            prop_assert_eq!(sum, want, "row {}", i);
            let distinct: std::collections::HashSet<u32> = values.iter().copied().collect();
            prop_assert_eq!(batch.get("dc", i).number(), Some(distinct.len() as f64), "row {}", i);
        }
    }
}
