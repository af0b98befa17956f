use super::{ContentArgs, InputArgs, RiskArgs};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Arguments of `sepal hunt`.
#[derive(Args, Clone, Debug)]
pub struct HuntArgs {
    /// A folder of detections, or a detection (.yml); may be given several times
    #[arg(short = 'd', long = "detections", value_name = "DIR", required = true)]
    pub detections: Vec<PathBuf>,
    /// Files or folders of events, or - for standard input
    ///
    /// They are read and unpacked once, and kept in memory up to 64 MiB a file and 512 MiB together;
    /// of larger files the events that detections ask for are read again. Where those are more than
    /// 128 MiB a data set, detections read all of it again: a warning names them.
    #[arg(value_name = "EVENTS")]
    pub events: Vec<PathBuf>,
    /// Hunt each file for itself; by default all events are one data set
    #[arg(long, help_heading = "Detections")]
    pub per_input: bool,
    /// Also run detections whose status is deprecated or removed
    #[arg(long, help_heading = "Detections")]
    pub deprecated: bool,
    /// Also run detections of the types Baseline and Investigation, and of the type Correlation those
    /// that do not ask for risk events
    #[arg(long, help_heading = "Detections")]
    pub all_types: bool,
    /// Let earliest=, latest= and the like in a detection's search count
    ///
    /// By default they do not: they say how often a detection is scheduled, and recorded events are
    /// older. --earliest and --latest restrict the events of all detections.
    #[arg(long, help_heading = "Detections")]
    pub time_modifiers: bool,
    /// What it is planned with
    #[command(flatten)]
    pub content: ContentArgs,
    /// Where risk events are
    #[command(flatten)]
    pub risk_events: RiskArgs,
    /// What the events carry, and how they are read
    ///
    /// What a detection declares of its own test data does not count.
    #[command(flatten)]
    pub input: InputArgs,
    /// How the findings are written
    #[arg(long, value_enum, default_value_t = HuntFormat::Text, help_heading = "Output")]
    pub format: HuntFormat,
    /// What a row of text, csv and markdown is about
    #[arg(long, value_enum, default_value_t = HuntBy::Finding, help_heading = "Output")]
    pub by: HuntBy,
    /// Write the findings to a file
    #[arg(short = 'o', long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Rows of each finding in ndjson and html
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Output")]
    pub rows: usize,
    /// Events behind each finding in ndjson and html; 0 for none
    ///
    /// A row that is no event itself comes of events that its first search lets through: the newest
    /// that agree with a shown row in all fields that both have, then other ones. Finding them is one
    /// more run of the search for each finding.
    #[arg(long, value_name = "N", default_value_t = 3, help_heading = "Output")]
    pub evidence: usize,
    /// Say nothing of what was read and left out
    #[arg(long, help_heading = "Output")]
    pub quiet: bool,
    /// Exit 1 if anything is found
    #[arg(long, help_heading = "Output")]
    pub fail_on_match: bool,
    /// Detections that run at the same time; by default as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Run every detection over every event, also those that cannot match
    #[arg(long)]
    pub no_prefilter: bool,
    /// Hunt what is in the files, then what is written to them, until Ctrl-C
    ///
    /// Files that grow, that are renamed and begun anew, that are cut off, and new ones in the folders
    /// are read on, each event once its line is complete. Detections that judge events one by one run
    /// over the new events; the others over those of the last --window too. A row is told once: again
    /// only where a value of it changes. Rows that are told make risk events: correlations run over them
    /// and those of --risk-index whenever there are new ones. Packed files and Windows event log files are read once.
    #[arg(long, help_heading = "Following", conflicts_with = "per_input")]
    pub follow: bool,
    /// How often files are looked at
    #[arg(long, value_name = "SECS", default_value_t = 5.0, help_heading = "Following")]
    pub every: f64,
    /// How long events are kept for detections that need more than one, by their own time
    #[arg(long, value_name = "DURATION", default_value = "15m", help_heading = "Following")]
    pub window: String,
    /// The most MiB of events that are kept; where it cuts the window short this is said
    #[arg(long, value_name = "MIB", default_value_t = 64, help_heading = "Following")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=16384))]
    pub window_size: u32,
}

/// How `hunt` shows what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HuntFormat {
    /// A table for reading
    Text,
    /// A line a finding, a failed detection or an unread input, as a JSON object
    Ndjson,
    /// CSV with a header
    Csv,
    /// A Markdown table
    Markdown,
    /// One self-contained page for a browser: timeline, findings with rows and events, entities, ATT&CK
    Html,
    /// A layer for the ATT&CK Navigator: each technique with the sum of its findings' scores
    Navigator,
}

/// What a row of `hunt`'s tables is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HuntBy {
    /// A detection that found something
    Finding,
    /// A severity: critical above a score of 80, high above 60, medium above 40, low above 20, info
    Severity,
    /// A technique of ATT&CK
    Technique,
    /// A value of a risk object, the highest risk first
    Entity,
}
