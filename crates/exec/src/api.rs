//! Running a search from Rust in a few lines: [`Search`].

use crate::KernelEval;
use crate::datamodel::DataModels;
use crate::host::{FixedHost, Host};
use crate::knowledge::{Knowledge, Known, known};
use crate::lookup::Lookups;
use crate::plan::{PlanCx, plan_with};
use crate::run::{LocalSubsearches, RunOptions, Summary, rows_to_json, run_to_batch};
use crate::run_cx::{RunCx, RunError};
use crate::scan::{Input, InputData, Meta, expand_folders};
use sepal_data::FieldName;
use sepal_data::time::{Time, parse_modifier};
use sepal_parser::macros::{Frame, MacroDef, MacroSet, Origin, SourceMap};
use sepal_parser::{Diagnostic, Severity};
use serde_json::Value as Json;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A row of a result: fields in the order of the columns, absent where they have no value. Text is
/// a JSON string, a computed number a JSON number, a multivalue an array.
pub type Row = serde_json::Map<String, Json>;

/// Gives the `source` and the like of an input by its name.
type Stamp = Arc<dyn Fn(&str) -> Meta + Send + Sync>;

/// A search, its macros and its events.
///
/// A run reads no clock and no environment: it gives the same rows on every machine, on any day and
/// with any number of threads. `now()` and relative times count from 2026-01-01, time zone UTC;
/// [`Search::now`] and [`Search::host`] change that.
///
/// ```
/// let found = sepal_exec::Search::new("verb=create | stats count BY user.name")
///     .events("audit.jsonl", r#"
///         {"verb": "create", "user": {"name": "eve"}}
///         {"verb": "list", "user": {"name": "bob"}}
///         {"verb": "create", "user": {"name": "eve"}}
///     "#)
///     .run()?;
/// assert_eq!(found.rows.len(), 1);
/// assert_eq!(found.to_string(), "{\"user.name\":\"eve\",\"count\":2}\n");
/// # Ok::<(), sepal_exec::SearchError>(())
/// ```
#[derive(Clone)]
pub struct Search {
    text: String,
    origin: Option<Origin>,
    macros: MacroSet,
    data_models: Option<Arc<dyn DataModels>>,
    lookups: Option<Arc<dyn Lookups>>,
    knowledge: Option<Arc<dyn Knowledge>>,
    inputs: Vec<Input>,
    stamp: Option<Stamp>,
    now: Option<String>,
    range: [Option<String>; 2],
    host: Option<Arc<dyn Host>>,
    options: RunOptions,
}

impl Search {
    /// A search as it stands in Splunk, macro calls included. Only a text that begins with `|`
    /// reads no events.
    pub fn new(spl: impl Into<String>) -> Search {
        Search {
            text: spl.into(),
            origin: None,
            macros: MacroSet::new(),
            data_models: None,
            lookups: None,
            knowledge: None,
            inputs: Vec::new(),
            stamp: None,
            now: None,
            range: [None, None],
            host: None,
            options: RunOptions::default(),
        }
    }

    /// Where the search was read from: messages then point there.
    #[must_use]
    pub fn origin(mut self, origin: Origin) -> Search {
        self.origin = Some(origin);
        self
    }

    /// The macros that the search may call, besides those that are built in.
    #[must_use]
    pub fn macros(mut self, macros: MacroSet) -> Search {
        self.macros = macros;
        self
    }

    /// Defines one macro without arguments; it replaces one of that name in
    /// [`macros`](Search::macros) given before.
    #[must_use]
    pub fn define(mut self, name: impl Into<String>, definition: impl Into<String>) -> Search {
        let (name, definition) = (name.into(), definition.into());
        let file = format!("macro {name}").into();
        let origin = Origin { file, text: definition.as_str().into(), lines: Arc::default() };
        self.macros.insert(MacroDef { name, definition, origin, ..MacroDef::default() });
        self
    }

    /// The data models that `tstats`, `datamodel` and `from` read through. A detection's
    /// `to_search()` has those of the CIM.
    #[must_use]
    pub fn data_models(mut self, models: Arc<dyn DataModels>) -> Search {
        self.data_models = Some(models);
        self
    }

    /// The tables that `lookup` and `inputlookup` read.
    #[must_use]
    pub fn lookups(mut self, lookups: Arc<dyn Lookups>) -> Search {
        self.lookups = Some(lookups);
        self
    }

    /// What is known of events by sourcetype: fields, event types and tags that they get. A
    /// detection's `to_search()` has what is built in.
    #[must_use]
    pub fn knowledge(mut self, knowledge: Arc<dyn Knowledge>) -> Search {
        self.knowledge = Some(knowledge);
        self
    }

