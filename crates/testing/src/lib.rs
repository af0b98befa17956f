//! Snapshots of what detections find, in Rust tests.
//!
//! ```no_run
//! # use sepal_testing::assert_detection_snapshot;
//! // in a test
//! assert_detection_snapshot!(
//!     "detections/kubernetes_suspicious_image_pulling.yml",
//!     "events/kubernetes_audit.jsonl",
//! );
//! ```
//!
//! Paths count from the folder of the crate's Cargo.toml. The snapshot has the text that
//! `sepal snap` writes, and is one of insta: `cargo insta review` shows and accepts what differs.
//! Options follow as `name = value`; each is a method of [`DetectionSnapshot`]:
//!
//! ```no_run
//! # use sepal_testing::assert_detection_snapshot;
//! assert_detection_snapshot!(
//!     "detections/secrets_read.yml",
//!     ["events/monday.jsonl", "events/tuesday.jsonl.gz"],
//!     name = "secrets_read_both_days",
//!     lookups = "lookups",
//!     now = "2026-02-01T00:00:00Z",
//!     redact = ["_time", "*_id"],
//! );
//! ```
//!
//! A detection that cannot run makes the test fail, with the lines of the detection and carets below
//! what is wrong.

mod render;

#[doc(hidden)]
pub use insta;

use sepal_content::{
    Access, CimModels, FolderKind, LookupFolder, LookupFolders, SourcetypeRules, fs,
};
use sepal_data::wildcard::Pattern;
use sepal_exec::host::FixedHost;
use sepal_exec::lookup::Lookups;
use sepal_exec::plan::ScanOptions;
use sepal_exec::scan::{Input, Meta};
use sepal_hunt::Content;
use sepal_hunt::snap::{Refused, Snapper, named};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Asserts that a detection finds in events what its snapshot holds.
///
/// The arguments are the detection's path, the path of its events or an array of such paths, then
/// options as `name = value`: see the crate's page and [`DetectionSnapshot`]. The snapshot's name is
/// that of the test unless `name` says another; it is written and reviewed as those of
/// `insta::assert_snapshot!`.
#[macro_export]
macro_rules! assert_detection_snapshot {
    ($detection:expr, $events:expr $(, $option:ident = $value:expr)* $(,)?) => {{
        let snapshot = $crate::DetectionSnapshot::new(
            ::core::env!("CARGO_MANIFEST_DIR"),
            $detection,
            $events,
        )$(.$option($value))*;
        let text = snapshot.text_or_panic();
        match snapshot.own_name() {
            ::core::option::Option::Some(name) => {
                $crate::insta::assert_snapshot!(name, text, &snapshot.expression())
            }
            ::core::option::Option::None => $crate::insta::assert_snapshot!(
                $crate::insta::internals::AutoName,
                text,
                &snapshot.expression()
            ),
        }
    }};
}

/// One or more texts: `"a"`, `["a", "b"]`, a path.
pub trait Texts {
    /// Them.
    fn texts(self) -> Vec<String>;
}

