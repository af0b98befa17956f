//! The searches of Splunk's `savedsearches.conf`.

use crate::ContentError;
use crate::conf::parse::stanzas;
use sepal_exec::lookup::SavedSearch;

/// Reads a `savedsearches.conf`: the stanzas with `search`, by name; of their settings
/// `dispatch.earliest_time` and `dispatch.latest_time`. The others are about when a server runs
/// them and what it does then. Of a name that stands twice the later counts.
///
/// Source: Splunk savedsearches.conf.spec.
///
/// # Errors
/// SPL4101 for a line that is none of a .conf file's, with the line.
pub fn read_saved(file: &str, text: &str) -> Result<Vec<(String, SavedSearch)>, ContentError> {
    let (default, all) = stanzas(file, text)?;
    let one = |stanza: &crate::conf::parse::Stanza| {
        let get = |key: &str| {
            let setting = stanza.get(key).or_else(|| default.get(key))?;
            Some(setting.value.trim().to_owned()).filter(|v| !v.is_empty())
        };
        let search = SavedSearch {
            text: get("search")?,
            earliest: get("dispatch.earliest_time"),
            latest: get("dispatch.latest_time"),
        };
        Some((stanza.name.clone(), search))
    };
    Ok(all.iter().filter_map(one).collect())
}
