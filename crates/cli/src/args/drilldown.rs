use super::{ContentArgs, InputArgs, RiskArgs};
use crate::output::Format;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `sepal drilldown`.
#[derive(Args, Clone, Debug)]
pub struct DrilldownArgs {
    /// A detection (.yml)
    #[arg(value_name = "DETECTION.yml")]
    pub file: PathBuf,
    /// Files or folders of events; by default the inputs of sepal.toml
    ///
    /// They are read more than once: standard input cannot be.
    #[arg(value_name = "EVENTS")]
    pub events: Vec<PathBuf>,
    /// The row to drill into, from 1
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        conflicts_with = "all",
        value_parser = clap::value_parser!(u64).range(1..),
        help_heading = "Drilldowns"
    )]
    pub row: u64,
    /// Drill into every row, up to 100
    #[arg(long, help_heading = "Drilldowns")]
    pub all: bool,
    /// Run only this drilldown, from 1; by default all
    #[arg(long, value_name = "N", help_heading = "Drilldowns")]
    pub only: Option<usize>,
    /// Show the drilldowns as the detection declares them, and run nothing
    #[arg(long, conflicts_with_all = ["events", "all"], help_heading = "Drilldowns")]
    pub list: bool,
    /// Let earliest=, starthoursago= and the like in a drilldown's search count
    ///
    /// By default they do not, as in a hunt: they count from now, and recorded events are older. The
    /// time range that the drilldown declares counts.
    #[arg(long, help_heading = "Drilldowns")]
    pub time_modifiers: bool,
    /// What it is planned with
    #[command(flatten)]
    pub content: ContentArgs,
    /// Where risk events are
    #[command(flatten)]
    pub risk_events: RiskArgs,
    /// What the events carry, and how they are read.
    #[command(flatten)]
    pub input: InputArgs,
    /// How the rows are written; by default after -o FILE's ending, else a table
    ///
    /// JSON and NDJSON give an object for each drilldown, `{drilldown, row, search, earliest, latest,
    /// rows}`. CSV and raw hold one table: name one drilldown with --only.
    #[arg(long, value_enum, help_heading = "Output")]
    pub format: Option<Format>,
    /// Write the rows to a file
    #[arg(short = 'o', long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Show at most so many rows in a table; 0 for all
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Output")]
    pub max_rows: usize,
    /// Say nothing of what was left out
    #[arg(long, help_heading = "Output")]
    pub quiet: bool,
    /// Threads that read events; by default all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}
