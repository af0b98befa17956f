//! Data models as Splunk stores them: one JSON file each, in an app's `data/models` folder; and those
//! of the Common Information Model, which are built in (`builtin`, `form`).
//!
//! Source: Splunk Knowledge Manager Manual, "About data models"; the form is that of the files in
//! the CIM add-on and of what `| datamodel NAME` shows.

mod builtin;
mod command;
mod form;

pub use builtin::CimModels;
pub use form::read_model_form;

use crate::{ContentError, Note};
use command::command;
use sepal_exec::datamodel::{Calculation, DataModel, Dataset, MemoryDataModels};
use sepal_parser::Severity;
use sepal_parser::macros::{MacroSet, Origin, expand};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelFile {
    model_name: String,
    objects: Vec<ObjectFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ObjectFile {
    object_name: String,
    #[serde(default)]
    parent_name: String,
    #[serde(default)]
    fields: Vec<FieldFile>,
    #[serde(default)]
    calculations: Vec<CalculationFile>,
    #[serde(default)]
    constraints: Vec<ConstraintFile>,
    /// The whole search of a dataset whose parent is `BaseSearch`.
    #[serde(default)]
    base_search: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FieldFile {
    field_name: String,
    /// Where `| datamodel` has written it: the dataset that brings the field.
    owner: Option<String>,
}

#[derive(Deserialize)]
struct ConstraintFile {
    #[serde(default)]
    search: String,
}

/// A calculation with the keys of all kinds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CalculationFile {
    calculation_type: String,
    #[serde(default)]
    output_fields: Vec<OutputFile>,
    #[serde(default)]
    expression: String,
    #[serde(default)]
    input_field: String,
    #[serde(default)]
    lookup_name: String,
    #[serde(default)]
    lookup_inputs: Vec<LookupInputFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutputFile {
    field_name: String,
    /// The column of a lookup.
    lookup_output_field_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LookupInputFile {
    input_field: String,
    lookup_field: String,
}

/// The parents that are no datasets.
const BASES: &[&str] = &["", "BaseEvent", "BaseSearch", "BaseTransaction"];

/// Reads one data model. Macros in its constraints are expanded.
///
/// # Errors
/// SPL4134 where the text is not a data model, where a dataset groups events into transactions, or
/// for a macro that cannot be expanded.
pub fn read_data_model(
    file: &str,
    text: &str,
    macros: &MacroSet,
) -> Result<DataModel, ContentError> {
    read(file, text, macros, &mut |_, e| Err(e))
}

/// The same, but a dataset that cannot be used is left out with a note: in the add-on's files there
/// are some that ask Splunk itself and not events.
pub(crate) fn read_usable(
    file: &str,
    text: &str,
    macros: &MacroSet,
    notes: &mut Vec<Note>,
) -> Result<DataModel, ContentError> {
    read(file, text, macros, &mut |name, e| {
        notes.push(Note::new(
            "SPL2350",
            format!("dataset {name} of {file} is left out: {}", e.message),
        ));
        Ok(())
    })
}

/// What to do with a dataset of that name that cannot be used: go on without it, or stop.
type Unusable<'a> = dyn FnMut(&str, ContentError) -> Result<(), ContentError> + 'a;

fn read(
    file: &str,
    text: &str,
    macros: &MacroSet,
    unusable: &mut Unusable<'_>,
) -> Result<DataModel, ContentError> {
    let read: ModelFile = serde_json::from_str(text).map_err(|e| {
        let place = (e.line(), e.column());
        ContentError::new("SPL4134", file, format!("this is not a data model: {e}"))
            .at(place.0, place.1)
    })?;
    let mut model = DataModel { name: read.model_name, datasets: Vec::new() };
    for object in read.objects {
        let name = object.object_name.clone();
        match dataset(file, object, macros) {
            Ok(dataset) => model.datasets.push(dataset),
            Err(e) => unusable(&name, e)?,
        }
    }
    Ok(model)
}

fn dataset(file: &str, object: ObjectFile, macros: &MacroSet) -> Result<Dataset, ContentError> {
    let wrong = |why: String| ContentError::new("SPL4134", file, why);
    let name = object.object_name;
    if object.parent_name == "BaseTransaction" {
        return Err(wrong(format!("dataset {name} is made of transactions: not supported")));
    }
    let base = BASES.contains(&object.parent_name.as_str());
    let mut parts: Vec<String> = Vec::new();
    for c in object.constraints.iter().map(|c| c.search.trim()).filter(|c| !c.is_empty()) {
        parts.push(format!("({c})"));
    }
    let own = object.base_search.trim();
    let constraint = match (own.is_empty(), parts.as_slice()) {
        (false, _) if base => own.to_owned(),
        (_, [only]) => only[1..only.len() - 1].to_owned(),
        _ => parts.join(" "),
    };
    let constraint = expanded(file, &name, &constraint, macros)?;
    let mut dataset = Dataset {
        constraint,
        parent: (!base).then_some(object.parent_name),
        fields: Vec::new(),
        calculations: Vec::new(),
        name,
    };
    let mine = |f: &FieldFile| {
        f.owner.as_ref().is_none_or(|o| o.rsplit('.').next() == Some(dataset.name.as_str()))
    };
    dataset.fields =
        object.fields.iter().filter(|f| mine(f)).map(|f| f.field_name.clone()).collect();
    for c in &object.calculations {
        let command =
            command(c).map_err(|why| wrong(format!("dataset {}: {why}", dataset.name)))?;
        let outputs = c.output_fields.iter().map(|o| o.field_name.clone()).collect();
        let command = expanded(file, &dataset.name, &command, macros)?;
        dataset.calculations.push(Calculation { outputs, command });
    }
    Ok(dataset)
}

fn expanded(
    file: &str,
    dataset: &str,
    text: &str,
    macros: &MacroSet,
) -> Result<String, ContentError> {
    let done = expand(text, Origin::default(), macros, None);
    match done.diagnostics.iter().find(|d| d.severity == Severity::Error) {
        None => Ok(done.text),
        Some(d) => {
            let e = ContentError::new("SPL4134", file, format!("dataset {dataset}: {}", d.message));
            Err(match &d.help {
                Some(help) => e.help(help.clone()),
                None => e,
            })
        }
    }
}

/// Adds a data model; one that replaces another of its name is noted.
pub fn add_data_model(
    all: &mut MemoryDataModels,
    model: DataModel,
    file: &str,
    notes: &mut Vec<Note>,
) {
    let name = model.name.clone();
    if let Some(old) = all.add(model.clone())
        && *old != model
    {
        let message = format!("data model {name} is replaced by the one of {file}");
        notes.push(Note::new("SPL4135", message));
    }
}
