//! The data models that are always there: the CIM's, and Risk of Enterprise Security.

use super::form::{is_form, read_model_form};
use super::{add_data_model, read_usable};
use crate::{ContentError, Note, fs};
use sepal_exec::datamodel::{DataModel, DataModels, MemoryDataModels};
use sepal_parser::macros::{MacroDef, MacroSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The text of each, and what is read of it once a search names it.
static BUILT_IN: &[(&str, &str)] = &[
    ("Alerts", include_str!("../../knowledge/datamodels/Alerts.yml")),
    ("Application_State", include_str!("../../knowledge/datamodels/Application_State.yml")),
    ("Authentication", include_str!("../../knowledge/datamodels/Authentication.yml")),
    ("Certificates", include_str!("../../knowledge/datamodels/Certificates.yml")),
    ("Change", include_str!("../../knowledge/datamodels/Change.yml")),
    ("Change_Analysis", include_str!("../../knowledge/datamodels/Change_Analysis.yml")),
    ("Compute_Inventory", include_str!("../../knowledge/datamodels/Compute_Inventory.yml")),
    ("DLP", include_str!("../../knowledge/datamodels/DLP.yml")),
    ("Data_Access", include_str!("../../knowledge/datamodels/Data_Access.yml")),
    ("Databases", include_str!("../../knowledge/datamodels/Databases.yml")),
    ("Email", include_str!("../../knowledge/datamodels/Email.yml")),
    ("Endpoint", include_str!("../../knowledge/datamodels/Endpoint.yml")),
    ("Event_Signatures", include_str!("../../knowledge/datamodels/Event_Signatures.yml")),
    (
        "Interprocess_Messaging",
        include_str!("../../knowledge/datamodels/Interprocess_Messaging.yml"),
    ),
    ("Intrusion_Detection", include_str!("../../knowledge/datamodels/Intrusion_Detection.yml")),
    ("JVM", include_str!("../../knowledge/datamodels/JVM.yml")),
    ("Malware", include_str!("../../knowledge/datamodels/Malware.yml")),
    ("Network_Resolution", include_str!("../../knowledge/datamodels/Network_Resolution.yml")),
    ("Network_Sessions", include_str!("../../knowledge/datamodels/Network_Sessions.yml")),
    ("Network_Traffic", include_str!("../../knowledge/datamodels/Network_Traffic.yml")),
    ("Performance", include_str!("../../knowledge/datamodels/Performance.yml")),
    ("Risk", include_str!("../../knowledge/datamodels/Risk.yml")),
    ("Splunk_Audit", include_str!("../../knowledge/datamodels/Splunk_Audit.yml")),
    ("Ticket_Management", include_str!("../../knowledge/datamodels/Ticket_Management.yml")),
    ("Updates", include_str!("../../knowledge/datamodels/Updates.yml")),
    ("Vulnerabilities", include_str!("../../knowledge/datamodels/Vulnerabilities.yml")),
    ("Web", include_str!("../../knowledge/datamodels/Web.yml")),
];

static READ: [OnceLock<Option<Arc<DataModel>>>; BUILT_IN.len()] =
    [const { OnceLock::new() }; BUILT_IN.len()];

/// Data models: those that are given, and the built-in ones of other names.
///
/// Built in are the models of Splunk's Common Information Model, as its field tables describe them,
/// without the macros that limit them to indexes, and Risk. One is read when a search names it.
#[derive(Clone, Debug, Default)]
pub struct CimModels {
    own: MemoryDataModels,
}

impl CimModels {
    /// The built-in ones.
    pub fn new() -> CimModels {
        CimModels::default()
    }

    /// The same with those of folders or files: Splunk's JSON, or the form of
    /// [`read_model_form`](crate::read_model_form) as YAML. One that is built in is replaced
    /// silently, one that was given before with a note. Of `cim_NAME_indexes` that `macros` lacks
    /// the definition is `*`.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub fn with_folders(
        mut self,
        paths: &[PathBuf],
        macros: &MacroSet,
    ) -> Result<(CimModels, Vec<Note>), ContentError> {
        let mut notes = Vec::new();
        for path in paths {
            let files = match path.is_dir() {
                true => fs::files(path, &|p| is_form(p) || is_json(p))?,
                false => vec![path.clone()],
            };
            for file in files {
                let (name, text) = (file.to_string_lossy(), fs::text(&file)?);
                let model = match is_form(&file) {
                    true => read_model_form(&name, &text)?,
                    false => read_usable(&name, &text, &with_indexes(&text, macros), &mut notes)?,
                };
                add_data_model(&mut self.own, model, &name, &mut notes);
            }
        }
        Ok((self, notes))
    }
}

/// The macros, and `cim_NAME_indexes` that the text calls and nobody defines: as the CIM ships them
/// they name no index.
fn with_indexes(text: &str, macros: &MacroSet) -> MacroSet {
    let mut all = macros.clone();
    for name in text.split('`').filter(|n| n.starts_with("cim_") && n.ends_with("_indexes")) {
        if all.get(name, 0).is_none() {
            let (name, definition) = (name.to_owned(), "*".to_owned());
            all.insert(MacroDef { name, definition, ..MacroDef::default() });
        }
    }
    all
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "json")
}

impl DataModels for CimModels {
    fn find(&self, name: &str) -> Option<Arc<DataModel>> {
        self.own.find(name).or_else(|| {
            let at = BUILT_IN.binary_search_by(|(n, _)| (*n).cmp(name)).ok()?;
            let (name, text) = BUILT_IN.get(at)?;
            // a test reads them all
            let read = || read_model_form(name, text).ok().map(Arc::new);
            READ.get(at)?.get_or_init(read).clone()
        })
    }

    fn names(&self) -> Vec<String> {
        let built_in = BUILT_IN.iter().map(|(n, _)| (*n).to_owned());
        let mut names: Vec<String> = self.own.names().into_iter().chain(built_in).collect();
        names.sort();
        names.dedup();
        names
    }
}
