//! The command line, declared once: help, completions and the man page are made of it.

mod content;
mod drilldown;
mod hunt;
mod init;
mod lint;
mod run;
mod search;
mod snap;
mod test;

pub use content::{ContentArgs, RiskArgs};
pub use drilldown::DrilldownArgs;
pub use hunt::{HuntArgs, HuntBy, HuntFormat};
pub use init::InitArgs;
pub use lint::{LintArgs, LintFormat};
pub use run::{InputArgs, InputFormat, RunArgs, StampArgs};
pub use search::SearchArgs;
pub use snap::SnapArgs;
pub use test::{ReportArg, TestArgs, TestFormat};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Run Splunk detections without Splunk.
///
/// Sepal takes the search of a detection as it stands (an ESCU YAML, a file of SPL, or text),
/// expands its macros and runs it over JSON events. Without a command, `sepal` opens a prompt.
///
/// Exit status: 0 done; 1 --fail-on-match matched, fmt --check or snap found a difference, or lint found
/// something; 2 an error: usage, a wrong or unsupported search, an unreadable input, a limit that cut the result;
/// 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "sepal", version, about, long_about, disable_help_subcommand = true)]
pub struct Cli {
    /// Which project file counts.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Which project file counts.
#[derive(Args, Clone, Debug, Default)]
pub struct ProjectArgs {
    /// Use this project file, not the nearest sepal.toml in the working folder or above
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        conflicts_with = "no_config",
        help_heading = "Project"
    )]
    pub config: Option<PathBuf>,
    /// Use no project file
    #[arg(long, global = true, help_heading = "Project")]
    pub no_config: bool,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a search over events and print the rows
    Run(Box<RunArgs>),
    /// Run all detections of folders over the events and say which find something
    ///
    /// Each detection is planned once, the events are read once. A detection that cannot run or fails
    /// is told and makes the exit status 2; the others go on. Those that ask for risk events, such as
    /// correlations, run last, over the risk events of what the others found. Nothing is written but
    /// these, to --risk-index: a detection with outputlookup cannot run. Exits 0 whether something is found or
    /// not, 1 with --fail-on-match where something is, 130 where it was interrupted: what was found
    /// until then is shown.
    Hunt(Box<HuntArgs>),
    /// Run the drilldowns of a detection for a row that it finds
    ///
    /// The detection runs over the events; then each of its drilldown_searches runs with the row's values
    /// and time range filled in, over the same events and over the risk events of all rows, with those of
    /// --risk-index.
    Drilldown(Box<DrilldownArgs>),
    /// Run the tests that detections declare
    ///
    /// A test passes if there is at least one result, every risk object's field has a value in every
    /// result, and every threat object's in at least one. `expected_results` wants exactly so many; a
    /// test whose test_type or name says false positive, true negative or negative wants none. The
    /// baselines that it declares run before it, and write into lookups of their own. As in contentctl,
    /// detections that are not in production are skipped, and correlations. Exits 0 where all tests pass,
    /// 1 where one fails, 2 where one could not run, 130 where Ctrl-C ended it.
    Test(Box<TestArgs>),
    /// Keep what detections find as snapshots, and say what differs from them
    ///
    /// A snapshot holds the rows, the risk events and what each command took and gave, as a text in
    /// the form of insta: `cargo insta review` reads it, too. Without a mode, what is new or differs is
    /// written beside the snapshot as .snap.new. Exits 0 where all are the same or accepted, 1 where
    /// one is not, 2 where a detection could not run.
    Snap(Box<SnapArgs>),
    /// Make a repository of detections, with one that is tested, CI and pre-commit
    ///
    /// Nothing is overwritten: where a file of the layout is there already, nothing is written and the
    /// exit status is 2.
    Init(InitArgs),
    /// Open a prompt for searches over the events
    Repl(Box<ReplArgs>),
    /// Show a search's syntax tree
    ///
    /// Exits 0 where the search parses and 2 where it does not; with --format json, what is wrong
    /// is in the JSON as well as on standard error.
    Parse(ParseArgs),
    /// Show a search with its macros expanded
    Expand(ExpandArgs),
    /// Format searches, one stage a line
    ///
    /// Without --write or --check, the formatted search is printed. In a detection YAML only the
    /// search is rewritten; everything else keeps every byte.
    Fmt(FmtArgs),
    /// Say which detections of a folder run, and what keeps the others from it
    ///
    /// Nothing is run: each search is parsed and planned. Every command and function used is listed
    /// with its state and with the detections that it blocks.
    Coverage(CoverageArgs),
    /// Find what is wrong with detections and searches before they run
    ///
    /// Nothing is run. docs/lint.md lists the rules; --explain CODE shows one. Exits 1 where there
    /// is an error or a warning, 2 where something cannot be read; notes alone are no failure.
    Lint(LintArgs),
    /// Show what sepal.toml and the flags say, and where each value comes from
    ///
    /// Takes the arguments of `repl`, and shows with which source, sourcetype, index, host and zone each
    /// file of events would be read. docs/sepal-toml.md lists the keys of the file.
    Config(Box<ReplArgs>),
    /// Show help on a command, a function or a topic of SPL
    Help(HelpArgs),
    /// Print shell completions
    Completions(CompletionsArgs),
    /// Print the man page
    Man,
}

