use regex::bytes::Regex;

/// Where the time of an input's events stands and how it is written, as `props.conf` says it.
///
/// Source: Splunk Admin Manual, props.conf, "Timestamp extraction configuration".
///
/// An event in which the rule finds no time gets the one that is recognised without it.
#[derive(Clone, Debug)]
pub struct TimeRule {
    /// The time stands behind the first match (`TIME_PREFIX`).
    pub prefix: Option<Regex>,
    /// How it is written, as `strptime` reads it (`TIME_FORMAT`); without one, any known form.
    pub format: Option<String>,
    /// How many bytes are looked at, from the start or behind the prefix
    /// (`MAX_TIMESTAMP_LOOKAHEAD`); `usize::MAX` for all.
    pub lookahead: usize,
    /// The zone of times that name none (`TZ`); by default the run's.
    pub zone: Option<String>,
    /// The field that holds the time (`TIMESTAMP_FIELDS`), of JSON and tables.
    pub field: Option<String>,
}

impl Default for TimeRule {
    fn default() -> TimeRule {
        TimeRule {
            prefix: None,
            format: None,
            lookahead: sepal_data::time::MAX_TIMESTAMP_LOOKAHEAD,
            zone: None,
            field: None,
        }
    }
}
