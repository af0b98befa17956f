use super::ContentArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Arguments of `sepal test`.
#[derive(Args, Clone, Debug)]
pub struct TestArgs {
    /// Detections (.yml), or folders of them
    #[arg(value_name = "PATHS", required = true)]
    pub paths: Vec<PathBuf>,
    /// A folder with the tests' data, below the path of its URL or an end of that path
    ///
    /// Nothing is fetched. A file beside the detection is found without it; `.gz` and `.zst` are read
    /// as they are.
    #[arg(long, value_name = "DIR")]
    pub data: Vec<PathBuf>,
    /// Only detections whose name contains this, in any letter case
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Let earliest=, latest= and the like in a detection's search count
    #[arg(long)]
    pub time_modifiers: bool,
    /// What it is planned with
    #[command(flatten)]
    pub content: ContentArgs,
    /// How the results are written
    #[arg(long, value_enum, default_value_t = TestFormat::Text, help_heading = "Output")]
    pub format: TestFormat,
    /// Write the results to a file
    #[arg(short = 'o', long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// What now() is, so that a test can be repeated
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub now: Option<String>,
    /// The time zone, such as UTC or Europe/Zurich; by default the system's
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// Tests that run at the same time; by default as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
}

/// How `test` shows what became of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// A line a test
    Text,
    /// A JSON object a test: `{detection, id, file, test, verdict, reason, rows, events}`
    Ndjson,
    /// JUnit XML
    Junit,
}
