use clap::Args;
use std::path::PathBuf;

/// Arguments of `sepal init`.
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// The folder, which is made where it is missing; by default the working folder
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Put the new files in place of those that are in the way
    #[arg(long, conflicts_with = "keep")]
    pub force: bool,
    /// Leave the files that are there as they are, and write the others
    #[arg(long)]
    pub keep: bool,
    /// The repository on GitHub that the CI file and pre-commit take Sepal from
    #[arg(long, value_name = "OWNER/NAME", value_parser = repository)]
    pub repository: Option<String>,
}

/// A repository's name as GitHub has them: it goes into files that run in CI.
fn repository(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name = |s: &str| !s.is_empty() && s.chars().all(plain) && s != "." && s != "..";
    match text.split_once('/') {
        Some((owner, of)) if name(owner) && name(of) => Ok(text.to_owned()),
        _ => Err("it has the form OWNER/NAME".to_owned()),
    }
}
