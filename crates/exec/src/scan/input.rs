use super::open::Opened;
use super::tape::KeptEvents;
use super::time_rule::TimeRule;
use crate::knowledge::{Recognized, Recognizer};
use sepal_data::text::table::Dialect;
use sepal_data::text::{BreakError, Breaker};
use sepal_data::time::TimeZone;
use smol_str::SmolStr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// One input: a file, standard input, or bytes in memory.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name in messages; also the default `source`.
    pub name: String,
    /// Where its bytes are.
    pub data: InputData,
    /// How events are told apart; detected where none is given.
    pub format: Option<InputFormat>,
    /// The default fields stamped on every event.
    pub meta: Meta,
    /// What it was recognized as; these default fields are of events that have none of their own.
    pub recognized: Option<Arc<Recognized>>,
    /// What recognizes it when it is opened, where that was not done before.
    pub recognizer: Option<Arc<Recognizer>>,
    /// A pipe that was looked at: what was read of it is not lost.
    pub(crate) looked_at: LookedAt,
    /// The time zone of times in its events that name none; the host's where none is given.
    ///
    /// Source: Splunk props.conf.spec, `TZ`.
    pub time_zone: Option<TimeZone>,
    /// Where the time of its events stands, where that is known.
    pub time: Option<Arc<TimeRule>>,
}

/// An input that was opened before the search, for the first one that asks.
#[derive(Clone, Default)]
pub(crate) struct LookedAt(Arc<Mutex<Option<Opened>>>);

impl LookedAt {
    pub fn keep(&self, opened: Opened) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened);
    }

    pub fn take(&self) -> Option<Opened> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl std::fmt::Debug for LookedAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LookedAt")
    }
}

/// Where an input's bytes are.
#[derive(Clone, Debug)]
pub enum InputData {
    /// A file that the host opens; `-` is standard input.
    Path(PathBuf),
    /// Bytes in memory.
    Bytes(Arc<[u8]>),
    /// Some of the events that were kept of the input with the same number, by their numbers. They
    /// are those that meet the first condition, and perhaps others: the scan asks for no more than
    /// it must.
    Kept(Arc<KeptEvents>, Arc<[u32]>),
}

impl Input {
    /// A file, or standard input where `path` is `-`.
    pub fn path(path: impl Into<PathBuf>) -> Input {
        let path = path.into();
        Input {
            name: path.display().to_string(),
            data: InputData::Path(path),
            format: None,
            meta: Meta::default(),
            recognized: None,
            recognizer: None,
            looked_at: LookedAt::default(),
            time_zone: None,
            time: None,
        }
    }

    /// Bytes in memory under a name.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Input {
        Input {
            name: name.into(),
            data: InputData::Bytes(bytes.into()),
            format: None,
            meta: Meta::default(),
            recognized: None,
            recognizer: None,
            looked_at: LookedAt::default(),
            time_zone: None,
            time: None,
        }
    }

    /// A default field of its events that have none of their own, as far as it is known before one
    /// is read: what the user says, else what the input was recognized as, before or by `now`.
    pub(crate) fn default_of<'a>(
        &'a self,
        field: &str,
        now: Option<&'a Recognized>,
    ) -> Option<&'a str> {
        let recognized = now.or(self.recognized.as_deref()).and_then(|r| r.given.get(field));
        let named = (field == "source").then_some(self.name.as_str());
        self.meta.get(field).or(recognized).map(SmolStr::as_str).or(named)
    }

    /// Whether it can be read a second time: standard input cannot.
    pub fn can_reopen(&self) -> bool {
        match &self.data {
            InputData::Path(p) => p.as_os_str() != "-",
            InputData::Bytes(_) | InputData::Kept(..) => true,
        }
    }

    /// The same with a rule for the time of its events.
    pub fn with_time(mut self, rule: TimeRule) -> Input {
        self.time = Some(Arc::new(rule));
        self
    }

    /// The same with these stamped fields.
    pub fn with_meta(mut self, meta: Meta) -> Input {
        self.meta = meta;
        self
    }
}

/// `source`, `sourcetype`, `index` and `host` that the user gave. One that is not given comes from
/// the event (HEC envelope, export row, a field of that name), else from a default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// `source`; by default the input's name.
    pub source: Option<SmolStr>,
    /// `sourcetype`; by default `_json`, or `text` where events are not JSON.
    pub sourcetype: Option<SmolStr>,
    /// `index`; by default `main`.
    pub index: Option<SmolStr>,
    /// `host`; by default `localhost`.
    pub host: Option<SmolStr>,
}

impl Meta {
    /// The names of the stamped fields.
    pub const FIELDS: [&str; 4] = ["source", "sourcetype", "index", "host"];

    /// The stamped value of a field.
    pub fn get(&self, field: &str) -> Option<&SmolStr> {
        match field {
            "source" => self.source.as_ref(),
            "sourcetype" => self.sourcetype.as_ref(),
            "index" => self.index.as_ref(),
            "host" => self.host.as_ref(),
            _ => None,
        }
    }
}

/// How events stand in an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputFormat {
    /// One JSON event a line.
    Lines,
    /// JSON values one after another, over any number of lines.
    Concatenated,
    /// The members of a top-level JSON array.
    Array,
    /// The members of the array under a top-level key: `Records`, `items`, `value`.
    Wrapped(String),
    /// Rows: JSON objects, one a line, whose keys are field names as they are and whose arrays are
    /// multivalues. They get no default `source`, `sourcetype`, `index` and `host`: only what the
    /// user stamps on them.
    Rows,
    /// One event of plain text a line.
    Text,
    /// Plain text that breaks into events otherwise.
    Broken(Breaker),
    /// A header and rows with commas between cells. Each row is an event whose fields are the
    /// columns; with a column `_raw` they are rows that some Splunk gave.
    Csv,
    /// The same with tabs between cells.
    Tsv,
    /// Zeek's logs of tab-separated values.
    Zeek,
    /// The W3C's extended log files, such as those of IIS.
    W3c,
    /// A Windows event log file.
    Evtx,
}