    /// Adds events: JSON lines, a JSON array, HEC envelopes, rows of a Splunk export... as the
    /// command line reads them. `name` is for messages and is the default `source`.
    #[must_use]
    pub fn events(self, name: impl Into<String>, text: impl AsRef<[u8]>) -> Search {
        self.input(Input::bytes(name, text.as_ref()))
    }

    /// Adds the events of a file, `.gz` and `.zst` unpacked, or of all files below a folder.
    #[must_use]
    pub fn path(self, path: impl Into<PathBuf>) -> Search {
        self.input(Input::path(path))
    }

    /// Adds an input whose format and stamped fields are given.
    #[must_use]
    pub fn input(mut self, input: Input) -> Search {
        self.inputs.push(input);
        self
    }

    /// Says which `source`, `sourcetype`, `index` and `host` the events of an input get, by the
    /// input's name. What an [`Input`] says itself wins.
    #[must_use]
    pub fn stamp(mut self, stamp: impl Fn(&str) -> Meta + Send + Sync + 'static) -> Search {
        self.stamp = Some(Arc::new(stamp));
        self
    }

    /// The time that `now()` and relative times count from: `2026-02-11T12:00:00Z`.
    #[must_use]
    pub fn now(mut self, time: impl Into<String>) -> Search {
        self.now = Some(time.into());
        self
    }

    /// Leaves out events before a time modifier such as `-24h@h`, unless the search itself says
    /// `earliest`.
    #[must_use]
    pub fn earliest(mut self, modifier: impl Into<String>) -> Search {
        self.range[0] = Some(modifier.into());
        self
    }

    /// Leaves out events at or after a time modifier, unless the search itself says `latest`.
    #[must_use]
    pub fn latest(mut self, modifier: impl Into<String>) -> Search {
        self.range[1] = Some(modifier.into());
        self
    }

    /// Clock, time zone, seed of `random()` and access to files, all by one door. It replaces what
    /// [`now`](Search::now) says.
    #[must_use]
    pub fn host(mut self, host: Arc<dyn Host>) -> Search {
        self.host = Some(host);
        self
    }

    /// Threads, memory and the switches of the scan.
    #[must_use]
    pub fn options(mut self, options: RunOptions) -> Search {
        self.options = options;
        self
    }

    /// Runs the search.
    ///
    /// # Errors
    /// [`SearchError::Wrong`] where the search cannot run as it is written, with the place of each
    /// cause; [`SearchError::Time`] for a time that is none; [`SearchError::Run`] where an input
    /// cannot be opened or a limit ends the run. An input that ends too early or an event that is
    /// damaged is no error but stands in [`Found::summary`].
    pub fn run(&self) -> Result<Found, SearchError> {
        let origin = self.origin.clone().unwrap_or_else(|| Origin {
            file: "search".into(),
            text: self.text.as_str().into(),
            lines: Arc::default(),
        });
        let parsed =
            sepal_parser::parse_search(&self.text, origin, &self.macros, Some(&KernelEval));
        let map = &parsed.expanded.map;
        let (wrong, mut warnings): (Vec<_>, Vec<_>) =
            parsed.diagnostics.iter().partition(|d| d.severity == Severity::Error);
        let places = |ds: &[Diagnostic]| ds.iter().map(|d| Problem::new(d, map)).collect();
        if !wrong.is_empty() {
            let list = wrong.into_iter().map(|d| Problem::new(d, map));
            return Err(SearchError::Wrong(list.collect()));
        }
        let host = self.own_host()?;
        let mut options = self.options.clone();
        let zone = host.time_zone().clone();
        let now = Time::from_micros(host.now()).unwrap_or(Time::EPOCH);
        let at = |text: &Option<String>| {
            let Some(text) = text else { return Ok(None) };
            let time = parse_modifier(text).ok().and_then(|m| m.apply(now, &zone));
            time.map(|t| Some(t.as_micros())).ok_or_else(|| SearchError::Time(text.clone()))
        };
        options.earliest = at(&self.range[0])?.or(options.earliest);
        options.latest = at(&self.range[1])?.or(options.latest);

        let failed = |e| SearchError::failed(e, map);
        let inputs = self.all_inputs(&*host).map_err(failed)?;
        let Known { inputs, knowledge, .. } = match &self.knowledge {
            Some(k) => known(k, inputs, true, &*host),
            None => Known { inputs, knowledge: None, own_stamps: false },
        };
        let inputs: Arc<[Input]> = inputs.into();
        let mut planning = PlanCx::default()
            .with_macros(self.macros.clone())
            .with_data_models(self.data_models.clone())
            .with_lookups(self.lookups.clone())
            .with_knowledge(knowledge);
        let plan = plan_with(&parsed.pipeline, &mut planning)
            .map_err(|ds| SearchError::Wrong(places(&ds)))?;
        warnings.extend(&plan.warnings);
        let subsearches =
            LocalSubsearches { inputs: Arc::clone(&inputs), options: options.clone() };
        let cx = RunCx::new(host).with_subsearches(Arc::new(subsearches));
        let (batch, summary) = run_to_batch(&plan, &inputs, &options, &cx).map_err(failed)?;
        Ok(Found {
            columns: batch.cols.keys().cloned().collect(),
            rows: rows_to_json(&batch),
            warnings: warnings.into_iter().map(|d| Problem::new(d, map)).collect(),
            summary,
        })
    }

