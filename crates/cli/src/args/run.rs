use super::{ContentArgs, RiskArgs};
use crate::output::Format;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Arguments of `sepal run`.
#[derive(Args, Clone, Debug)]
#[command(override_usage = "sepal run [OPTIONS] <DETECTION.yml|FILE.spl> [EVENTS]...\n       \
                      sepal run [OPTIONS] -q <SPL> [EVENTS]...")]
pub struct RunArgs {
    /// A detection (.yml), a file of SPL, or - for SPL on standard input; not with -q
    #[arg(value_name = "DETECTION.yml|FILE.spl", required_unless_present = "spl")]
    pub file: Option<PathBuf>,
    /// Files or folders of events, or - for standard input; by default the inputs of sepal.toml, else
    /// standard input
    #[arg(value_name = "EVENTS")]
    pub events: Vec<PathBuf>,
    /// The search as text
    #[arg(short = 'q', long = "search", value_name = "SPL")]
    pub spl: Option<String>,
    /// What it is planned with
    #[command(flatten)]
    pub content: ContentArgs,
    /// Where risk events are
    #[command(flatten)]
    pub risk_events: RiskArgs,
    /// Let outputlookup write tables in the folders of --lookups
    #[arg(long, help_heading = "Content")]
    pub allow_write: bool,
    /// What the events carry, and how they are read.
    #[command(flatten)]
    pub input: InputArgs,
    /// How the rows are written; by default after -o FILE's ending, else a table
    #[arg(long, value_enum, help_heading = "Output")]
    pub format: Option<Format>,
    /// Write the rows to a file
    #[arg(short = 'o', long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Show at most so many rows in a table; 0 for all
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Output")]
    pub max_rows: usize,
    /// Defuse CSV cells that a spreadsheet would run as formulas
    #[arg(long, help_heading = "Output")]
    pub csv_safe: bool,
    /// Print the risk events of each row, one JSON object a line
    #[arg(long, conflicts_with_all = ["spl", "format"], help_heading = "Output")]
    pub risk: bool,
    /// Show how the search would run, and do not run it
    #[arg(long, help_heading = "Output")]
    pub explain: bool,
    /// Show the rows and the time of each stage on standard error
    #[arg(long, help_heading = "Output")]
    pub profile: bool,
    /// Say nothing of how many events were read
    #[arg(long, help_heading = "Output")]
    pub quiet: bool,
    /// Exit 1 if there is any row
    #[arg(long, help_heading = "Output")]
    pub fail_on_match: bool,
    /// Exit 2 if any event is damaged
    #[arg(long, help_heading = "Output")]
    pub strict: bool,
    /// Threads that read events; by default all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Parse every event, also those that cannot match
    #[arg(long)]
    pub no_prefilter: bool,
}

/// What the events carry.
#[derive(Args, Clone, Debug, Default)]
pub struct StampArgs {
    /// The events' source; by default the detection's declared one, else the file's name
    #[arg(long, value_name = "TEXT", help_heading = "Events")]
    pub source: Option<String>,
    /// The events' sourcetype; by default the detection's declared one
    #[arg(long, value_name = "TEXT", help_heading = "Events")]
    pub sourcetype: Option<String>,
    /// The events' index
    #[arg(long, value_name = "TEXT", help_heading = "Events")]
    pub index: Option<String>,
    /// The events' host
    #[arg(long, value_name = "TEXT", help_heading = "Events")]
    pub host: Option<String>,
}

/// What the events carry, and how they are read.
#[derive(Args, Clone, Debug, Default)]
pub struct InputArgs {
    /// What the events carry.
    #[command(flatten)]
    pub stamp: StampArgs,
    /// The field to take _time from
    #[arg(long, value_name = "FIELD", help_heading = "Events")]
    pub time_field: Option<String>,
    /// How the files are laid out
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value_t = InputFormat::Auto,
        help_heading = "Events"
    )]
    pub input_format: InputFormat,
    /// Events from this time on, such as -24h@h or 2026-01-31T00:00:00
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Time")]
    pub earliest: Option<String>,
    /// Events before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Time")]
    pub latest: Option<String>,
    /// What now() is, so that a run can be repeated
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Time")]
    pub now: Option<String>,
    /// The time zone, such as UTC or Europe/Zurich; by default the system's
    #[arg(long, value_name = "ZONE", help_heading = "Time")]
    pub tz: Option<String>,
}

/// How files of events are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// Seen from the file's beginning
    #[default]
    Auto,
    /// One JSON event a line
    Lines,
    /// JSON values one after the other, over any number of lines
    Values,
    /// The members of a top-level array
    Array,
    /// Rows: JSON objects, one a line, whose keys are field names
    Rows,
    /// One event of plain text a line
    Text,
    /// A header, then rows with commas between cells
    Csv,
    /// A header, then rows with tabs between cells
    Tsv,
    /// Zeek's logs of tab-separated values
    ZeekTsv,
    /// The W3C's extended log files, such as those of IIS
    W3c,
    /// A Windows event log file
    Evtx,
}
