//! The fields of a JSON event that its time is taken from when the user names none.
//!
//! Splunk does this per sourcetype, with `TIMESTAMP_FIELDS`, `TIME_PREFIX` and `TIME_FORMAT` of
//! `props.conf`; without those it takes the first timestamp in the text, which in JSON may be
//! any. The names below are those of the sources that the content's detections are about.

use super::TimeZone;

/// A top-level field that holds an event's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeField {
    /// The name, as it is written in the event; letter case counts.
    pub name: &'static str,
    /// Whether a value without a zone is UTC although it does not say so.
    pub utc: bool,
    /// Who writes it.
    pub source: &'static str,
}

impl TimeField {
    /// The zone of a value that names none: UTC, or the run's zone.
    #[must_use]
    pub fn zone<'a>(&self, tz: &'a TimeZone) -> &'a TimeZone {
        const UTC: &TimeZone = &TimeZone::UTC;
        if self.utc { UTC } else { tz }
    }
}

const fn local(name: &'static str, source: &'static str) -> TimeField {
    TimeField { name, utc: false, source }
}

const fn utc(name: &'static str, source: &'static str) -> TimeField {
    TimeField { name, utc: true, source }
}

/// The fields in the order in which they are tried: what can only be the event's time before what
/// may be any time. The first that is there and can be read counts.
pub const TIME_FIELDS: &[TimeField] = &[
    local("_time", "Splunk, exported results"),
    utc("requestReceivedTimestamp", "Kubernetes audit"),
    utc("stageTimestamp", "Kubernetes audit"),
    utc("eventTime", "AWS CloudTrail"),
    local("@timestamp", "Elastic, Winlogbeat, Logstash"),
    utc("UtcTime", "Sysmon, which writes UTC without a zone"),
    utc("SystemTime", "Windows event XML as JSON"),
    local("TimeCreated", "Windows, Get-WinEvent as JSON"),
    local("EventTime", "NXLog, in the host's zone"),
    utc("CreationTime", "Microsoft 365 management activity, UTC without a zone"),
    utc("createdDateTime", "Microsoft Entra sign-ins and risk, Graph"),
    utc("activityDateTime", "Microsoft Entra directory audits"),
    utc("TimeGenerated", "Azure Monitor, Microsoft Sentinel"),
    utc("published", "Okta system log"),
    utc("p_event_time", "Panther"),
    utc("unixTime", "osquery"),
    local("timestamp", "many: Zeek as JSON, osquery, GCP audit, applications"),
    utc("receiveTimestamp", "Google Cloud logging"),
    local("time", "HEC, Azure activity, applications"),
    local("ts", "Zeek, applications"),
    local("event_time", "applications"),
    local("created_at", "GitHub audit, applications"),
    local("datetime", "applications"),
    local("date", "applications"),
];

/// A field inside nested objects that holds an event's time; UTC where a value names no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimePath {
    /// The names from the top level down.
    pub path: &'static [&'static str],
    /// Who writes it.
    pub source: &'static str,
}

/// The nested fields, tried when none of [`TIME_FIELDS`] gives a time.
pub const TIME_PATHS: &[TimePath] = &[
    TimePath {
        path: &["Event", "System", "TimeCreated", "#attributes", "SystemTime"],
        source: "Windows events, evtx_dump",
    },
    TimePath {
        path: &["Event", "System", "TimeCreated", "@SystemTime"],
        source: "Windows events, XML turned into JSON",
    },
    TimePath { path: &["metadata", "eventCreationTime"], source: "CrowdStrike event streams" },
    TimePath { path: &["object", "lastTimestamp"], source: "Kubernetes events, watch" },
];

/// Texts right in front of a UTC timestamp, wherever in an event they are: the `TIME_PREFIX` of
/// the add-ons for these sources, whose times lie behind the usual lookahead.
pub const TIME_PREFIXES: &[&str] = &["SystemTime='", "SystemTime=\"", "\"SystemTime\":\""];
