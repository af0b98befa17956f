//! Searches with a name.

/// A saved search.
///
/// Source: Splunk savedsearches.conf.spec.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedSearch {
    /// `search`: its text, macros not expanded.
    pub text: String,
    /// `dispatch.earliest_time`: where its time range begins, unless the run has one.
    pub earliest: Option<String>,
    /// `dispatch.latest_time`
    pub latest: Option<String>,
}
