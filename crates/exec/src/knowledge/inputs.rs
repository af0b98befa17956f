//! Whether rules matter for some inputs at all: where not, a search runs as if there were none.

use super::Knowledge;
use crate::host::Host;
use crate::scan::{Input, InputData, Opened, Shape};
use sepal_data::wildcard::Pattern;

/// Above this many inputs nobody looks into each.
const MOST: usize = 256;

/// Whether a rule may hold for an event of the inputs. Rules go by what an input is stamped with;
/// rows and envelopes bring stamps of their own.
pub fn may_hold(knowledge: &dyn Knowledge, inputs: &[Input], host: &dyn Host) -> bool {
    let stamps = knowledge.rules().iter().flat_map(|r| &r.holds);
    let stamps: Vec<_> = stamps.map(|s| (s.field.name(), Pattern::new(&s.pattern))).collect();
    if stamps.is_empty() {
        return false;
    }
    inputs.len() > MOST
        || inputs.iter().any(|input| {
            let by_stamp = stamps.iter().any(|(field, pattern)| {
                let name = (*field == "source").then_some(input.name.as_str());
                let given = input.meta.get(field).map(|v| v.as_str()).or(name);
                given.is_some_and(|v| pattern.is_match(v))
            });
            by_stamp || !plain(input, host)
        })
}

/// Whether its events bring no stamps of their own. A pipe cannot be looked into twice.
fn plain(input: &Input, host: &dyn Host) -> bool {
    let twice = match &input.data {
        InputData::Bytes(_) => true,
        InputData::Path(p) => input.can_reopen() && matches!(host.size(p), Ok(Some(_))),
    };
    twice
        && Opened::open(input, host)
            .is_ok_and(|o| matches!(o.shape, Shape::Json { .. } | Shape::Text))
}
