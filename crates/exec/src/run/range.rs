//! The time range of a search: that of the run, unless the search says otherwise.

use super::RunOptions;
use crate::plan::Plan;
use crate::run_cx::{RunCx, RunError};
use sepal_data::time::parse_modifier;

/// From (inclusive) and to (exclusive) in microseconds; wrong time modifiers are errors.
pub(super) fn of_search(
    plan: &Plan,
    options: &RunOptions,
    cx: &RunCx,
) -> Result<(Option<i64>, Option<i64>), RunError> {
    let (mut earliest, mut latest) = (options.earliest, options.latest);
    for m in &plan.time {
        let at = || -> Result<i64, RunError> {
            let fail = |message: String| RunError::Failed {
                code: "SPL2146",
                message,
                span: Some(m.value.span),
            };
            let time = parse_modifier(&m.value.node)
                .map_err(|e| fail(e.to_string()))?
                .apply(cx.now(), cx.host.time_zone())
                .ok_or_else(|| fail("this time is outside the years 0 to 9999".into()))?;
            Ok(time.as_micros())
        };
        match m.key.node.as_str() {
            "earliest" | "starttime" => earliest = Some(at()?),
            "latest" | "endtime" => latest = Some(at()?),
            // events have no index time of their own here
            "_index_earliest" | "_index_latest" => cx.notice(
                "SPL3017",
                "_index_earliest and _index_latest are ignored: local events have no index time",
                false,
            ),
            key => {
                let ago =
                    [("starthoursago", 3600), ("startminutesago", 60), ("startdaysago", 86_400)];
                let end = [("endhoursago", 3600), ("endminutesago", 60), ("enddaysago", 86_400)];
                let back = |unit: i64| {
                    let n: i64 = m.value.node.parse().ok()?;
                    cx.now().checked_add_micros(n.checked_mul(unit)?.checked_mul(-1_000_000)?)
                };
                let fail = || RunError::Failed {
                    code: "SPL2146",
                    message: format!(
                        "{key} is not a time modifier that is supported, or its value is no number"
                    ),
                    span: Some(m.key.span),
                };
                if let Some((_, unit)) = ago.iter().find(|(k, _)| *k == key) {
                    earliest = Some(back(*unit).ok_or_else(fail)?.as_micros());
                } else if let Some((_, unit)) = end.iter().find(|(k, _)| *k == key) {
                    latest = Some(back(*unit).ok_or_else(fail)?.as_micros());
                } else {
                    return Err(fail());
                }
            }
        }
    }
    Ok((earliest, latest))
}
