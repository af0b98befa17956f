use super::ContentArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Arguments of `sepal test`.
#[derive(Args, Clone, Debug)]
pub struct TestArgs {
    /// Detections (.yml), or folders of them; by default `detections` of sepal.toml
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,
    /// Only detections whose name contains this, in any letter case
    #[arg(long, value_name = "TEXT", help_heading = "Which tests")]
    pub filter: Option<String>,
    /// Also detections that contentctl skips: not in production, or of type Correlation or Baseline
    #[arg(long, help_heading = "Which tests")]
    pub all: bool,
    /// Only what changed since a commit, as git says
    ///
    /// Detections that changed, and those that use a macro, lookup, baseline or test data that did, also
    /// through other macros. What is not committed counts as changed. Without REF: since this branch left
    /// the default branch of `origin`; where there is none, since the last commit.
    #[arg(
        long,
        value_name = "REF",
        num_args = 0..=1,
        default_missing_value = "",
        help_heading = "Which tests"
    )]
    pub changed: Option<String>,
    /// A folder with the tests' data, below the path of its URL or an end of that path
    ///
    /// A file beside the detection is found without it; `.gz` and `.zst` are read as they are.
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    pub data: Vec<PathBuf>,
    /// Get data that is not here from its URL, and keep it in the cache
    ///
    /// Without this nothing is fetched.
    #[arg(long, help_heading = "Data")]
    pub fetch: bool,
    /// The folder for data that was fetched, below the name of its server
    ///
    /// By default `cache` of sepal.toml, else sepal/data in the user's folder of caches.
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    pub cache: Option<PathBuf>,
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
    /// Write them to a file in another format as well, such as junit=report.xml
    #[arg(long, value_name = "FORMAT=FILE", help_heading = "Output")]
    pub report: Vec<ReportArg>,
    /// What now() is, so that a test can be repeated
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub now: Option<String>,
    /// The time zone, such as UTC or Europe/Zurich; by default the system's
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// Tests that run at the same time; by default as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Run")]
    pub jobs: Option<u16>,
    /// End after the first test that fails or cannot run
    ///
    /// The exit status is 1 after a failure and 2 where a test could not run; tests that were not
    /// begun do not count.
    #[arg(long, help_heading = "Run")]
    pub fail_fast: bool,
    /// The most seconds that a test may take; one that takes longer is an error
    #[arg(long, value_name = "SECS", value_parser = seconds, help_heading = "Run")]
    pub timeout: Option<Duration>,
    /// Run again what is affected when a detection, macro, lookup, baseline or data file changes
    ///
    /// Ctrl-C ends it.
    #[arg(long, conflicts_with = "changed", help_heading = "Run")]
    pub watch: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let secs: f64 = text.trim().parse().map_err(|_| "a number of seconds is wanted".to_owned())?;
    match Duration::try_from_secs_f64(secs) {
        Ok(limit) if !limit.is_zero() => Ok(limit),
        _ => Err("more than 0 seconds are wanted".to_owned()),
    }
}

/// `--report FORMAT=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportArg {
    /// The format.
    pub format: TestFormat,
    /// The file.
    pub file: PathBuf,
}

impl FromStr for ReportArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((format, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
            return Err("write FORMAT=FILE, such as junit=report.xml".to_owned());
        };
        let format = TestFormat::from_str(format, true).map_err(|_| {
            let names =
                TestFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let names: Vec<String> = names.map(|n| n.get_name().to_owned()).collect();
            format!("no format `{format}`; there are {}", names.join(", "))
        })?;
        Ok(ReportArg { format, file: file.into() })
    }
}

/// How `test` shows what became of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// A line a test; under one that fails how many rows each command gave, and what came nearest
    Text,
    /// One JSON object: `{summary: {passed, failed, errors, skipped, not_run, seconds}, tests: [...]}`,
    /// each test as in ndjson, with `seconds`
    Json,
    /// A JSON object a test: `{detection, id, file, line, test, verdict, code, reason, rows, events,
    /// stages, nearest}`
    Ndjson,
    /// JUnit XML
    Junit,
    /// SARIF 2.1.0: the tests that fail or cannot run
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// A summary for a pull request
    Markdown,
    /// summary.yml, as contentctl writes it
    Summary,
}
