//! A stanza of transforms.conf, or an `EXTRACT-` of props.conf, which is one with a `REGEX` only.
//!
//! Source: Splunk Admin Manual, transforms.conf, `REGEX`, `FORMAT`, `DELIMS`, `MV_ADD`.

use super::Extraction;
use crate::commands::extract::stanza::{Said, Stanza};
use crate::lookup;
use crate::regex_engine::{GaveUp, SplRegex};
use crate::run_cx::RunCx;
use sepal_parser::ast::Span;
use std::borrow::Cow;
use std::sync::Arc;

/// Why a stanza cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransformError {
    /// Its regular expression is none.
    Regex(String),
    /// Something else of it.
    Other(String),
}

/// The extraction that a stanza says. `SOURCE_KEY` is for who uses it.
///
/// # Errors
/// What cannot be used of it.
pub fn transform(stanza: &lookup::Extraction) -> Result<Arc<dyn Extraction>, TransformError> {
    if let Some(regex) = &stanza.regex {
        SplRegex::new(regex).map_err(TransformError::Regex)?;
    }
    let said = Said { clean: None, mv_add: None };
    let made = Stanza::new(stanza, said, Span::default()).map_err(|ds| {
        let why = |d: &sepal_parser::Diagnostic| match d.label.is_empty() {
            false => d.label.clone(),
            true => d.message.clone(),
        };
        TransformError::Other(ds.first().map(why).unwrap_or_default())
    })?;
    Ok(Arc::new(Transform { name: stanza.name.clone(), stanza: made }))
}

struct Transform {
    name: String,
    stanza: Stanza,
}

impl std::fmt::Debug for Transform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Transform").field(&self.name).finish()
    }
}

impl Transform {
    fn all<'t>(
        &self,
        text: &'t str,
        put: &mut dyn FnMut(&str, Cow<'t, str>),
    ) -> Result<(), GaveUp> {
        self.stanza.extract(text, |name, value| put(name, Cow::Owned(value.to_owned())))
    }
}

impl Extraction for Transform {
    fn fields<'t>(&self, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        // nobody is there who could be told
        let _ = self.all(text, put);
    }

    fn fields_in<'t>(&self, cx: &RunCx, text: &'t str, put: &mut dyn FnMut(&str, Cow<'t, str>)) {
        if let Err(e) = self.all(text, put) {
            e.report(cx);
        }
    }

    fn multivalue(&self) -> bool {
        self.stanza.mv_add
    }

    fn adds(&self) -> bool {
        self.stanza.mv_add
    }

    fn outputs(&self) -> Option<Vec<String>> {
        self.stanza.outputs()
    }
}
