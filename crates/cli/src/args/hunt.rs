use super::{ContentArgs, InputArgs};
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
    /// of larger files the events that detections ask for are read again.
    #[arg(value_name = "EVENTS")]
    pub events: Vec<PathBuf>,
    /// Hunt each file for itself; by default all events are one data set
    #[arg(long, help_heading = "Detections")]
    pub per_input: bool,
    /// Also run detections whose status is deprecated or removed
    #[arg(long, help_heading = "Detections")]
    pub deprecated: bool,
    /// Also run detections of the types Baseline, Correlation and Investigation
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
    /// What the events carry, and how they are read
    ///
    /// What a detection declares of its own test data does not count.
    #[command(flatten)]
    pub input: InputArgs,
    /// How the findings are written
    #[arg(long, value_enum, default_value_t = HuntFormat::Text, help_heading = "Output")]
    pub format: HuntFormat,
    /// Write the findings to a file
    #[arg(short = 'o', long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Rows of each finding in ndjson
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Output")]
    pub rows: usize,
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
}
