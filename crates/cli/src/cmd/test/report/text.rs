//! A line a test.

use super::explained;
use crate::cmd::count;
use crate::cmd::test::case::{Case, Outcome};
use crate::output::visible;

pub(super) fn text(cases: &[Case]) -> String {
    let mut out = String::new();
    for c in cases {
        let name = c.about.title();
        let test = if c.test.is_empty() { String::new() } else { format!(": {}", c.test) };
        let (word, what) = match &c.outcome {
            Outcome::Pass => {
                ("pass ", format!(" ({} from {})", count(c.rows, "row"), count(c.events, "event")))
            }
            Outcome::Fail(why) => ("FAIL ", format!(": {why}")),
            Outcome::Error(t) => ("ERROR", format!(": {} {}", t.code, t.message)),
            Outcome::Skip(why) => ("skip ", format!(": {why}")),
            // their number is told at the end
            Outcome::NotRun => continue,
        };
        out.push_str(&visible(&format!("{word} {name}{test}{what}"), false));
        out.push('\n');
        for line in c.diagnosis.iter().flat_map(explained) {
            out.push_str("      ");
            out.push_str(&visible(&line, false));
            out.push('\n');
        }
    }
    out
}