/// Arguments of `sepal repl`.
#[derive(Args, Clone, Debug, Default)]
pub struct ReplArgs {
    /// Files or folders of events; by default the inputs of sepal.toml
    #[arg(value_name = "EVENTS")]
    pub events: Vec<PathBuf>,
    /// More folders or files of macros; later ones win
    #[arg(long, value_name = "DIR")]
    pub macros: Vec<PathBuf>,
    /// A folder of lookup definitions and tables
    #[arg(long, value_name = "DIR")]
    pub lookups: Vec<PathBuf>,
    /// More data models; of a name that is built in, these count
    ///
    /// Splunk's JSON files, or YAML in the form of `crates/content/knowledge/datamodels`. The models
    /// of the Common Information Model are built in.
    #[arg(long, value_name = "DIR")]
    pub datamodels: Vec<PathBuf>,
    /// More sourcetypes; of a name that is built in, these count
    ///
    /// YAML in the form of `crates/content/knowledge/sourcetypes`: the fields, event types and tags
    /// of events by sourcetype, source or host. Or the folder of a Splunk app, of which props.conf,
    /// transforms.conf, eventtypes.conf, tags.conf, macros.conf and its lookups are read.
    #[arg(long, value_name = "DIR")]
    pub knowledge: Vec<PathBuf>,
    /// Give events no fields, event types or tags by sourcetype
    #[arg(long, conflicts_with = "knowledge")]
    pub no_knowledge: bool,
    /// Let outputlookup write tables in the folders of --lookups
    #[arg(long)]
    pub allow_write: bool,
    /// A folder of risk events: what index=risk and the data model Risk are; nothing is added to it
    ///
    /// By default `risk-index` of sepal.toml.
    #[arg(long, value_name = "DIR")]
    pub risk_index: Option<PathBuf>,
    /// What the events carry, and how they are read
    #[command(flatten)]
    pub input: InputArgs,
}

impl Command {
    /// Whether the project file is read.
    pub fn reads_project(&self) -> bool {
        match self {
            Command::Run(_) | Command::Repl(_) | Command::Config(_) => true,
            Command::Hunt(_) | Command::Test(_) | Command::Drilldown(_) | Command::Snap(_) => true,
            Command::Parse(_) | Command::Expand(_) | Command::Coverage(_) => true,
            Command::Lint(args) => args.explain.is_none(),
            Command::Fmt(_) | Command::Help(_) | Command::Completions(_) | Command::Man => false,
            Command::Init(_) => false,
        }
    }

    /// The files and folders of sourcetypes that are named.
    pub fn knowledge(&self) -> &[PathBuf] {
        match self {
            Command::Run(args) => &args.content.knowledge,
            Command::Hunt(args) => &args.content.knowledge,
            Command::Test(args) => &args.content.knowledge,
            Command::Drilldown(args) => &args.content.knowledge,
            Command::Snap(args) => &args.content.knowledge,
            Command::Repl(args) | Command::Config(args) => &args.knowledge,
            _ => &[],
        }
    }
}

/// Arguments of `sepal parse`.
#[derive(Args, Debug)]
pub struct ParseArgs {
    /// The search.
    #[command(flatten)]
    pub search: SearchArgs,
    /// How to show the tree
    #[arg(long, value_enum, default_value_t = TreeFormat::Json)]
    pub format: TreeFormat,
}

/// How `parse` shows a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TreeFormat {
    /// `{"ok", "expanded", "pipeline", "diagnostics"}`
    Json,
    /// The stages, one a line
    Text,
}

/// Arguments of `sepal expand`.
#[derive(Args, Debug)]
pub struct ExpandArgs {
    /// The search.
    #[command(flatten)]
    pub search: SearchArgs,
}

/// Arguments of `sepal fmt`.
#[derive(Args, Debug)]
pub struct FmtArgs {
    /// Detections (.yml), files of SPL, or - for standard input
    #[arg(value_name = "FILES", required_unless_present = "spl", conflicts_with = "spl")]
    pub files: Vec<PathBuf>,
    /// The search as text
    #[arg(short = 'q', long = "search", value_name = "SPL", conflicts_with_all = ["write"])]
    pub spl: Option<String>,
    /// Say which files are not formatted, and exit 1 if there are any
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Rewrite the files
    #[arg(long)]
    pub write: bool,
}

/// Arguments of `sepal coverage`.
#[derive(Args, Debug)]
pub struct CoverageArgs {
    /// Folders of detections, or detections (.yml); by default those of sepal.toml
    #[arg(value_name = "DIR")]
    pub detections: Vec<PathBuf>,
    /// More folders or files of macros; later ones win
    ///
    /// The folder `macros` beside the detections, or above them, is read without being named.
    #[arg(long, value_name = "DIR")]
    pub macros: Vec<PathBuf>,
    /// Define a macro, as NAME=DEFINITION or 'NAME(a,b)=DEFINITION'; wins over files
    #[arg(long = "set", value_name = "MACRO=DEFINITION")]
    pub set: Vec<String>,
    /// A folder of lookup definitions and tables
    #[arg(long, value_name = "DIR")]
    pub lookups: Vec<PathBuf>,
    /// More data models; of a name that is built in, these count
    ///
    /// Splunk's JSON files, or YAML in the form of `crates/content/knowledge/datamodels`. The models
    /// of the Common Information Model are built in.
    #[arg(long, value_name = "DIR")]
    pub datamodels: Vec<PathBuf>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = CoverageFormat::Text)]
    pub format: CoverageFormat,
}

/// How `coverage` shows what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CoverageFormat {
    /// Tables, then what blocks which detections
    Text,
    /// The same as Markdown
    Markdown,
    /// A line a detection: `{file, name, parsed, planned, unsupported, elsewhere, error}`
    Json,
}

/// Arguments of `sepal help`.
#[derive(Args, Debug)]
pub struct HelpArgs {
    /// A command (stats), a function (mvzip), a code (SPL2101), or commands, functions,
    /// stats-functions, refused, codes, time-modifiers
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
}

/// Arguments of `sepal completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_declaration_is_sound() {
        Cli::command().debug_assert();
    }
}
