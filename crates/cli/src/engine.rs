//! What the command line asks of the kernel, and what it gets back.

use crate::spl::Prepared;
use sepal_content::{Note, Project};
use sepal_data::{FieldName, Value};
use sepal_exec::datamodel::DataModels;
use sepal_exec::knowledge::Knowledge;
use sepal_exec::lookup::Lookups;
use sepal_exec::run::StageProfile;
use sepal_exec::{Notice, RunCx, RunError};
use sepal_parser::Diagnostic;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Rows in the order in which they are shown.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// The fields, in the order in which they are shown.
    pub columns: Vec<FieldName>,
    /// The rows; each as long as `columns`.
    pub rows: Vec<Vec<Value>>,
}

/// Where events come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file, or a folder with all files below it.
    Path(PathBuf),
    /// A file of an input of the project file, which nobody named: no test data of the detection.
    Project(PathBuf),
}

/// One search over some inputs.
pub struct Job<'a> {
    /// The search.
    pub search: &'a Prepared,
    /// Where the events come from, in order.
    pub inputs: &'a [Input],
    /// Metadata, layout, time range and clock.
    pub options: &'a Options,
    /// Raised to stop.
    pub stop: Arc<AtomicBool>,
    /// Counted up while reading.
    pub progress: Arc<Progress>,
}

/// How far a run has come.
#[derive(Default)]
pub struct Progress {
    /// The run, once it began.
    pub run: OnceLock<Arc<RunCx>>,
    /// All bytes of all inputs; 0 where unknown.
    pub total: AtomicU64,
}

impl Progress {
    /// Events and bytes read.
    pub fn read(&self) -> (u64, u64) {
        self.run.get().map_or((0, 0), |cx| cx.read_so_far())
    }
}

/// What the user said about events, time and resources.
#[derive(Clone, Default)]
pub struct Options {
    /// The lookups of `--lookups`.
    pub lookups: Option<Arc<dyn Lookups>>,
    /// The built-in data models and those of `--datamodels`.
    pub data_models: Option<Arc<dyn DataModels>>,
    /// What is known of sourcetypes, built in and of `--knowledge`; none with `--no-knowledge`.
    pub knowledge: Option<Arc<dyn Knowledge>>,
    /// `--source`, `--time-field` and the like, with what the project file says of the time.
    pub input: crate::args::InputArgs,
    /// Risk events, for a search that asks for them.
    pub risk: Vec<sepal_exec::scan::Input>,
    /// The detection whose declared test data says what events carry, where the search is not its own.
    pub declared: Option<Arc<sepal_content::Detection>>,
    /// Whether `earliest=`, `latest=` and the like in the search are left out.
    pub timeless: bool,
    /// The project file: what it stamps on events.
    pub project: Option<Arc<Project>>,
    /// Whether `--tz` was given: then the zones of the project's inputs do not count.
    pub tz_given: bool,
    /// Threads; none for as many as there are cores.
    pub threads: Option<u16>,
    /// Whether events are skipped by a literal probe.
    pub no_prefilter: bool,
    /// Whether stages are timed.
    pub profile: bool,
}

/// What a run did.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Events read.
    pub events: u64,
    /// Events that passed the first search.
    pub matched: u64,
    /// Events that could not be read as JSON and are kept as text.
    pub damaged: u64,
    /// `file:line (reason)` of the first of those.
    pub damaged_at: Vec<String>,
    /// Inputs that could not be read to their end.
    pub input_errors: Vec<RunError>,
    /// What is odd about the search, but does not keep it from running.
    pub warnings: Vec<Diagnostic>,
    /// What is odd about the content that was used.
    pub notes: Vec<Note>,
    /// Files read.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// From beginning to end.
    pub elapsed: Duration,
    /// What the run had to tell, with how often.
    pub notices: Vec<(Notice, u64)>,
    /// Rows and time of each command, where asked for.
    pub profile: Vec<StageProfile>,
    /// The run was stopped: the rows are those of the events read so far.
    pub partial: bool,
}

/// The result of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The rows.
    pub results: Results,
    /// The rows as a table shows them, where `fieldformat` says that they differ.
    pub shown: Option<Results>,
    /// How it went.
    pub summary: Summary,
}

impl Outcome {
    /// The rows as an output of this format has them.
    pub fn results_in(&self, format: crate::output::Format) -> &Results {
        match (&self.shown, format) {
            (Some(shown), crate::output::Format::Table) => shown,
            _ => &self.results,
        }
    }
}

/// Why there is no result.
#[derive(Debug)]
pub enum Refusal {
    /// The search cannot run: diagnostics about its text.
    Search(Vec<Diagnostic>),
    /// An option is wrong.
    Option(String),
    /// The run failed.
    Run(RunError),
}

/// The kernel, as the command line sees it.
pub trait Engine: Sync {
    /// Runs a search.
    ///
    /// # Errors
    /// See [`Refusal`]. A stopped run is an [`Outcome`] with [`Summary::partial`].
    fn run(&self, job: &Job<'_>) -> Result<Outcome, Refusal>;

    /// How a search would run over these inputs: needed fields, prefilter, stages. No inputs, or
    /// such as cannot be opened: any events.
    ///
    /// # Errors
    /// As [`Engine::run`], without reading more of the events than their beginning.
    fn explain(
        &self,
        search: &Prepared,
        inputs: &[Input],
        options: &Options,
    ) -> Result<String, Refusal>;
}
