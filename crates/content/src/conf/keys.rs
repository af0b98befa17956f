//! The settings of each file, and what becomes of them here: `docs/splunk-apps.md` is tested
//! against this list.

/// What becomes of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is done.
    Done(&'static str),
    /// It says nothing to a search over files.
    Idle(&'static str),
    /// It is not done, which is told.
    Not(&'static str),
}

/// A setting; a name that ends in `-` is followed by any class.
pub type Key = (&'static str, How);

use How::{Done, Idle, Not};

const INDEXING: &str = "events are not changed while they are read";
const FORWARDING: &str = "about forwarders, queues and the display";

/// Source: Splunk Admin Manual, props.conf.
pub const PROPS: &[Key] = &[
    ("EXTRACT-", Done("the named groups of a regular expression, of `_raw` or `in FIELD`")),
    ("REPORT-", Done("stanzas of transforms.conf, in the order given")),
    ("KV_MODE", Done("none, auto, auto_escaped, xml; JSON has its fields in any case")),
    ("AUTO_KV_JSON", Idle("JSON has its fields in any case")),
    ("FIELDALIAS-", Done("AS and ASNEW")),
    ("EVAL-", Done("calculated fields do not see each other")),
    ("LOOKUP-", Done("as the command `lookup`")),
    ("SEDCMD-", Done("on `_raw`, before all extractions")),
    ("LINE_BREAKER", Done("the first group stands between events")),
    ("SHOULD_LINEMERGE", Done("with BREAK_ONLY_BEFORE or MUST_BREAK_AFTER")),
    ("BREAK_ONLY_BEFORE", Done("an event begins at a line that it matches")),
    ("MUST_BREAK_AFTER", Done("an event ends at a line that it matches")),
    ("TIME_PREFIX", Done("the time stands behind its first match")),
    ("TIME_FORMAT", Done("as strptime reads it")),
    ("MAX_TIMESTAMP_LOOKAHEAD", Done("how many bytes are looked at for the time")),
    ("TZ", Done("the zone of times that name none")),
    ("TIMESTAMP_FIELDS", Done("the field that holds the time, one")),
    ("INDEXED_EXTRACTIONS", Done("json; tables are read with their header by --format")),
    ("TRUNCATE", Done("events are not cut; one below 10000 is told")),
    ("rename", Done("events of the sourcetype are known under the other name")),
    ("sourcetype", Done("for events without one, under [source::...] and [host::...]")),
    ("priority", Done("which of several stanzas that match wins")),
    ("CHARSET", Done("UTF-8 and AUTO")),
    ("TRANSFORMS-", Not(INDEXING)),
    ("RULESET-", Not(INDEXING)),
    ("RULESET_DESC-", Idle(FORWARDING)),
    ("METRIC-SCHEMA-TRANSFORMS", Not(INDEXING)),
    ("MUST_NOT_BREAK_AFTER", Not("lines are not merged by it")),
    ("MUST_NOT_BREAK_BEFORE", Not("lines are not merged by it")),
    ("BREAK_ONLY_BEFORE_DATE", Not("lines are not merged by their time")),
    ("DATETIME_CONFIG", Not("times are found as the documentation of inputs says")),
    ("HEADER_FIELD_LINE_NUMBER", Not("tables are read by --format")),
    ("FIELD_DELIMITER", Not("tables are read by --format")),
    ("FIELD_HEADER_REGEX", Not("tables are read by --format")),
    ("FIELD_NAMES", Not("tables are read by --format")),
    ("FIELD_QUOTE", Not("tables are read by --format")),
    ("HEADER_FIELD_DELIMITER", Not("tables are read by --format")),
    ("HEADER_FIELD_QUOTE", Not("tables are read by --format")),
    ("HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS", Not("tables are read by --format")),
    ("MISSING_VALUE_REGEX", Not("tables are read by --format")),
    ("PREAMBLE_REGEX", Not("tables are read by --format")),
    ("CHECK_FOR_HEADER", Not("tables are read by --format")),
    ("JSON_TRIM_BRACES_IN_ARRAY_NAMES", Not("names of arrays keep their braces")),
    ("TZ_ALIAS", Not("names of zones are those known")),
    ("ADD_EXTRA_TIME_FIELDS", Idle("date fields are made where they are asked for")),
    ("DETERMINE_TIMESTAMP_DATE_WITH_SYSTEM_TIME", Idle(FORWARDING)),
    ("LINE_BREAKER_LOOKBEHIND", Idle("breaks are found wherever they are")),
    ("EVENT_BREAKER", Idle(FORWARDING)),
    ("EVENT_BREAKER_ENABLE", Idle(FORWARDING)),
    ("MAX_EVENTS", Idle("events have any number of lines")),
    ("MAX_DAYS_AGO", Idle("times are not bounded")),
    ("MAX_DAYS_HENCE", Idle("times are not bounded")),
    ("MAX_DIFF_SECS_AGO", Idle("times are not bounded")),
    ("MAX_DIFF_SECS_HENCE", Idle("times are not bounded")),
    ("MAX_EXPECTED_EVENT_LINES", Idle(FORWARDING)),
    ("ANNOTATE_PUNCT", Idle(FORWARDING)),
    ("STORE_EVENT_SIZE", Idle(FORWARDING)),
    ("MATCH_LIMIT", Idle("regular expressions have their own limit")),
    ("DEPTH_LIMIT", Idle("regular expressions have their own limit")),
    ("KV_TRIM_SPACES", Not("blanks around values do not stay")),
    ("SEGMENTATION", Idle(FORWARDING)),
    ("SEGMENTATION-", Idle(FORWARDING)),
    ("NO_BINARY_CHECK", Idle(FORWARDING)),
    ("detect_trailing_nulls", Idle(FORWARDING)),
    ("CHECK_METHOD", Idle(FORWARDING)),
    ("initCrcLength", Idle(FORWARDING)),
    ("PREFIX_SOURCETYPE", Idle(FORWARDING)),
    ("LEARN_SOURCETYPE", Idle(FORWARDING)),
    ("LEARN_MODEL", Idle(FORWARDING)),
    ("maxDist", Idle(FORWARDING)),
    ("unarchive_cmd", Not("programs are not started")),
    ("unarchive_cmd_start_mode", Idle(FORWARDING)),
    ("unarchive_sourcetype", Idle(FORWARDING)),
    ("force_local_processing", Idle(FORWARDING)),
    ("ROUTE_EVENTS_OLDER_THAN", Idle(FORWARDING)),
    ("termFrequencyWeightedDist", Idle(FORWARDING)),
    ("invalid_cause", Idle(FORWARDING)),
    ("is_valid", Idle(FORWARDING)),
    ("LB_CHUNK_BREAKER", Idle(FORWARDING)),
    ("LB_CHUNK_BREAKER_TRUNCATE", Idle(FORWARDING)),
    ("_actions", Idle(FORWARDING)),
    ("pulldown_type", Idle(FORWARDING)),
    ("given_type", Idle(FORWARDING)),
    ("description", Idle(FORWARDING)),
    ("category", Idle(FORWARDING)),
    ("disabled", Done("a stanza that is says nothing")),
];

/// Of a stanza that `REPORT-` names, and of lookups. Source: Splunk Admin Manual, transforms.conf.
pub const TRANSFORMS: &[Key] = &[
    ("REGEX", Done("groups become fields")),
    ("FORMAT", Done("`name::$1 $2::$3`")),
    ("DELIMS", Done("one set of characters between values, or two for pairs")),
    ("FIELDS", Done("the names of values between DELIMS")),
    ("SOURCE_KEY", Done("the field that is looked at; `_raw`")),
    ("MV_ADD", Done("values join those that are there")),
    ("CLEAN_KEYS", Done("names are cleaned")),
    ("KEEP_EMPTY_VALS", Done("empty values make a field")),
    ("filename", Done("a lookup's table")),
    ("collection", Done("a lookup's table, as CSV of that name")),
    ("fields_list", Done("a lookup's columns")),
    ("match_type", Done("WILDCARD and CIDR")),
    ("min_matches", Done("how many rows a lookup gives at least")),
    ("max_matches", Done("how many rows a lookup gives at most")),
    ("default_match", Done("what a lookup gives where nothing matches")),
    ("case_sensitive_match", Done("whether a lookup minds case")),
    ("time_field", Done("a lookup by time")),
    ("time_format", Done("a lookup by time")),
    ("max_offset_secs", Done("a lookup by time")),
    ("min_offset_secs", Done("a lookup by time")),
    ("external_type", Done("kvstore")),
    ("CAN_OPTIMIZE", Idle("what nobody asks for is not extracted")),
    ("MATCH_LIMIT", Idle("regular expressions have their own limit")),
    ("DEPTH_LIMIT", Idle("regular expressions have their own limit")),
    ("allow_caching", Idle(FORWARDING)),
    ("batch_index_query", Idle(FORWARDING)),
    ("cache_size", Idle(FORWARDING)),
    ("index_fields_list", Idle(FORWARDING)),
    ("max_ext_batch", Idle(FORWARDING)),
    ("replicate", Idle(FORWARDING)),
    ("check_permission", Idle(FORWARDING)),
    ("LOOKAHEAD", Idle("texts are looked at to their end")),
    ("description", Idle(FORWARDING)),
    ("disabled", Idle(FORWARDING)),
    ("external_cmd", Not("programs are not started")),
    ("python.version", Idle(FORWARDING)),
    ("python.required", Idle(FORWARDING)),
    ("filter", Not("a KV store's filter is not known")),
    ("reverse_lookup_honor_case_sensitive_match", Idle("lookups are not reversed")),
    ("case_sensitive_match_reverse", Idle("lookups are not reversed")),
    ("feature_id_element", Not("shapes are not looked up")),
    ("DEST_KEY", Not(INDEXING)),
    ("WRITE_META", Not(INDEXING)),
    ("DEFAULT_VALUE", Not(INDEXING)),
    ("REPEAT_MATCH", Not(INDEXING)),
    ("CLONE_SOURCETYPE", Not(INDEXING)),
    ("INGEST_EVAL", Not(INDEXING)),
    ("STOP_PROCESSING_IF", Not(INDEXING)),
    ("METRIC-SCHEMA-", Not(INDEXING)),
];

/// Source: Splunk Admin Manual, eventtypes.conf.
pub const EVENTTYPES: &[Key] = &[
    ("search", Done("which events are of the type; macros of the app are expanded")),
    ("disabled", Done("a type that is says nothing")),
    ("tags", Done("its tags, as older versions wrote them")),
    ("priority", Idle("about the display")),
    ("color", Idle("about the display")),
    ("description", Idle("about the display")),
];

/// The files with their lists.
pub const FILES: &[(&str, &[Key])] =
    &[("props.conf", PROPS), ("transforms.conf", TRANSFORMS), ("eventtypes.conf", EVENTTYPES)];

/// What becomes of a setting of a file.
pub(super) fn of(list: &[Key], key: &str) -> Option<How> {
    let fits = |name: &str| match name.ends_with('-') {
        true => key.len() > name.len() && key.starts_with(name),
        false => key == name,
    };
    list.iter().find(|(name, _)| fits(name)).map(|(_, how)| *how)
}

/// What an unknown setting may stand for.
pub(super) fn near(list: &[Key], key: &str) -> Option<String> {
    let class = key.split_once('-');
    let names = list.iter().map(|(n, _)| *n);
    if let Some((kind, class)) = class {
        let kinds = names.clone().filter_map(|n| n.strip_suffix('-'));
        let upper = kind.to_ascii_uppercase();
        return sepal_parser::suggest(&upper, kinds).map(|k| format!("{k}-{class}"));
    }
    let same = names.clone().find(|n| n.eq_ignore_ascii_case(key));
    same.or_else(|| sepal_parser::suggest(key, names)).map(str::to_owned)
}
