//! A search with its macros expanded and parsed, and where each part of it stands.

use sepal_content::fs::macros_near;
use sepal_content::{ContentError, Detection, Note};
use sepal_parser::ParsedSearch;
use sepal_parser::ast::{Pipeline, Span};
use sepal_parser::macros::{Frame, MacroSet, Origin};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A search's text and where it was read from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The search as written.
    pub text: String,
    /// Where it stands.
    pub origin: Origin,
    /// The detection that it is part of.
    pub detection: Option<Arc<Detection>>,
}

impl Source {
    /// A search that was typed.
    pub fn typed(text: &str, name: &str) -> Source {
        let origin = Origin { file: name.into(), text: text.into(), lines: Arc::default() };
        Source { text: text.to_owned(), origin, detection: None }
    }

    /// The search of a file: of a detection (`.yml`, `.yaml`), or the file itself.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(path: &Path) -> Result<Source, ContentError> {
        if path.extension().is_some_and(|e| e == "yml" || e == "yaml") {
            let detection = sepal_content::fs::detection(path)?;
            return Ok(Source {
                text: detection.search.clone(),
                origin: detection.search_origin(),
                detection: Some(Arc::new(detection)),
            });
        }
        let text = sepal_content::fs::text(path)?;
        Ok(Source::typed(&text, &path.to_string_lossy()))
    }

    /// The search as if it were the whole file: what the parser says of it is brought to the file
    /// by [`Source::in_file`], which is exact for every style of YAML scalar.
    fn own_origin(&self) -> Origin {
        let file = Arc::clone(&self.origin.file);
        Origin { file, text: self.text.as_str().into(), lines: Arc::default() }
    }

    /// Where a range of the search as written stands in its file.
    fn in_file(&self, range: Range<usize>) -> Frame {
        let range = match &self.detection {
            Some(detection) => {
                let map = detection.search_map();
                let start = map.locate(range.start);
                start..map.locate(range.end).max(start)
            }
            None => range,
        };
        let (file, file_text) = (Arc::clone(&self.origin.file), Arc::clone(&self.origin.text));
        Frame { file, file_text, range, macro_name: None }
    }

    /// Where a span of the search as written stands, for messages about that text.
    pub fn place(&self, span: Span) -> Vec<Frame> {
        vec![self.in_file(span.range())]
    }
}

/// Reads the macros that a search may call: of the `macros` folder beside or above `start`, then of
/// `folders`, then of `--set`; later ones win.
///
/// # Errors
/// The first file that cannot be used.
pub fn macros(
    start: Option<&Path>,
    folders: &[PathBuf],
    set: &[String],
) -> Result<(MacroSet, Vec<Note>), ContentError> {
    let mut paths: Vec<PathBuf> = macros_near(start).into_iter().collect();
    for folder in folders {
        // one that was found already comes where it is named
        paths.retain(|p| !crate::project::same(p, folder));
        paths.push(folder.clone());
    }
    let (mut macros, notes) = sepal_content::fs::macro_set(&paths)?;
    for text in set {
        macros.insert(sepal_content::macros::parse_set(text)?);
    }
    Ok((macros, notes))
}

/// A search with its macros expanded and parsed.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Where it was read from.
    pub source: Source,
    /// What the parser made of it.
    pub parsed: ParsedSearch,
    /// The macros, for searches that are texts until they run (`map`).
    pub macros: MacroSet,
}

impl Prepared {
    /// Expands and parses a search.
    pub fn new(source: Source, macros: &MacroSet) -> Prepared {
        let parsed = sepal_parser::parse_search(
            &source.text,
            source.own_origin(),
            macros,
            Some(&sepal_exec::KernelEval),
        );
        Prepared { source, parsed, macros: macros.clone() }
    }

    /// The text that spans count in: macros expanded.
    pub fn text(&self) -> &str {
        &self.parsed.expanded.text
    }

    /// The stages.
    pub fn pipeline(&self) -> &Pipeline {
        &self.parsed.pipeline
    }

    /// Where a span of the expanded text was written: innermost first, at last the search itself.
    pub fn places(&self, span: Span) -> Vec<Frame> {
        let mut frames = self.parsed.expanded.map.resolve(span);
        for frame in frames.iter_mut().filter(|f| f.macro_name.is_none()) {
            *frame = self.source.in_file(frame.range.clone());
        }
        frames
    }

    /// Whether the search makes its own rows and reads no events.
    pub fn generates(&self) -> bool {
        let first = self.pipeline().stages.first();
        first
            .and_then(|stage| sepal_exec::commands::find(&stage.name.node))
            .is_some_and(|spec| spec.class == sepal_exec::commands::Class::Generating)
    }
}
