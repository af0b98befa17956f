//! What events of Windows have after the built-in sourcetypes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::completeness::completeness;

#[test]
fn escu_lists_no_field_that_is_missing() {
    let wrong = completeness(
        &|name, _| name.starts_with("Sysmon EventID") || name.starts_with("Windows Event Log"),
        &[],
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