impl InputFormat {
    /// The format's name in `--explain`.
    pub fn name(&self) -> String {
        match self {
            InputFormat::Lines => "JSON lines".into(),
            InputFormat::Concatenated => "JSON values".into(),
            InputFormat::Array => "JSON array".into(),
            InputFormat::Wrapped(key) => format!("JSON array under {key}"),
            InputFormat::Rows => "rows".into(),
            InputFormat::Text => "text lines".into(),
            InputFormat::Broken(breaker) => format!("text {breaker}"),
            InputFormat::Csv => "CSV".into(),
            InputFormat::Tsv => "TSV".into(),
            InputFormat::Zeek => "Zeek TSV".into(),
            InputFormat::W3c => "W3C extended log".into(),
            InputFormat::Evtx => "EVTX".into(),
        }
    }
}

impl InputFormat {
    /// How the cells are written, of a table.
    pub fn dialect(&self) -> Option<Dialect> {
        match self {
            InputFormat::Csv => Some(Dialect::Csv),
            InputFormat::Tsv => Some(Dialect::Tsv),
            InputFormat::Zeek => Some(Dialect::Zeek),
            InputFormat::W3c => Some(Dialect::W3c),
            _ => None,
        }
    }
}

impl From<Dialect> for InputFormat {
    fn from(dialect: Dialect) -> InputFormat {
        match dialect {
            Dialect::Csv => InputFormat::Csv,
            Dialect::Tsv => InputFormat::Tsv,
            Dialect::Zeek => InputFormat::Zeek,
            Dialect::W3c => InputFormat::W3c,
        }
    }
}

/// A format named by the user: `lines`, `json`, `array`, `rows`, `text`, `csv`, `tsv`, `zeek-tsv`,
/// `w3c`, `evtx`, `wrapped:KEY`, or text broken into events by `before:REGEX`, `after:REGEX`,
/// `between:REGEX` (with a group) or `xml:ELEMENT`.
impl std::str::FromStr for InputFormat {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let broken = |b: Result<Breaker, BreakError>| b.map(InputFormat::Broken);
        let named = match s {
            "lines" => InputFormat::Lines,
            "json" => InputFormat::Concatenated,
            "array" => InputFormat::Array,
            "rows" => InputFormat::Rows,
            "text" => InputFormat::Text,
            "csv" => InputFormat::Csv,
            "tsv" => InputFormat::Tsv,
            "zeek-tsv" => InputFormat::Zeek,
            "w3c" => InputFormat::W3c,
            "evtx" => InputFormat::Evtx,
            other => match other.split_once(':') {
                Some(("wrapped", key)) if !key.is_empty() => InputFormat::Wrapped(key.to_owned()),
                Some(("before", r)) => broken(Breaker::before(r)).map_err(|e| e.to_string())?,
                Some(("after", r)) => broken(Breaker::after(r)).map_err(|e| e.to_string())?,
                Some(("between", r)) => {
                    broken(Breaker::line_breaker(r)).map_err(|e| e.to_string())?
                }
                Some(("xml", name)) => broken(Breaker::xml(name)).map_err(|e| e.to_string())?,
                _ => {
                    return Err("expected lines, json, array, wrapped:KEY, rows, text, csv, tsv, \
                                zeek-tsv, w3c, evtx, before:REGEX, after:REGEX, between:REGEX or \
                                xml:ELEMENT"
                        .into());
                }
            },
        };
        Ok(named)
    }
}

/// What a scan counted.
#[derive(Clone, Debug, Default)]
pub struct ScanCounts {
    /// Events read.
    pub events: u64,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// Events that passed the first search.
    pub matched: u64,
    /// Events that are not well-formed: kept with `_raw` only.
    pub damaged: u64,
    /// The first of them by place, five at most.
    pub first_damaged: Vec<Damage>,
    /// Field names left out because there were too many distinct ones.
    pub dropped_fields: u64,
}

/// A damaged event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Damage {
    /// Which input.
    pub unit: u32,
    /// Where the event begins, in bytes after decompression.
    pub offset: u64,
    /// The line, from 1, once known.
    pub line: Option<u64>,
    /// What is wrong.
    pub reason: String,
}

impl ScanCounts {
    /// How many damaged events are named.
    pub const NAMED: usize = 5;

    /// Adds what another scan counted.
    pub fn add(&mut self, other: ScanCounts) {
        self.events += other.events;
        self.bytes += other.bytes;
        self.matched += other.matched;
        self.damaged += other.damaged;
        self.dropped_fields += other.dropped_fields;
        self.first_damaged.extend(other.first_damaged);
        self.first_damaged.sort();
        self.first_damaged.truncate(Self::NAMED);
    }

    /// Counts a damaged event.
    pub fn damage(&mut self, unit: u32, offset: u64, reason: impl FnOnce() -> String) {
        self.damaged += 1;
        let last = self.first_damaged.last();
        if self.first_damaged.len() < Self::NAMED
            || last.is_some_and(|d| (unit, offset) < (d.unit, d.offset))
        {
            self.first_damaged.push(Damage { unit, offset, line: None, reason: reason() });
            self.first_damaged.sort();
            self.first_damaged.truncate(Self::NAMED);
        }
    }
}
