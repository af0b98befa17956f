//! A folder of risk events: what the index `risk` is to Splunk.

use crate::ContentError;
use sepal_exec::scan::{Input, InputFormat, Meta};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A folder that holds more is not added to.
const MAX_BYTES: u64 = 1 << 30;

/// A folder with more files is not added to.
const MAX_FILES: usize = 10_000;

/// A file that is larger is not written to again.
const MAX_JOINED: u64 = 4 << 20;

/// Lines longer than this have no id that counts.
const MAX_ID_WITHIN: usize = 4096;

/// A folder of files `*.ndjson`, a risk event a line, whose keys are field names. Nothing else belongs
/// to it; files of others, such as risk events that were exported from Splunk, may lie there too.
///
/// Events are added a file at a time, which appears whole or not at all. An event whose
/// `risk_event_id` is there already is not added again.
#[derive(Clone, Debug)]
pub struct RiskIndex {
    folder: PathBuf,
}

/// What became of events that were to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddedRisk {
    /// How many were added.
    pub new: usize,
    /// How many were there already.
    pub known: usize,
    /// The file that they stand in; none where none was added.
    pub file: Option<PathBuf>,
}

impl RiskIndex {
    /// The index in a folder, which need not be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> RiskIndex {
        RiskIndex { folder: folder.into() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its files, sorted by name; none where the folder is not there.
    ///
    /// # Errors
    /// SPL4210 where it cannot be read.
    pub fn files(&self) -> Result<Vec<PathBuf>, ContentError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(|e| self.unreadable(&self.folder, &e))?,
        };
        let mut out = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| self.unreadable(&self.folder, &e))?.path();
            let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
            if !hidden && path.extension().is_some_and(|e| e == "ndjson") && path.is_file() {
                out.push(path);
            }
        }
        out.sort();
        Ok(out)
    }

    /// Its files as inputs: rows of the index `risk`.
    ///
    /// # Errors
    /// As [`RiskIndex::files`].
    pub fn inputs(&self) -> Result<Vec<Input>, ContentError> {
        Ok(self.files()?.into_iter().map(|path| as_risk(Input::path(path))).collect())
    }

    /// Events in memory as an input: rows of the index `risk`.
    pub fn input_of(events: &[Map<String, Value>]) -> Input {
        let mut text = Vec::new();
        for event in events {
            // what is written to memory does not fail
            let _ = serde_json::to_writer(&mut text, event);
            text.push(b'\n');
        }
        as_risk(Input::bytes("risk events", text))
    }

    /// The ids of all its events.
    ///
    /// # Errors
    /// SPL4210 where a file cannot be read.
    pub fn ids(&self) -> Result<HashSet<String>, ContentError> {
        let mut out = HashSet::new();
        for path in self.files()? {
            let mut file =
                BufReader::new(File::open(&path).map_err(|e| self.unreadable(&path, &e))?);
            let mut line = Vec::new();
            loop {
                line.clear();
                let read = file.read_until(b'\n', &mut line);
                if read.map_err(|e| self.unreadable(&path, &e))? == 0 {
                    break;
                }
                out.extend(id_of(&line));
            }
        }
        Ok(out)
    }

    /// Leaves out events that are there already, or that come twice; gives how many those are.
    ///
    /// # Errors
    /// As [`RiskIndex::ids`].
    pub fn without_known(
        &self,
        events: &mut Vec<Map<String, Value>>,
    ) -> Result<usize, ContentError> {
        let mut ids = self.ids()?;
        let all = events.len();
        events.retain(|e| match e.get("risk_event_id").and_then(Value::as_str) {
            Some(id) => ids.insert(id.to_owned()),
            None => true,
        });
        Ok(all - events.len())
    }

    /// Adds those events that are not there yet. The name of the file follows from the events.
    ///
    /// # Errors
    /// SPL4210 where the index cannot be read, SPL4211 where it cannot be written, SPL4212 where it is
    /// full; then nothing is added.
    pub fn add(&self, events: Vec<Map<String, Value>>) -> Result<AddedRisk, ContentError> {
        self.add_to(None, events)
    }

    /// The same for one who adds again and again: the file that was written last takes these too, until
    /// it has 4 MiB. It is replaced as a whole.
    ///
    /// # Errors
    /// As [`RiskIndex::add`].
    pub fn add_to(
        &self,
        last: Option<&Path>,
        mut events: Vec<Map<String, Value>>,
    ) -> Result<AddedRisk, ContentError> {
        let known = self.without_known(&mut events)?;
        if events.is_empty() {
            return Ok(AddedRisk { known, ..AddedRisk::default() });
        }
        let mut hash = Sha256::new();
        let (mut lines, mut bytes) = (Vec::with_capacity(events.len()), 0u64);
        for event in &events {
            let mut line = Value::Object(event.clone()).to_string();
            line.push('\n');
            hash.update(&line);
            bytes = bytes.saturating_add(line.len() as u64);
            lines.push(line);
        }
        self.room_for(bytes)?;
        let old = last.and_then(|file| Some((file, fs::read_to_string(file).ok()?)));
        let fits = |text: &str| bytes.saturating_add(text.len() as u64) <= MAX_JOINED;
        if let Some((file, old)) = old.filter(|(_, text)| fits(text)) {
            lines.insert(0, old);
            self.write(file, &lines).map_err(|e| self.unwritable(&e))?;
            return Ok(AddedRisk { new: events.len(), known, file: Some(file.to_owned()) });
        }
        let day = events.iter().find_map(|e| e.get("_time")?.as_f64());
        let day = day.and_then(sepal_data::time::Time::from_secs_f64);
        let day = day.map_or("undated".to_owned(), |t| {
            sepal_data::time::strftime(t, "%Y-%m-%d", &sepal_data::time::TimeZone::UTC)
        });
        let number: String = hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect();
        let file = self.folder.join(format!("risk-{day}-{number}.ndjson"));
        self.write(&file, &lines).map_err(|e| self.unwritable(&e))?;
        Ok(AddedRisk { new: events.len(), known, file: Some(file) })
    }

    /// A file beside it becomes it: readers see all of it or nothing.
    fn write(&self, file: &Path, lines: &[String]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let made =
            tempfile::Builder::new().prefix(".risk-").suffix(".part").tempfile_in(&self.folder)?;
        let mut out = BufWriter::new(made);
        for line in lines {
            out.write_all(line.as_bytes())?;
        }
        let made = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        made.as_file().sync_all()?;
        made.persist(file).map_err(|e| e.error)?;
        Ok(())
    }

    fn room_for(&self, more: u64) -> Result<(), ContentError> {
        let files = self.files()?;
        let sizes = files.iter().filter_map(|f| f.metadata().ok()).map(|m| m.len());
        let bytes = sizes.fold(more, u64::saturating_add);
        let why = match (files.len() >= MAX_FILES, bytes > MAX_BYTES) {
            (true, _) => format!("has {MAX_FILES} files"),
            (_, true) => "would be larger than 1 GiB".to_owned(),
            _ => return Ok(()),
        };
        let message = format!("the risk index is full: it {why}");
        let e = ContentError::new("SPL4212", &self.folder.to_string_lossy(), message);
        Err(e.help("move files that are no longer needed elsewhere: they begin with their day"))
    }

    fn unwritable(&self, e: &io::Error) -> ContentError {
        let message = format!("cannot be added to: {e}");
        ContentError::new("SPL4211", &self.folder.to_string_lossy(), message)
    }

    fn unreadable(&self, path: &Path, e: &io::Error) -> ContentError {
        ContentError::new("SPL4210", &path.to_string_lossy(), format!("cannot be read: {e}"))
    }
}

fn as_risk(mut input: Input) -> Input {
    input.format = Some(InputFormat::Rows);
    input.meta =
        Meta { index: Some("risk".into()), sourcetype: Some("stash".into()), ..Meta::default() };
    input
}

/// The id stands near the beginning of a line that was written here.
fn id_of(line: &[u8]) -> Option<String> {
    let head = line.get(..line.len().min(MAX_ID_WITHIN))?;
    let key = br#""risk_event_id":""#;
    let at = head.windows(key.len()).position(|w| w == key)? + key.len();
    let rest = head.get(at..)?;
    let id = rest.get(..rest.iter().position(|b| *b == b'"')?)?;
    String::from_utf8(id.to_vec()).ok()
}
