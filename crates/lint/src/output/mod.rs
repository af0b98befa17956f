//! Findings for programs: JSON lines, SARIF 2.1.0, GitHub's annotations, and a page of Markdown.

mod github;
mod json;
mod markdown;
mod sarif;

pub use github::{annotation, github};
pub use json::json;
pub use markdown::markdown;
pub use sarif::{log, sarif, uri};
