//! Lookup tables: where they come from, how they are read, and how a row is found in them.
//!
//! Source: Splunk transforms.conf.spec (`filename`, `match_type`, `max_matches`...), Knowledge
//! Manager Manual, "Add field matching rules to your lookup configuration".

mod chains;
mod cidr;
mod definition;
mod extraction;
pub(crate) mod finder;
mod matcher;
mod memory;
mod saved;
mod table;
mod times;
mod wild;

pub use definition::{Definition, LookupError, MatchKind, TimeBound};
pub use extraction::{Extraction, WrongSetting};
pub use matcher::{Found, Matcher};
pub use memory::MemoryLookups;
pub use saved::SavedSearch;
pub use table::{Column, Table, TableError, mv_cell};
pub use times::parse_times;

use crate::run_cx::{RunCx, RunError};
use sepal_data::FieldName;
use std::io::{self, Read, Write};
use std::sync::Arc;

/// The lookups that a search may use, and the only way to their files.
pub trait Lookups: Send + Sync {
    /// The lookup of that name: a definition, or a CSV file named directly.
    ///
    /// # Errors
    /// SPL4110 where there is none, SPL4112 where its table is missing, SPL4113 where it is of a
    /// kind that is not supported, SPL4115 where the name leads out of the declared folders.
    fn find(&self, name: &str) -> Result<Arc<Definition>, LookupError>;

    /// The names that [`Lookups::find`] knows, sorted.
    fn names(&self) -> Vec<String>;

    /// Opens the table of a lookup, as it is on disk.
    ///
    /// # Errors
    /// What the system says.
    fn open(&self, lookup: &Definition) -> io::Result<Box<dyn Read + Send>>;

    /// The lookup that `outputlookup` writes: an existing one, or a new CSV file.
    ///
    /// # Errors
    /// SPL4116 where writing is not allowed, SPL5410 where it is, but not in that folder; else as
    /// [`Lookups::find`], but a file that does not exist yet is none.
    fn target(&self, name: &str) -> Result<Arc<Definition>, LookupError>;

    /// Whether the table of a lookup exists.
    fn exists(&self, lookup: &Definition) -> bool;

    /// Replaces the table of a lookup by what `write` writes, in one step: a reader sees the old
    /// table or the new one.
    ///
    /// # Errors
    /// What the system says; the old table then stays.
    fn replace(
        &self,
        lookup: &Definition,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()>;

    /// Removes the table of a lookup.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, lookup: &Definition) -> io::Result<()>;

    /// The file of that name with a model of the Machine Learning Toolkit; none where there is
    /// none.
    ///
    /// # Errors
    /// SPL4115 where the name leads out of the declared folders.
    fn model(&self, file: &str) -> Result<Option<Arc<Definition>>, LookupError> {
        let _ = file;
        Ok(None)
    }

    /// The file of that name that `fit` writes a model to.
    ///
    /// # Errors
    /// SPL4116 where writing is not allowed, SPL5410 where it is, but not in that folder; else as
    /// [`Lookups::model`].
    fn model_target(&self, file: &str) -> Result<Arc<Definition>, LookupError> {
        let _ = file;
        Err(LookupError::not_writable())
    }

    /// The file with the results of the search job of that id; none where there is none.
    ///
    /// # Errors
    /// SPL4115 where the id leads out of the declared folders.
    fn job(&self, sid: &str) -> Result<Option<Arc<Definition>>, LookupError> {
        let _ = sid;
        Ok(None)
    }

    /// The ids that [`Lookups::job`] knows, sorted.
    fn jobs(&self) -> Vec<String> {
        Vec::new()
    }

    /// The field extraction of that name: a stanza of transforms.conf, for `extract`.
    ///
    /// # Errors
    /// SPL2503 where there is none.
    fn extraction(&self, name: &str) -> Result<Arc<Extraction>, LookupError> {
        Err(Extraction::unknown(name, []))
    }

    /// The saved search of that name, letter case as written.
    fn saved_search(&self, name: &str) -> Option<SavedSearch> {
        let _ = name;
        None
    }

    /// The names of the saved searches, for messages.
    fn saved_searches(&self) -> Vec<String> {
        Vec::new()
    }

    /// The MaxMind database that `iplocation` reads, as its name and bytes: the `.mmdb` file of
    /// the folders. None where there is none.
    ///
    /// # Errors
    /// What the system says, or that there are several.
    fn locations(&self) -> io::Result<Option<(String, Vec<u8>)>> {
        Ok(None)
    }
}

/// The endings of files with the results of a search.
const RESULTS: [&str; 5] = [".csv", ".csv.gz", ".ndjson", ".jsonl", ".json"];

/// The files, in a folder, that may hold the results of a search job: of its id, or as Splunk keeps
/// them in a folder of the job.
pub fn job_files(sid: &str) -> Vec<String> {
    let of_job = |end: &str| format!("{sid}{end}");
    let kept = ["/results.csv.gz", "/results.csv"];
    RESULTS.iter().chain(&kept).map(|end| of_job(end)).collect()
}

/// The id of the job that a file of this name holds the results of, if it may.
pub fn job_of(file: &str) -> Option<&str> {
    RESULTS.iter().find_map(|end| file.strip_suffix(end)).filter(|sid| !sid.is_empty())
}

/// The columns of a lookup's table, without reading its rows.
///
/// # Errors
/// SPL4114.
pub fn header(lookups: &dyn Lookups, lookup: &Definition) -> Result<Vec<FieldName>, LookupError> {
    let names = lookups.open(lookup).map_err(TableError::Io).and_then(Table::header);
    names.map_err(|e| LookupError::new("SPL4114", format!("{}: {e}", lookup.file)))
}

/// Reads the columns of a lookup's table whose names `wanted` takes.
///
/// # Errors
/// SPL4114, or SPL4117 for a table beyond 4 GiB.
pub fn read(
    lookups: &dyn Lookups,
    lookup: &Definition,
    wanted: &dyn Fn(&str) -> bool,
    cx: &RunCx,
) -> Result<Table, RunError> {
    cx.check_stop()?;
    let file = &lookup.file;
    if lookup.unfilled.is_some() {
        let text = format!(
            "lookup `{}` is a KV store collection that nothing fills: it has no rows. {} would fill it",
            lookup.name, file
        );
        cx.notice("SPL4310", text, false);
    }
    let table = lookups.open(lookup).map_err(TableError::Io).and_then(|r| Table::read(r, wanted));
    let table = table.map_err(|e| match e {
        TableError::TooLarge => RunError::failed("SPL4117", format!("{file}: {e}")),
        e => RunError::failed("SPL4114", format!("{file}: {e}")),
    })?;
    if table.has_long_rows() {
        let text = format!("{file}: a row has more cells than the header; the rest is left out");
        cx.notice("SPL3152", text, false);
    }
    Ok(table)
}
