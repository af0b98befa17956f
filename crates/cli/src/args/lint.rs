use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Arguments of `sepal lint`.
#[derive(Args, Debug)]
pub struct LintArgs {
    /// Detections (.yml), folders of them, files of SPL, or - for standard input; by default the
    /// detections of sepal.toml
    #[arg(value_name = "PATH", conflicts_with = "spl")]
    pub paths: Vec<PathBuf>,
    /// The search as text
    #[arg(short = 'q', long = "search", value_name = "SPL")]
    pub spl: Option<String>,
    /// More folders or files of macros; later ones win
    ///
    /// The folder `macros` beside the detections, or above them, is read without being named.
    #[arg(long, value_name = "DIR")]
    pub macros: Vec<PathBuf>,
    /// Define a macro, as NAME=DEFINITION or 'NAME(a,b)=DEFINITION'; wins over files
    #[arg(long = "set", value_name = "MACRO=DEFINITION")]
    pub set: Vec<String>,
    /// A folder of lookup definitions and tables; without one no lookup is missing
    #[arg(long, value_name = "DIR")]
    pub lookups: Vec<PathBuf>,
    /// How to show the findings
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    pub format: LintFormat,
    /// Repair what can be repaired safely, and show what is left
    ///
    /// Writes into the files; all else in them stays as it is.
    #[arg(long, conflicts_with = "spl")]
    pub fix: bool,
    /// Only these rules: codes, beginnings of codes or names, with commas between them
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Explain a rule, by its code or name, with an example
    #[arg(long, value_name = "CODE", exclusive = true)]
    pub explain: Option<String>,
}

/// How `lint` shows what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// Each finding with its line
    Text,
    /// A line a finding: `{file, line, column, end_line, end_column, code, rule, level, message,
    /// help, fixable, macro}`
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// Counts by rule, then errors and warnings
    Markdown,
}
