use super::{ContentArgs, StampArgs};
use clap::Args;
use std::path::PathBuf;

/// Arguments of `sepal snap`.
#[derive(Args, Clone, Debug)]
#[command(override_usage = "sepal snap [OPTIONS] <DETECTION.yml> <EVENTS>...\n       \
                      sepal snap [OPTIONS] [DETECTION.yml|FOLDER]...")]
pub struct SnapArgs {
    /// A detection (.yml) and its events, or detections and folders of them; by default those of
    /// sepal.toml
    ///
    /// Without events a detection gives a snapshot for each test that it declares, over the test's
    /// data, and one over the file or folder `events/NAME` or `events/NAME.*` beside it, where NAME
    /// is the name of its file without `.yml`.
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,
    /// Write nothing; exit 1 where anything differs
    #[arg(long, conflicts_with_all = ["update", "review"], help_heading = "Snapshots")]
    pub check: bool,
    /// Accept all that is new or differs
    #[arg(long, conflicts_with = "review", help_heading = "Snapshots")]
    pub update: bool,
    /// Show each difference and ask whether it is accepted
    #[arg(long, help_heading = "Snapshots")]
    pub review: bool,
    /// Delete snapshots of detections and tests that are no more
    #[arg(long, requires = "update", help_heading = "Snapshots")]
    pub delete_unreferenced: bool,
    /// Where snapshots are; by default `snapshots` beside each detection
    ///
    /// Below it they stand in the folders in which the detections stand below FOLDER.
    #[arg(long, value_name = "DIR", help_heading = "Snapshots")]
    pub dir: Option<PathBuf>,
    /// A name more, where a detection has snapshots over several sets of events
    #[arg(long, value_name = "NAME", help_heading = "Snapshots")]
    pub name: Option<String>,
    /// Show [redacted] in the place of a field's values; * stands for any characters
    #[arg(long, value_name = "FIELD", help_heading = "Snapshots")]
    pub redact: Vec<String>,
    /// What it is planned with
    #[command(flatten)]
    pub content: ContentArgs,
    /// A folder with the tests' data, below the path of its URL or an end of that path
    ///
    /// Nothing is fetched. A file beside the detection is found without it; `.gz` and `.zst` are read
    /// as they are.
    #[arg(long, value_name = "DIR", help_heading = "Events")]
    pub data: Vec<PathBuf>,
    /// What the events carry.
    #[command(flatten)]
    pub stamp: StampArgs,
    /// Let earliest=, latest= and the like in a detection's search count
    #[arg(long, help_heading = "Time")]
    pub time_modifiers: bool,
    /// What now() is; by default 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Time")]
    pub now: Option<String>,
    /// The time zone, such as Europe/Zurich; by default that of sepal.toml, else UTC
    #[arg(long, value_name = "ZONE", help_heading = "Time")]
    pub tz: Option<String>,
    /// Detections that run at the same time; by default as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
}