    fn own_host(&self) -> Result<Arc<dyn Host>, SearchError> {
        if let Some(host) = &self.host {
            return Ok(Arc::clone(host));
        }
        let mut host = FixedHost::default();
        if let Some(text) = &self.now {
            let time: Result<jiff::Timestamp, _> = text.parse();
            host.now = time.map_err(|_| SearchError::Time(text.clone()))?.as_microsecond();
        }
        Ok(Arc::new(host))
    }

    /// The inputs, folders replaced by their files, each with its stamp.
    fn all_inputs(&self, host: &dyn Host) -> Result<Vec<Input>, RunError> {
        let mut all = Vec::new();
        for input in &self.inputs {
            match &input.data {
                InputData::Bytes(_) | InputData::Kept(..) => all.push(input.clone()),
                InputData::Path(path) => {
                    let files = expand_folders(vec![path.clone()], host)?;
                    let one = files.as_slice() == [path.clone()];
                    all.extend(files.into_iter().map(|file| {
                        let name =
                            if one { input.name.clone() } else { file.display().to_string() };
                        Input { name, data: InputData::Path(file), ..input.clone() }
                    }));
                }
            }
        }
        if let Some(stamp) = &self.stamp {
            for input in &mut all {
                let by_name = stamp(&input.name);
                let own = &mut input.meta;
                own.source = own.source.take().or(by_name.source);
                own.sourcetype = own.sourcetype.take().or(by_name.sourcetype);
                own.index = own.index.take().or(by_name.index);
                own.host = own.host.take().or(by_name.host);
            }
        }
        Ok(all)
    }
}

/// What a search found.
///
/// `to_string()` gives a row a line as JSON, which reads well in a snapshot.
#[derive(Clone, Debug)]
pub struct Found {
    /// The fields in the order in which Splunk shows them.
    pub columns: Vec<FieldName>,
    /// The rows in their order.
    pub rows: Vec<Row>,
    /// What is odd about the search, though it ran.
    pub warnings: Vec<Problem>,
    /// Events read, damaged events, limits that were met. A test should look at
    /// [`Summary::is_cut`], which says whether rows may be missing.
    pub summary: Summary,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.iter().try_for_each(|row| {
            let line = serde_json::to_string(row).map_err(|_| fmt::Error)?;
            writeln!(f, "{line}")
        })
    }
}

/// Something about a search's text, and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The stable code, such as `SPL1003`.
    pub code: &'static str,
    /// One sentence in lower case without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The construct that is SPL but not supported here, if it is that.
    pub unsupported: Option<String>,
    /// `file:line:column`, innermost first: a place in a macro is followed by the call of it.
    pub places: Vec<String>,
}

impl Problem {
    fn new(d: &Diagnostic, map: &SourceMap) -> Problem {
        Problem {
            code: d.code,
            message: d.message.clone(),
            help: d.help.clone(),
            unsupported: d.unsupported.clone(),
            places: map.resolve(d.span).iter().map(place).collect(),
        }
    }
}

/// A place in a file, line and column from 1.
fn place(frame: &Frame) -> String {
    let before = frame.file_text.get(..frame.range.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{}:{line}:{column}", frame.file)
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut places = self.places.iter();
        if let Some(first) = places.next() {
            write!(f, "{first}: ")?;
        }
        write!(f, "{} [{}]", self.message, self.code)?;
        places.try_for_each(|p| write!(f, "\n  called at {p}"))?;
        self.help.iter().try_for_each(|h| write!(f, "\n  help: {h}"))
    }
}

/// Why a search gave no result.
///
/// `{:?}` shows the same text as `{}`, so that a test that returns it reads well.
#[derive(Clone, thiserror::Error)]
pub enum SearchError {
    /// The search is wrong or asks for something that is not supported; never empty.
    #[error("{}", .0.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))]
    Wrong(Vec<Problem>),
    /// A time of [`Search::now`], [`Search::earliest`] or [`Search::latest`] that is none.
    #[error("{0} is not a time")]
    Time(String),
    /// The run could not go on.
    #[error(transparent)]
    Run(RunError),
}

impl SearchError {
    fn failed(error: RunError, map: &SourceMap) -> SearchError {
        match error {
            RunError::Failed { code, message, span: Some(span) } => {
                let d = Diagnostic::error(code, span, message);
                SearchError::Wrong(vec![Problem::new(&d, map)])
            }
            other => SearchError::Run(other),
        }
    }
}

impl fmt::Debug for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
