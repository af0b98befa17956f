//! Data models: what `tstats`, `datamodel` and `from` read events through.
//!
//! A dataset is a condition on events, the fields that it has, and how those that events do not
//! bring are calculated. A child has its parent's condition, fields and calculations and adds its
//! own. Where data models come from is behind [`DataModels`], which planning gets. Nothing is
//! accelerated here: all of it becomes a scan of the events whose filter is the conditions of the
//! dataset and of the search together.
//!
//! Source: Splunk Knowledge Manager Manual, "About data models"; Search Reference, `tstats`.

mod below;
mod check;
mod events;
mod fields;
mod filter;
mod implied;
mod memory;
mod scope;

pub use check::DatasetCheck;
pub(crate) use events::{Chosen, Output, choose, events};
pub(crate) use fields::{Pair, Prepare, Renamed};
pub use memory::MemoryDataModels;
pub(crate) use scope::Scope;

use std::sync::Arc;

/// Where data models are found.
pub trait DataModels: Send + Sync {
    /// The data model of that name, letter case as written.
    fn find(&self, name: &str) -> Option<Arc<DataModel>>;
    /// All names, for messages.
    fn names(&self) -> Vec<String>;
}

/// A data model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataModel {
    /// Its name, such as `Endpoint`.
    pub name: String,
    /// Its datasets in any order.
    pub datasets: Vec<Dataset>,
}

/// A dataset of a data model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    /// Its name, such as `Processes`; unique in the data model.
    pub name: String,
    /// The dataset that it refines; none for a root.
    pub parent: Option<String>,
    /// Which events it has, in the language of `search`, macros expanded. A root may go on with
    /// commands that work row by row.
    pub constraint: String,
    /// The fields that it adds to those of its parent.
    pub fields: Vec<String>,
    /// How fields are made that events do not bring, in order, after those of the parent.
    pub calculations: Vec<Calculation>,
}

/// How some fields of a dataset are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calculation {
    /// The fields that it gives.
    pub outputs: Vec<String>,
    /// A command that works row by row, such as `eval action=if(code=0,"success","failure")`.
    pub command: String,
}

impl DataModel {
    /// The dataset of that name.
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets.iter().find(|d| d.name == name)
    }

    /// A dataset with its ancestors, the root first; none where there is no such dataset or one of
    /// its ancestors is missing or its own descendant.
    pub fn lineage(&self, name: &str) -> Option<Vec<&Dataset>> {
        let mut list = vec![self.dataset(name)?];
        while let Some(parent) = list.last().and_then(|d| d.parent.as_deref()) {
            if list.len() > self.datasets.len() {
                return None;
            }
            list.push(self.dataset(parent)?);
        }
        list.reverse();
        Some(list)
    }

    /// The datasets without a parent.
    pub fn roots(&self) -> impl Iterator<Item = &Dataset> {
        self.datasets.iter().filter(|d| d.parent.is_none())
    }
}
