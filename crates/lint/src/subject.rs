//! What is linted: a search, alone or of a detection, and where it stands.

use sepal_content::{ContentError, Detection};
use sepal_parser::ParsedSearch;
use sepal_parser::ast::Span;
use sepal_parser::macros::{Frame, MacroSet, Origin};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A search and where it stands.
#[derive(Clone, Debug)]
pub struct Subject {
    search: String,
    file: Arc<str>,
    file_text: Arc<str>,
    detection: Option<Arc<Detection>>,
}

impl Subject {
    /// A search that is the whole of its text; `file` is only a name for messages.
    pub fn typed(search: &str, file: &str) -> Subject {
        Subject {
            search: search.to_owned(),
            file: file.into(),
            file_text: search.into(),
            detection: None,
        }
    }

    /// The search of a detection.
    pub fn of(detection: Arc<Detection>) -> Subject {
        Subject {
            search: detection.search.clone(),
            file: detection.file.as_str().into(),
            file_text: Arc::clone(detection.text()),
            detection: Some(detection),
        }
    }

    /// A detection from the text of its file.
    ///
    /// # Errors
    /// As [`Detection::load`].
    pub fn load(file: &str, text: &str) -> Result<Subject, ContentError> {
        Detection::load(file, text).map(|d| Subject::of(Arc::new(d)))
    }

    /// The search of a file: of a detection (`.yml`, `.yaml`), or the file itself.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(path: &Path) -> Result<Subject, ContentError> {
        let text = sepal_content::fs::text(path)?;
        let name = path.to_string_lossy();
        match path.extension().is_some_and(|e| e == "yml" || e == "yaml") {
            true => Subject::load(&name, &text),
            false => Ok(Subject::typed(&text, &name)),
        }
    }

    /// The search as written.
    pub fn search(&self) -> &str {
        &self.search
    }

    /// The file's name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The file's text.
    pub fn file_text(&self) -> &str {
        &self.file_text
    }

    /// The detection.
    pub fn detection(&self) -> Option<&Detection> {
        self.detection.as_deref()
    }

    /// Expands and parses the search; spans that are brought back count in the search as written.
    pub(crate) fn parse(&self, macros: &MacroSet) -> ParsedSearch {
        let origin = Origin {
            file: Arc::clone(&self.file),
            text: self.search.as_str().into(),
            lines: Arc::default(),
        };
        sepal_parser::parse_search(&self.search, origin, macros, Some(&sepal_exec::KernelEval))
    }

    /// Where a range of the search as written stands in the file.
    pub(crate) fn in_file(&self, range: Range<usize>) -> Frame {
        match &self.detection {
            None => self.frame(range),
            Some(d) => {
                let start = d.search_map().locate(range.start);
                // the end is where its last byte is: behind it the file may go on elsewhere
                let end = match range.is_empty() {
                    true => start,
                    false => d.search_map().locate(range.end - 1) + 1,
                };
                self.frame(start..end.max(start))
            }
        }
    }

    /// A range of the file.
    pub(crate) fn frame(&self, range: Range<usize>) -> Frame {
        Frame {
            file: Arc::clone(&self.file),
            file_text: Arc::clone(&self.file_text),
            range,
            macro_name: None,
        }
    }

    /// Where a span of the expanded search was written: innermost first, at last the search.
    pub(crate) fn places(&self, parsed: &ParsedSearch, span: Span) -> Vec<Frame> {
        let mut frames = parsed.expanded.map.resolve(span);
        for frame in frames.iter_mut().filter(|f| f.macro_name.is_none()) {
            *frame = self.in_file(frame.range.clone());
        }
        if frames.is_empty() {
            frames.push(self.in_file(0..0));
        }
        frames
    }
}
