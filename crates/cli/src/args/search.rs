use clap::Args;
use std::path::PathBuf;

/// Which search, and the macros it may call.
#[derive(Args, Clone, Debug, Default)]
pub struct SearchArgs {
    /// A detection (.yml) or a file of SPL; - for SPL on standard input
    #[arg(
        value_name = "DETECTION.yml|FILE.spl",
        required_unless_present = "spl",
        conflicts_with = "spl"
    )]
    pub file: Option<PathBuf>,
    /// The search as text
    #[arg(short = 'q', long = "search", value_name = "SPL")]
    pub spl: Option<String>,
    /// More folders or files of macros; later ones win
    ///
    /// The folder `macros` beside the detection, or above it, is read without being named.
    #[arg(long, value_name = "DIR")]
    pub macros: Vec<PathBuf>,
    /// Define a macro, as NAME=DEFINITION or 'NAME(a,b)=DEFINITION'; wins over files
    #[arg(long = "set", value_name = "MACRO=DEFINITION")]
    pub set: Vec<String>,
}
