//! Models of the Machine Learning Toolkit (MLTK): reading, using and training them.
//!
//! Source: MLTK User Guide, "Understanding the fit and apply commands", "Algorithms in the Machine
//! Learning Toolkit". What is not known to give MLTK's own numbers is refused by name.

mod density;
mod design;
mod file;
mod fit_density;
mod fit_logistic;
mod kde;
mod linear;
mod logistic;
pub(crate) mod normal;
mod npy;
mod scaler;
mod training;

pub use density::{Density, Tails};
pub use file::{Unreadable, read, write};
pub use fit_density::{Kind, Metric};
pub use linear::Linear;
pub use logistic::Logistic;
pub use scaler::Scaler;
pub(crate) use training::Seen;
pub use training::{Method, Training};

use crate::lookup::{Definition, LookupError, Lookups};
use crate::run_cx::RunCx;
use sepal_data::{Batch, FieldName, Value};
use std::io::Read;
use std::sync::{Arc, OnceLock};

/// A trained model.
#[derive(Debug)]
pub enum Model {
    /// A weighted sum.
    Linear(Linear),
    /// How likely each value of a field is.
    Logistic(Logistic),
    /// Numbers brought to mean 0 and standard deviation 1.
    Scaler(Scaler),
    /// How likely a number is.
    Density(Density),
}

/// What the user wants of a model beside its own settings.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// `as`: the name of the field that is added.
    pub alias: Option<FieldName>,
    /// `threshold=` and its kin, of a density.
    pub tails: Option<Tails>,
    /// `show_density=`, of a density.
    pub show_density: Option<bool>,
}

impl Model {
    /// The fields that are read.
    pub fn inputs(&self) -> Vec<&FieldName> {
        match self {
            Model::Linear(m) => m.inputs(),
            Model::Logistic(m) => m.inputs(),
            Model::Scaler(m) => m.inputs(),
            Model::Density(m) => m.inputs(),
        }
    }

    /// The fields that are written.
    pub fn outputs(&self, wanted: &Wanted) -> Vec<FieldName> {
        match self {
            Model::Linear(m) => vec![m.output(wanted)],
            Model::Logistic(m) => m.outputs(wanted),
            Model::Scaler(m) => m.outputs(),
            Model::Density(m) => m.outputs(wanted),
        }
    }

    /// What the model has learned, as rows.
    pub fn summary(&self) -> Batch {
        match self {
            Model::Linear(m) => m.summary(),
            Model::Logistic(m) => m.summary(),
            Model::Scaler(m) => m.summary(),
            Model::Density(m) => m.summary(),
        }
    }

    /// The algorithm, as MLTK names it.
    pub fn algorithm(&self) -> &str {
        match self {
            Model::Linear(m) => &m.algorithm,
            Model::Logistic(_) => logistic::NAME,
            Model::Scaler(_) => scaler::NAME,
            Model::Density(_) => density::NAME,
        }
    }
}

/// A model with what the user wants of it.
pub struct Ready {
    model: Model,
    wanted: Wanted,
    /// For each group of a density what is shown, once it is needed.
    shown: Vec<OnceLock<density::Shown>>,
}

impl Ready {
    /// Makes a model ready.
    pub fn new(model: Model, wanted: Wanted) -> Ready {
        let groups = match &model {
            Model::Density(d) => d.groups.len(),
            _ => 0,
        };
        Ready { model, wanted, shown: (0..groups).map(|_| OnceLock::new()).collect() }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The fields that are written.
    pub fn outputs(&self) -> Vec<FieldName> {
        self.model.outputs(&self.wanted)
    }

    /// Adds what the model says to the rows of a batch; a row that it says nothing about gets
    /// nulls.
    pub fn apply(&self, batch: &mut Batch, cx: &RunCx) {
        match &self.model {
            Model::Linear(m) => m.apply(batch, &self.wanted, cx),
            Model::Logistic(m) => m.apply(batch, &self.wanted, cx),
            Model::Scaler(m) => m.apply(batch, cx),
            Model::Density(m) => m.apply(batch, &self.wanted, &self.shown, cx),
        }
    }
}

/// Why there is no model.
#[derive(Debug)]
pub enum NoModel {
    /// No file of that name.
    Missing,
    /// Its folder or name cannot be used.
    Lookup(LookupError),
    /// Its file cannot be read.
    File(String, Unreadable),
}

/// The file of a model. A name that is not one of MLTK's gives none: letters, digits and `_`, not
/// beginning with a digit; `app:` before it says who may use it, which has no meaning here.
pub fn file_name(model: &str) -> Option<String> {
    let name = model.strip_prefix("app:").unwrap_or(model);
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let good = name.chars().all(word) && !name.starts_with(|c: char| c.is_ascii_digit());
    (good && !name.is_empty()).then(|| format!("__mlspl_{name}.mlmodel"))
}

/// The largest file of a model that is read.
const LARGEST: u64 = 256 << 20;

/// The model in the lookups' folders.
///
/// # Errors
/// Why there is none.
pub fn load(lookups: &dyn Lookups, file: &str) -> Result<Model, NoModel> {
    let found: Option<Arc<Definition>> = lookups.model(file).map_err(NoModel::Lookup)?;
    let Some(found) = found else { return Err(NoModel::Missing) };
    let mut bytes = Vec::new();
    let opened = lookups.open(&found).and_then(|f| f.take(LARGEST + 1).read_to_end(&mut bytes));
    let failed = |e| NoModel::File(found.file.clone(), e);
    opened.map_err(|e| failed(Unreadable::Broken(e.to_string())))?;
    if bytes.len() as u64 > LARGEST {
        return Err(failed(Unreadable::Broken("it is larger than 256 MiB".to_owned())));
    }
    read(&bytes).map_err(failed)
}

/// The number of a cell; none where it holds no finite one.
fn number(value: &Value) -> Option<f64> {
    value.number().filter(|n| n.is_finite())
}

/// Tells that a field which the model needs is in no row of a batch.
fn tell_missing(batch: &Batch, fields: &[&FieldName], cx: &RunCx) {
    for field in fields {
        if batch.len > 0 && batch.col(field).is_none_or(|c| c.is_all_null()) {
            let text =
                format!("the model needs the field `{field}`: rows without it get no prediction");
            cx.notice("SPL3323", text, false);
        }
    }
}
