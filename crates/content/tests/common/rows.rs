//! What searches find in events that say nothing of themselves.

use sepal_content::{CimModels, SourcetypeRules};
use sepal_exec::Search;
use std::sync::Arc;

/// The rows over the events, with the built-in sourcetypes and data models.
pub fn found(spl: &str, events: &str) -> String {
    let search = Search::new(spl)
        .data_models(Arc::new(CimModels::new()))
        .knowledge(Arc::new(SourcetypeRules::new()));
    let found = search.events("e.log", events).run().expect("it runs");
    found.to_string().trim().to_owned()
}

/// That the rows are these, an element a row.
pub fn check(spl: &str, events: &str, want: &[&str]) {
    let found = found(spl, events);
    assert_eq!(found.lines().collect::<Vec<_>>(), want, "{spl}");
}

/// The sourcetype that the events are recognized as.
pub fn recognized(events: &str, want: &str) {
    let row = format!(r#"{{"sourcetype":"{want}"}}"#);
    assert_eq!(found("* | head 1 | table sourcetype", events), row, "{events}");
}
