use super::{DataModel, DataModels};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Data models that are held in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryDataModels {
    models: BTreeMap<String, Arc<DataModel>>,
}

impl MemoryDataModels {
    /// No data model.
    pub fn new() -> MemoryDataModels {
        MemoryDataModels::default()
    }

    /// Adds one; gives back the one of that name that it replaces.
    pub fn add(&mut self, model: DataModel) -> Option<Arc<DataModel>> {
        self.models.insert(model.name.clone(), Arc::new(model))
    }
}

impl DataModels for MemoryDataModels {
    fn find(&self, name: &str) -> Option<Arc<DataModel>> {
        self.models.get(name).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.models.keys().cloned().collect()
    }
}
