//! What `fit ... into` writes, `apply` and `summary` read.

#![allow(clippy::unwrap_used)]

mod support;

use sepal_exec::lookup::{Lookups, MemoryLookups};
use sepal_exec::scan::InputFormat;
use std::sync::Arc;
use support::{Outcome, Row, lookups, rows, run_with};

fn run(search: &str, tables: &Arc<MemoryLookups>) -> Result<Vec<Row>, String> {
    let events: String = (0..60)
        .map(|i| format!("{{\"g\":\"{}\",\"x\":{},\"y\":{}}}\n", i % 2, i * i % 17, i))
        .collect();
    match run_with(search, &events, InputFormat::Rows, 1, tables.clone()) {
        Outcome::Rows(batch, _) => Ok(rows(&batch)),
        Outcome::Refused { code, .. } => Err(code.to_string()),
    }
}

/// The rows of `apply` are those of the `fit` that wrote the model.
#[test]
fn a_model_that_is_written_gives_the_same_numbers() {
    for method in [
        "LinearRegression y from x g",
        "LogisticRegression g from x y probabilities=true",
        "StandardScaler x y",
        "DensityFunction x by g dist=norm threshold=0.05 show_density=true",
        "DensityFunction x dist=expon upper_threshold=0.1",
        "DensityFunction y by g dist=gaussian_kde threshold=0.3 show_density=true",
    ] {
        let tables = Arc::new(lookups(&[]));
        let fitted = run(&format!("* | fit {method} into m"), &tables).unwrap();
        assert!(tables.file("__mlspl_m.mlmodel").is_some(), "{method}");
        assert_eq!(run("* | apply m", &tables).unwrap(), fitted, "{method}");
        assert_eq!(run("* | apply app:m", &tables).unwrap(), fitted, "{method}");
        assert!(
            run("| summary m", &tables).unwrap().len() > 1 || method.contains("expon"),
            "{method}"
        );
        // a second fit takes its place
        run("* | fit StandardScaler x into app:m", &tables).unwrap();
        assert_eq!(run("| summary m", &tables).unwrap()[0]["fields"], "x", "{method}");
    }
}

#[test]
fn nothing_is_written_that_is_not_allowed() {
    let tables = Arc::new(MemoryLookups::new(false));
    assert_eq!(run("* | fit StandardScaler x into m", &tables).unwrap_err(), "SPL4116");
    assert!(run("* | fit StandardScaler x", &tables).is_ok());
    assert!(tables.model("__mlspl_m.mlmodel").unwrap().is_none());
}

/// A damaged model is an error, and never more than that.
#[test]
fn damaged_models() {
    for method in ["DensityFunction y by g dist=gaussian_kde", "LogisticRegression g from x y"] {
        damaged(method);
    }
}

fn damaged(method: &str) {
    let tables = Arc::new(lookups(&[]));
    run(&format!("* | fit {method} into m"), &tables).unwrap();
    let good = String::from_utf8(tables.file("__mlspl_m.mlmodel").unwrap()).unwrap();
    let step = (good.len() / 200).max(1);
    for at in (0..good.len()).step_by(step) {
        let mut cut = good.clone().into_bytes();
        cut[at] = if cut[at] == b'A' { b'?' } else { b'A' };
        for bytes in [good.as_bytes()[..at].to_vec(), cut] {
            let text = String::from_utf8(bytes).unwrap();
            let tables = Arc::new(lookups(&[("__mlspl_m.mlmodel".to_owned(), text)]));
            if let Err(code) = run("* | apply m | head 1", &tables) {
                assert!(["SPL4300", "SPL2443"].contains(&code.as_str()), "{at}: {code}");
            }
        }
    }
}
