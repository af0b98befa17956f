//! YAML as content files use it: one document, no anchors, no duplicate keys, small budgets.
//!
//! Everything is read into a tree of [`Node`]s that know their place in the file, so that an
//! error about a value can show the line.

mod limits;
mod node;
mod scalar;

pub use limits::MAX_BYTES;
pub use node::{Kind, Node};
pub use scalar::TextMap;

use crate::ContentError;

/// Reads the text of one YAML file.
///
/// # Errors
/// SPL5102 to SPL5105: not YAML, a duplicate key, an anchor or alias, a limit; with the position.
pub fn read(file: &str, text: &str) -> Result<Node, ContentError> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes, more than {MAX_BYTES}", text.len());
        return Err(ContentError::new("SPL5105", file, message));
    }
    let mut node: Node = serde_saphyr::from_str_with_options(text, limits::options())
        .map_err(|e| limits::explain(file, text, &e))?;
    node.keep_spelling(text);
    Ok(node)
}
