use clap::Args;
use std::path::PathBuf;

/// What searches are planned with, besides their own text.
#[derive(Args, Clone, Debug, Default)]
pub struct ContentArgs {
    /// More folders or files of macros; later ones win
    ///
    /// The folder `macros` beside the detection, or above it, is read without being named.
    #[arg(long, value_name = "DIR", help_heading = "Content")]
    pub macros: Vec<PathBuf>,
    /// Define a macro, as NAME=DEFINITION or 'NAME(a,b)=DEFINITION'; wins over files
    #[arg(long = "set", value_name = "MACRO=DEFINITION", help_heading = "Content")]
    pub set: Vec<String>,
    /// A folder of lookup definitions and tables
    ///
    /// ESCU's .yml, transforms.conf, and .csv or .csv.gz files. A KV store lookup reads the CSV
    /// file of its name or its collection's. Of a name that stands twice the later folder's counts.
    #[arg(long, value_name = "DIR", help_heading = "Content")]
    pub lookups: Vec<PathBuf>,
    /// More data models; of a name that is built in, these count
    ///
    /// Splunk's JSON files, or YAML in the form of `crates/content/knowledge/datamodels`. The models
    /// of the Common Information Model are built in.
    #[arg(long, value_name = "DIR", help_heading = "Content")]
    pub datamodels: Vec<PathBuf>,
    /// More sourcetypes; of a name that is built in, these count
    ///
    /// YAML in the form of `crates/content/knowledge/sourcetypes`: the fields, event types and tags
    /// of events by sourcetype, source or host. Or the folder of a Splunk app, of which props.conf,
    /// transforms.conf, eventtypes.conf, tags.conf, macros.conf and its lookups are read.
    #[arg(long, value_name = "DIR", help_heading = "Content")]
    pub knowledge: Vec<PathBuf>,
    /// Give events no fields, event types or tags by sourcetype
    #[arg(long, conflicts_with = "knowledge", help_heading = "Content")]
    pub no_knowledge: bool,
}
