use super::{Definition, Extraction, LookupError, Lookups, SavedSearch, job_files, job_of};
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Lookups whose tables are held in memory.
#[derive(Default)]
pub struct MemoryLookups {
    definitions: BTreeMap<String, Arc<Definition>>,
    extractions: BTreeMap<String, Arc<Extraction>>,
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    saved: BTreeMap<String, SavedSearch>,
    writable: bool,
}

impl MemoryLookups {
    /// No lookup; `outputlookup` may write where `writable`.
    pub fn new(writable: bool) -> MemoryLookups {
        MemoryLookups { writable, ..MemoryLookups::default() }
    }

    /// Adds a lookup with its table as CSV.
    pub fn add(&mut self, definition: Definition, csv: impl Into<Vec<u8>>) {
        let files = self.files.get_mut().unwrap_or_else(PoisonError::into_inner);
        files.insert(definition.file.clone(), csv.into());
        self.definitions.insert(definition.name.clone(), Arc::new(definition));
    }

    /// Adds a field extraction.
    pub fn add_extraction(&mut self, extraction: Extraction) {
        self.extractions.insert(extraction.name.clone(), Arc::new(extraction));
    }

    /// Adds a saved search.
    pub fn add_saved(&mut self, name: impl Into<String>, search: SavedSearch) {
        self.saved.insert(name.into(), search);
    }

    /// The text of a table.
    pub fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

impl Lookups for MemoryLookups {
    fn find(&self, name: &str) -> Result<Arc<Definition>, LookupError> {
        if let Some(found) = self.definitions.get(name) {
            return Ok(Arc::clone(found));
        }
        if self.file(name).is_some() {
            return Ok(Arc::new(Definition::new(name, name)));
        }
        let names = self.names();
        Err(LookupError::unknown(name, names.iter().map(String::as_str)))
    }

    fn names(&self) -> Vec<String> {
        self.definitions.keys().cloned().collect()
    }

    fn extraction(&self, name: &str) -> Result<Arc<Extraction>, LookupError> {
        let known = || self.extractions.keys().map(String::as_str);
        self.extractions.get(name).cloned().ok_or_else(|| Extraction::unknown(name, known()))
    }

    fn saved_search(&self, name: &str) -> Option<SavedSearch> {
        self.saved.get(name).cloned()
    }

    fn saved_searches(&self) -> Vec<String> {
        self.saved.keys().cloned().collect()
    }

    fn locations(&self) -> io::Result<Option<(String, Vec<u8>)>> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let found = files.iter().find(|(name, _)| name.ends_with(".mmdb"));
        Ok(found.map(|(name, bytes)| (name.clone(), bytes.clone())))
    }

    fn open(&self, lookup: &Definition) -> io::Result<Box<dyn Read + Send>> {
        let data = self.file(&lookup.file).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(data)))
    }

    fn target(&self, name: &str) -> Result<Arc<Definition>, LookupError> {
        if !self.writable {
            return Err(LookupError::not_writable());
        }
        if !self.definitions.contains_key(name) && name.ends_with(".csv") {
            return Ok(Arc::new(Definition::new(name, name)));
        }
        self.find(name)
    }

    fn model(&self, file: &str) -> Result<Option<Arc<Definition>>, LookupError> {
        Ok(self.file(file).map(|_| Arc::new(Definition::new(file, file))))
    }

    fn model_target(&self, file: &str) -> Result<Arc<Definition>, LookupError> {
        match self.writable {
            true => Ok(Arc::new(Definition::new(file, file))),
            false => Err(LookupError::not_writable()),
        }
    }

    fn job(&self, sid: &str) -> Result<Option<Arc<Definition>>, LookupError> {
        let names = job_files(sid);
        let found = names.into_iter().find(|name| self.file(name).is_some());
        Ok(found.map(|name| Arc::new(Definition::new(sid, &name))))
    }

    fn jobs(&self) -> Vec<String> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<String> =
            files.keys().filter_map(|f| job_of(f)).map(str::to_owned).collect();
        all.sort();
        all.dedup();
        all
    }

    fn exists(&self, lookup: &Definition) -> bool {
        self.file(&lookup.file).is_some()
    }

    fn replace(
        &self,
        lookup: &Definition,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut data = Vec::new();
        write(&mut data)?;
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(lookup.file.clone(), data);
        Ok(())
    }

    fn remove(&self, lookup: &Definition) -> io::Result<()> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).remove(&lookup.file);
        Ok(())
    }
}