impl Texts for &str {
    fn texts(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

impl Texts for String {
    fn texts(self) -> Vec<String> {
        vec![self]
    }
}

impl Texts for &Path {
    fn texts(self) -> Vec<String> {
        vec![self.to_string_lossy().into_owned()]
    }
}

impl Texts for &PathBuf {
    fn texts(self) -> Vec<String> {
        self.as_path().texts()
    }
}

impl<T: Texts, const N: usize> Texts for [T; N] {
    fn texts(self) -> Vec<String> {
        self.into_iter().flat_map(Texts::texts).collect()
    }
}

impl<T: Texts> Texts for Vec<T> {
    fn texts(self) -> Vec<String> {
        self.into_iter().flat_map(Texts::texts).collect()
    }
}

/// What a snapshot is taken of: [`assert_detection_snapshot!`] makes one.
#[derive(Clone, Debug, Default)]
pub struct DetectionSnapshot {
    base: PathBuf,
    detection: String,
    events: Vec<String>,
    name: Option<String>,
    macros: Vec<String>,
    lookups: Vec<String>,
    datamodels: Vec<String>,
    knowledge: Vec<String>,
    source: Option<String>,
    sourcetype: Option<String>,
    now: Option<String>,
    tz: Option<String>,
    redact: Vec<String>,
    time_modifiers: bool,
}

impl DetectionSnapshot {
    /// A detection and its events; their paths count from `base`.
    pub fn new(base: impl AsRef<Path>, detection: impl Texts, events: impl Texts) -> Self {
        DetectionSnapshot {
            base: base.as_ref().to_owned(),
            detection: detection.texts().into_iter().next().unwrap_or_default(),
            events: events.texts(),
            ..DetectionSnapshot::default()
        }
    }

    /// The snapshot's name; by default the test's.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Files and folders of macros, besides the folder `macros` beside the detection or above it;
    /// later ones win.
    #[must_use]
    pub fn macros(mut self, paths: impl Texts) -> Self {
        self.macros = paths.texts();
        self
    }

    /// Folders of lookup definitions and tables.
    #[must_use]
    pub fn lookups(mut self, folders: impl Texts) -> Self {
        self.lookups = folders.texts();
        self
    }

    /// Files and folders of data models, besides those that are built in.
    #[must_use]
    pub fn datamodels(mut self, paths: impl Texts) -> Self {
        self.datamodels = paths.texts();
        self
    }

    /// Files and folders of sourcetypes, besides those that are built in.
    #[must_use]
    pub fn knowledge(mut self, paths: impl Texts) -> Self {
        self.knowledge = paths.texts();
        self
    }

    /// The events' source; by default the detection's declared one, else the file's name.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The events' sourcetype; by default the detection's declared one.
    #[must_use]
    pub fn sourcetype(mut self, sourcetype: impl Into<String>) -> Self {
        self.sourcetype = Some(sourcetype.into());
        self
    }

    /// What `now()` is, as `2026-02-11T12:00:00Z`; by default 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn now(mut self, time: impl Into<String>) -> Self {
        self.now = Some(time.into());
        self
    }

    /// The time zone; by default UTC.
    #[must_use]
    pub fn tz(mut self, zone: impl Into<String>) -> Self {
        self.tz = Some(zone.into());
        self
    }

    /// Fields whose values are not shown, `*` for any characters.
    #[must_use]
    pub fn redact(mut self, fields: impl Texts) -> Self {
        self.redact = fields.texts();
        self
    }

    /// Whether `earliest=`, `latest=` and the like in the search count.
    #[must_use]
    pub fn time_modifiers(mut self, count: bool) -> Self {
        self.time_modifiers = count;
        self
    }

    #[doc(hidden)]
    pub fn own_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What the header of the snapshot says: the detection and its events.
    pub fn expression(&self) -> String {
        format!("{} {}", self.detection, self.events.join(" "))
    }

    fn paths(&self, texts: &[String]) -> Vec<PathBuf> {
        texts.iter().map(|t| self.base.join(t)).collect()
    }

    fn host(&self) -> Result<FixedHost, String> {
        let mut host = FixedHost::default();
        if let Some(text) = &self.now {
            let time = text.parse::<jiff::Timestamp>();
            let time = time.map_err(|e| format!("now = {text:?}: {e}"))?;
            host.now = time.as_microsecond();
        }
        if let Some(name) = &self.tz {
            host.time_zone =
                sepal_data::time::zone(name).map_err(|e| format!("tz = {name:?}: {e}"))?;
        }
        Ok(host)
    }

    fn content(&self, detection: &Path) -> Result<Content, String> {
        let wrong = |e: sepal_content::ContentError| render::content(&e);
        let mut macros: Vec<PathBuf> = fs::macros_near(Some(detection)).into_iter().collect();
        macros.extend(self.paths(&self.macros));
        let (macros, _) = fs::macro_set(&macros).map_err(wrong)?;
        let folder = |path| LookupFolder { path, kind: FolderKind::All, access: Access::Read };
        let folders: Vec<_> = self.paths(&self.lookups).into_iter().map(folder).collect();
        let lookups = match folders.is_empty() {
            true => None,
            false => {
                let (lookups, _) = LookupFolders::read_all(&folders).map_err(wrong)?;
                Some(Arc::new(lookups) as Arc<dyn Lookups>)
            }
        };
        let (models, _) =
            CimModels::new().with_folders(&self.paths(&self.datamodels), &macros).map_err(wrong)?;
        let (rules, _) =
            SourcetypeRules::new().with_folders(&self.paths(&self.knowledge)).map_err(wrong)?;
        Ok(Content::new(macros, lookups, Arc::new(models), Some(Arc::new(rules))))
    }

    /// The snapshot's text.
    ///
    /// # Errors
    /// What is wrong, with lines and carets where it has a place.
    pub fn text(&self) -> Result<String, String> {
        let file = self.base.join(&self.detection);
        let detection = fs::detection(&file).map_err(|e| render::content(&e))?;
        let host = self.host()?;
        let mut inputs: Vec<Input> = Vec::new();
        for path in self.paths(&self.events) {
            for (file, input) in named(&path, &host)? {
                let stamp = sepal_content::stamp(&detection, &file.display().to_string());
                let own = |given: &Option<String>, declared: Option<String>| {
                    given.clone().or(declared).map(Into::into)
                };
                let meta = Meta {
                    source: own(&self.source, stamp.source),
                    sourcetype: own(&self.sourcetype, stamp.sourcetype),
                    index: stamp.index.map(Into::into),
                    host: stamp.host.map(Into::into),
                };
                inputs.push(input.with_meta(meta));
            }
        }
        let redact: Vec<Pattern> = self.redact.iter().map(|f| Pattern::case_sensitive(f)).collect();
        let content = self.content(&file)?;
        let snapper = Snapper {
            content: &content,
            host: Arc::new(host),
            stop: Arc::default(),
            time_modifiers: self.time_modifiers,
            redact: &redact,
            scan: ScanOptions::default(),
        };
        snapper.take(&detection, None, inputs).map_err(|refused| match &refused {
            Refused::Search(list, _) => {
                render::diagnostics(list, &|span| refused.places(&detection, span))
            }
            Refused::Run(e) => format!("{}: {e}", detection.name),
            Refused::Cut(code, message) => format!("{}: {message} [{code}]", detection.name),
            Refused::Stopped => format!("{}: stopped", detection.name),
        })
    }

    /// The snapshot's text.
    ///
    /// # Panics
    /// Where there is none, with what is wrong.
    #[doc(hidden)]
    #[track_caller]
    pub fn text_or_panic(&self) -> String {
        match self.text() {
            Ok(text) => text,
            Err(why) => panic!("no snapshot of {}\n{why}", self.detection),
        }
    }
}
