//! Findings for programs: JSON lines, SARIF 2.1.0, GitHub's annotations, and a page of Markdown.

mod github;
mod json;
mod markdown;
mod sarif;

pub use github::github;
pub use json::json;
pub use markdown::markdown;
pub use sarif::sarif;
